"""A source that says for a while that something is gone which is not: afterwards nothing has changed for anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.gates.rule import (
    CollectionRef,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    Measure,
    Rule,
)
from bot.store.sync.observation_writer import MOST_LEVELS
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    MOSAIC,
    WHALE,
    SyncHarness,
    account_of,
    open_sync,
)

pytestmark = pytest.mark.asyncio
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
LATE = 5_003  # a role that is due while the source lies, or after
SHORT = timedelta(days=2)

RULES: dict[str, Rule] = {
    "plain": Holds(HARBOUR),
    "copies": Holds(HARBOUR, Measure.COPIES, 2),
    "ids": HoldsIds(HARBOUR, ((0, 1),), 2),
    "for 2 days": HeldFor(Holds(HARBOUR), SHORT),
    "copies for 2 days": HeldFor(Holds(HARBOUR, Measure.COPIES, 2), SHORT),
    "collections": HoldsCollections(2),
}
# How long it lasts, of which rule: each length, and each form of a rule.
LIES = [
    pytest.param(RULES["plain"], timedelta(days=3), id="plain-3 days"),
    pytest.param(RULES["copies"], timedelta(hours=27), id="copies-27 h"),
    pytest.param(RULES["ids"], timedelta(hours=27), id="ids-27 h"),
    pytest.param(RULES["collections"], timedelta(hours=27), id="collections-27 h"),
    pytest.param(RULES["for 2 days"], timedelta(minutes=95), id="for 2 days-95 min"),
    pytest.param(RULES["for 2 days"], timedelta(hours=27), id="for 2 days-27 h"),
    pytest.param(RULES["copies for 2 days"], timedelta(hours=2), id="copies for 2 days-2 h"),
]


async def lie(harness: SyncHarness, lasts: timedelta) -> None:
    """Let a lie last: its beginning and its end are read as always, what is between more seldom, for speed."""
    end = harness.now + lasts
    await harness.pass_time(min(lasts, AN_HOUR))
    await harness.pass_time(end - 2 * AN_HOUR - harness.now, step=6 * AN_HOUR)
    await harness.pass_time(end - harness.now)


async def two_gates(harness: SyncHarness, rule: Rule) -> None:
    """Two gates with two holders each, so few that neither has a breaker of its own."""
    await harness.gate(rule, COLLECTOR)
    other = Holds(MOSAIC)
    await harness.gate(HeldFor(other, SHORT) if isinstance(rule, HeldFor) else other, WHALE)
    for number in (1, 2):
        await harness.member(number, 2)
        harness.source.held[account_of(number)][CollectionRef("loopring", "300")] = 1
    for number in (3, 4):
        await harness.member(number, 2, of=MOSAIC)
    await harness.turn()
    await harness.pass_time(SHORT + AN_HOUR, step=AN_HOUR)
    assert (harness.holders(COLLECTOR), harness.holders(WHALE)) == ([1, 2], [3, 4])


@pytest.mark.parametrize(("rule", "lasts"), LIES)
async def test_after_a_lie_of_a_whole_source_nobody_has_lost_a_role(rule: Rule, lasts: timedelta) -> None:
    async with open_sync() as harness:
        await two_gates(harness, rule)
        writes = len(harness.discord.writes)
        harness.source.is_empty = True
        await lie(harness, lasts)
        harness.source.is_empty = False
        await harness.pass_time(2 * AN_HOUR)
        assert (harness.holders(COLLECTOR), harness.holders(WHALE)) == ([1, 2], [3, 4])
        assert len(harness.discord.writes) == writes  # nothing was taken and given again
        assert (await harness.sync.status(GUILD)).holds == []


async def gone(harness: SyncHarness, numbers: range, *, comes_back: bool = False) -> None:
    """A source lists one collection for nobody any more; or again."""
    for number in numbers:
        harness.source.held[account_of(number)] = {HARBOUR: 2, MOSAIC: 1} if comes_back else {MOSAIC: 1}


@pytest.mark.parametrize(("rule", "lasts"), LIES)
async def test_after_a_lie_about_one_collection_nobody_has_lost_a_role(rule: Rule, lasts: timedelta) -> None:
    async with open_sync() as harness:
        await harness.gate(rule)
        await harness.gate(rule, WHALE)
        for number in range(1, 4):
            await harness.member(number)
        await gone(harness, range(1, 4), comes_back=True)
        await harness.turn()
        await harness.pass_time(SHORT + AN_HOUR, step=AN_HOUR)
        assert harness.holders() == [1, 2, 3]
        writes = len(harness.discord.writes)
        await gone(harness, range(1, 4))
        await lie(harness, lasts)
        await gone(harness, range(1, 4), comes_back=True)
        await harness.pass_time(2 * AN_HOUR)
        assert harness.holders() == [1, 2, 3]
        assert len(harness.discord.writes) == writes
        assert (await harness.sync.status(GUILD)).holds == []


async def test_what_a_second_question_contradicts_is_no_break_of_what_was_held() -> None:
    async with open_sync() as harness:
        await harness.gate(HeldFor(Holds(HARBOUR), SHORT))
        await harness.members(10)
        await harness.turn()
        await harness.pass_time(SHORT + AN_HOUR, step=3 * AN_HOUR)
        assert harness.has(1)
        harness.source.empties = {account_of(1)}
        harness.source.contradicts = 1
        await harness.pass_time(2 * AN_HOUR)
        assert harness.has(1)
        harness.source.empties = set()
        harness.source.contradicts = 0
        await harness.pass_time(AN_HOUR)
        assert len(harness.holders()) == 10
        harness.sell(1)
        await harness.pass_time(AN_HOUR)
        harness.buy(1)
        await harness.pass_time(2 * AN_HOUR)
        assert harness.holders() == list(range(2, 11))  # who sold it does not get it back by buying it again


async def test_a_count_that_never_rests_does_not_forget_that_it_was_held() -> None:
    async with open_sync() as harness:
        await harness.gate(HeldFor(Holds(HARBOUR), SHORT))
        await harness.member(1)
        await harness.turn()
        await harness.pass_time(SHORT + AN_HOUR, step=3 * AN_HOUR)
        assert harness.has(1)
        columns = "account_id, collection_id, at, kinds"
        sql = f"INSERT INTO sync_levels ({columns}) SELECT account_id, collection_id, ?, ? FROM sync_held"  # noqa: S608
        for number in range(MOST_LEVELS):  # as each pass of the last three days and a half would have written it
            await harness.rows(sql, [int(harness.now.timestamp()) - MOST_LEVELS + number, 2 + number % 2])
        harness.buy(1, holds=7)
        await harness.pass_time(2 * AN_HOUR)
        assert await harness.rows("SELECT count(*) FROM sync_levels") == [(MOST_LEVELS,)]
        assert harness.has(1)


async def test_a_lie_about_an_alias_costs_nobody_a_role_and_the_nfts_of_an_alias_are_read() -> None:
    async with open_sync() as harness:
        await harness.store.gates.set_alias(GUILD, HARBOUR, MOSAIC, 9, harness.now)
        await harness.gate(HoldsIds(MOSAIC, ((0, 1),), 2))
        await harness.gate(Holds(MOSAIC), WHALE)
        for number in (1, 2):
            await harness.member(number, 2)
            harness.source.held[account_of(number)][CollectionRef("loopring", "300")] = 1
        await harness.member(3, 2)
        harness.source.held[account_of(3)] = {HARBOUR: 1, CollectionRef("loopring", "300"): 1}
        await harness.turn()
        assert (harness.holders(), harness.holders(WHALE)) == ([1, 2], [1, 2, 3])
        for number in (1, 2, 3):
            del harness.source.held[account_of(number)][HARBOUR]
        await harness.pass_time(2 * AN_HOUR)
        assert (harness.holders(), harness.holders(WHALE)) == ([1, 2], [1, 2, 3])
