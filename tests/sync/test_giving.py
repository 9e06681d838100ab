"""Roles are given as soon as they are earned, once, and nothing else is asked of Discord."""

from __future__ import annotations

import pytest

from bot.gates.rule import Holds
from bot.roles.grants import GrantState
from bot.roles.plan import Act
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    OTHER_GUILD,
    TEN_MINUTES,
    WHALE,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio


async def test_who_qualifies_has_the_role_after_one_turn() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, least=3))
        await harness.member(1, holds=3)
        await harness.member(2, holds=2)
        await harness.turn()
        assert harness.holders() == [1]
        grant = await harness.grant(1)
        assert grant
        assert grant.state is GrantState.GIVEN
        assert await harness.grant(2) is None


async def test_the_reason_names_the_gate() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        await harness.member(1)
        await harness.turn()
        (call,) = harness.discord.writes
        assert call[:4] == ("add", str(GUILD), str(user(1)), str(COLLECTOR))
        assert call[4].startswith(f"Tessera gate #{gate.gate_id}: ")


async def test_without_a_gate_nothing_is_asked_of_anybody() -> None:
    async with open_sync() as harness:
        await harness.member(1)
        await harness.pass_time(3 * TEN_MINUTES)
        assert harness.discord.calls == []
        assert harness.source.asked == []


async def test_in_steady_state_discord_is_asked_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(5)
        await harness.turn()
        del harness.discord.calls[:]
        reads = len(harness.source.asked)
        await harness.pass_time(6 * TEN_MINUTES)
        assert harness.discord.calls == []
        assert len(harness.source.asked) == reads + 6 * 5  # each account once in each pass


async def test_a_press_looks_at_one_member_at_once_and_says_what_was_done() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1, holds=0)
        await harness.member(2, holds=0)
        await harness.turn()
        harness.buy(1)
        report = await harness.look_at(1)
        assert [(change.act, change.gate.role_id) for change in report.made] == [(Act.ADD, COLLECTOR)]
        assert report.ledger[COLLECTOR].state is GrantState.GIVEN
        assert harness.holders() == [1]
        assert harness.source.asked[-1] == account_of(1)


async def test_somebody_whom_the_bot_never_saw_is_looked_for_at_a_press() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.rows("DELETE FROM sync_members")
        assert (await harness.look_at(1)).made
        assert harness.has(1)


async def test_a_role_that_was_there_before_is_never_taken() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1, roles=[COLLECTOR])
        await harness.turn()
        grant = await harness.grant(1)
        assert grant
        assert grant.state is GrantState.FOUND
        assert harness.discord.writes == []
        harness.sell(1)
        await harness.pass_time(12 * TEN_MINUTES)
        assert harness.holders() == [1]


@pytest.mark.parametrize("how", ["left and joined again", "taken by hand"])
async def test_what_the_bot_gave_to_who_once_had_it_by_hand_is_taken_when_they_sell(how: str) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(20)
        await harness.member(30, roles=[COLLECTOR])
        await harness.turn()
        harness.server.members[user(30)] = set()
        if how == "taken by hand":
            await harness.sync.drifted(GUILD, user(30))
        else:
            harness.server.joined_at[user(30)] = harness.now
            await harness.sync.seen(GUILD, user(30), harness.now)
        await harness.turn()
        grant = await harness.grant(30)
        assert grant
        assert (grant.state, grant.granted_at, harness.has(30)) == (GrantState.GIVEN, harness.now, True)
        harness.sell(30)
        await harness.pass_time(12 * TEN_MINUTES)
        assert not harness.has(30)


async def test_what_somebody_else_gave_once_and_gives_again_is_still_not_ours() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(20)
        await harness.member(30, roles=[COLLECTOR])
        await harness.turn()
        harness.sell(30)
        await harness.pass_time(12 * TEN_MINUTES)
        harness.server.members[user(30)] = set()
        await harness.sync.drifted(GUILD, user(30))
        await harness.turn()
        assert await harness.grant(30) is None  # what is gone, and was never ours, is forgotten
        harness.server.members[user(30)] = {COLLECTOR}
        harness.buy(30)
        await harness.pass_time(3 * TEN_MINUTES)
        harness.sell(30)
        await harness.pass_time(12 * TEN_MINUTES)
        assert harness.has(30)


async def test_linked_members_whom_nobody_saw_are_found() -> None:
    async with open_sync() as harness:
        await harness.gate()
        for number in range(1, 4):
            await harness.member(number)
        await harness.rows("DELETE FROM sync_members")
        await harness.turn()
        assert harness.holders() == []
        await harness.sync.scan()
        await harness.turn()
        assert harness.holders() == [1, 2, 3]
        # Most linked users are members elsewhere: each of them alone would be asked about once more. Who has no roles
        # is asked about twice before one is given.
        assert [call[0] for call in harness.discord.calls if str(user(1)) in call] == ["search", "read", "read", "add"]


async def test_a_server_with_more_to_search_than_a_minute_allows_does_not_keep_the_others_waiting() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.gate(role_id=WHALE, guild_id=OTHER_GUILD)
        await harness.member(1, guild_id=OTHER_GUILD)
        await harness.rows("DELETE FROM sync_members")
        strangers = """
            INSERT INTO proofs (owner, user_id, method, text_hash, proven_at, first_proven_at)
            WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10500)
            SELECT printf('0x9%039x', i), ? + i, 'eoa', x'00', 0, 0 FROM n
        """
        await harness.rows(strangers, [user(1000)])
        for _ in range(2):
            await harness.sync.scan()
        assert await harness.rows("SELECT guild_id, user_id FROM sync_members") == [(OTHER_GUILD, user(1))]


async def test_of_two_roles_of_a_ladder_the_higher_one_is_given_before_the_lower_one_is_taken() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, least=1), ladder="tier", rank=1)
        await harness.gate(Holds(HARBOUR, least=3), 5002, ladder="tier", rank=2)
        await harness.member(1, holds=1)
        await harness.turn()
        assert harness.server.members[user(1)] == {COLLECTOR}
        harness.buy(1, holds=3)
        await harness.pass_time(TEN_MINUTES)
        assert harness.server.members[user(1)] == {5002}
        assert [call[0] for call in harness.discord.writes] == ["add", "add", "remove"]
