"""What members must be notified of. A holder who is notified late of a contest has the full time from then on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.linking.contest_rules import is_late
from bot.links import Notification
from bot.store import Store


class Notifications:
    """Notifications that were not delivered yet. Every method may raise `StoreError`; nothing is half-saved."""

    def __init__(self, store: Store, clock: Callable[[], datetime], contest_for: timedelta) -> None:
        self._contests = store.contests
        self._clock = clock
        self._contest_for = contest_for

    async def pending(self, user_id: int | None = None) -> Sequence[Notification]:
        """Notifications that are still to be delivered, to one member or to all; deadlines as if that is done now."""
        now = self._clock()
        return [
            replace(each, until=max(each.until or now, now + self._contest_for)) if is_late(each, now) else each
            for each in await self._contests.notifications(user_id)
        ]

    async def mark_notified(self, notification: Notification, *, refused: bool = False) -> None:
        """Record that a member was notified, or (`refused`) takes no direct messages and is to be notified later."""
        now = self._clock()
        not_before = now + self._contest_for if is_late(notification, now) else None
        await self._contests.mark_notified(notification, refused=refused, not_before=not_before)
