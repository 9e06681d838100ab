"""An archive gives roles only where its operator says so, and never takes one, whatever it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.archive.lines import AccountRecord, HeldRecord
from bot.archive.writer import write_archive
from bot.gates.rule import AllOf, AnyOf, HeldFor, Holds, HoldsIds, HoldsTrait, Measure, Not, Rule, SomeOf
from bot.gates.rule_text import rule_text
from bot.holdings import Collection, Nft, NftList
from bot.links import InGuild
from bot.reasons import as_recorded, reason_words
from bot.sources.archive import ArchiveSource
from bot.sources.chain import ChainedSource
from bot.sources.source import Source
from tests.archive.fixtures import RECORDED_AT, header
from tests.sync.sync_harness import (
    GUILD,
    HARBOUR,
    JOINED,
    MOSAIC,
    FakeSource,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio
DAYS = timedelta(days=2)
AN_HOUR = timedelta(hours=1)
AT_MOST_TWO = Holds(HARBOUR, Measure.KINDS, 0, 2)


async def archive_of(
    folder: Path, held: dict[int, int], *, grants: bool = True, name: str = "past", at: datetime = RECORDED_AT
) -> ArchiveSource:
    """An archive in which these members hold so many kinds."""
    records = [
        AccountRecord(
            account_of(number).account_id,
            at,
            f"0x{number:040x}",
            total=int(kinds > 0),
            holdings=(HeldRecord(HARBOUR.collection_id, kinds),) if kinds else (),
        )
        for number, kinds in sorted(held.items())
    ]
    path = folder / f"{name}.tessera.gz"
    write_archive(path, header(), [Collection("loopring", HARBOUR.collection_id, name="Harbour Lights")], records)
    return await ArchiveSource.open(path, name=name, may_grant=grants)


async def archive_with_nfts(
    folder: Path,
    copies: dict[int, int] | None,
    *,
    members: int = 1,
    name: str = "listed",
    account: dict[str, Any] | None = None,
    nfts: dict[str, Any] | None = None,
    kinds: int | None = None,
    names: bool = False,
) -> ArchiveSource:
    """An archive that lists the NFTs of these members: id → copies; None: they hold two, and it does not list them.

    `account`, `nfts`: fields that are otherwise than in a complete one; `kinds`: so many are said to be held; `names`:
    ids that are no numbers.
    """
    rows = tuple(
        Nft(f"c:{token}", f"one of {token}" if names else f"0x{token:064x}", units)
        for token, units in (copies or {}).items()
    )
    listed = None if copies is None else replace(NftList(rows, complete=True, total=len(rows)), **(nfts or {}))
    held = (HeldRecord(HARBOUR.collection_id, kinds or (2 if copies is None else len(rows)), listed),)
    records = [
        AccountRecord(
            account_of(number).account_id,
            RECORDED_AT,
            f"0x{number:040x}",
            **({"total": int(copies != {})} | (account or {})),
            holdings=held if copies != {} else (),
        )
        for number in range(1, members + 1)
    ]
    path = folder / f"{name}.tessera.gz"
    collection = Collection("loopring", HARBOUR.collection_id, name="Harbour Lights")
    write_archive(path, header(has_nfts=True), [collection], records)
    return await ArchiveSource.open(path, name=name, may_grant=True)


async def use(harness: SyncHarness, source: object) -> None:
    """The operator changes the source, and starts the bot again."""
    await harness.sync.close()
    await harness.readings.close()
    harness.source = source
    harness.start()


async def held_by_the_first(harness: SyncHarness) -> int:
    """How many kinds the first member holds at least, as gates see it."""
    (state,) = await harness.readings.facts_of(user(1), InGuild(GUILD, JOINED))
    return state.facts.of(HARBOUR).kinds.low


async def test_who_held_enough_when_it_was_recorded_gets_the_role(tmp_path: Path) -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, Measure.KINDS, 2, None))
        await harness.members(3, holds=0)
        await use(harness, await archive_of(tmp_path, {1: 2, 2: 1}))
        await harness.turn()
        assert harness.holders() == [1]
        (state,) = await harness.readings.facts_of(user(1), InGuild(GUILD, JOINED))
        assert state.facts.as_of == RECORDED_AT
        assert "reports the past" in reason_words(state.failure)
        await harness.pass_time(DAYS, step=timedelta(hours=2))
        assert harness.holders() == [1]


async def test_without_the_operators_word_it_gives_nothing(tmp_path: Path) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(2, holds=0)
        await use(harness, await archive_of(tmp_path, {1: 2, 2: 1}, grants=False))
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == []


@pytest.mark.parametrize("then", [0, 1, 5], ids=["nothing", "less", "more"])
@pytest.mark.parametrize(
    "rule",
    [Holds(HARBOUR, Measure.KINDS, 2, None), AT_MOST_TWO, Not(Holds(HARBOUR, Measure.KINDS, 3, None))],
    ids=["at least two", "at most two", "not three"],
)
async def test_it_never_takes_a_role_whatever_it_says(tmp_path: Path, rule: Rule, then: int) -> None:
    async with open_sync() as harness:
        await harness.gate(rule)
        await harness.members(20, holds=2)
        await harness.turn()
        assert len(harness.holders()) == 20
        await use(harness, await archive_of(tmp_path, dict.fromkeys(range(1, 21), then)))
        await harness.pass_time(DAYS, step=timedelta(hours=1))
        assert len(harness.holders()) == 20
        assert await harness.rows("SELECT * FROM role_misses") == []


async def test_a_live_source_takes_what_an_archive_gave(tmp_path: Path) -> None:
    live = FakeSource()
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(20, holds=0)
        live.held = {account_of(number): {HARBOUR: int(number > 1)} for number in range(1, 21)}
        await use(harness, await archive_of(tmp_path, dict.fromkeys(range(1, 21), 1)))
        await harness.turn()
        assert len(harness.holders()) == 20
        await use(harness, live)
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == [*range(2, 21)]


async def test_what_a_live_source_saw_later_is_not_undone_by_an_archive_of_before(tmp_path: Path) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(1, holds=0)
        await harness.turn()
        await use(harness, await archive_of(tmp_path, {1: 3}))
        await harness.pass_time(DAYS, step=timedelta(hours=2))
        assert harness.holders() == []


@pytest.mark.parametrize("better", [{1: 0}, {}], ids=["nothing held", "not recorded"])
async def test_an_archive_that_was_replaced_gives_nothing_any_more(tmp_path: Path, better: dict[int, int]) -> None:
    """A wrong one, by one that is of an earlier day: its rows are nobody's word now."""
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, Measure.KINDS, 9, None))
        await harness.members(1, holds=0)
        await use(harness, await archive_of(tmp_path, {1: 3}))
        await harness.turn()
        assert await held_by_the_first(harness) == 3
        await use(harness, await archive_of(tmp_path, better, name="better", at=RECORDED_AT - DAYS))
        await harness.pass_time(DAYS, step=timedelta(hours=2))
        assert await held_by_the_first(harness) == 0


