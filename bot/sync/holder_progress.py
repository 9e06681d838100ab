"""What long work about holders needs of the person who waits: to say how far it is, and to learn that it may stop."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Somebody who waits.

    Attributes:
        is_cancelled: They do not want to wait any longer: the work ends after what is under way, with what it has.
    """

    is_cancelled: bool

    async def report(self, done: int, total: int | None = None) -> None:
        """So much is done, of so much in all; None: that is not known."""
