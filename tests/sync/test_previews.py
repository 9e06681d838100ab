"""A preview says in numbers what gates, their removal and an alias of collections would bring."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.gates.gate import GateDraft, GateState
from bot.gates.rule import Holds, HoldsIds
from bot.sync.first_readings import MOST
from bot.sync.results import Preview
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    MOD,
    MOSAIC,
    TEN_MINUTES,
    WHALE,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio


async def test_an_alias_is_previewed_by_whom_it_gives_a_role() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, least=2))
        await harness.gate(Holds(MOSAIC, least=9), WHALE)
        await harness.member(1, 2)
        await harness.member(2, 1)
        await harness.member(2, 1, of=MOSAIC)
        await harness.turn()
        assert (await harness.sync.preview(GUILD, [])).gain == {}
        preview = await harness.sync.preview(GUILD, [], aliases=[(HARBOUR, MOSAIC)])
        assert (preview.gain, preview.keep) == ({COLLECTOR: [user(2)]}, {COLLECTOR: [user(1)]})
        assert await harness.store.gates.aliases(GUILD) == {}


async def test_by_a_gate_that_stays_paused_nobody_gains_or_loses_a_role() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        await harness.members(3)
        await harness.turn()
        await harness.member(4)
        harness.sell(1)
        await harness.store.gates.set_state(gate.gate_id, GateState.PAUSED, None, MOD, harness.now)
        await harness.sync.gates_changed(GUILD)
        await harness.pass_time(TEN_MINUTES)
        edited = await harness.sync.preview(GUILD, [gate.draft])
        assert (edited.gain, edited.lose, edited.unknown) == ({}, {}, {})
        assert sorted(edited.keep[COLLECTOR]) == [user(1), user(2), user(3)]
        resumed = await harness.sync.preview(GUILD, [gate.draft], resumed=[COLLECTOR])
        assert (resumed.gain[COLLECTOR], resumed.lose[COLLECTOR]) == ([user(4)], [user(1)])


async def test_a_gate_that_is_removed_takes_no_role_and_lets_the_lower_one_of_its_ladder_be_given() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, least=1), ladder="tier", rank=1)
        await harness.gate(Holds(HARBOUR, least=3), WHALE, ladder="tier", rank=2)
        await harness.member(1, 3)
        await harness.turn()
        preview = await harness.sync.preview(GUILD, [], removed=[WHALE])
        assert preview.keep == {WHALE: [user(1)]}
        assert preview.gain == {COLLECTOR: [user(1)]}
        assert preview.lose == {}


async def test_an_alias_joins_what_counts_as_the_same_already() -> None:
    async with open_sync() as harness:
        third = type(HARBOUR)("loopring", "300")
        await harness.gate(Holds(HARBOUR, least=2))
        await harness.member(1, 1, of=third)
        await harness.member(1, 1, of=MOSAIC)
        await harness.store.gates.set_alias(GUILD, MOSAIC, third, 9, harness.now)
        await harness.turn()
        preview = await harness.sync.preview(GUILD, [], aliases=[(HARBOUR, MOSAIC)])
        assert preview.gain == {COLLECTOR: [user(1)]}


async def test_a_collection_that_is_to_stand_for_itself_is_previewed_by_whom_that_costs_a_role() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR))
        await harness.member(1, of=MOSAIC)
        await harness.member(2)
        await harness.store.gates.set_alias(GUILD, HARBOUR, MOSAIC, 9, harness.now)
        await harness.turn()
        assert harness.holders() == [1, 2]
        preview = await harness.sync.preview(GUILD, [], parted=[MOSAIC])
        assert (preview.lose, preview.keep) == ({COLLECTOR: [user(1)]}, {COLLECTOR: [user(2)]})
        both = await harness.sync.preview(GUILD, [], parted=[HARBOUR, MOSAIC], aliases=[(HARBOUR, MOSAIC)])
        assert (both.lose, both.keep) == ({}, {COLLECTOR: [user(1), user(2)]})


FIRST_GATE = GateDraft(COLLECTOR, Holds(HARBOUR))


async def settled(harness: SyncHarness, draft: GateDraft = FIRST_GATE) -> Preview:
    """The preview of a gate, once nothing is being read for it."""
    async with asyncio.timeout(60):
        while (preview := await harness.sync.preview(GUILD, [draft])).reading:  # noqa: ASYNC110 - a press
            await asyncio.sleep(0)
    return preview


async def test_what_no_gate_has_had_read_is_read_for_the_first_preview() -> None:
    async with open_sync() as harness:
        await harness.members(3)
        await harness.turn()
        assert harness.source.asked == []
        preview = await harness.sync.preview(GUILD, [FIRST_GATE])
        assert (preview.unknown, preview.unread, preview.reading) == ({COLLECTOR: [user(1), user(2), user(3)]}, 3, 3)
        preview = await settled(harness)
        assert (preview.gain, preview.unknown) == ({COLLECTOR: [user(1), user(2), user(3)]}, {})
        assert sorted(harness.source.asked, key=str) == [account_of(1), account_of(2), account_of(3)]
        assert harness.holders() == []


async def test_a_preview_has_two_hundred_accounts_read_and_each_of_them_once() -> None:
    async with open_sync() as harness:
        await harness.members(MOST + 5)
        preview = await harness.sync.preview(GUILD, [FIRST_GATE])
        assert (preview.reading, preview.unread) == (MOST, MOST + 5)
        assert len((await settled(harness)).gain[COLLECTOR]) == MOST + 5
        assert len(harness.source.asked) == MOST + 5


async def test_what_was_read_long_before_the_first_gate_is_read_again() -> None:
    async with open_sync() as harness:
        await harness.member(1)
        await harness.look_at(1)
        harness.advance(timedelta(hours=3))
        assert (await harness.sync.preview(GUILD, [FIRST_GATE])).unknown == {COLLECTOR: [user(1)]}
        assert (await settled(harness)).gain == {COLLECTOR: [user(1)]}
        assert harness.source.asked == [account_of(1)] * 2


async def test_an_account_that_could_not_be_read_is_not_asked_about_at_each_press() -> None:
    async with open_sync() as harness:
        await harness.member(1)
        harness.source.is_down = True
        assert (await harness.sync.preview(GUILD, [FIRST_GATE])).reading == 1
        assert (await settled(harness)).unread == 1
        asked = len(harness.source.asked)
        assert (await settled(harness)).reading == 0
        assert len(harness.source.asked) == asked > 0


ASKS = GateDraft(WHALE, HoldsIds(HARBOUR, ((0, 1),)))


async def test_single_nfts_that_no_gate_has_had_read_are_read_for_the_preview_that_asks_for_them() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR))
        await harness.member(1, 3)
        await harness.member(2, 3, of=MOSAIC)
        await harness.turn()
        preview = await harness.sync.preview(GUILD, [ASKS])
        assert (preview.unknown, preview.untold, preview.unread, preview.reading) == ({WHALE: [user(1)]}, 1, 1, 1)
        asked = len(harness.source.asked)
        preview = await settled(harness, ASKS)
        assert (preview.gain, preview.unknown, preview.untold) == ({WHALE: [user(1)]}, {}, 0)
        assert harness.source.asked[asked:] == [account_of(1)]
        assert (await harness.sync.preview(GUILD, [GateDraft(WHALE, Holds(HARBOUR, least=2))])).untold == 0


async def test_an_account_that_was_never_read_is_read_once_with_the_single_nfts_that_are_asked_for() -> None:
    async with open_sync() as harness:
        await harness.member(1, 3)
        assert (await settled(harness, ASKS)).gain == {WHALE: [user(1)]}
        assert harness.source.asked == [account_of(1)]


async def test_single_nfts_that_do_not_arrive_are_not_asked_for_at_each_press() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR))
        await harness.member(1, 3)
        await harness.turn()
        harness.source.is_down = True
        assert (await harness.sync.preview(GUILD, [ASKS])).reading == 1
        preview = await settled(harness, ASKS)
        assert (preview.untold, preview.unread) == (1, 1)
        asked = len(harness.source.asked)
        assert (await settled(harness, ASKS)).reading == 0
        assert len(harness.source.asked) == asked
        harness.advance(timedelta(minutes=1, seconds=1))
        assert (await harness.sync.preview(GUILD, [ASKS])).reading == 1


async def test_what_is_too_old_to_tell_anything_is_read_when_it_is_due_and_not_for_its_single_nfts() -> None:
    async with open_sync() as harness:
        await harness.member(1)
        await harness.look_at(1)
        harness.advance(timedelta(hours=3))
        preview = await harness.sync.preview(GUILD, [ASKS])
        assert (preview.untold, preview.unread) == (0, 1)
