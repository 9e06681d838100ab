"""What members must hear although they did not ask. Who hears late of a contest has their whole time from then on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.linking.contest_rules import is_late
from bot.links import Notification
from bot.store import Store


class Notifications:
    """Notifications that nobody has read yet. Every method may raise `StoreError`; nothing is half-saved."""

    def __init__(self, store: Store, clock: Callable[[], datetime], contest_for: timedelta) -> None:
        self._contests = store.contests
        self._clock = clock
        self._contest_for = contest_for

    async def pending(self, user_id: int | None = None) -> Sequence[Notification]:
        """What a member, or anybody, was not notified of yet, with the time that they have if they are now."""
        now = self._clock()
        return [
            replace(each, until=max(each.until or now, now + self._contest_for)) if is_late(each, now) else each
            for each in await self._contests.notifications(user_id)
        ]

    async def notified(self, notification: Notification, *, refused: bool = False) -> None:
        """Record that somebody was notified, or (`refused`) that they take no direct message and are notified later."""
        now = self._clock()
        not_before = now + self._contest_for if is_late(notification, now) else None
        await self._contests.notified(notification, refused=refused, not_before=not_before)
