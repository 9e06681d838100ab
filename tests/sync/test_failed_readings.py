"""What a reading that failed, or is late, leaves as it is, over real HTTP: unknown is never zero."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest

from bot.counts import exact, unknown
from bot.gates.facts import NOTHING_HELD, UNKNOWN_HELD
from bot.holdings import Account, Holding
from bot.messages import language_of, written_in
from bot.reasons import reason_words
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Asker, Askers
from bot.sources.chain import ChainedSource
from bot.sources.paging import Scan
from bot.store.sync.observations import Saved
from bot.sync.reading_ages import backoff
from tests.archive.fixtures import write_small
from tests.blockscout_source import NOBODY, answer, hurry, open_blockscout
from tests.blockscout_source import WHALE as CHAIN_WHALE
from tests.linking.harness import ANN
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient
from tests.sync.reading_harness import (
    ADA,
    INTERVAL,
    WHALE,
    ReadingHarness,
    collection_of,
    held_of,
    open_readings,
    ref,
)
from tests.watched_source import WatchedSource, open_watched_source

FAULTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "an error": ("status", {"status": 503}),
    "HTML": ("html", {}),
    "a torn body": ("torn", {}),
    "garbage": ("garbage", {}),
    "no such account": ("error", {"code": 102003, "message": "invalid account id", "http": 400}),
    "a refused key": ("error", {"code": 104002, "message": "invalid key", "http": 400}),
    "too many requests": ("throttle", {}),
    "a total that does not add up": ("short", {}),
    "page 2 of 3 fails": ("status", {"status": 500, "path": "offset=50"}),
    "page 2 of 3 is HTML": ("html", {"path": "offset=50"}),
    "a page again and again": ("repeat", {"path": "offset=50"}),
}


async def test_why_an_account_cannot_be_read_is_said_in_the_language_of_who_reads_it(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own(WHALE)
    await sandbox.fault("status", status=500, times=None)
    german = language_of("de")
    with written_in(german):  # as a member who pressed Refresh reads
        outcome = await reading.read(WHALE)
        translated = reason_words(outcome.failure)
    stored = (await reading.state()).failure
    english = reason_words(stored)
    with written_in(german):
        assert reason_words(stored) == translated != english
    assert reason_words(outcome.failure) == english


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_cannot_be_read_leaves_every_observation_as_it_is(
    sandbox: SandboxClient, reading: ReadingHarness, fault: str
) -> None:
    await reading.own(WHALE)
    await reading.read(WHALE)
    before = await reading.observations()
    known = (await reading.facts()).held
    reading.pass_time()
    kind, options = FAULTS[fault]
    await sandbox.fault(kind, **options)
    outcome = await reading.read(WHALE)
    assert (outcome.is_read, outcome.failure is None) == (False, False)
    assert await reading.observations() == before
    state = await reading.state()
    assert state.facts.held == known
    assert (state.failed_at, state.failure is not None) == (reading.linking.now, True)
    assert state.next_at
    assert timedelta(0) < state.next_at - reading.linking.now < INTERVAL


async def test_the_answer_of_a_fallback_is_no_reading(sandbox: SandboxClient, tmp_path: Path) -> None:
    path = tmp_path / "past.tessera.gz"
    write_small(path)
    async with open_source(sandbox) as first:
        archive = await ArchiveSource.open(path, name="past")
        async with open_readings(ChainedSource(first, archive)) as reading:
            await reading.own()
            await reading.read()
            before = await reading.observations()
            reading.pass_time()
            await sandbox.fault("status", status=503)
            outcome = await reading.read()
            assert (outcome.is_read, outcome.failure is None) == (False, False)
            assert await reading.observations() == before
        await archive.close()


async def test_a_source_that_is_configured_as_one_of_the_past_gives_no_reading(sandbox: SandboxClient) -> None:
    async with open_source(sandbox, live=False) as source, open_readings(source) as reading:
        await reading.own()
        outcome = await reading.read()
        assert not outcome.is_read
        facts = await reading.facts()
        assert (facts.as_of, facts.of(ref("loopring:254"))) == (None, UNKNOWN_HELD)
        assert await reading.readings.second_answer(ADA, ref("loopring:254"), Asker.member(1)) is None


class UncountedSource(WatchedSource):
    """A source that does not say how many are held of one collection."""

    uncounted: ClassVar[str] = ""

    async def iter_holdings(
        self, account: Account, contract: str | None, askers: Askers
    ) -> AsyncIterator[Scan[Holding]]:
        async for scan in super().iter_holdings(account, contract, askers):
            yield scan.with_rows(
                Holding(row.collection, 0, is_counted=False) if row.collection.collection_id == self.uncounted else row
                for row in scan.rows
            )


@pytest.mark.parametrize("is_known", [False, True], ids=["never counted", "counted before"])
async def test_of_a_collection_that_nobody_counted_it_is_unknown_and_the_rest_counts(
    sandbox: SandboxClient, monkeypatch: pytest.MonkeyPatch, *, is_known: bool
) -> None:
    """blockscout#9699: `amount` null, or units of an ERC-404."""
    async with open_watched_source(sandbox, UncountedSource) as source, open_readings(source) as reading:
        await reading.own()
        number = str(collection_of(sandbox))
        if is_known:
            await reading.read()
            reading.pass_time()
        monkeypatch.setattr(UncountedSource, "uncounted", number)
        for _ in range(2):
            assert (await reading.read()).saved is Saved.WHOLE
            facts = await reading.facts()
            assert facts.of(ref(f"loopring:{number}")).kinds == unknown()
            assert facts.of(ref(f"loopring:{number}")).copies == unknown()
            others = [its for name, its in facts.held.items() if name != ref(f"loopring:{number}")]
            assert others
            assert all(its.kinds.high == its.kinds.low >= 1 for its in others)
            assert facts.of(ref("loopring:999999")) == NOTHING_HELD
            reading.pass_time()
        monkeypatch.setattr(UncountedSource, "uncounted", "")
        await reading.read()
        held = (await reading.facts()).of(ref(f"loopring:{number}"))
        assert held.kinds == exact(sum(map(bool, held_of(sandbox)[int(number)].values())))
        assert [level.kinds is None for level in held.levels][-2:] == [True, False]


