"""What a complete reading stores, over real HTTP: how many are held of each collection, and of some the single NFTs."""

from __future__ import annotations

import asyncio

import pytest

from bot.counts import at_least, exact
from bot.gates.facts import NOTHING_HELD, UNKNOWN_HELD, Level
from bot.linking.upkeep import confirm_owners
from bot.sources.askers import Asker
from bot.store.linking.owner_table import forget_fact
from bot.store.sync.observations import Saved
from bot.sync.readings import Wanted
from tests.linking.harness import ANN, BEN, owner_of
from tests.sandbox_client import SandboxClient
from tests.sync.reading_harness import (
    ADA,
    BALANCES,
    DETAILS,
    INTERVAL,
    PASS,
    ReadingHarness,
    collection_of,
    held_of,
    open_readings,
    ref,
)
from tests.watched_source import open_watched_source


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
        Level(first, kinds, None, 1, first),
        Level(first + INTERVAL, 0, 0, 2, first + 2 * INTERVAL),
        Level(first + 3 * INTERVAL, kinds, None, 2, first + 4 * INTERVAL),
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


# ---------------------------------------------------------------- whose question it is


async def test_what_a_job_asks_about_an_account_is_charged_to_the_members_whose_it_is(sandbox: SandboxClient) -> None:
    async with open_watched_source(sandbox) as source, open_readings(source) as reading:
        await reading.linking.add(BEN, str(ADA), owner_of(ADA.account_id))  # he only says that it is his
        await reading.own()
        await reading.read(asker=PASS)
        await reading.readings.second_answer(ADA, ref("loopring:254"), PASS)
        await reading.linking.store.writer.transaction(lambda db: forget_fact(db, ADA))
        await confirm_owners(reading.linking.store, reading.linking.lookup, 10)
        theirs = frozenset({Asker.member(ANN).key})
        assert source.members == {"holdings": theirs, "nfts": theirs, "owner": theirs}
        assert {source.asked[name] for name in ("holdings", "nfts")} == {PASS}  # its turns stay the job's
