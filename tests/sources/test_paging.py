"""A list is complete only when every announced row arrived, once, and nothing contradicts it."""

from collections.abc import Sequence

import pytest

from bot.reasons import reason_words
from bot.sources.paging import MAX_PAGES, PageCollector, RawPage, Scan, iter_scan

UNTOLD = "the source did not say how many there are"


def scan_of(*pages: RawPage[int]) -> Scan[int]:
    collector: PageCollector[int] = PageCollector(key=lambda row: row)
    for page in pages:
        assert not collector.finished, "asked for more than needed"
        collector.receive(page)
    return collector.scan


def page(rows: Sequence[int], total: int | None = None, unreadable: int = 0) -> RawPage[int]:
    return RawPage(tuple(rows), unreadable=unreadable, total=total)


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([page(range(12), 12)], id="one page with its total"),
        pytest.param([page(range(50), 50)], id="exactly fifty rows need no second page"),
        pytest.param([page(range(50), 120), page(range(50, 100), 120), page(range(100, 120), 120)], id="three pages"),
        pytest.param([page(range(20), 45), page(range(20, 40), 45), page(range(40, 45), 45)], id="a clamped limit"),
        pytest.param([page([], 0)], id="none at all"),
    ],
)
def test_a_whole_list_is_complete(pages: list[RawPage[int]]) -> None:
    scan = scan_of(*pages)
    assert scan.finished
    assert scan.complete
    assert scan.incomplete_reason is None


@pytest.mark.parametrize(
    ("pages", "incomplete_reason"),
    [
        pytest.param([page(range(12), 35), page([], 0)], "12 of the 35 announced arrived", id="the rest never comes"),
        pytest.param([page([], 35)], "0 of the 35 announced arrived", id="empty although a total was announced"),
        pytest.param(
            [page([1, 2, 3], 6), page([3, 4, 5], 6)], "5 of the 6 announced arrived", id="rows moved between pages"
        ),
        pytest.param([page([1, 1, 2], 3)], "2 of the 3 announced arrived", id="a row twice on a page"),
        pytest.param(
            [page([1, 2], 4), page([3, 4, 5], 5)], "the list changed while it was being read", id="total moves"
        ),
        pytest.param(
            [page([1, 2], 3, unreadable=1)], "1 of the 3 received could not be understood", id="an unreadable row"
        ),
        pytest.param([page([1, 2]), page([1, 2])], "the same page was received again and again", id="offset ignored"),
        pytest.param(
            [page([1, 2], 9, unreadable=1), page([1, 2], 9, unreadable=1)],
            "2 of the 6 received could not be understood",
            id="the offset is ignored, and a row unreadable",
        ),
        pytest.param(
            [page([], 60, unreadable=50)], "50 of the 50 received could not be understood", id="nothing readable"
        ),
        pytest.param([page([])], UNTOLD, id="none, and no total"),
        pytest.param([page(range(3)), page([])], UNTOLD, id="no total, though an empty page ends it"),
        pytest.param([page(range(3), 0), page([], 0)], UNTOLD, id="total 0 beside rows is no total"),
        pytest.param([page(range(3)), page([], 3)], UNTOLD, id="a total that comes after the rows"),
        pytest.param([page(range(50), 53), page(range(50, 53))], UNTOLD, id="a total that is gone on the next page"),
        pytest.param([page(range(50), 53), page(range(50, 53), 0)], UNTOLD, id="a total that turns to 0 beside rows"),
    ],
)
def test_a_list_with_a_gap_says_so(pages: list[RawPage[int]], incomplete_reason: str) -> None:
    scan = scan_of(*pages)
    assert scan.finished
    assert not scan.complete
    assert reason_words(scan.incomplete_reason) == incomplete_reason


def test_an_unfinished_list_is_not_complete() -> None:
    scan = scan_of(page(range(50), 120))
    assert not scan.finished
    assert not scan.complete


def test_what_was_known_after_a_page_stays_as_it_was() -> None:
    collector: PageCollector[int] = PageCollector(key=lambda row: row)
    collector.receive(page(range(50), 120))
    before = collector.scan
    collector.receive(page(range(50, 100), 120))
    assert (before, len(collector.scan.rows)) == (Scan(tuple(range(50)), 120), 100)


async def test_the_offset_advances_by_the_rows_received() -> None:
    offsets = []

    async def fetch(offset: int, _limit: int) -> RawPage[int]:
        offsets.append(offset)
        return page(range(offset, min(offset + 20, 45)), 45)

    assert [len(scan.rows) async for scan in iter_scan(fetch, key=lambda row: row)] == [20, 40, 45]
    assert offsets == [0, 20, 40]


async def test_reading_ends_at_two_hundred_pages() -> None:
    asked = 0

    async def fetch(offset: int, _limit: int) -> RawPage[int]:
        nonlocal asked
        asked += 1
        return page([offset])

    scans = [scan async for scan in iter_scan(fetch, key=lambda row: row)]
    assert asked == MAX_PAGES
    assert not scans[-1].complete
    assert reason_words(scans[-1].incomplete_reason) == "only the first 200 pages were read"
