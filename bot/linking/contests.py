"""Two members, one address: the holder is told and may object, and then whoever can sign last keeps it.

A proof by another member moves nothing at once: a signature can be lured out of somebody, and then both would lose.
The holder has a day. Who objects has a week, to fetch the key from wherever it is; a new proof by the holder ends the
contest, and its challenger cannot open another for a month. Without one the address moves: wallets are sold, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.links import Contest, Notification
from bot.store import Store
from bot.store.linking.contest_table import is_late

_OBJECTED_FOR = timedelta(days=7)


class Contests:
    """Answers about contests. Every method may raise `StoreError`; nothing is half-saved."""

    def __init__(self, store: Store, clock: Callable[[], datetime], contest_for: timedelta) -> None:
        self._contests = store.contests
        self._clock = clock
        self._contest_for = contest_for

    async def held_by(self, user_id: int) -> Sequence[Contest]:
        """Contests about addresses that a member has."""
        return await self._contests.held_by(user_id)

    async def opened_by(self, user_id: int) -> Sequence[Contest]:
        """Contests in which a member wants an address."""
        return await self._contests.opened_by(user_id)

    async def object(self, user_id: int, owner: str) -> None:
        """Let the holder object: a week from now on, to sign again.

        Raises:
            InputError: there is nothing to object to, or they objected before.
        """
        now = self._clock()
        await self._contests.object(user_id, owner, now, now + _OBJECTED_FOR)

    async def settle(self) -> int:
        """End the contests whose time has come; how many those were. To be called again and again."""
        return await self._contests.settle(self._clock())

    async def notices(self, user_id: int | None = None) -> Sequence[Notification]:
        """What a member, or anybody, was not told yet, with the time that they have when they are told now."""
        now = self._clock()
        return [
            replace(notice, until=max(notice.until or now, now + self._contest_for)) if is_late(notice, now) else notice
            for notice in await self._contests.notices(user_id)
        ]

    async def told(self, notice: Notification, *, refused: bool = False) -> None:
        """Note that somebody was told, or (`refused`) that they take no direct message and are told later."""
        await self._contests.told(notice, self._clock(), self._contest_for, refused=refused)