async def test_one_of_this_hour_gives_nothing_from_the_moment_when_it_may_not(tmp_path: Path) -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, Measure.KINDS, 9, None))
        await harness.members(1, holds=0)
        now = harness.now
        await use(harness, await archive_of(tmp_path, {1: 3}, at=now))
        await harness.turn()
        assert await held_by_the_first(harness) == 3
        await use(harness, await archive_of(tmp_path, {1: 3}, grants=False, name="silent", at=now))
        assert await held_by_the_first(harness) == 0


async def test_as_a_fallback_it_gives_nothing(tmp_path: Path) -> None:
    live = FakeSource(is_down=True)
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(1, holds=0)
        await use(harness, ChainedSource(cast("Source", live), await archive_of(tmp_path, {1: 3})))
        await harness.pass_time(AN_HOUR)
        assert live.asked
        assert harness.holders() == []


IDS = HoldsIds(HARBOUR, ((7, 7), (9, 12)))
SEVEN = {7: 1, 20: 2}
RED = HoldsTrait(HARBOUR, "colour", "red")
FOR_A_WEEK = HeldFor(Holds(HARBOUR), timedelta(days=7))


@pytest.mark.parametrize(
    ("rule", "holders"),
    [
        (IDS, [1]),
        (HoldsIds(HARBOUR, ((1, 6), (21, 99))), []),
        (HoldsIds(HARBOUR, ((1, 99),), 2), [1]),
        (HoldsIds(HARBOUR, ((1, 99),), 3), []),
        (HoldsIds(HARBOUR, ((1, 99),), 0, 2), []),
        (Holds(HARBOUR, Measure.COPIES, 3), [1]),
        (Holds(HARBOUR, Measure.COPIES, 4), []),
        (AllOf((Holds(HARBOUR, Measure.KINDS, 2), IDS)), [1]),
        (AllOf((IDS, Not(HoldsIds(HARBOUR, ((8, 8),))))), []),
        (AllOf((IDS, Not(Holds(MOSAIC)))), []),
        (AnyOf((RED, IDS)), [1]),
        (SomeOf(2, (IDS, RED, Holds(HARBOUR))), [1]),
        (SomeOf(2, (IDS, RED, FOR_A_WEEK)), []),
        (RED, []),
        (Not(RED), []),
        (Not(IDS), []),
        (FOR_A_WEEK, []),
    ],
    ids=lambda each: ("gives" if each else "nothing") if isinstance(each, list) else rule_text(each),
)
async def test_who_held_these_nfts_when_it_was_recorded_gets_the_role(
    tmp_path: Path, rule: Rule, holders: list[int]
) -> None:
    async with open_sync() as harness:
        await harness.gate(rule)
        await harness.members(1, holds=0)
        await use(harness, await archive_with_nfts(tmp_path, SEVEN))
        await harness.turn()
        assert harness.holders() == holders


