"""Whatever changes what counts for a member makes them due, in the transaction of the change: nobody has to say so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.store.linking.owner_table import FIRST, OwnerFact
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    JOINED,
    OTHER_GUILD,
    TEN_MINUTES,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio
OWNER = f"0x{1:040x}"
_DUE = "SELECT guild_id, own_act FROM sync_members WHERE user_id = ? AND due IS NOT NULL ORDER BY guild_id"
_HERE, _EVERYWHERE, _OWN = [(GUILD, 0)], [(GUILD, 0), (OTHER_GUILD, 0)], [(GUILD, 1), (OTHER_GUILD, 1)]
_VOUCH = """
    INSERT INTO vouches (guild_id, owner, user_id, account, asked_at, confirmed_at) VALUES ({guild}, '{other}', {user},
    'loopring:77', 9, {confirmed})
"""
# What happens in a server's life, and whom it makes due.
CHANGES: Mapping[str, tuple[str, list[tuple[int, int]]]] = {
    "another account is linked": (
        "INSERT INTO links (user_id, account, owner, linked_at) VALUES ({user}, 'loopring:77', '{owner}', 9)",
        _EVERYWHERE,
    ),
    "a proven account is unlinked": ("DELETE FROM links WHERE user_id = {user}", _OWN),
    "an account is proven again": ("UPDATE proofs SET proven_at = 9 WHERE owner = '{owner}'", _EVERYWHERE),
    "an address is somebody else's now": ("UPDATE proofs SET user_id = 5 WHERE owner = '{owner}'", _EVERYWHERE),
    "a proof ends": ("DELETE FROM proofs WHERE owner = '{owner}'", _EVERYWHERE),
    "an address is proven": (
        "INSERT INTO proofs (owner, user_id, method, text_hash, proven_at) VALUES ('{other}', {user}, 'eoa', x'00', 9)",
        _EVERYWHERE,
    ),
    "a vouch is confirmed": (_VOUCH.replace("{confirmed}", "10"), _HERE),
    "an account is kept out of a server": (
        "INSERT INTO keep_outs (user_id, guild_id, account) VALUES ({user}, {guild}, '{account}')",
        [(GUILD, 1)],
    ),
    "an owner is not confirmed any more": (
        "UPDATE owners SET is_confirmed = 0 WHERE account = '{account}'",
        _EVERYWHERE,
    ),
    "an owner is forgotten": ("DELETE FROM owners WHERE account = '{account}'", _EVERYWHERE),
    "an address is frozen": (
        "INSERT INTO frozen (owner_hash, owner, reason, at) VALUES (x'00', '{owner}', 'moves', 9)",
        _EVERYWHERE,
    ),
}
# The same in two steps, of which the second one makes them due.
LATER = {
    "a vouch is withdrawn": (_VOUCH.replace("{confirmed}", "10"), "DELETE FROM vouches", _HERE),
    "a confirmation is taken back": (
        _VOUCH.replace("{confirmed}", "10"),
        "UPDATE vouches SET confirmed_at = NULL",
        _HERE,
    ),
    "a vouch that was asked for is confirmed": (
        _VOUCH.replace("{confirmed}", "NULL"),
        "UPDATE vouches SET confirmed_at = 10",
        _HERE,
    ),
    "an account counts again": (
        "INSERT INTO keep_outs (user_id, guild_id, account) VALUES ({user}, {guild}, '{account}')",
        "DELETE FROM keep_outs",
        _HERE,
    ),
    "an address is not frozen any more": (
        "INSERT INTO frozen (owner_hash, owner, reason, at) VALUES (x'00', '{owner}', 'moves', 9)",
        "DELETE FROM frozen",
        _EVERYWHERE,
    ),
}


async def happens(harness: SyncHarness, sql: str) -> None:
    """A change is made, by whatever part of the bot, or by an operator's command."""
    names: dict[str, Any] = {"user": user(1), "owner": OWNER, "other": f"0x{9:040x}"}
    await harness.rows(sql.format(**names, account=account_of(1), guild=GUILD))


async def a_settled_member(harness: SyncHarness) -> None:
    """In two servers, with a role in each; nothing is due."""
    await harness.gate()
    await harness.gate(guild_id=OTHER_GUILD)
    await harness.member(1)
    await harness.member(1, guild_id=OTHER_GUILD)
    await harness.turn()
    await settle(harness)