async def test_a_chain_that_has_never_seen_what_it_listed_before_says_nothing(
    sandbox: SandboxClient, tmp_path: Path
) -> None:
    """A server before 2025 that is filled again answers 404, also to a bot that was started again."""
    account, path = Account("eip155:1", CHAIN_WHALE), tmp_path / "bot.db"
    await hurry(sandbox)
    async with open_blockscout(sandbox) as source, open_readings(source, path=path) as reading:
        await reading.linking.prove_by_contract(ANN, str(account), account.account_id)
        assert (await reading.read(account)).is_read
        held = {each: rows for each, rows in (await reading.observations()).items() if each != "sync_accounts"}
        [(holds,)] = await reading.rows("SELECT holds FROM sync_accounts")
        assert holds > 0
    await answer(sandbox, CHAIN_WHALE, {"message": "Not found"}, 404)
    async with open_blockscout(sandbox) as source, open_readings(source, path=path) as reading:
        for _ in range(3):
            reading.pass_time(timedelta(hours=2))
            outcome = await reading.read(account)
            assert not outcome.is_read
            assert "has never seen this account" in reason_words(outcome.failure)
        after = await reading.observations()
        assert {each: after[each] for each in held if each != "sync_parts"} == {
            each: rows for each, rows in held.items() if each != "sync_parts"
        }
        assert await reading.rows("SELECT holds, emptied_at FROM sync_accounts") == [(holds, None)]


async def test_a_chain_that_has_never_seen_an_account_that_held_nothing_is_believed(sandbox: SandboxClient) -> None:
    account = Account("eip155:1", NOBODY)
    await hurry(sandbox)
    await answer(sandbox, NOBODY, {"message": "Not found"}, 404)
    async with open_blockscout(sandbox) as source, open_readings(source) as reading:
        await reading.linking.prove_by_contract(ANN, str(account), account.account_id)
        for _ in range(2):
            assert (await reading.read(account)).is_read
            reading.pass_time()


class ReplayedSource(WatchedSource):
    """A source that says itself as of when its answers are."""

    said: ClassVar[datetime | None] = None

    async def iter_holdings(
        self, account: Account, contract: str | None, askers: Askers
    ) -> AsyncIterator[Scan[Holding]]:
        async for scan in super().iter_holdings(account, contract, askers):
            yield replace(scan, as_of=self.said)


class LateSource(WatchedSource):
    """A source between whose pages time goes by."""

    wait: ClassVar[Callable[[], None]]

    async def iter_holdings(
        self, account: Account, contract: str | None, askers: Askers
    ) -> AsyncIterator[Scan[Holding]]:
        async for scan in super().iter_holdings(account, contract, askers):
            LateSource.wait()
            yield scan


