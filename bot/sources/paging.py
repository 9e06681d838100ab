"""Reading a list that an API hands out in pages by offset, over data that may change or tear meanwhile.

The one question that matters is whether the whole list was received. `PageCollector` decides it and opens no socket.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from bot.holdings import Origin
from bot.reasons import Reason, ReasonCode

# Loopring's documented maximum of the sibling endpoints; a larger limit is clamped without a word.
PAGE_SIZE = 50
# 10,000 rows. Nobody holds so many collections; a server that ignores the offset would be asked for ever.
MAX_PAGES = 200

T = TypeVar("T")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class RawPage(Generic[T]):
    """One page as received: the rows that could be read, how many could not, and the announced total if any.

    `is_last` is what a list paged by key says of itself; None for one paged by offset, which has a total instead.
    """

    rows: tuple[T, ...]
    unreadable: int = 0
    total: int | None = None
    is_last: bool | None = None


@dataclass(frozen=True, slots=True)
class Scan(Generic[T]):
    """A list as far as it was received: what a source yields again and again while the list grows.

    Attributes:
        rows: Distinct rows, in the order received.
        total: How many there are by the source's word; None while it says nothing.
        finished: Nothing more will be asked for.
        incomplete_reason: Once finished: why the list is not complete; None when it is.
        as_of: When the source says that this was true; None: when it was asked.
        origin: The source that answered, where another than the one asked did.
        fallback_reason: Why it did: what was wrong with the one that was asked first.
    """

    rows: tuple[T, ...] = ()
    total: int | None = None
    finished: bool = False
    incomplete_reason: Reason | None = None
    as_of: datetime | None = None
    origin: Origin | None = None
    fallback_reason: Reason | None = None

    @property
    def complete(self) -> bool:
        """Every row that the source announced has arrived, and nothing contradicts it."""
        return self.finished and not self.incomplete_reason

    def with_rows(self, rows: Iterable[V]) -> Scan[V]:
        """As far as this list has come, with what its rows amount to."""
        return Scan(
            tuple(rows),
            self.total,
            self.finished,
            self.incomplete_reason,
            self.as_of,
            self.origin,
            self.fallback_reason,
        )


class PageCollector(Generic[T]):
    """Takes in the pages of one list, and decides whether all of it was received.

    Args:
        key: What makes a row the same row when it turns up on two pages.

    Attributes:
        received: Rows received, repeated and unreadable ones included: the next offset.
        finished: Nothing more needs to be asked for.
    """

    def __init__(self, key: Callable[[T], Hashable]) -> None:
        self.received = 0
        self.finished = False
        self._key = key
        self._rows: dict[Hashable, T] = {}
        self._total: int | None = None
        self._incomplete_reason: Reason | None = None
        self._pages = 0
        self._unreadable = 0
        self._total_moved = False
        self._total_untold = False

    @property
    def scan(self) -> Scan[T]:
        """The list as it is known now."""
        return Scan(tuple(self._rows.values()), self._total, self.finished, self._incomplete_reason)

    def receive(self, page: RawPage[T]) -> None:
        """Take the next page in, and decide whether it was the last."""
        known = len(self._rows)
        for row in page.rows:
            self._rows.setdefault(self._key(row), row)
        count = len(page.rows) + page.unreadable
        self._pages += 1
        self._unreadable += page.unreadable
        self.received += count
        if page.is_last is not None:
            self._receive_keyed(page.is_last, new=len(self._rows) > known)
            return
        self._note_total(page.total, count)
        if count == 0 or (self._total is not None and self.received >= self._total):
            self._finish(self._missing())
        elif len(self._rows) == known:
            self._finish(Reason.of(ReasonCode.SAME_PAGE_AGAIN))
        elif self._pages == MAX_PAGES:
            self._finish(Reason.of(ReasonCode.PAGE_LIMIT, pages=MAX_PAGES))

    def _receive_keyed(self, is_last: bool, *, new: bool) -> None:  # noqa: FBT001 - the page's own word
        if is_last:
            self._finish(None)
        elif not new:
            self._finish(Reason.of(ReasonCode.SAME_PAGE_AGAIN))
        elif self._pages == MAX_PAGES:
            self._finish(Reason.of(ReasonCode.PAGE_LIMIT, pages=MAX_PAGES))

    def _note_total(self, total: int | None, count: int) -> None:
        if total is None or (total == 0 and count):
            self._total_untold = True
        elif total or self._pages == 1:  # past the end some endpoints announce 0
            self._total_moved = self._total_moved or self._total not in (None, total)
            self._total = total

    def _missing(self) -> Reason | None:
        if self._total_moved:
            return Reason.of(ReasonCode.LIST_CHANGED)
        if self._total is not None and len(self._rows) != self._total:
            return Reason.of(ReasonCode.ROWS_MISSING, arrived=len(self._rows), total=self._total)
        # Each recorded answer has its total. One without is of another form, and its end may not be the list's.
        if self._total is None or self._total_untold:
            return Reason.of(ReasonCode.NO_TOTAL)
        return None

    def _finish(self, incomplete_reason: Reason | None) -> None:
        self.finished = True
        # Whatever else was wrong, rows that came and could not be read may be the ones that count.
        unreadable = Reason.of(ReasonCode.UNREADABLE_ROWS, unreadable=self._unreadable, received=self.received)
        self._incomplete_reason = unreadable if self._unreadable else incomplete_reason


async def iter_scan(
    fetch_page: Callable[[int, int], Awaitable[RawPage[T]]], key: Callable[[T], Hashable]
) -> AsyncIterator[Scan[T]]:
    """Yield the list as it is known after each page, until it is finished.

    Args:
        fetch_page: `(offset, limit)` to a page.
        key: What makes a row the same row when it turns up on two pages.

    Raises:
        SourceError: whatever `fetch_page` raises; what was yielded before stays true.
    """
    pages = PageCollector(key)
    while not pages.finished:
        pages.receive(await fetch_page(pages.received, PAGE_SIZE))
        yield pages.scan


async def iter_keyed_scan(
    fetch_page: Callable[[Mapping[str, str]], Awaitable[tuple[RawPage[T], Mapping[str, str] | None]]],
    key: Callable[[T], Hashable],
) -> AsyncIterator[Scan[T]]:
    """Likewise for a list whose pages name the key of the next one, until none is named.

    Args:
        fetch_page: The key of a page ({} for the first) to the page, and the next key or None. `is_last` is set here.
        key: What makes a row the same row when it turns up on two pages.

    Raises:
        SourceError: whatever `fetch_page` raises; what was yielded before stays true.
    """
    pages = PageCollector(key)
    cursor: Mapping[str, str] | None = {}
    while cursor is not None and not pages.finished:
        page, cursor = await fetch_page(cursor)
        pages.receive(replace(page, is_last=cursor is None))
        yield pages.scan
