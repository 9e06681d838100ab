"""What is known of an account from its readings: as long as they are young enough, and it is the member's."""

from __future__ import annotations

from datetime import timedelta

from bot.counts import unknown
from bot.gates.facts import UNKNOWN_HELD, Level
from bot.holdings import LOOPRING
from bot.links import InGuild
from bot.sources.loopring import LoopringSource
from tests.linking.harness import ANN, BEN, HERE, owner_of
from tests.sandbox_client import SandboxClient
from tests.sync.reading_harness import (
    ADA,
    ReadingHarness,
    collection_of,
    held_of,
    open_readings,
    ref,
)


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
    assert (await reading.facts()).of(target).levels == (Level(start, kinds, None, 2, reading.linking.now),)
    reading.pass_time(timedelta(days=2))
    nft = next(key for key, copies in held_of(sandbox)[number].items() if copies)
    held_of(sandbox)[number][nft] = 0
    await reading.read()
    assert (await reading.facts()).of(target).levels == (
        Level(start, kinds, None, 2, start + timedelta(days=2)),
        Level(start + timedelta(days=2, minutes=30), None, None, 0, start + timedelta(days=2, minutes=30)),
        Level(start + timedelta(days=4), kinds - 1, None, 1, start + timedelta(days=4)),
    )


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