async def settle(harness: SyncHarness) -> None:
    """Nothing is due."""
    await harness.rows("UPDATE sync_members SET due = NULL, own_act = 0")
    assert await harness.rows(_DUE, [user(1)]) == []


@pytest.mark.parametrize(("sql", "due"), CHANGES.values(), ids=CHANGES.keys())
async def test_a_change_makes_its_member_due(sql: str, due: list[tuple[int, int]]) -> None:
    async with open_sync() as harness:
        await a_settled_member(harness)
        await happens(harness, sql)
        assert await harness.rows(_DUE, [user(1)]) == due


@pytest.mark.parametrize(("before", "sql", "due"), LATER.values(), ids=LATER.keys())
async def test_taking_a_change_back_makes_its_member_due(before: str, sql: str, due: list[tuple[int, int]]) -> None:
    async with open_sync() as harness:
        await a_settled_member(harness)
        await happens(harness, before)
        await settle(harness)
        await happens(harness, sql)
        assert await harness.rows(_DUE, [user(1)]) == due


async def test_an_owner_that_is_confirmed_again_as_before_makes_nobody_due() -> None:
    async with open_sync() as harness:
        await a_settled_member(harness)
        await happens(harness, "UPDATE owners SET is_confirmed = is_confirmed, seen_at = '2026-11-27T00:00:00+00:00'")
        assert await harness.rows(_DUE, [user(1)]) == []


async def test_killed_after_a_proof_was_stored_the_next_process_gives_the_role_in_its_first_round() -> None:
    """The member was never seen in that server: the proof that they began there says where to look for them."""
    async with open_sync() as harness:
        await harness.gate()
        harness.server.members[user(1)], harness.server.joined_at[user(1)] = set(), JOINED
        harness.source.held[account_of(1)] = {HARBOUR: 1}
        await harness.rows(
            "INSERT INTO sessions (id, token_hash, way, status, user_id, username, avatar_url, guild_id, guild_name,"
            " account, created_at, expires_at)"
            " VALUES ('s', x'00', 'code', 'signed', ?, 'ada', '', ?, 'Mosaic', '', 1, 2)",
            [user(1), GUILD],
        )
        await harness.link(1)
        await harness.sync.close()
        harness.start()
        await harness.turn()
        assert harness.has(1)
        member = await harness.store.sync.members.get(GUILD, user(1))
        assert member
        assert member.joined_at == JOINED


async def test_a_vouch_that_is_confirmed_gives_the_role_in_the_same_round() -> None:
    """Also where the member confirmed it in a direct message, and was never seen in the server."""
    async with open_sync() as harness:
        harness.vouching = True
        harness.start()
        await harness.gate()
        owner, account = f"0x{1:040x}", account_of(1)
        await harness.store.owners.save(OwnerFact(account, owner, (), FIRST, is_confirmed=True, seen_at=harness.now))
        harness.server.members[user(1)], harness.server.joined_at[user(1)] = set(), JOINED
        harness.source.held[account] = {HARBOUR: 1}
        at = int(harness.now.timestamp())
        sql = "INSERT INTO vouches (guild_id, owner, user_id, account, asked_at) VALUES (?, ?, ?, ?, ?)"
        await harness.rows(sql, [GUILD, owner, user(1), str(account), at])
        await harness.turn()
        assert not harness.has(1)
        await harness.rows("UPDATE vouches SET confirmed_at = ?", [at])
        await harness.turn()
        assert harness.has(1)


async def test_who_confirms_for_a_server_they_are_not_in_is_marked_as_absent() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await happens(harness, _VOUCH.replace("{confirmed}", "10"))
        await harness.turn()
        await harness.turn()
        member = await harness.store.sync.members.get(GUILD, user(1))
        assert member
        assert member.absent_since
        assert [call[0] for call in harness.discord.calls] == ["read"]


async def test_a_proof_that_ends_costs_the_role_after_the_usual_misses_though_nothing_is_read_any_more() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        await harness.rows("DELETE FROM proofs WHERE owner = ?", [OWNER])
        await harness.turn()
        assert harness.has(1)
        await harness.pass_time(timedelta(hours=1), step=TEN_MINUTES)
        assert not harness.has(1)
        assert await harness.grant(1, COLLECTOR) is None


async def test_killed_after_an_account_was_unlinked_the_next_process_takes_the_role_at_once() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        await harness.unlink(1, 1)
        await harness.sync.close()
        harness.start()
        await harness.turn()
        assert not harness.has(1)
