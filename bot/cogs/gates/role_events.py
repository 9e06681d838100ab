"""What Discord reports without being asked, as hints: sync looks at the member or the server, and believes only that.

Nothing depends on these events: they may be missing, late, doubled, or about somebody who is there already (Discord
sends GUILD_MEMBER_ADD for such people, too). Entries of the audit log need the moderation intent and View Audit Log;
joins and departures need the members intent.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Protocol

import discord
from discord.ext import commands

from bot.errors import TesseraError
from bot.text import safe_text

log = logging.getLogger(__name__)

_MOST_REMEMBERED = 1_000
_LONGEST_NAME = 60


class Hints(Protocol):
    """What is said to sync: cheap, and can be repeated."""

    async def seen(self, guild_id: int, user_id: int, joined_at: datetime) -> None:
        """Discord named a member of a server."""

    async def drifted(self, guild_id: int, user_id: int) -> None:
        """Something about a member may have changed: their roles are to be compared."""

    async def left(self, guild_id: int) -> None:
        """The bot is not in a server any more."""

    async def in_servers(self, guild_ids: Sequence[int]) -> None:
        """The bot is in these servers, available or not, and in no other."""


class RoleEventsCog(commands.Cog, name="Role events"):
    """Passes the hints on.

    Args:
        bot: The client.
        sync: Gets them.
    """

    def __init__(self, bot: discord.Client, sync: Hints) -> None:
        self._bot = bot
        self._sync = sync
        self._taken_by: OrderedDict[tuple[int, int], str] = OrderedDict()

    def taken_by(self, guild_id: int, role_id: int) -> str:
        """Who, besides the bot, last took a role of a server from somebody, safe to show; "": nobody that is known."""
        return self._taken_by.get((guild_id, role_id), "")

    @commands.Cog.listener()
    async def on_audit_log_entry_create(self, entry: discord.AuditLogEntry) -> None:
        """Somebody changed a member's roles; what the bot itself did is known."""
        if entry.action is not discord.AuditLogAction.member_role_update or entry.user_id == self._own_id:
            return
        for role in getattr(entry.before, "roles", ()):
            self._remember(entry, role.id)
        member = entry.target
        if isinstance(member, discord.abc.Snowflake):
            await self._pass_on(self._sync.drifted(entry.guild.id, member.id))

    @commands.Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        """Somebody joined, or is said to have: they are due, and get the roles that they earn."""
        if member.joined_at and not member.bot:
            await self._pass_on(self._sync.seen(member.guild.id, member.id, member.joined_at))

    @commands.Cog.listener()
    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Somebody left, or is said to have: that is asked before they count as absent."""
        if payload.user.id != self._own_id:
            await self._pass_on(self._sync.drifted(payload.guild_id, payload.user.id))

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server; an outage is another event, which nothing follows."""
        await self._pass_on(self._sync.left(guild.id))

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was added to a server, for the first time or again."""
        del guild
        await self._report_servers()

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """An outage is over; or the bot was added to a server that Discord describes like one that was away."""
        del guild
        if self._bot.is_ready():  # before that, each server of the bot is announced
            await self._report_servers()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Discord lists all servers at every new connection, also those that are not available now."""
        await self._report_servers()

    async def _report_servers(self) -> None:
        await self._pass_on(self._sync.in_servers([guild.id for guild in self._bot.guilds]))

    def _remember(self, entry: discord.AuditLogEntry, role_id: int) -> None:
        key = entry.guild.id, role_id
        self._taken_by[key] = safe_text(entry.user.name, _LONGEST_NAME) if entry.user else f"<@{entry.user_id}>"
        self._taken_by.move_to_end(key)
        if len(self._taken_by) > _MOST_REMEMBERED:
            self._taken_by.popitem(last=False)

    @property
    def _own_id(self) -> int:
        return self._bot.user.id if self._bot.user else 0

    async def _pass_on(self, hint: Awaitable[None]) -> None:
        try:
            await hint
        except TesseraError as error:
            log.warning("a hint about roles is lost; the next scan finds what it was about: %s", error.sentence)
