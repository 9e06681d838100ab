"""What could not be posted in the log channels of servers, for `/health`: in memory, until a message arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto


class LogProblem(StrEnum):
    """Why nothing can be posted in a server's log channel."""

    CHANNEL_GONE = auto()
    FORBIDDEN = auto()


@dataclass(frozen=True, slots=True)
class Unposted:
    """Messages that were dropped.

    Attributes:
        problem: Why the latest was.
        channel_id: Where it was to be posted; None: that channel is not set any more.
        since: When the first of them was made.
        count: How many.
    """

    problem: LogProblem
    channel_id: int | None
    since: datetime
    count: int


class LogProblems:
    """Which servers have such a problem."""

    def __init__(self) -> None:
        self._unposted: dict[int, Unposted] = {}

    def of(self, guild_id: int) -> Unposted | None:
        """What could not be posted in a server; None: the latest message arrived, or there was none."""
        return self._unposted.get(guild_id)

    def add(self, guild_id: int, problem: LogProblem, channel_id: int | None, at: datetime, count: int) -> bool:
        """Messages were dropped; whether that is not known yet.

        Args:
            guild_id: The server.
            problem: Why.
            channel_id: Where they were to be posted.
            at: When the first of them was made.
            count: How many.
        """
        before = self._unposted.get(guild_id)
        if before and before.channel_id == channel_id:
            at, count = before.since, before.count + count
        self._unposted[guild_id] = Unposted(problem, channel_id, at, count)
        return before is None or before.problem is not problem

    def clear(self, guild_id: int) -> None:
        """A message arrived, or nobody wants to read any."""
        self._unposted.pop(guild_id, None)
