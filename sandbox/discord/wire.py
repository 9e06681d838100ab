"""The world as Discord's JSON: users, members, roles, channels, guilds, the application.

Fields and their types follow Discord's OpenAPI file; ids are strings, absent pictures are null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.permissions import permissions_of
from sandbox.world import APPLICATION_ID, JOINED_AT

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.world import Channel, Guild, Member, Role, User, World

SUPPORTED_LOCALE = "en-US"
TEXT_CHANNEL = 0
COMMAND_BADGE = 1 << 23
# Privileged intent -> the flag of an application that has it switched on (those of fewer than 10,000 users: LIMITED).
INTENT_FLAGS = {1 << 8: 1 << 13, 1 << 1: 1 << 15, 1 << 15: 1 << 19}


def application_flags(privileged_intents: int) -> int:
    """The flags of the bot's application."""
    return COMMAND_BADGE | sum(flag for intent, flag in INTENT_FLAGS.items() if privileged_intents & intent)


def picture_hash(of: int) -> str:
    """A stand-in for the hash of a picture; the CDN draws from the id, so any value works."""
    return f"{of:032x}"


def avatar_url(user_id: int) -> str:
    """Where the page finds a user's picture."""
    return f"/cdn/avatars/{user_id}/{picture_hash(user_id)}.png"


def icon_url(guild_id: int) -> str:
    """Where the page finds a guild's picture."""
    return f"/cdn/icons/{guild_id}/{picture_hash(guild_id)}.png"


def bot_user(world: World) -> User:
    """The application's user: same id as the application, as for every application made since 2016."""
    user = world.users.get(world.application_id)
    if user is None:
        raise LookupError("the world has no user with the application's id")
    return user


def user_json(user: User) -> Json:
    """A user object."""
    body: Json = {
        "id": str(user.id),
        "username": user.username,
        "discriminator": "0" if not user.bot else "4242",
        "global_name": None if user.bot else user.display_name,
        "avatar": picture_hash(user.id),
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }
    if user.bot:
        body["bot"] = True
    return body


def member_json(member: Member, user: User) -> Json:
    """A guild member object with its user."""
    return {
        "user": user_json(user),
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role_id) for role_id in member.roles],
        "joined_at": member.joined_at,
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def role_json(guild: Guild, role: Role) -> Json:
    """A role object."""
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.managed,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
        **({"tags": _tags(guild, role)} if role.managed else {}),
    }


def _tags(guild: Guild, role: Role) -> Json:
    """The owner of a managed role: the bot, if it has the role, or another integration."""
    bot = guild.members.get(APPLICATION_ID)
    if bot is not None and role.id in bot.roles:
        return {"bot_id": str(APPLICATION_ID)}
    return {"integration_id": str(role.id)}


def channel_json(guild: Guild, channel: Channel, position: int = 0) -> Json:
    """A text channel object."""
    return {
        "id": str(channel.id),
        "type": TEXT_CHANNEL,
        "guild_id": str(guild.id),
        "name": channel.name,
        "topic": channel.topic or None,
        "position": position,
        "permission_overwrites": [],
        "parent_id": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "nsfw": False,
        "flags": 0,
    }


def guild_json(guild: Guild) -> Json:
    """A guild object as REST gives it, without channels and members."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": picture_hash(guild.id),
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(guild.owner_id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 1,
        "roles": [role_json(guild, role) for role in guild.roles.values()],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": guild.locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create_json(guild: Guild, world: World, *, all_members: bool) -> Json:
    """The GUILD_CREATE of a guild; without the members intent only the bot's own member is in it."""
    shown = [member for user_id, member in guild.members.items() if all_members or user_id == world.application_id]
    return {
        **guild_json(guild),
        "joined_at": JOINED_AT,
        "large": len(guild.members) >= 250,  # noqa: PLR2004 - large_threshold of the identify discord.py sends
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_json(member, world.users[member.user_id]) for member in shown],
        "channels": [channel_json(guild, channel, n) for n, channel in enumerate(guild.channels.values())],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application_json(world: World, privileged_intents: int = 0) -> Json:
    """The bot's own application, as `GET /oauth2/applications/@me` gives it."""
    bot = bot_user(world)
    humans = (user for user in world.users.values() if not user.bot)
    owner = next((world.users[g.owner_id] for g in world.guilds.values()), None) or next(humans)
    flags = application_flags(privileged_intents)
    return {
        "id": str(world.application_id),
        "name": bot.display_name,
        "icon": picture_hash(world.application_id),
        "description": "",
        "type": None,
        "bot": user_json(bot),
        "owner": user_json(owner),
        "team": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": picture_hash(world.application_id) * 2,
        "flags": flags,
        "flags_new": str(flags),
        "rpc_origins": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "event_webhooks_status": 1,
        "explicit_content_filter": 0,
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "integration_types_config": {"0": {}, "1": {}},
        "eligible_oauth2_scopes": [],
        "tags": [],
    }


def member_with_permissions(guild: Guild, member: Member, user: User) -> Json:
    """A member as it comes with an interaction: with the permissions in the channel."""
    body = member_json(member, user)
    body["permissions"] = str(permissions_of(guild, member.user_id))
    return body
