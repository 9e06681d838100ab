"""A role that Discord refuses, that was deleted, that became dangerous, and roles that another bot changes as well."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.gates.gate import GateDraft, GateState, ParkReason
from tests.cogs.gates.live_bot import LIGHTKEEPER, MOSAIC, WHALE
from tests.faults.live_sync import FIRST, LiveSync, live_sync
from tests.sync.sync_harness import ANY, MOD, TEN_MINUTES

AN_HOUR = timedelta(hours=1)
ROLE = f"/roles/{WHALE}"


async def parked(harness: LiveSync) -> ParkReason | None:
    """Why the only gate is parked."""
    (gate,) = await harness.store.gates.of_guild(MOSAIC)
    assert (gate.state is GateState.PARKED) is (gate.parked is not None)
    return gate.parked


async def change_role(harness: LiveSync, **changes: Any) -> None:
    """An admin changes the gated role, and the bot's gateway has reported it."""
    await harness.sandbox.control("roles", action="change", guild=MOSAIC, role=WHALE, **changes)
    await harness.gateway_is_read()


# ---------------------------------------------------------------- 25: refused


async def test_case_25_a_refusal_parks_the_gate_and_is_tried_once_an_hour(tmp_path: Path) -> None:
    """Discord refuses what ought to be possible; nothing that the bot sees says why."""
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(5)
        refusal = {"status": 403, "body": {"code": 50013, "message": "Missing Permissions"}}
        await harness.live.fault("status", ROLE, times=None, **refusal)
        await harness.turn()
        assert await harness.requests("PUT") == 1  # and not one for each member
        assert await parked(harness) is ParkReason.REFUSED
        await harness.pass_time(3 * AN_HOUR)
        assert 3 <= await harness.requests("PUT") <= 4
        assert await harness.have() == []
        assert await harness.count_log_lines("A gate is parked", "Discord refuses to change its role") == 1
        await harness.discord_works()
        await harness.pass_time(AN_HOUR + 2 * TEN_MINUTES)
        assert await harness.have() == [101, 102, 103, 104, 105]
        assert await parked(harness) is None
        assert await harness.count_log_lines("works again") == 1


