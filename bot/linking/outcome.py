"""The result of a verification, passed from the page to the message in Discord that waits for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Result(Enum):
    """How a verification ended, or how far it has come."""

    LINKED = "linked"
    KEPT = "kept"  # linked before, contested, and signed for again
    CONTESTED = "contested"
    FROZEN = "frozen"  # the operator must decide
    SIGNED = "signed"  # a code has to be typed
    RELAYED = "relayed"  # another Discord user opened the link
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result with the details that are shown with it.

    Attributes:
        result: Which.
        owner: The address, lower case.
        accounts: Its accounts that were linked.
        until: When a contest or a code ends.
        code: Shown on the page, once, and never anywhere else.
        relays: How often others opened links of the same person recently.
        at: When a proof was accepted.
    """

    result: Result
    owner: str = ""
    accounts: tuple[str, ...] = ()
    until: datetime | None = None
    code: str = field(default="", repr=False)
    relays: int = 0
    at: datetime | None = field(default=None, compare=False)


class Outcomes:
    """Passes outcomes to the command that started the verification; dropped when nobody waits."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Outcome]] = {}

    async def wait(self, session_id: str, seconds: float) -> Outcome | None:
        """The outcome of a verification, None when it does not come in time. One at a time may wait for it."""
        future = self._waiting[session_id] = asyncio.get_running_loop().create_future()
        try:
            return await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(session_id, None)

    def publish(self, session_id: str, outcome: Outcome) -> None:
        """Pass an outcome to the command that waits for it."""
        future = self._waiting.get(session_id)
        if future and not future.done():
            future.set_result(outcome)