async def test_pages_that_took_too_long_are_no_complete_reading(sandbox: SandboxClient) -> None:
    async with open_watched_source(sandbox, LateSource) as source, open_readings(source) as reading:
        await reading.own(WHALE)
        LateSource.wait = lambda: reading.pass_time(timedelta(seconds=101))  # three pages: more than five minutes
        assert (await reading.read(WHALE)).saved is Saved.PART
        LateSource.wait = lambda: reading.pass_time(timedelta(seconds=99))
        assert (await reading.read(WHALE)).saved is Saved.WHOLE


async def test_a_defect_with_one_account_is_a_failed_reading(
    sandbox: SandboxClient, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_watched_source(sandbox, LateSource) as source, open_readings(source) as reading:
        await reading.own()

        def fail() -> None:
            raise ZeroDivisionError

        LateSource.wait = fail
        outcome = await reading.read()
        assert (outcome.is_read, outcome.failure is None) == (False, False)
        assert "reading loopring:10001 failed" in caplog.text
        assert (await reading.state()).failed_at == reading.linking.now


async def test_an_answer_older_than_the_accepted_one_changes_nothing(sandbox: SandboxClient) -> None:
    async with open_watched_source(sandbox, ReplayedSource) as source, open_readings(source) as reading:
        await reading.own()
        await reading.read()
        before = await reading.observations()
        held_of(sandbox).clear()
        ReplayedSource.said = reading.linking.now - timedelta(minutes=1)
        reading.pass_time()
        outcome = await reading.read()
        assert (outcome.is_read, outcome.failure is None) == (False, False)
        assert await reading.observations() == before
        ReplayedSource.said = reading.linking.now
        assert (await reading.read()).is_read
        assert (await reading.facts()).of(ref("loopring:254")).kinds == exact(0)


async def test_a_reading_dated_by_a_clock_that_was_wrong_does_not_keep_others_out(reading: ReadingHarness) -> None:
    await reading.own()
    await reading.read()
    reading.pass_time(-timedelta(days=1))
    assert (await reading.facts()).of(ref("loopring:999999")) == UNKNOWN_HELD
    assert (await reading.read()).saved is Saved.WHOLE
    assert (await reading.facts()).of(ref("loopring:999999")) == NOTHING_HELD


# ---------------------------------------------------------------- partly read


async def test_what_a_first_reading_saw_before_it_broke_off_is_held_at_least(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own(WHALE)
    await sandbox.fault("throttle", path="offset=50", times=3)  # what is asked for again without a pause of its own
    outcome = await reading.read(WHALE)
    assert (outcome.saved, outcome.is_read) == (Saved.PART, False)
    facts = await reading.facts()
    assert len(facts.held) == 50
    assert all(held.kinds.low >= 1 and held.kinds.high is None for held in facts.held.values())
    assert facts.of(ref("loopring:999999")).kinds == unknown()
    reading.pass_time()
    assert (await reading.read(WHALE)).saved is Saved.WHOLE
    facts = await reading.facts()
    assert (len(facts.held), facts.otherwise) == (132, NOTHING_HELD)
    assert await reading.rows("SELECT 1 FROM sync_parts") == []


async def test_a_part_counts_only_where_no_complete_reading_is_young_enough(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own(WHALE)
    await reading.read(WHALE)
    await sandbox.fault("status", status=500, path="offset=50")
    reading.pass_time()
    assert (await reading.read(WHALE)).saved is Saved.UNUSED
    reading.pass_time(timedelta(hours=1))
    assert (await reading.read(WHALE)).saved is Saved.PART
    facts = await reading.facts()
    assert facts.otherwise == UNKNOWN_HELD
    assert sorted(held.kinds.low > 0 for held in facts.held.values()) == [False] * 82 + [True] * 50


# ---------------------------------------------------------------- trying again


def test_pauses_grow_from_two_seconds_to_fifteen_minutes_and_are_not_all_the_same() -> None:
    random = Random(7)  # noqa: S311 - it only spreads pauses
    pauses = [[backoff(tries, random).total_seconds() for tries in range(1, 40)] for _ in range(20)]
    for column in zip(*pauses, strict=True):
        assert min(column) >= 2
        assert max(column) <= 900
    assert {row[0] for row in pauses} == {2}
    assert len({row[-1] for row in pauses}) == 20
    assert min(row[-1] for row in pauses) >= 450


async def test_a_defect_while_an_answer_is_stored_is_a_failure_of_that_account(reading: ReadingHarness) -> None:
    await reading.own()
    reading.wanted.clear()  # what rules ask for cannot be found out
    outcome = await reading.read()
    assert outcome.failure
    [(due, tries)] = await reading.rows("SELECT due, tries FROM sync_accounts")
    assert due > reading.linking.now.timestamp()
    assert tries == 1
