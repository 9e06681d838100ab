"""Lists of holders say what gates would say: the same accounts count, and "unknown" stays apart from "nothing"."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.counts import Count
from bot.gates.facts import Facts
from bot.gates.gate import GuildSettings
from bot.gates.held_counts import count_held
from bot.gates.rule import Holds, Measure
from bot.holders.held import OpenReason, holders_of, perhaps_of
from bot.linking.vouching import ProvenHere
from bot.store.linking.owner_table import FIRST, OwnerFact
from bot.sync.gather import Gatherer
from tests.holders.lists import by_number, list_of, lists_of
from tests.sync.sync_harness import (
    ANY,
    GUILD,
    HARBOUR,
    MOSAIC,
    OTHER_GUILD,
    WHALE,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

_VOUCH = """
    INSERT INTO vouches (guild_id, user_id, account, owner, asked_at, confirmed_at) VALUES (?, ?, ?, ?, ?, ?)
"""
_FREEZE = "INSERT INTO frozen (owner_hash, owner, reason, at) VALUES (x'00', ?, 'moves', 0)"


@pytest.fixture
async def sync() -> AsyncIterator[SyncHarness]:
    """Sync with one gate, so that accounts are read."""
    async with open_sync() as harness:
        await harness.gate()
        yield harness


async def test_a_list_has_members_with_what_they_hold_and_who_holds_most_comes_first(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.member(2, holds=7)
    await sync.member(3, holds=0)
    await sync.turn()

    found = await list_of(sync)

    assert [(each.user_id, each.kinds) for each in holders_of(found.members())] == [
        (user(2), Count(7, 7)),
        (user(1), Count(2, 2)),
    ]
    assert not perhaps_of(found.members())
    assert found.is_complete
    assert found.as_of == sync.now


async def test_an_account_that_was_never_read_is_unknown_and_not_nothing(sync: SyncHarness) -> None:
    await sync.member(1)

    found = await list_of(sync)

    assert by_number(found.members()) == {1: (0, None)}
    assert found.open_reasons == {OpenReason.NEVER_READ: 1}
    assert perhaps_of(found.members())
    assert found.as_of is None


async def test_a_reading_that_is_too_old_says_nothing_about_now(sync: SyncHarness) -> None:
    await sync.member(1, holds=4)
    await sync.turn()
    sync.source.is_down = True
    await sync.pass_time(timedelta(hours=1))

    found = await list_of(sync)

    assert by_number(found.members()) == {1: (0, None)}
    assert found.open_reasons == {OpenReason.TOO_OLD: 1}
    assert found.as_of is not None


async def test_a_network_without_a_source_is_said_to_have_none(sync: SyncHarness) -> None:
    await sync.member(1)
    sync.source = None
    sync.start()

    assert (await list_of(sync)).open_reasons == {OpenReason.NO_SOURCE: 1}


async def test_an_account_whose_owner_the_operator_must_decide_about_is_unknown(sync: SyncHarness) -> None:
    await sync.member(1)
    await sync.turn()
    await sync.rows(_FREEZE, [f"0x{1:040x}"])

    assert (await list_of(sync)).open_reasons == {OpenReason.OWNER_UNCERTAIN: 1}


async def test_copies_are_at_least_the_kinds_where_no_gate_asks_for_them(sync: SyncHarness) -> None:
    await sync.member(1, holds=3)
    await sync.turn()
    [member] = (await list_of(sync)).members()
    assert member.copies == Count(3, None)

    await sync.gate(Holds(HARBOUR, Measure.COPIES, least=2), WHALE)
    await sync.pass_time(timedelta(minutes=20))

    [member] = (await list_of(sync)).members()
    assert member.copies == Count(3, 3)


async def test_collections_that_count_as_the_same_are_counted_together(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    sync.source.held[account_of(1)][MOSAIC] = 3
    await sync.turn()
    assert by_number((await list_of(sync)).members()) == {1: (2, 2)}

    await sync.store.gates.set_alias(GUILD, MOSAIC, HARBOUR, user(900), sync.now)

    found = await list_of(sync, MOSAIC)
    assert by_number(found.members()) == {1: (5, 5)}
    assert found.collections == (HARBOUR, MOSAIC)


async def test_what_a_server_leaves_out_and_a_member_keeps_out_does_not_count(sync: SyncHarness) -> None:
    for number in (1, 2, 3):
        await sync.member(number)
    await sync.turn()
    await sync.set(excluded_accounts=frozenset({account_of(1)}))
    await sync.store.keep_outs.start(user(2), GUILD, account_of(2))

    assert by_number((await list_of(sync)).members()) == {3: (1, 1)}

    await sync.set(excluded_accounts=frozenset(), excluded_collections=frozenset({HARBOUR}))
    assert by_number((await list_of(sync)).members()) == {1: (0, 0), 3: (0, 0)}


async def test_a_list_has_nobody_of_another_server_and_nobody_who_left(sync: SyncHarness) -> None:
    await sync.member(1)
    await sync.member(2, guild_id=OTHER_GUILD)
    await sync.member(3)
    await sync.turn()
    await sync.store.sync.members.mark_absent(GUILD, user(3), sync.now)

    assert by_number((await list_of(sync)).members()) == {1: (1, 1)}
    assert by_number((await list_of(sync, guild_id=OTHER_GUILD)).members()) == {2: (1, 1)}


async def test_two_accounts_of_one_owner_are_counted_once(sync: SyncHarness) -> None:
    await sync.member(1, holds=4)
    await sync.link(1, 2)
    sync.source.held[account_of(2)] = {HARBOUR: 4}
    await sync.rows("UPDATE links SET owner = ? WHERE account = ?", [f"0x{1:040x}", str(account_of(2))])
    await sync.rows("UPDATE owners SET owner = ? WHERE account = ?", [f"0x{1:040x}", str(account_of(2))])
    await sync.turn()

    [member] = (await list_of(sync)).members()
    assert len(member.accounts) == 2
    assert member.kinds == Count(4, 4)


async def test_a_rule_lists_who_holds_any_of_the_collections_that_it_names(sync: SyncHarness) -> None:
    await sync.member(1)
    await sync.member(2, of=MOSAIC, holds=5)
    await sync.turn()

    found = await lists_of(sync).of_rule(GUILD, Holds(MOSAIC, least=9))

    assert by_number(holders_of(found.members())) == {2: (5, 5)}


async def test_a_list_counts_for_each_member_what_a_gate_counts(sync: SyncHarness) -> None:
    sync.vouching = True
    sync.start()
    for number in range(1, 10):
        await sync.member(number, holds=number)
    await sync.turn()
    at = int(sync.now.timestamp())
    await sync.rows(_FREEZE, [f"0x{1:040x}"])
    await sync.rows("UPDATE owners SET is_confirmed = 0 WHERE account = ?", [str(account_of(2))])
    await sync.store.keep_outs.start(user(3), GUILD, account_of(3))
    await sync.rows("UPDATE sync_accounts SET read_at = 0 WHERE account = ?", [str(account_of(4))])
    part = "INSERT INTO sync_parts SELECT id, (SELECT min(id) FROM sync_collections), 2, NULL FROM sync_accounts"
    await sync.rows(f"{part} WHERE account = ?", [str(account_of(5))])
    await sync.rows("UPDATE sync_accounts SET read_at = NULL, part_at = ? WHERE account = ?", [at, str(account_of(5))])
    await sync.unlink(9, 9)  # whose account is vouched for, for two others
    await sync.store.owners.save(
        OwnerFact(account_of(9), f"0x{9:040x}", (), FIRST, is_confirmed=True, seen_at=sync.now)
    )
    for number in (6, 7):
        await sync.rows(_VOUCH, [GUILD, user(number), str(account_of(9)), f"0x{9:040x}", at, at])
    await sync.turn()
    gatherer = Gatherer(sync.store, ProvenHere(sync.store, vouching=True), sync.readings, GuildSettings().grace)
    server = await gatherer.server(GUILD)
    members = await sync.store.sync.members.present(GUILD)
    gathered = await gatherer.members(server, members, sync.now)

    listed = {each.user_id: each.kinds for each in (await list_of(sync)).members()}

    by_gates = {
        each.member.user_id: count_held(Facts(sync.now, tuple(its.facts for its in each.accounts)), ANY)
        for each in gathered
        if each.accounts
    }
    assert listed == by_gates
    assert by_number((await list_of(sync)).members()) == {
        1: (0, None),
        2: (0, None),
        4: (0, None),
        5: (2, None),
        6: (15, 15),
        7: (16, 16),
        8: (8, 8),
    }