@pytest.mark.parametrize("then", [{}, {20: 1}, {7: 1}, None], ids=["nothing", "another", "the one", "no list"])
@pytest.mark.parametrize(
    "rule",
    [HoldsIds(HARBOUR, ((0, 0),)), HoldsIds(HARBOUR, ((0, 9),), 0, 2), Not(HoldsIds(HARBOUR, ((7, 20),)))],
    ids=["has #0", "at most two", "has none of them"],
)
async def test_it_never_takes_a_role_by_what_it_lists(tmp_path: Path, rule: Rule, then: dict[int, int] | None) -> None:
    async with open_sync() as harness:
        await harness.gate(rule)
        await harness.members(20, holds=2)
        await harness.turn()
        assert len(harness.holders()) == 20
        await use(harness, await archive_with_nfts(tmp_path, then, members=20))
        await harness.pass_time(DAYS, step=timedelta(hours=1))
        assert len(harness.holders()) == 20
        assert await harness.rows("SELECT * FROM role_misses") == []


@pytest.mark.parametrize(
    "changed",
    [
        {"account": {"total": None, "incomplete_reason": "Block 12 contradicts the replay."}},
        {"nfts": {"complete": False, "total": 3}},
        {"nfts": {"complete": True, "total": 2, "incomplete_reason": as_recorded("two pages are missing")}},
        {"kinds": 3},
        {"names": True},
    ],
    ids=["account", "list", "reason", "count", "no numbers"],
)
async def test_nfts_of_what_it_has_not_completely_give_nothing(tmp_path: Path, changed: dict[str, Any]) -> None:
    async with open_sync() as harness:
        await harness.gate(HoldsIds(HARBOUR, ((1, 99),)))
        await harness.members(1, holds=0)
        await use(harness, await archive_with_nfts(tmp_path, SEVEN, **changed))
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == []
        assert await held_by_the_first(harness) == (3 if "kinds" in changed else 2)


async def test_nfts_that_a_better_archive_does_not_list_give_nothing_any_more(tmp_path: Path) -> None:
    async with open_sync() as harness:
        await harness.gate(HoldsIds(HARBOUR, ((7, 7),)))
        await harness.members(2, holds=0)
        await use(harness, await archive_with_nfts(tmp_path, SEVEN))
        await harness.turn()
        assert harness.holders() == [1]
        await use(harness, await archive_with_nfts(tmp_path, {20: 1}, members=2, name="better"))
        await harness.pass_time(AN_HOUR)
        (state,) = await harness.readings.facts_of(user(1), InGuild(GUILD, JOINED))
        assert list(state.facts.of(HARBOUR).tokens) == [20]
        assert harness.holders() == [1], "it takes nothing"


async def test_a_live_source_that_says_otherwise_takes_what_an_archive_gave_by_an_nft(tmp_path: Path) -> None:
    live = FakeSource()
    async with open_sync() as harness:
        await harness.gate(HoldsIds(HARBOUR, ((1, 1),)))
        await harness.members(20, holds=0)
        await use(harness, await archive_with_nfts(tmp_path, {0: 1, 1: 1}, members=20))
        await harness.turn()
        assert len(harness.holders()) == 20
        live.held = {account_of(number): {HARBOUR: 1 if number == 1 else 2} for number in range(1, 21)}
        await use(harness, live)  # it lists #0 of the first, and #0 and #1 of the others
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == [*range(2, 21)]


async def test_an_archive_without_lists_says_nothing_about_single_nfts(tmp_path: Path) -> None:
    async with open_sync() as harness:
        await harness.gate(AllOf((Holds(HARBOUR), HoldsIds(HARBOUR, ((1, 9),), 1, None))))
        await harness.members(1, holds=0)
        await use(harness, await archive_of(tmp_path, {1: 3}))
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == []


async def test_forty_members_are_read_without_a_pause_as_it_is_no_source_that_fails(tmp_path: Path) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(40, holds=0)
        await use(harness, await archive_of(tmp_path, dict.fromkeys(range(1, 41), 1)))
        await harness.turn()
        assert len(harness.holders()) == 40
