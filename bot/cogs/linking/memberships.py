"""Whether somebody is a member of a server now: asked, as departures are reported to privileged intents alone.

Discord resolves the people that a command names, and says when each joined: that answer belongs to this interaction.
For a press on the answer, which names nobody, or in a direct message, the member is fetched: one request, which needs
no intent.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord

from bot.errors import UndecidedError
from bot.links import NOWHERE, Membership, Scope
from bot.messages import Message

_CANNOT_ASK = Message(
    "Who is still a member of that server cannot be found out right now, so nothing is shown or changed. Try again in "
    "a minute."
)

# The client takes a press that is not answered after a second and a half for one on a button that nobody knows.
_SECONDS = 1.0


def membership_of(interaction: discord.Interaction[Any], user: discord.User | discord.Member) -> Membership | None:
    """A person as a member of the server of an interaction, in which Discord named them.

    None: they are not in it, it happened elsewhere, or Tessera is not in that server but was brought along by a person.
    """
    if interaction.guild_id is None or not interaction.is_guild_integration():
        return None
    return _as_member(user, interaction.guild_id)


def scope_of(interaction: discord.Interaction[Any], user: discord.User | discord.Member) -> Scope:
    """Where a question about a person is asked: in the server of an interaction, if they are a member of it, or not."""
    member = membership_of(interaction, user)
    return member.scope if member else NOWHERE


async def fetch_scope(interaction: discord.Interaction[Any], guild_id: int) -> Scope:
    """Where the sender of an interaction answers for a server that it may not be of; `NOWHERE`: they are not in that.

    Raises:
        UndecidedError: Discord gives no answer now.
    """
    client, user = interaction.client, interaction.user
    member = membership_of(interaction, user)
    if member is None or member.guild_id != guild_id:
        if client.is_ready() and client.get_guild(guild_id) is None:  # Tessera has left it
            return NOWHERE
        member = await fetch_membership(client, guild_id, user.id)
    return member.scope if member else NOWHERE


async def fetch_membership(client: discord.Client, guild_id: int, user_id: int) -> Membership | None:
    """A person as a member of a server; None: they are not in it.

    Raises:
        UndecidedError: Discord gives no answer now.
    """
    found = await fetch_member(client, guild_id, user_id)
    return _as_member(found, guild_id) if found else None


async def fetch_member(client: discord.Client, guild_id: int, user_id: int) -> discord.Member | None:
    """A member of a server as Discord has them now; None: they are not in it.

    Raises:
        UndecidedError: Discord gives no answer now.
    """
    guild = client.get_guild(guild_id)
    if guild is None:  # its gateway has not announced it yet, or Tessera has left it
        raise UndecidedError(_CANNOT_ASK)
    try:
        async with asyncio.timeout(_SECONDS):
            return await guild.fetch_member(user_id)
    except discord.NotFound:
        return None
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise UndecidedError(_CANNOT_ASK) from error


def _as_member(user: discord.User | discord.Member, guild_id: int) -> Membership | None:
    if not isinstance(user, discord.Member) or user.joined_at is None or user.guild.id != guild_id:
        return None
    return Membership(user.id, guild_id, user.joined_at)
