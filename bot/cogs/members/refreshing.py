"""How a member's standing is read for an answer: as it is stored, or read again, once a minute at most."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.cogs.linking.memberships import membership_of
from bot.cogs.members.gate_words import GateWords
from bot.cogs.members.standing_embeds import Standing
from bot.errors import InputError, LimitError
from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef
from bot.links import Membership
from bot.messages import Message
from bot.sources.askers import Asker
from bot.store.gates.settings_table import SettingsTable
from bot.sync.results import MemberReport
from bot.sync.sync import Sync

COOL_DOWN = timedelta(seconds=60)
_REMEMBERED = 10_000
_TOO_SOON = Message("Your accounts were read just now. You can refresh again {when}.")
_THEIRS_TOO_SOON = Message("The accounts of that member were read just now. They can be read again {when}.")
_NOT_A_MEMBER = Message("Roles belong to a server: use this in a server to which Tessera was added.")
_NOT_THERE = Message("That person is not in this server, so there is nothing to check.")


class Refreshing:
    """Reads standings.

    Args:
        sync: Judges.
        table: What servers have set.
        defaults: What a server has that has set nothing.
        names: The names of collections in a server, safe to show.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self,
        sync: Sync,
        table: SettingsTable,
        *,
        defaults: GuildSettings,
        names: Callable[[int], Awaitable[Mapping[CollectionRef, str]]],
        clock: Callable[[], datetime],
    ) -> None:
        self._sync = sync
        self._table = table
        self._defaults = defaults
        self._names = names
        self._clock = clock
        self._refreshed: dict[int, datetime] = {}

    async def settings_of(self, guild_id: int) -> GuildSettings:
        """What a server has set."""
        return await self._table.of(guild_id, self._defaults)

    async def stored(self, member: Membership, *, name: str = "", is_own: bool = True) -> Standing:
        """How a member stands, from what is stored; changes nothing.

        Raises:
            TesseraError: it cannot be found out.
        """
        await self._sync.seen(member.guild_id, member.user_id, member.joined_at)
        report = await self._sync.explain(member.guild_id, member.user_id)
        return await self._standing(report, name, is_own=is_own)

    async def read(self, member: Membership, *, by: int = 0, name: str = "") -> Standing:
        """Read a member's accounts now, and make the changes that are due.

        Args:
            member: The member.
            by: Who asks for it, where that is a moderator.
            name: The member's name, for a moderator.

        Raises:
            LimitError: this was done less than a minute ago.
            TesseraError: it cannot be done.
        """
        began = self._wait(member.user_id, _THEIRS_TOO_SOON if by else _TOO_SOON)
        try:
            report = await self._look_at(member, by)
        except BaseException:
            if self._refreshed.get(member.user_id) == began:
                del self._refreshed[member.user_id]  # nothing was read: it may be tried again at once
            raise
        return await self._standing(report, name, is_own=not by)

    async def read_since(self, member: Membership, since: datetime) -> Standing:
        """The same for what cannot be repeated at will, such as a proof; `since`: what came later came of it."""
        report = await self._sync.changed_since(await self._look_at(member), since)
        return await self._standing(report, "", is_own=True)

    def now(self) -> datetime:
        """The present, by the clock that dates changes of roles."""
        return self._clock()

    async def _look_at(self, member: Membership, by: int = 0) -> MemberReport:
        await self._sync.seen(member.guild_id, member.user_id, member.joined_at)
        asker = Asker.member(by or member.user_id)
        return await self._sync.look_at(member.guild_id, member.user_id, asker, fresh=True)

    async def _standing(self, report: MemberReport, name: str, *, is_own: bool) -> Standing:
        settings = await self.settings_of(report.guild_id)
        words = GateWords(await self._names(report.guild_id))
        return Standing(report, settings, words, self._clock(), is_own=is_own, name=name)

    def _wait(self, user_id: int, too_soon: Message) -> datetime:
        """Refuse a member whose accounts were read within the last minute, in whatever server; else when this began."""
        now = self._clock()
        again_at = self._refreshed.get(user_id, now) + COOL_DOWN
        if user_id in self._refreshed and now < again_at:
            wait = (again_at - now).total_seconds()
            raise LimitError(too_soon, retry_after=wait, when=discord.utils.format_dt(again_at, "R"))
        self._refreshed.pop(user_id, None)
        if len(self._refreshed) >= _REMEMBERED:
            del self._refreshed[next(iter(self._refreshed))]
        self._refreshed[user_id] = now
        return now


def own_membership(interaction: discord.Interaction[Any]) -> Membership:
    """The person who sent an interaction, as a member of its server.

    Raises:
        InputError: it is of none that Tessera is in.
    """
    if member := membership_of(interaction, interaction.user):
        return member
    raise InputError(_NOT_A_MEMBER)


def their_membership(interaction: discord.Interaction[Any], user: discord.User | discord.Member) -> Membership:
    """Somebody whom an interaction names, as a member of its server.

    Raises:
        InputError: they are not in it.
    """
    if member := membership_of(interaction, user):
        return member
    raise InputError(_NOT_THERE)
