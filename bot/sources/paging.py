"""Reading a list that an API hands out in pages by offset, over data that may change or tear meanwhile.

The one question that matters is whether the whole list was received. `Scan` decides it and opens no socket.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

# Loopring's documented maximum of the sibling endpoints; a larger limit is clamped without a word.
PAGE_SIZE = 50
# 10,000 rows. Nobody holds so many collections; a server that ignores the offset would be asked for ever.
MAX_PAGES = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RawPage(Generic[T]):
    """One page as received: the rows that could be read, how many could not, and the announced total if any.

    `is_last` is what a list paged by key says of itself; None for one paged by offset, which has a total instead.
    """

    rows: tuple[T, ...]
    unreadable: int = 0
    total: int | None = None
    is_last: bool | None = None


class Scan(Generic[T]):
    """A list as far as it was received.

    Attributes:
        rows: Distinct rows by key, in the order received.
        total: How many there are by the source's word; None while it says nothing.
        received: Rows received, repeated and unreadable ones included: the next offset.
        finished: Nothing more will be asked for.
        incomplete_reason: Once finished: why the list is not complete, or "" when it is.
        as_of: When the source says that this was true; None: when it was asked.
        source_label: The label of the source that spoke, where another than the one asked did.
        fallback_reason: Why it did: the sentence of the one that was asked first.
    """

    def __init__(self, key: Callable[[T], Hashable]) -> None:
        self.rows: dict[Hashable, T] = {}
        self.total: int | None = None
        self.received = 0
        self.finished = False
        self.incomplete_reason = ""
        self.as_of: datetime | None = None
        self.source_label = ""
        self.fallback_reason = ""
        self._key = key
        self._pages = 0
        self._unreadable = 0
        self._total_moved = False
        self._total_untold = False

    @property
    def complete(self) -> bool:
        """Every row that the source announced has arrived, and nothing contradicts it."""
        return self.finished and not self.incomplete_reason

    def receive(self, page: RawPage[T]) -> None:
        """Take the next page in, and decide whether it was the last."""
        known = len(self.rows)
        for row in page.rows:
            self.rows.setdefault(self._key(row), row)
        count = len(page.rows) + page.unreadable
        self._pages += 1
        self._unreadable += page.unreadable
        self.received += count
        if page.is_last is not None:
            self._receive_keyed(page.is_last, new=len(self.rows) > known)
            return
        self._note_total(page.total, count)
        if count == 0 or (self.total is not None and self.received >= self.total):
            self._finish(self._missing())
        elif len(self.rows) == known:
            self._finish("the same page came again and again")
        elif self._pages == MAX_PAGES:
            self._finish(f"only the first {MAX_PAGES} pages were read")

    def _receive_keyed(self, is_last: bool, *, new: bool) -> None:  # noqa: FBT001 - the page's own word
        if is_last:
            self._finish("")
        elif not new:
            self._finish("the same page came again and again")
        elif self._pages == MAX_PAGES:
            self._finish(f"only the first {MAX_PAGES} pages were read")

    def _note_total(self, total: int | None, count: int) -> None:
        if total is None or (total == 0 and count):
            self._total_untold = True
        elif total or self._pages == 1:  # past the end some endpoints announce 0
            self._total_moved = self._total_moved or self.total not in (None, total)
            self.total = total

    def _missing(self) -> str:
        if self._total_moved:
            return "the list changed while it was being read"
        if self.total is not None and len(self.rows) != self.total:
            return f"{len(self.rows)} of the {self.total} announced arrived"
        # Each recorded answer has its total. One without is of another form, and its end may not be the list's.
        if self.total is None or self._total_untold:
            return "the source did not say how many there are"
        return ""

    def _finish(self, incomplete_reason: str) -> None:
        self.finished = True
        # Whatever else was wrong, rows that came and could not be read may be the ones that count.
        unreadable = f"{self._unreadable} of {self.received} entries could not be understood"
        self.incomplete_reason = unreadable if self._unreadable else incomplete_reason


async def iter_scan(
    fetch_page: Callable[[int, int], Awaitable[RawPage[T]]], key: Callable[[T], Hashable]
) -> AsyncIterator[Scan[T]]:
    """Yield one growing `Scan` after each page, until it is finished.

    Args:
        fetch_page: `(offset, limit)` to a page.
        key: What makes a row the same row when it turns up on two pages.

    Raises:
        SourceError: whatever `fetch_page` raises; what was yielded before stays true.
    """
    scan = Scan(key)
    while not scan.finished:
        scan.receive(await fetch_page(scan.received, PAGE_SIZE))
        yield scan


async def iter_keyed_scan(
    fetch_page: Callable[[Mapping[str, str]], Awaitable[tuple[RawPage[T], Mapping[str, str] | None]]],
    key: Callable[[T], Hashable],
) -> AsyncIterator[Scan[T]]:
    """Yield one growing `Scan` of a list whose pages name the key of the next one, until none is named.

    Args:
        fetch_page: The key of a page ({} for the first) to the page, and the next key or None. `is_last` is set here.
        key: What makes a row the same row when it turns up on two pages.

    Raises:
        SourceError: whatever `fetch_page` raises; what was yielded before stays true.
    """
    scan = Scan(key)
    cursor: Mapping[str, str] | None = {}
    while cursor is not None and not scan.finished:
        page, cursor = await fetch_page(cursor)
        scan.receive(replace(page, is_last=cursor is None))
        yield scan
