"""Who in a server has proven no account: named only where Discord reports members to this bot (a privileged intent)."""

from __future__ import annotations

import aiohttp
import discord

from bot.cogs.holders.gap_embeds import NOT_TOLD, MissingMembers, missing_among, not_listed
from bot.cogs.holders.holder_desk import HolderDesk
from bot.messages import Message
from bot.sync.holder_progress import Progress

_NOT_NOW = Message("Discord does not list the members of this server right now.")
# Ten requests; a server with more members has tools of its own for this.
_MOST = 10_000


async def find_missing(desk: HolderDesk, guild: discord.Guild, progress: Progress) -> MissingMembers:
    """The members of a server who have proven nothing, as far as Tessera has seen them there.

    Args:
        desk: Knows who has.
        guild: The server.
        progress: Who waits.

    Raises:
        StoreError: the store failed.
    """
    if not desk.bot.intents.members:
        return NOT_TOLD
    proven = await desk.holders.lists.proven_members(guild.id)
    found: list[discord.Member] = []
    try:
        async for member in guild.fetch_members(limit=_MOST):
            found.append(member)
            await progress.report(len(found), guild.member_count)
            if progress.is_cancelled:
                break
    except (discord.DiscordException, aiohttp.ClientError, OSError):
        return not_listed(_NOT_NOW().render())
    is_whole = not progress.is_cancelled and len(found) < _MOST
    return missing_among(found, proven, is_whole=is_whole)
