"""A member who deletes their data loses what they no longer earn, also if Discord does not do it at that moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.gates.gate import GateState
from bot.store.pseudonyms import pseudonyms
from tests.sync.sync_harness import COLLECTOR, GUILD, SyncHarness, open_sync, user

pytestmark = pytest.mark.asyncio
HASH = pseudonyms("a token")


async def delete(harness: SyncHarness, number: int = 1) -> None:
    """As `/privacy delete` does: unlinked, roles taken as far as that is possible, and then everything deleted."""
    await harness.unlink(number, number)
    await harness.sync.own_act(user(number))
    await harness.store.members.delete(user(number), harness.now, HASH, refused_until=harness.now)


async def deleted_while_discord_is_down(harness: SyncHarness, *, never_remove: bool = False) -> None:
    """A member with a role deletes their data; Discord answers 500 to the removal."""
    await harness.gate(never_remove=never_remove)
    await harness.member(1)
    await harness.turn()
    harness.discord.loses = ["500"]
    await delete(harness)
    assert harness.has(1)


async def owed(harness: SyncHarness) -> list[tuple[int, ...]]:
    """All that is retained."""
    return await harness.rows("SELECT guild_id, user_id, role_id FROM owed_roles")


async def test_a_role_that_discord_did_not_take_is_taken_as_soon_as_it_does() -> None:
    async with open_sync() as harness:
        await deleted_while_discord_is_down(harness)
        assert await owed(harness) == [(GUILD, user(1), COLLECTOR)]
        for table in ("sync_members", "role_grants", "role_intents", "role_misses"):
            assert await harness.rows(f"SELECT 1 FROM {table} WHERE user_id = ?", [user(1)]) == []  # noqa: S608 - names from above
        harness.discord.loses = ["500"]
        await harness.sync.scan()
        assert harness.has(1)
        await harness.sync.close()
        harness.start()
        await harness.turn()
        await harness.sync.scan()
        assert not harness.has(1)
        await harness.sync.scan()
        assert await owed(harness) == []
        assert len([call for call in harness.discord.writes if call[0] == "remove"]) == 3
        await harness.post()
        assert any("a member who has deleted their data" in line for line in harness.said())
        assert str(user(1)) not in str(await harness.rows("SELECT * FROM sync_changes WHERE act = 'remove'"))


async def test_a_removal_that_discord_only_says_it_made_is_made_again() -> None:
    async with open_sync() as harness:
        await deleted_while_discord_is_down(harness)
        harness.discord.loses = ["lie"]
        await harness.sync.scan()
        assert await owed(harness) != []
        await harness.sync.scan()
        await harness.sync.scan()
        assert not harness.has(1)
        assert await owed(harness) == []


async def test_a_member_of_whom_nothing_is_owed_leaves_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        await delete(harness)
        assert not harness.has(1)
        assert await owed(harness) == []


@pytest.mark.parametrize("is_there", [True, False])
async def test_who_left_or_lost_the_role_otherwise_owes_nothing_any_more(*, is_there: bool) -> None:
    async with open_sync() as harness:
        await deleted_while_discord_is_down(harness)
        if is_there:
            harness.server.members[user(1)].clear()
        else:
            del harness.server.members[user(1)]
        await harness.sync.scan()
        assert await owed(harness) == []
        assert len(harness.discord.writes) == 2  # given once, and refused once


async def test_what_is_never_taken_is_not_owed() -> None:
    async with open_sync() as harness:
        await deleted_while_discord_is_down(harness, never_remove=True)
        assert await owed(harness) == []


async def test_who_is_protected_meanwhile_retains_the_role() -> None:
    async with open_sync() as harness:
        await deleted_while_discord_is_down(harness)
        await harness.set(protected_members=frozenset({user(1)}))
        await harness.sync.scan()
        assert harness.has(1)
        assert await owed(harness) == []


async def test_who_proves_again_retains_the_role_as_one_that_tessera_gave() -> None:
    async with open_sync() as harness:
        await deleted_while_discord_is_down(harness)
        await harness.member(1, roles=[COLLECTOR])
        await harness.turn()
        await harness.sync.scan()
        assert harness.has(1)
        assert await owed(harness) == []
        await harness.unlink(1, 1)
        await harness.sync.own_act(user(1))
        assert not harness.has(1)


async def test_a_refusal_parks_the_gate_and_is_not_repeated_every_minute() -> None:
    async with open_sync() as harness:
        await deleted_while_discord_is_down(harness)
        harness.discord.refuses = {COLLECTOR}
        for _ in range(5):
            await harness.sync.scan()
        assert [gate.state for gate in await harness.store.gates.of_guild(GUILD)] == [GateState.PARKED]
        assert len([call for call in harness.discord.writes if call[0] == "remove"]) == 2
        harness.discord.refuses = set()
        await harness.pass_time(timedelta(hours=1))
        await harness.sync.scan()
        assert not harness.has(1)


async def test_after_thirty_days_nothing_is_retained() -> None:
    async with open_sync() as harness:
        await deleted_while_discord_is_down(harness)
        harness.advance(timedelta(days=29))
        await harness.sync.purge()
        assert await owed(harness) != []
        harness.advance(timedelta(days=1, seconds=1))
        await harness.sync.purge()
        assert await owed(harness) == []
