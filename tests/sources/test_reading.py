"""The one reading loop over real sources, and what may be counted of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.archive.lines import AccountRecord
from bot.archive.writer import write_archive
from bot.counts import count_collections, count_copies, count_kinds, exact, unknown
from bot.errors import NotFoundError, SourceError, TesseraError, UnavailableError
from bot.holdings import LOOPRING, Account, Collection, Holding, Holdings, Nft, Origin
from bot.reasons import ReasonCode
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Asker, Askers
from bot.sources.chain import ChainedSource
from bot.sources.loopring import LoopringSource
from bot.sources.paging import PageCollector, RawPage, Scan
from bot.sources.reading import fetch_holdings, last_of, read_holdings, read_nfts
from bot.sources.source import Abilities, Source
from tests.archive.fixtures import RECORDED_AT, header, write_small
from tests.loopring_source import module_sandbox, sandbox, source
from tests.sandbox_client import SandboxClient

__all__ = ["module_sandbox", "sandbox", "source"]

ADA = Account(LOOPRING, "10001")
EMPTY = Account(LOOPRING, "10003")
MANY = Account(LOOPRING, "10005")
NOBODY = Account(LOOPRING, "4000000")
HARBOUR = Collection(LOOPRING, "254")
NOT_HELD = Collection(LOOPRING, "99999")
LATER = Askers(Asker.job("test"))
NOW = Askers(Asker.member(1))
MAX_AGE = timedelta(minutes=10)


def now() -> datetime:
    return datetime.now(UTC)


class Scripted:
    """A source of one page that records the askers of each request; `torn` ends before the list is finished."""

    name, label, network = "scripted", "Scripted", LOOPRING
    abilities = Abilities()

    def __init__(self, *rows: Any, torn: bool = False) -> None:
        self.asked_for: list[Askers] = []
        self._page: RawPage[Any] = RawPage(rows, is_last=not torn)

    async def iter_holdings(self, _account: Account, _contract: str | None, askers: Askers) -> AsyncIterator[Any]:
        yield self._scan(askers)

    async def iter_nfts(self, _account: Account, _collection: Collection, askers: Askers) -> AsyncIterator[Any]:
        yield self._scan(askers)

    def _scan(self, askers: Askers) -> Scan[Any]:
        self.asked_for.append(askers)
        pages: PageCollector[Any] = PageCollector(key=hash)
        pages.receive(self._page)
        return pages.scan


def scripted(*rows: Any, torn: bool = False) -> tuple[Scripted, Source]:
    made = Scripted(*rows, torn=torn)
    return made, cast("Source", made)


async def before_error(source: Source, account: Account, kind: type[TesseraError]) -> list[Holdings]:
    """What was yielded before the read ended with this error."""
    came: list[Holdings] = []
    states = read_holdings(source, account, LATER)
    with pytest.raises(kind):  # noqa: PT012 - which step of it raises is not known
        while True:
            came.append(await anext(states))
    return came


# ---------------------------------------------------------------- what is read


async def test_each_page_is_a_state_of_its_own_and_the_last_is_the_answer(source: LoopringSource) -> None:
    states = [state async for state in read_holdings(source, MANY, LATER)]
    assert [len(state.holdings) for state in states] == [50, 100, 132]
    assert [state.finished for state in states] == [False, False, True]
    assert states[-1] == await fetch_holdings(source, MANY, LATER, clock=lambda: states[-1].as_of)
    with pytest.raises(FrozenInstanceError):
        states[0].complete = True  # type: ignore[misc]


async def test_the_askers_are_passed_on() -> None:
    made, asked = scripted()
    await fetch_holdings(asked, ADA, LATER)
    await last_of(read_nfts(asked, ADA, HARBOUR, NOW))
    assert made.asked_for == [LATER, NOW]


async def test_what_was_read_is_as_old_as_the_question(source: LoopringSource) -> None:
    times = iter([datetime(2026, 11, 26, 12, second, tzinfo=UTC) for second in range(9)])
    held = [state async for state in read_holdings(source, MANY, LATER, clock=lambda: next(times))]
    assert {state.as_of for state in held} == {datetime(2026, 11, 26, 12, 0, tzinfo=UTC)}
    nfts = [state async for state in read_nfts(source, ADA, HARBOUR, LATER, clock=lambda: next(times))]
    assert {state.as_of for state in nfts} == {datetime(2026, 11, 26, 12, 1, tzinfo=UTC)}


async def test_an_answer_carries_its_origin(source: LoopringSource, tmp_path: Path) -> None:
    write_small(tmp_path / "a")
    archive = await ArchiveSource.open(tmp_path / "a", name="old")
    live, old = await fetch_holdings(source, ADA, LATER), await fetch_holdings(archive, ADA, LATER)
    await archive.close()
    assert live.origin == Origin("loopring", "Loopring", is_live=True)
    assert (old.origin.name, old.origin.is_live) == ("old", False)
    assert str(old.origin.label) == "Loopring, recorded 2026-06-01"
    assert old.as_of == RECORDED_AT


async def test_rows_that_hold_nothing_are_none() -> None:
    held, gone = Holding(HARBOUR, 2), Holding(NOT_HELD, 0)
    assert (await fetch_holdings(scripted(held, gone)[1], ADA, LATER)).holdings == (held,)
    some, none = Nft("a", "a", 1), Nft("b", "b", 0)
    nfts = await last_of(read_nfts(scripted(some, none)[1], ADA, HARBOUR, LATER))
    assert nfts is not None
    assert nfts.nfts == (some,)


async def test_of_one_contract_only_its_rows_come_and_one_without_a_contract_may_be_of_it() -> None:
    contract = "0x" + "02" * 20
    mine, other = (
        Holding(Collection(LOOPRING, number, contract_address=where), 1)
        for number, where in (("1", contract), ("2", "0x" + "03" * 20))
    )
    read = await fetch_holdings(scripted(mine, other)[1], ADA, LATER, contract=contract)
    assert (read.holdings, read.complete, read.contract) == ((mine,), True, contract)
    torn = await fetch_holdings(scripted(mine, Holding(HARBOUR, 1))[1], ADA, LATER, contract=contract)
    assert (torn.holdings, torn.complete) == ((mine,), False)
    assert torn.incomplete_reason is not None
    assert torn.incomplete_reason.code is ReasonCode.CONTRACT_UNNAMED


async def test_a_list_that_ends_before_it_is_finished_is_no_answer() -> None:
    with pytest.raises(UnavailableError, match="Scripted broke off in the middle"):
        await fetch_holdings(scripted(Holding(HARBOUR, 1), torn=True)[1], ADA, LATER)


async def test_an_error_in_the_middle_is_raised_and_earlier_pages_stay_valid(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    await sandbox.fault("html", after=1)
    assert [len(state.holdings) for state in await before_error(source, MANY, SourceError)] == [50]


# ---------------------------------------------------------------- what may be counted of it


async def test_a_live_source_gives_exact_counts_including_zero(source: LoopringSource) -> None:
    held, empty = await fetch_holdings(source, ADA, LATER), await fetch_holdings(source, EMPTY, LATER)
    assert count_kinds(held, of=HARBOUR, now=now(), max_age=MAX_AGE) == exact(12)
    assert count_kinds(held, of=NOT_HELD, now=now(), max_age=MAX_AGE) == exact(0)
    assert count_collections(empty, now=now(), max_age=MAX_AGE) == exact(0)
    nfts = await last_of(read_nfts(source, ADA, HARBOUR, LATER))
    assert nfts is not None
    assert count_copies(nfts.expecting(12), now=now(), max_age=MAX_AGE) == exact(31)
    assert count_copies(nfts.expecting(13), now=now(), max_age=MAX_AGE).high is None


async def test_an_archive_says_nothing_about_the_present_neither_alone_nor_as_a_fallback(
    sandbox: SandboxClient, source: LoopringSource, tmp_path: Path
) -> None:
    write_archive(tmp_path / "a", header(), [], [AccountRecord("10001", now(), total=0)])  # recorded this minute
    archive = await ArchiveSource.open(tmp_path / "a", name="old")
    await sandbox.fault("html")
    for asked in (archive, ChainedSource(source, archive)):
        read = await fetch_holdings(asked, ADA, LATER)
        assert read.complete
        assert count_kinds(read, of=HARBOUR, now=now(), max_age=MAX_AGE) == unknown()
    await archive.close()


async def test_an_account_that_the_source_does_not_find_is_never_counted_as_zero(source: LoopringSource) -> None:
    assert await before_error(source, NOBODY, NotFoundError) == []
