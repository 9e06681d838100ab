"""Whether a source answered lately, how it failed, and what its requests cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.messages import Words


def _ignore(_outcome: str, _seconds: float) -> None:
    pass


def _none() -> int:
    return 0


@dataclass(slots=True)
class Health:
    """The latest success and failure of a source; None: none yet.

    Attributes:
        last_success_at: When it last answered.
        last_failure_at: When it last failed.
        failure: The sentence about that.
        on_request: Gets the outcome of each request ("200", "timeout", "unreachable", "unreadable") and its seconds.
        waiting: How many requests wait for their turn.
        pause_seconds: For how long no request is sent, as it failed or asked for that.
    """

    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    failure: Words | None = None
    on_request: Callable[[str, float], None] = field(default=_ignore, repr=False, compare=False)
    waiting: Callable[[], float] = field(default=_none, repr=False, compare=False)
    pause_seconds: Callable[[], float] = field(default=_none, repr=False, compare=False)

    @property
    def last_failure(self) -> str:
        """The sentence about the latest failure, in the reader's language; "": there was none."""
        return self.failure.render() if self.failure else ""
