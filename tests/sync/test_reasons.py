"""Why a role was given or taken is said with the names of collections."""

from __future__ import annotations

import pytest

from bot.gates.rule import AllOf, AnyOf, CollectionRef, Holds, Measure
from tests.sync.sync_harness import GUILD, HARBOUR, TEN_MINUTES, open_sync

pytestmark = pytest.mark.asyncio
NAME = "Collection 254"  # as the source calls it


async def test_the_audit_log_and_the_log_channel_name_the_collection() -> None:
    async with open_sync() as harness:
        gate = await harness.gate(Holds(HARBOUR, least=3))
        await harness.members(3, holds=3)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(5 * TEN_MINUTES)
        reasons = {call[0]: call[-1] for call in harness.discord.writes}
        assert reasons["remove"] == f"Tessera gate #{gate.gate_id}: holds 0 of 3 of {NAME}"
        assert reasons["add"] == f"Tessera gate #{gate.gate_id}: holds 3 of {NAME}, 3 needed"
        assert any(line.endswith(f"holds 0 of 3 of {NAME}") for line in harness.said())


async def test_an_alert_names_the_gate_with_its_role_the_collection_and_the_source() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.sell(*range(1, 9))
        assert (await harness.sync.status(GUILD)).gate_roles == {gate.gate_id: gate.role_id}
        named = f"gate #{gate.gate_id} (<@&{gate.role_id}>)"
        await harness.pass_time(TEN_MINUTES)
        assert {line for line in harness.said() if line.startswith("Removals wait")} == {
            f"Removals wait for a decision: too many holders of {named} would lose their role at once.",
            f"Removals wait for a decision: half of the holders of {NAME} hold none of it now.",
            "Removals wait for a decision: too many accounts of loopring read as empty.",
        }


async def test_the_staged_list_names_the_collection() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.sell(1, 2, 3, 4)
        await harness.pass_time(TEN_MINUTES)
        assert {each.sentence for each in await harness.sync.staged(GUILD)} == {f"holds 0 of 1 of {NAME}"}


async def test_what_is_not_counted_in_kinds_is_said_in_the_words_of_rules() -> None:
    async with open_sync() as harness:
        rule = AllOf((Holds(HARBOUR), Holds(HARBOUR, Measure.COPIES, least=2)))
        await harness.gate(rule)
        await harness.members(3, holds=2)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(5 * TEN_MINUTES)
        (removed,) = [call[-1] for call in harness.discord.writes if call[0] == "remove"]
        assert f"holds 0 of 1 of {NAME}; holds none of {NAME}, 2 more are needed" in removed


async def test_a_reason_of_many_collections_fits_into_the_audit_log() -> None:
    async with open_sync() as harness:
        await harness.gate(
            AnyOf(tuple(Holds(CollectionRef("loopring", str(number)), least=3) for number in range(254, 294)))
        )
        await harness.member(1, 3)
        await harness.member(2, 3)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(5 * TEN_MINUTES)
        (removed,) = [call[-1] for call in harness.discord.writes if call[0] == "remove"]
        assert len(removed) == 512
