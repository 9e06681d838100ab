"""What the last reading of a member's roles said, for one drift period: for that they are not read again.

Only in memory: a process that starts reads once more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.roles.grants import Grant
from bot.sync.gather import GuildGates


@dataclass(frozen=True, slots=True)
class _Read:
    """One reading: which roles protected then, which of them the member had, and which of the ledger they lacked."""

    at: datetime
    asked: frozenset[int]
    protecting: frozenset[int]
    lacking: frozenset[int]


class LastRoles:
    """Remembers it.

    Args:
        clock: Returns the present as an aware datetime.
        drift: How long it is remembered.
    """

    def __init__(self, clock: Callable[[], datetime], drift: timedelta) -> None:
        self._clock = clock
        self._drift = drift
        self._reads: dict[int, dict[int, _Read]] = {}  # server → member → reading, the oldest first

    def remember(self, server: GuildGates, user_id: int, roles: frozenset[int], ledger: Mapping[int, Grant]) -> None:
        """A member's roles were read just now."""
        reads = self._reads.setdefault(server.guild_id, {})
        reads.pop(user_id, None)
        while reads and self._age(oldest := next(iter(reads)), reads) >= 2 * self._drift:
            del reads[oldest]
        asked, lacking = server.settings.protected_roles, frozenset(ledger) - roles
        if asked or lacking:
            reads[user_id] = _Read(self._clock(), asked, roles & asked, lacking)

    def knows(self, server: GuildGates, user_id: int) -> bool:
        """Whether it is known which protected roles a member has."""
        read = self._of(server, user_id)
        return read is not None and read.asked == server.settings.protected_roles

    def is_protected(self, server: GuildGates, user_id: int) -> bool:
        """Whether a role protected the member."""
        read = self._of(server, user_id)
        return read is not None and bool(read.protecting & server.settings.protected_roles)

    def protected(self, server: GuildGates) -> frozenset[int]:
        """Everybody from whom nothing is taken, as far as is known: by an admin, or by a role.

        For another drift period, as somebody who is about to be read again is no victim of a wave meanwhile.
        """
        reads, protecting = self._reads.get(server.guild_id, {}), server.settings.protected_roles
        its = {each for each, read in reads.items() if read.protecting & protecting}
        return server.settings.protected_members | {each for each in its if self._age(each, reads) < 2 * self._drift}

    def gives(self, server: GuildGates, user_id: int, roles: Collection[int]) -> None:
        """A member is given roles now."""
        if read := self._of(server, user_id):
            self._reads[server.guild_id][user_id] = replace(read, lacking=read.lacking - frozenset(roles))

    def lacking(self, server: GuildGates, user_id: int) -> frozenset[int]:
        """The roles of the ledger that a member did not have, and was not given since."""
        read = self._of(server, user_id)
        return read.lacking if read else frozenset()

    def _of(self, server: GuildGates, user_id: int) -> _Read | None:
        reads = self._reads.get(server.guild_id, {})
        return reads[user_id] if user_id in reads and self._age(user_id, reads) < self._drift else None

    def _age(self, user_id: int, reads: Mapping[int, _Read]) -> timedelta:
        return self._clock() - reads[user_id].at
