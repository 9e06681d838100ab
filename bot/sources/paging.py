"""Reads a list that an API returns in pages, while the list may change or pages may get lost.

The one question that matters is whether the whole list was received. `PageCollector` decides it and opens no socket.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from bot.holdings import Origin
from bot.reasons import Reason, ReasonCode

# Loopring's documented maximum of the sibling endpoints; a larger limit is silently reduced.
PAGE_SIZE = 50
# 10,000 rows. Nobody holds so many collections; a server that ignores the offset would be asked forever.
MAX_PAGES = 200

T = TypeVar("T")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class RawPage(Generic[T]):
    """One page as received: the rows that could be read, how many could not, and the announced total if any.

    `is_last` is set for a list that is paged by key; None for one paged by offset, which has a total instead.
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
        total: How many rows the source announced; None: it announced no number.
        finished: Nothing more will be asked for.
        incomplete_reason: Once finished: why the list is not complete; None when it is.
        as_of: When the source says that this was true; None: when it was asked.
        origin: The source that answered, where another than the one asked did.
        fallback_reason: Why it did: what was wrong with the one that was asked first.
        never_seen: The list is empty because the source says that it has never seen the account.
    """

    rows: tuple[T, ...] = ()
    total: int | None = None
    finished: bool = False
    incomplete_reason: Reason | None = None
    as_of: datetime | None = None
    origin: Origin | None = None
    fallback_reason: Reason | None = None
    never_seen: bool = False

    @property
    def complete(self) -> bool:
        """Every row that the source announced has arrived, and nothing contradicts it."""
        return self.finished and not self.incomplete_reason

    def with_rows(self, rows: Iterable[V]) -> Scan[V]:
        """The same state of the list with other rows, which were made from its own."""
        return Scan(
            tuple(rows),
            self.total,
            self.finished,
            self.incomplete_reason,
            self.as_of,
            self.origin,
            self.fallback_reason,
            self.never_seen,
        )


class PageCollector(Generic[T]):
    """Collects the pages of one list, and decides whether all of it was received.

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
        self._total_changed = False
        self._total_missing = False

    @property
    def scan(self) -> Scan[T]:
        """The list as received so far."""
        return Scan(tuple(self._rows.values()), self._total, self.finished, self._incomplete_reason)

    def receive(self, page: RawPage[T]) -> None:
        """Add the next page, and decide whether it was the last."""
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
        self._record_total(page.total, count)
        if count == 0 or (self._total is not None and self.received >= self._total):
            self._finish(self._missing())
        elif len(self._rows) == known:
            self._finish(Reason.of(ReasonCode.SAME_PAGE_AGAIN))
        elif self._pages == MAX_PAGES:
            self._finish(Reason.of(ReasonCode.PAGE_LIMIT, pages=MAX_PAGES))

    def _receive_keyed(self, is_last: bool, *, new: bool) -> None:  # noqa: FBT001 - a value of the page
        if is_last:
            self._finish(None)
        elif not new:
            self._finish(Reason.of(ReasonCode.SAME_PAGE_AGAIN))
        elif self._pages == MAX_PAGES:
            self._finish(Reason.of(ReasonCode.PAGE_LIMIT, pages=MAX_PAGES))

    def _record_total(self, total: int | None, count: int) -> None:
        if total is None or (total == 0 and count):
            self._total_missing = True
        elif total or self._pages == 1:  # past the end some endpoints announce 0
            self._total_changed = self._total_changed or self._total not in (None, total)
            self._total = total

    def _missing(self) -> Reason | None:
        if self._total_changed:
            return Reason.of(ReasonCode.LIST_CHANGED)
        if self._total is not None and len(self._rows) != self._total:
            return Reason.of(ReasonCode.ROWS_MISSING, arrived=len(self._rows), total=self._total)
        # Each recorded answer has a total. One without it has an unknown form, and its end may not be the end of the
        # list.
        if self._total is None or self._total_missing:
            return Reason.of(ReasonCode.NO_TOTAL)
        return None

    def _finish(self, incomplete_reason: Reason | None) -> None:
        self.finished = True
        # The more important reason: the unreadable rows may be the ones that matter.
        unreadable = Reason.of(ReasonCode.UNREADABLE_ROWS, unreadable=self._unreadable, received=self.received)
        self._incomplete_reason = unreadable if self._unreadable else incomplete_reason


async def iter_scan(
    fetch_page: Callable[[int, int], Awaitable[RawPage[T]]], key: Callable[[T], Hashable]
) -> AsyncIterator[Scan[T]]:
    """Yield the list as received so far after each page, until it is finished.

    Args:
        fetch_page: `(offset, limit)` to a page.
        key: What makes a row the same row when it turns up on two pages.

    Raises:
        SourceError: raised by `fetch_page`; what was yielded before stays valid.
    """
    pages = PageCollector(key)
    while not pages.finished:
        pages.receive(await fetch_page(pages.received, PAGE_SIZE))
        yield pages.scan


async def iter_keyed_scan(
    fetch_page: Callable[[Mapping[str, str]], Awaitable[tuple[RawPage[T], Mapping[str, str] | None]]],
    key: Callable[[T], Hashable],
) -> AsyncIterator[Scan[T]]:
    """The same for a list in which each page contains the key of the next one, and the last page none.

    Args:
        fetch_page: From the key of a page ({} for the first) to the page and the next key, or None. `is_last` is set
            here.
        key: What makes a row the same row when it turns up on two pages.

    Raises:
        SourceError: raised by `fetch_page`; what was yielded before stays valid.
    """
    pages = PageCollector(key)
    cursor: Mapping[str, str] | None = {}
    while cursor is not None and not pages.finished:
        page, cursor = await fetch_page(cursor)
        pages.receive(replace(page, is_last=cursor is None))
        yield pages.scan
