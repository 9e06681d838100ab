"""INTERACTION_CREATE: what the bot is told when a person does something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.permissions import permissions_of
from sandbox.discord.wire import SUPPORTED_LOCALE, channel_json, member_with_permissions, user_json

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.interactions import Interaction
    from sandbox.world import Channel, Guild, User, World

ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024
IN_GUILD = 0


def interaction_create(interaction: Interaction, data: Json, world: World, guild: Guild, channel: Channel) -> Json:
    """The body of the event.

    Args:
        interaction: made for this; its `source` is the message that a component stands on.
        data: what depends on the kind.
        world: for the users.
        guild: where it happened.
        channel: where in it.
    """
    user = world.users[interaction.user_id]
    member = member_with_permissions(guild, guild.members[user.id], user)
    body: Json = {
        "id": str(interaction.id),
        "application_id": str(world.application_id),
        "type": interaction.kind,
        "data": data,
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": SUPPORTED_LOCALE, "features": []},
        "channel_id": str(channel.id),
        "channel": {**channel_json(guild, channel), "permissions": member["permissions"]},
        "member": member,
        "token": interaction.token,
        "version": 1,
        "app_permissions": str(permissions_of(guild, world.application_id)),
        "locale": SUPPORTED_LOCALE,
        "guild_locale": SUPPORTED_LOCALE,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": {"0": str(guild.id)},
        "context": IN_GUILD,
        "attachment_size_limit": ATTACHMENT_SIZE_LIMIT,
    }
    if interaction.source is not None:
        body["message"] = interaction.source.body
    return body


def metadata(interaction_id: int, kind: int, user: User, guild_id: int) -> Json:
    """The `interaction_metadata` of the messages that answer it; the callers add what depends on the kind."""
    return {
        "id": str(interaction_id),
        "type": kind,
        "user": user_json(user),
        "authorizing_integration_owners": {"0": str(guild_id)},
    }
