"""INTERACTION_CREATE: what the bot receives when a person does something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.permissions import ATTACH_FILES, EMBED_LINKS, SEND_MESSAGES, VIEW_CHANNEL, permissions_of
from sandbox.discord.wire import channel_json, member_with_permissions, user_json

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.interactions import Interaction
    from sandbox.world import Channel, Guild, User, World

ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024
IN_GUILD, IN_BOT_DM, IN_PRIVATE_CHANNEL = 0, 1, 2
DM_PERMISSIONS = VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES


def interaction_create(interaction: Interaction, data: Json, world: World, place: Json) -> Json:
    """The body of the event.

    Args:
        interaction: created for this; its `source` is the message that a component stands on.
        data: what depends on the kind.
        world: for the users.
        place: where it happened, by `in_guild` or `in_direct_messages`.
    """
    body: Json = {
        "id": str(interaction.id),
        "application_id": str(world.application_id),
        "type": interaction.kind,
        "data": data,
        "channel_id": str(interaction.channel_id),
        "token": interaction.token,
        "version": 1,
        "locale": world.users[interaction.user_id].locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": interaction.metadata["authorizing_integration_owners"],
        "attachment_size_limit": ATTACHMENT_SIZE_LIMIT,
        **place,
    }
    if interaction.source is not None:
        body["message"] = interaction.source.body
    if interaction.in_group:
        body["context"] = IN_PRIVATE_CHANNEL
    return body


def in_guild(world: World, guild: Guild, channel: Channel, user: User) -> Json:
    """The fields of an interaction in a channel of a guild: a member acts."""
    member = member_with_permissions(guild, guild.members[user.id], user)
    return {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "channel": {**channel_json(guild, channel), "permissions": member["permissions"]},
        "member": member,
        "app_permissions": str(permissions_of(guild, world.application_id)),
        "context": IN_GUILD,
    }


def in_direct_messages(channel: Json, user: User) -> Json:
    """The fields of an interaction in direct messages: there is no guild, and a user acts."""
    return {
        "channel": channel,
        "user": user_json(user),
        "app_permissions": str(DM_PERMISSIONS),
        "context": IN_BOT_DM,
    }


def metadata(interaction_id: int, kind: int, user: User, guild_id: int | None) -> Json:
    """The `interaction_metadata` of the messages that answer it; the callers add what depends on the kind."""
    return {
        "id": str(interaction_id),
        "type": kind,
        "user": user_json(user),
        "authorizing_integration_owners": {"0": str(guild_id or 0)},  # "0" in direct messages
    }
