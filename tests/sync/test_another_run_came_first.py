"""What a press or a proof brought is reported by whatever run made it: the loop may judge a member first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.roles.plan import Act
from bot.sync.ports import MemberRoles
from bot.sync.sync import Sync
from tests.sync.fake_discord import FakeDiscord
from tests.sync.sync_harness import COLLECTOR, GUILD, WHALE, open_sync, user

pytestmark = pytest.mark.asyncio


async def test_a_role_that_the_loop_gave_since_the_proof_is_reported_as_given() -> None:
    async with open_sync() as harness:
        await harness.gate()
        proven_at = harness.now
        await harness.member(1)
        await harness.turn()
        report = await harness.sync.explain(GUILD, user(1))
        assert report.made == ()
        brought = await harness.sync.changed_since(report, proven_at)
        assert [(each.act, each.gate.role_id) for each in brought.made] == [(Act.ADD, COLLECTOR)]
        harness.advance(timedelta(seconds=2))
        assert (await harness.sync.changed_since(report, harness.now)).made == ()


async def test_a_role_that_is_not_there_any_more_is_not_reported_as_given() -> None:
    async with open_sync() as harness:
        await harness.gate()
        began = harness.now
        await harness.member(1)
        await harness.turn()
        harness.advance(timedelta(seconds=2))
        await harness.unlink(1, 1)
        await harness.sync.own_act(user(1))
        brought = await harness.sync.changed_since(await harness.sync.explain(GUILD, user(1)), began)
        assert [(each.act, each.gate.role_id) for each in brought.made] == [(Act.REMOVE, COLLECTOR)]


async def test_a_role_that_was_replaced_by_another_run_says_by_which() -> None:
    async with open_sync() as harness:
        lower = await harness.gate(ladder="steps", rank=1)
        await harness.member(1)
        await harness.turn()
        harness.advance(timedelta(seconds=2))
        began = harness.now
        higher = await harness.gate(role_id=WHALE, ladder="steps", rank=2)
        await harness.turn()
        brought = await harness.sync.changed_since(await harness.sync.explain(GUILD, user(1)), began)
        made = {
            each.gate.gate_id: (each.act, each.superseded_by and each.superseded_by.gate_id) for each in brought.made
        }
        assert made == {higher.gate_id: (Act.ADD, None), lower.gate_id: (Act.REMOVE, higher.gate_id)}


@dataclass
class Overtaking(FakeDiscord):
    """While one run reads a member's roles, another one reads them and changes them."""

    overtakes: list[Sync] = field(default_factory=list)

    async def read_members(
        self, guild_id: int, user_ids: Sequence[int], *, confirm: bool = True
    ) -> Mapping[int, MemberRoles]:
        found = await super().read_members(guild_id, user_ids, confirm=confirm)
        if self.overtakes:
            sync = self.overtakes.pop()
            await sync.run_due()
            await sync.idle()
        return found


async def test_a_press_that_another_run_overtakes_reports_the_role_that_it_gave() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        discord = Overtaking(harness.discord.servers)
        await harness.sync.close()
        discord.overtakes = [harness.start(discord=discord)]
        report = await harness.look_at(1)
        assert discord.overtakes == []
        assert [(each.act, each.gate.role_id) for each in report.made] == [(Act.ADD, COLLECTOR)]


async def test_an_unlinking_that_another_run_overtakes_reports_the_role_that_it_took() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        harness.advance(timedelta(seconds=2))
        discord = Overtaking(harness.discord.servers)
        await harness.sync.close()
        sync = harness.start(discord=discord)
        await harness.unlink(1, 1)
        discord.overtakes = [sync]
        (report,) = await sync.own_act(user(1))
        assert discord.overtakes == []
        assert [(each.act, each.gate.role_id) for each in report.made] == [(Act.REMOVE, COLLECTOR)]
