"""How far a rebuild is, in one line of a terminal that overwrites itself; and notes, which are printed anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TextIO

from bot.archive_api.blocks.fetch_blocks import FetchProgress
from bot.messages import Words
from bot.text.terminal_text import terminal_sentence


class RebuildProgress:
    """Shown only on a terminal, but for notes.

    The estimate is what Ethereum's blocks took so far: those of the busiest years take longer than that, and those of
    the first and the last less.

    Args:
        stream: Normally `sys.stderr`.
        clock: Seconds, monotonic.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._notes = stream
        self._stream = stream if stream.isatty() else None
        self._clock = clock
        self._started: tuple[float, int] | None = None

    def begin(self) -> None:
        """Begin to fetch from elsewhere, which has another pace."""
        self._started = None

    def fetched(self, progress: FetchProgress) -> None:
        """Show how far the fetching is."""
        now = self._clock()
        since, first = self._started = self._started or (now, progress.l1_block)
        done, left = progress.l1_block - first, progress.last_l1_block - progress.l1_block
        seconds = (now - since) * left / done if done > 0 else None
        estimate = "…" if seconds is None else f"about {timedelta(seconds=round(seconds))} left at this pace"
        read = f"Ethereum's {progress.l1_block:,} of {progress.last_l1_block:,}"
        self._show(f"block {progress.block:,} of layer 2, {read}; {estimate}")

    def replayed(self, block: int) -> None:
        """Show how far the replay is."""
        self._show(f"block {block:,} replayed")

    def described(self, asked: int, wanted: int) -> None:
        """Show how many names and pictures were asked for."""
        self._show(f"{asked:,} of {wanted:,} names and pictures asked for")

    def named(self, asked: int, wanted: int) -> None:
        """Show how many collections were asked about."""
        self._show(f"{asked:,} of {wanted:,} collections asked about")

    def note(self, words: Words) -> None:
        """Print what somebody should know before the end, on a line that stays."""
        self.clear()
        self._notes.write(f"{terminal_sentence(str(words))}\n")
        self._notes.flush()

    def clear(self) -> None:
        """Remove the line."""
        self._show("")

    def _show(self, line: str) -> None:
        if self._stream is not None:
            self._stream.write(f"\r\033[K{line}")
            self._stream.flush()