async def test_case_25_a_role_that_rose_above_the_bot_is_not_even_asked_for(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(5)
        await harness.turn()
        await harness.sells(FIRST)
        await change_role(harness, position=9)
        writes = await harness.requests("PUT") + await harness.requests("DELETE")
        await harness.pass_time(3 * AN_HOUR)
        assert await parked(harness) is ParkReason.ROLE_ABOVE_US
        assert await harness.have() == [101, 102, 103, 104, 105]
        assert await harness.requests("PUT") + await harness.requests("DELETE") == writes
        assert await harness.count_log_lines("drag Tessera's role above it") == 1
        await change_role(harness, position=1)
        await harness.pass_time(AN_HOUR)
        assert await harness.have() == [102, 103, 104, 105]


# ---------------------------------------------------------------- 26: deleted


async def test_case_26_the_gate_of_a_deleted_role_is_kept_and_gives_another_role_to_everybody(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        gate = await harness.gate()
        await harness.members(3)
        await harness.turn()
        await harness.sandbox.control("roles", action="delete", guild=MOSAIC, role=WHALE)
        await harness.gateway_is_read()
        await harness.pass_time(AN_HOUR)
        assert await parked(harness) is ParkReason.ROLE_GONE
        assert len(await harness.rows("SELECT 1 FROM role_grants")) == 3
        assert await harness.count_log_lines("its role was deleted", "/gate edit") == 1
        role = int((await harness.sandbox.control("roles", action="make", guild=MOSAIC, name="Whale"))["role"])
        await harness.gateway_is_read()
        await harness.store.gates.edit(gate.gate_id, GateDraft(role, ANY), MOD, harness.now)
        await harness.sync.gates_changed(MOSAIC)
        await harness.turn()
        assert await harness.have(role) == [101, 102, 103]


async def test_case_26_a_role_that_discord_alone_knows_to_be_deleted_parks_its_gate_at_the_first_answer(
    tmp_path: Path,
) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(3)
        refusal = {"status": 404, "body": {"code": 10011, "message": "Unknown Role"}}
        await harness.live.fault("status", ROLE, times=1, **refusal)
        await harness.turn()
        assert await harness.requests("PUT") == 1
        assert await parked(harness) is ParkReason.ROLE_GONE
        assert len(await harness.store.gates.of_guild(MOSAIC)) == 1
        await harness.pass_time(TEN_MINUTES)
        assert await harness.have() == [101, 102, 103]


# ---------------------------------------------------------------- 31: dangerous


async def test_case_31_a_role_that_becomes_powerful_is_given_to_nobody_from_the_next_turn_on(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(3)
        await harness.turn()
        await harness.member(110)
        await change_role(harness, permissions=str(0x8))
        await harness.turn()
        assert await parked(harness) is ParkReason.ROLE_DANGEROUS
        assert await harness.have() == [101, 102, 103]
        assert await harness.count_log_lines("A gate is parked", "powerful permissions") == 1
        await harness.sells(FIRST)
        await harness.pass_time(2 * AN_HOUR)
        assert await harness.have() == [101, 102, 103]
        assert await harness.count_log_lines("A gate is parked") == 1
        await change_role(harness, permissions="0")
        await harness.pass_time(2 * AN_HOUR)
        assert await harness.have() == [102, 103, 110]


async def test_case_31_a_role_that_becomes_powerful_while_it_is_given_is_not_given_further(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(6)
        await harness.live.fault("slow", f"{MOSAIC}/members/", times=None, after=2, seconds=0.2, method="PUT")
        turn = harness.turn_meanwhile()
        await harness.until_have(2)
        await change_role(harness, permissions=str(0x8))
        await turn
        assert len(await harness.have()) <= 3  # the request that was under way
        assert await parked(harness) is ParkReason.ROLE_DANGEROUS


# ---------------------------------------------------------------- 32: another bot


async def another_bot(harness: LiveSync) -> int:
    """Another bot, which may manage roles."""
    made = await harness.sandbox.control("members", action="add_bot", guild=MOSAIC, name="Level Bot", position=6)
    return int(made["user"])


async def test_case_32_roles_that_another_bot_changes_at_the_same_time_stay_as_it_left_them(tmp_path: Path) -> None:
    """1,000 writes of ours over real sockets, each while the other bot changes another role of the same member."""
    async with live_sync(tmp_path) as harness:
        other = await another_bot(harness)
        members = await harness.members(40)
        edited: dict[int, bool] = dict.fromkeys(members, False)
        for turn in range(25):
            ours = harness.live.roles.remove_role if turn % 2 else harness.live.roles.add_role
            for start in range(0, 40, 8):
                together = members[start : start + 8]
                act = "take" if turn % 3 == 2 else "give"
                edited |= dict.fromkeys(together, act == "give")
                await harness.interleaved(
                    *(ours(MOSAIC, each, WHALE, "Tessera gate #1: holds 1 of 1") for each in together),
                    *(
                        harness.sandbox.control(
                            "roles", action=act, guild=MOSAIC, user=each, role=LIGHTKEEPER, by=other
                        )
                        for each in together
                    ),
                    seed=turn * 40 + start,
                )
        theirs = {number - 100 for number in await harness.have(LIGHTKEEPER)}
        assert theirs == {members.index(each) + 1 for each, is_there in edited.items() if is_there}
        assert len(await harness.have()) == 40  # given in the last turn
        ours_written = [each for each in await harness.sandbox.role_writes() if each["by"] != str(other)]
        assert len(ours_written) == 1_000
        assert {each["role_id"] for each in ours_written} == {str(WHALE)}


async def test_case_32_all_of_sync_leaves_the_roles_of_another_bot_alone(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        other = await another_bot(harness)
        await harness.gate()
        members = await harness.members(20)
        give = [
            harness.sandbox.control("roles", action="give", guild=MOSAIC, user=each, role=LIGHTKEEPER, by=other)
            for each in members
        ]
        await harness.interleaved(harness.turn(), *give, seed=1)
        await harness.turn()
        assert await harness.have() == await harness.have(LIGHTKEEPER) == list(range(101, 121))
        await harness.sells(FIRST)
        take = [
            harness.sandbox.control("roles", action="take", guild=MOSAIC, user=each, role=LIGHTKEEPER, by=other)
            for each in members[:10]
        ]
        await harness.interleaved(harness.pass_time(AN_HOUR), *take, seed=2)
        assert await harness.have() == list(range(102, 121))
        assert await harness.have(LIGHTKEEPER) == list(range(111, 121))
