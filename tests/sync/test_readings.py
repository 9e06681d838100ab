"""What a reading stores, and what it leaves as it is, over real HTTP: unknown is never zero."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest

from bot.counts import at_least, exact, unknown
from bot.gates.facts import NOTHING_HELD, UNKNOWN_HELD, Level
from bot.holdings import LOOPRING, Account, Holding
from bot.links import InGuild
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Asker, Askers
from bot.sources.chain import ChainedSource
from bot.sources.loopring import LoopringSource
from bot.sources.paging import Scan
from bot.store.sync.observations import Saved
from bot.sync.reading_ages import backoff
from bot.sync.readings import Wanted
from sandbox.app_keys import WORLD
from tests.archive.fixtures import write_small
from tests.linking.harness import ANN, BEN, HERE, owner_of
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient
from tests.sync.reading_harness import ADA, INTERVAL, WHALE, ReadingHarness, open_readings, ref
from tests.watched_source import WatchedSource, open_watched_source

DETAILS = "user/collection/details"
BALANCES = "user/nft/collection/balances"


def held_of(sandbox: SandboxClient, account: Account = ADA) -> dict[int, dict[str, int]]:
    """What an account holds in the sandbox, to be changed."""
    return sandbox.app[WORLD].accounts[int(account.account_id)].holdings


def collection_of(sandbox: SandboxClient, account: Account = ADA) -> int:
    """A collection of which an account holds more than one NFT."""
    return next(number for number, nfts in held_of(sandbox, account).items() if sum(map(bool, nfts.values())) > 1)


# ---------------------------------------------------------------- what is stored


async def test_a_complete_reading_says_how_many_are_held_of_every_collection(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own()
    assert (await reading.facts()).of(ref("loopring:254")) == UNKNOWN_HELD
    outcome = await reading.read()
    assert (outcome.saved, outcome.is_read) == (Saved.WHOLE, True)
    facts = await reading.facts()
    expected = {
        f"loopring:{number}": exact(kinds)
        for number, nfts in held_of(sandbox).items()
        if (kinds := sum(map(bool, nfts.values())))
    }
    assert expected
    assert {str(its): held.kinds for its, held in facts.held.items()} == expected
    assert facts.of(ref("loopring:999999")) == NOTHING_HELD
    assert (facts.as_of, facts.is_certain, facts.owner) == (reading.linking.now, True, owner_of("10001"))
    assert (await reading.state()).next_at == reading.linking.now + INTERVAL


async def test_what_is_sold_and_bought_again_is_gone_meanwhile_and_has_a_history(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own()
    number = collection_of(sandbox)
    target = ref(f"loopring:{number}")
    first = reading.linking.now
    await reading.read()
    kept = dict(held_of(sandbox)[number])
    kinds = len([copies for copies in kept.values() if copies])
    for change in ({}, kept):
        reading.pass_time()
        held_of(sandbox)[number] = dict(change)
        await reading.read()
        reading.pass_time()
        await reading.read()  # once more: nothing has changed
        facts = await reading.facts()
        assert facts.of(target).kinds == exact(kinds if change else 0)
    assert (await reading.facts()).of(target).levels == (
        Level(first, kinds),
        Level(first + INTERVAL, 0, 0),
        Level(first + 3 * INTERVAL, kinds),
    )
    stored = (await reading.linking.store.readings.of([ADA]))[ADA].whole[target]
    assert (stored.first_at, stored.gone_at, stored.last_at) == (first + 3 * INTERVAL, None, first + 4 * INTERVAL)


async def test_when_a_collection_was_last_seen_is_known_after_it_is_gone(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own()
    number, start = collection_of(sandbox), reading.linking.now
    for _ in range(3):
        await reading.read()
        reading.pass_time()
    del held_of(sandbox)[number]
    await reading.read()
    stored = (await reading.linking.store.readings.of([ADA]))[ADA].whole[ref(f"loopring:{number}")]
    assert (stored.first_at, stored.last_at, stored.gone_at) == (start, start + 2 * INTERVAL, start + 3 * INTERVAL)


async def test_a_steady_reading_is_one_request_and_changes_one_row(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own()
    await reading.read()
    before = await reading.observations()
    reading.pass_time()
    changes = "SELECT total_changes()"
    [(start,)] = await reading.rows(changes)
    await reading.read()
    [(end,)] = await reading.rows(changes)
    after = await reading.observations()
    assert len(await sandbox.requests(DETAILS)) == 2
    assert await sandbox.requests(BALANCES) == []
    assert {table for table in before if before[table] != after[table]} == {"sync_accounts"}
    assert end - start == 2  # the account, as of when it was read and when it is due


async def test_a_reading_that_is_under_way_is_shared_and_a_finished_one_is_not(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own()
    await sandbox.fault("slow", seconds=0.05)
    outcomes = await asyncio.gather(*(reading.read(asker=Asker.member(number)) for number in range(10)))
    assert {outcome.saved for outcome in outcomes} == {Saved.WHOLE}
    assert len(await sandbox.requests(DETAILS)) == 1
    await reading.read()
    assert len(await sandbox.requests(DETAILS)) == 2


async def test_a_reading_goes_on_when_its_caller_leaves(sandbox: SandboxClient, reading: ReadingHarness) -> None:
    await reading.own()
    await sandbox.fault("slow", seconds=0.1)
    leaving = asyncio.create_task(reading.read(asker=Asker.member(1)))
    while not (await sandbox.get("/_sandbox/faults"))[0]["struck"]:
        assert not leaving.done()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert (await reading.read(asker=Asker.member(2))).saved is Saved.WHOLE
    assert len(await sandbox.requests(DETAILS)) == 1


# ---------------------------------------------------------------- single NFTs, only where asked


async def test_nfts_are_read_only_of_collections_that_rules_ask_for_and_that_are_held(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own()
    number = collection_of(sandbox)
    target = ref(f"loopring:{number}")
    reading.wanted[0] = Wanted(frozenset({target, ref("loopring:999999")}))
    await reading.read()
    assert [each["query"]["collectionId"] for each in await sandbox.requests(BALANCES)] == [str(number)]
    held = (await reading.facts()).of(target)
    copies = [copies for copies in held_of(sandbox)[number].values() if copies]
    assert (held.kinds, held.copies, held.has_all_tokens) == (exact(len(copies)), exact(sum(copies)), True)
    assert sorted(token.copies for token in held.tokens.values()) == sorted(copies)
    others = [its for its in (await reading.facts()).held.items() if its[0] != target]
    assert others
    for _, other in others:
        assert (other.copies, other.has_all_tokens) == (at_least(other.kinds.low), False)


async def test_nfts_that_cannot_be_read_make_only_copies_and_ids_unknown(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own()
    number = collection_of(sandbox)
    target = ref(f"loopring:{number}")
    reading.wanted[0] = Wanted(frozenset({target}))
    await reading.read()
    reading.pass_time()
    await sandbox.fault("html", path=BALANCES)
    assert (await reading.read()).saved is Saved.WHOLE
    held = (await reading.facts()).of(target)
    assert held.kinds.high == held.kinds.low
    assert (held.copies, held.tokens, held.has_all_tokens) == (at_least(held.kinds.low), {}, False)


async def test_nfts_that_nobody_asks_for_any_more_are_deleted(sandbox: SandboxClient, reading: ReadingHarness) -> None:
    await reading.own()
    reading.wanted[0] = Wanted(frozenset({ref(f"loopring:{collection_of(sandbox)}")}))
    await reading.read()
    assert await reading.rows("SELECT 1 FROM sync_tokens LIMIT 1")
    reading.wanted[0] = Wanted()
    reading.pass_time()
    await reading.read()
    assert not await reading.rows("SELECT 1 FROM sync_tokens LIMIT 1")


# ---------------------------------------------------------------- what changes nothing

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
    await sandbox.fault("status", status=500, path="offset=50", times=3)
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


# ---------------------------------------------------------------- age


async def test_a_reading_that_is_too_old_says_nothing_about_now(reading: ReadingHarness) -> None:
    await reading.own()
    await reading.read()
    target = next(iter((await reading.facts()).held))
    reading.pass_time(timedelta(minutes=30))
    assert (await reading.facts()).of(target).kinds.high is not None
    reading.pass_time(timedelta(seconds=1))
    facts = await reading.facts()
    assert (facts.of(target).kinds, facts.otherwise) == (unknown(), UNKNOWN_HELD)
    assert facts.of(target).levels[-1].kinds is None


async def test_a_slow_rate_makes_readings_count_longer(source: LoopringSource) -> None:
    async with open_readings(source, rates={"loopring": 0.0001}) as reading:
        await reading.own()
        assert await reading.readings.ages.possible_interval(LOOPRING) == timedelta(seconds=10_000)
        assert await reading.readings.ages.max_age(LOOPRING) == timedelta(seconds=30_000)


async def test_equal_counts_before_and_after_a_gap_count_as_held_through_and_different_ones_do_not(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own()
    number, start = collection_of(sandbox), reading.linking.now
    target = ref(f"loopring:{number}")
    await reading.read()
    kinds = (await reading.facts()).of(target).kinds.low
    reading.pass_time(timedelta(days=2))
    await reading.read()
    assert (await reading.facts()).of(target).levels == (Level(start, kinds),)
    reading.pass_time(timedelta(days=2))
    nft = next(key for key, copies in held_of(sandbox)[number].items() if copies)
    held_of(sandbox)[number][nft] = 0
    await reading.read()
    assert (await reading.facts()).of(target).levels == (
        Level(start, kinds),
        Level(start + timedelta(days=2, minutes=30), None),
        Level(start + timedelta(days=4), kinds - 1),
    )


# ---------------------------------------------------------------- a second question


async def test_a_second_question_reads_the_single_nfts_and_stores_nothing(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await reading.own()
    number = collection_of(sandbox)
    answer = await reading.readings.second_answer(ADA, ref(f"loopring:{number}"), Asker.member(1))
    copies = [copies for copies in held_of(sandbox)[number].values() if copies]
    assert answer
    assert (answer.kinds, answer.copies) == (exact(len(copies)), exact(sum(copies)))
    nothing = await reading.readings.second_answer(ADA, ref("loopring:999999"), Asker.member(1))
    assert nothing
    assert (nothing.kinds, nothing.copies) == (exact(0), exact(0))
    assert len(await sandbox.requests(BALANCES)) == 2
    assert await sandbox.requests(DETAILS) == []
    assert await reading.rows("SELECT 1 FROM sync_held") == []


# ---------------------------------------------------------------- whose accounts


async def test_an_account_whose_owner_is_not_confirmed_any_more_is_uncertain_and_not_gone(
    reading: ReadingHarness,
) -> None:
    await reading.own()
    await reading.read()
    await reading.rows("UPDATE owners SET is_confirmed = 0")
    facts = await reading.facts()
    assert (facts.account, facts.is_certain) == (ADA, False)
    assert facts.of(next(iter(facts.held))) == UNKNOWN_HELD


async def test_an_account_that_is_known_to_be_somebody_elses_is_gone(reading: ReadingHarness) -> None:
    await reading.own()
    await reading.rows("UPDATE owners SET owner = ?", owner_of("somebody else"))
    assert await reading.readings.facts_of(ANN, HERE) == []


async def test_a_frozen_account_is_uncertain(reading: ReadingHarness) -> None:
    await reading.own()
    await reading.linking.freeze(owner_of("10001"))
    assert (await reading.facts()).is_certain is False


async def test_a_vouch_that_rests_on_no_confirmed_owner_is_uncertain_in_its_server(reading: ReadingHarness) -> None:
    await reading.linking.vouch(BEN, str(ADA), owner_of("10001"))
    assert (await reading.facts(BEN, HERE)).is_certain
    await reading.rows("UPDATE owners SET is_confirmed = 0")
    assert (await reading.facts(BEN, HERE)).is_certain is False
    assert await reading.readings.facts_of(BEN, InGuild(HERE.guild_id + 1, HERE.joined_at)) == []


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
