"""Discord limits requests, loses their answers, ignores them, and says wrongly who has which role."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.gates.gate import GateState
from bot.roles.grants import GrantState
from tests.cogs.gates.live_bot import MOSAIC, WHALE
from tests.faults.live_sync import FIRST, LiveSync, live_sync
from tests.sync.sync_harness import TEN_MINUTES, user

AN_HOUR = timedelta(hours=1)
ROLE = f"/roles/{WHALE}"
GLOBAL_LIMIT = {
    "status": 429,
    "body": {"message": "You are being rate limited.", "retry_after": 0.05, "global": True},
    "headers": {"Via": "1.1 sandbox", "Retry-After": "1", "X-RateLimit-Global": "true"},
}


async def ledger_of(harness: LiveSync) -> dict[int, GrantState]:
    """Who has the gated role by the ledger, by number."""
    rows = await harness.rows("SELECT user_id, state FROM role_grants WHERE role_id = ?", [WHALE])
    return {user_id - user(0): GrantState(state) for user_id, state in rows}


# ---------------------------------------------------------------- 21: limits


async def test_case_21_a_limit_of_a_route_and_a_global_one_drop_no_change_and_are_not_provoked(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        everybody = [FIRST + number for number in range(len(await harness.members(12)))]
        await harness.live.fault("throttle", ROLE, times=3, retry_after=0.05)
        await harness.live.fault("status", ROLE, times=2, after=6, **GLOBAL_LIMIT)
        await harness.turn()
        assert await harness.have() == everybody
        assert await harness.changes() == dict.fromkeys(everybody, 1)
        assert await harness.requests("PUT") == 12 + 3 + 2  # each refusal was obeyed, and none answered by another one
        assert await harness.count_log_lines("Gave") == 12


async def test_case_21_a_limit_too_long_to_wait_in_delays_and_drops_nothing(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(3)
        await harness.live.fault("throttle", ROLE, times=3, retry_after=3_600)
        await harness.turn()
        assert await harness.have() == []
        assert await harness.requests("PUT") <= 3
        await harness.pass_time(timedelta(minutes=1), timedelta(minutes=1))  # and not at the next reading
        assert await harness.have() == [101, 102, 103]
        assert await harness.requests("PUT") <= 6
        assert await harness.count_log_lines("Gave") == 3


# ---------------------------------------------------------------- 22: the outcome is not known


# Of a 500 just once: discord.py repeats it by itself, with pauses that are not ours to shorten.
@pytest.mark.parametrize(
    ("fault", "times"),
    [({"status": 500}, 1), ({"status": 503}, 1), ({"status": 503}, 4), ({"reset": True}, 1), ({"reset": True}, None)],
)
async def test_case_22_a_change_whose_answer_is_lost_is_read_back_and_announced_once(
    tmp_path: Path, fault: dict[str, object], times: int | None
) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(2)
        await harness.live.fault("lost", f"{user(FIRST)}{ROLE}", times=times, method="PUT", **fault)
        await harness.turn()
        assert await harness.have() == [101, 102]
        await harness.pass_time(timedelta(minutes=30))
        assert await harness.changes() == {101: 1, 102: 1}
        assert await ledger_of(harness) == {101: GrantState.GIVEN, 102: GrantState.GIVEN}
        assert await harness.count_log_lines("Gave", str(user(FIRST))) == 1
        assert await harness.rows("SELECT 1 FROM role_intents") == []


# ---------------------------------------------------------------- 23: confirmed, and not done


async def test_case_23_a_removal_that_was_confirmed_and_not_done_is_made_again(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(5)
        await harness.turn()
        await harness.sells(FIRST)
        await harness.live.fault("ignored", ROLE, times=1, method="DELETE")
        await harness.pass_time(AN_HOUR)
        assert await harness.have() == [102, 103, 104, 105]
        assert await harness.requests("DELETE") == 2
        assert await harness.count_log_lines("Took") == 1
        assert set(await ledger_of(harness)) == {102, 103, 104, 105}


async def test_case_23_a_role_that_stays_whatever_discord_confirms_is_no_tight_loop_and_admins_are_notified(
    tmp_path: Path,
) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(5)
        await harness.turn()
        await harness.sells(FIRST)
        await harness.live.fault("ignored", ROLE, times=None, method="DELETE")
        await harness.pass_time(6 * AN_HOUR)
        assert FIRST in await harness.have()
        assert await harness.requests("DELETE") <= 6 * 6  # at most one for each reading
        assert await ledger_of(harness) == dict.fromkeys(range(101, 106), GrantState.GIVEN)
        assert await harness.count_log_lines("Took") == 0
        assert await harness.count_log_lines("could not be updated", str(user(FIRST))) == 1
        await harness.discord_works()
        await harness.pass_time(TEN_MINUTES)
        assert await harness.have() == [102, 103, 104, 105]
        assert await harness.count_log_lines("Took") == 1


# ---------------------------------------------------------------- 24: no roles, falsely


async def test_case_24_members_who_are_shown_without_roles_cost_no_request_and_no_role(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        members = await harness.members(10)
        await harness.turn()
        await harness.sells(FIRST)
        await harness.live.odd_queries(roleless=members, times=1)
        for user_id in members:
            await harness.sync.drifted(MOSAIC, user_id)
        await harness.turn()
        await harness.pass_time(AN_HOUR)
        assert await harness.have() == list(range(102, 111))
        assert await harness.changes(is_given=True) == dict.fromkeys(range(101, 111), 1)
        assert await harness.requests("PUT") == 10
        assert await harness.changes(is_given=False) == {FIRST: 1}
        (gate,) = await harness.store.gates.of_guild(MOSAIC)
        assert (gate.state, gate.parked) == (GateState.ACTIVE, None)


@pytest.mark.parametrize("is_first", [True, False], ids=["the first answer", "a later one"])
async def test_case_24_a_role_of_somebody_else_does_not_become_ours_by_a_false_answer(
    tmp_path: Path, *, is_first: bool
) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.member(FIRST, roles=[WHALE])
        await harness.gate()
        if not is_first:
            await harness.turn()
        await harness.live.odd_queries(roleless=[user(FIRST)], times=1)
        await harness.sync.drifted(MOSAIC, user(FIRST))
        await harness.turn()
        assert await ledger_of(harness) == {FIRST: GrantState.FOUND}
        await harness.sells(FIRST)
        await harness.pass_time(2 * AN_HOUR)
        assert await harness.have() == [FIRST]
