"""Somebody who waits for long work, and perhaps not to its end."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Waiting:
    """Implements `bot.sync.holder_progress.Progress`.

    Attributes:
        leaves_at: They cancel once so much is done; None: they wait to the end.
        reports: What they were told.
    """

    leaves_at: int | None = None
    is_cancelled: bool = False
    reports: list[tuple[int, int | None]] = field(default_factory=list)

    async def report(self, done: int, total: int | None = None) -> None:
        """So much is done."""
        self.reports.append((done, total))
        if self.leaves_at is not None and done >= self.leaves_at:
            self.is_cancelled = True
