"""Whether another process answers with the same token: what shows it, and for how long that counts.

Discord sends every interaction to each process that is connected with the token, takes the first answer, and refuses
all others with 40060 ("already acknowledged"). The same refusal is met innocently: a request of ours took effect, its
response was lost, and the repetition of it is refused. So it does not count where an earlier request of this process
about the same interaction may have taken effect: it had no response, or one that is no refusal by Discord. And it
counts only from the second interaction within an hour on: a proxy may repeat a single request.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)

ALREADY_ACKNOWLEDGED = 40060
# Two processes that run for an hour meet the same interaction at least twice, unless nobody uses the bot.
_WITHIN = timedelta(hours=1)
_LASTS = timedelta(hours=1)
_REPORTED_AGAIN = timedelta(hours=6)
# Far more than are answered at the same time; an interaction is refused within seconds, or never.
_REMEMBERED = 4096


def _now() -> datetime:
    return datetime.now(UTC)


class OtherProcess:
    """What is known of another process with this token.

    Args:
        now: Returns the present as an aware datetime.
    """

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self._now = now
        self._sent: OrderedDict[int, int] = OrderedDict()  # how many of them may have taken effect
        self._lost: OrderedDict[int, None] = OrderedDict()
        self._first_at: datetime | None = None
        self._until: datetime | None = None
        self._reported_at: datetime | None = None

    @property
    def is_there(self) -> bool:
        """Whether another process has answered in this process's place, at least twice and within the last hour."""
        return self._until is not None and self._now() < self._until

    def sending(self, interaction_id: int) -> None:
        """An answer to an interaction is about to be sent."""
        self._sent[interaction_id] = self._sent.get(interaction_id, 0) + 1
        _forget_oldest(self._sent)

    def had_no_effect(self, interaction_id: int) -> None:
        """Discord has refused an answer to an interaction."""
        if interaction_id in self._sent:
            self._sent[interaction_id] -= 1

    def refused(self, interaction_id: int) -> None:
        """Discord says that this interaction has been answered already."""
        self.had_no_effect(interaction_id)
        if self._sent.get(interaction_id, 0) > 0 or self.has_answered(interaction_id):
            return
        self._lost[interaction_id] = None
        _forget_oldest(self._lost)
        now = self._now()
        is_second = self.is_there or (self._first_at is not None and now - self._first_at < _WITHIN)
        self._first_at = now
        if not is_second:
            log.info("an interaction was answered already, by nothing that this process sent")
            return
        self._until = now + _LASTS
        if self._reported_at is None or now - self._reported_at >= _REPORTED_AGAIN:
            self._reported_at = now
            log.warning(
                "another process answers with this token: stop it, or give one of the two a bot of its own in the "
                "developer portal. Until none has been noticed for an hour, this process takes no role. If you know of "
                "no other, reset the token there (Bot → Reset Token)."
            )

    def has_sent(self, interaction_id: int) -> bool:
        """Whether this process has begun to answer an interaction."""
        return interaction_id in self._sent

    def has_answered(self, interaction_id: int) -> bool:
        """Whether another process has answered this interaction, so that nothing of ours may follow."""
        return interaction_id in self._lost


def _forget_oldest(known: OrderedDict[int, int] | OrderedDict[int, None]) -> None:
    if len(known) > _REMEMBERED:
        known.popitem(last=False)
