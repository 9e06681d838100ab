"""What members must be notified of, by one direct message about an address in a day.

A holder who is notified late of a contest has the full time from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.linking.contest_rules import MESSAGE_SPAN, is_late
from bot.links import Notification
from bot.store import Store


class Notifications:
    """Notifications that were not delivered yet. Every method may raise `StoreError`; nothing is half-saved."""

    def __init__(self, store: Store, clock: Callable[[], datetime], contest_for: timedelta) -> None:
        self._notices = store.notices
        self._clock = clock
        self._contest_for = contest_for

    async def pending(self, user_id: int | None = None) -> Sequence[Notification]:
        """Notifications that are still to be delivered, to one member or to all; deadlines as if that is done now."""
        now = self._clock()
        return [
            replace(each, until=max(each.until or now, now + self._contest_for)) if is_late(each, now) else each
            for each in await self._notices.pending(user_id)
        ]

    async def messages(self) -> Sequence[Sequence[Notification]]:
        """The direct messages to be sent now: for each all that one member must know about one address.

        About one address a member gets one message a day. What happens later waits, and a contest does not end before
        its holder was notified. Anyone who accepts no messages is not among these.
        """
        messaged = await self._notices.messaged(self._clock() - MESSAGE_SPAN)
        messages: dict[tuple[int, str], list[Notification]] = {}
        for each in await self.pending():
            if not each.tried and (each.user_id, each.owner) not in messaged:
                messages.setdefault((each.user_id, each.owner), []).append(each)
        return list(messages.values())

    async def mark_notified(
        self, notification: Notification, *, by_message: bool = False, refused: bool = False
    ) -> None:
        """Record that a member was notified, or (`refused`) takes no direct messages and is to be notified later."""
        now = self._clock()
        not_before = now + self._contest_for if is_late(notification, now) else None
        await self._notices.mark_notified(
            notification, now, by_message=by_message, refused=refused, not_before=not_before
        )
