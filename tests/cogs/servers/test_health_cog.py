"""`/health` in Discord: what is gathered from a server as it is now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.gates.gate import GateState
from bot.sources.askers import Asker
from tests.cogs.gates.live_bot import without_own_member
from tests.cogs.members.role_bot import RoleBot, open_role_bot
from tests.sandbox_client import Person


@pytest.fixture
async def role_bot(tmp_path: Path) -> AsyncIterator[RoleBot]:
    """The bot, with the commands about roles."""
    async with open_role_bot(tmp_path) as role_bot:
        yield role_bot


@pytest.fixture
async def rosalind(role_bot: RoleBot) -> Person:
    """The owner of the server."""
    return await role_bot.sandbox.person("rosalind")


async def test_health_answers_while_the_own_roles_of_the_bot_are_not_known(role_bot: RoleBot, rosalind: Person) -> None:
    guild_id = int(rosalind.guild or 0)
    await rosalind.run("settings log", channel=rosalind.channel)
    await without_own_member(role_bot.sandbox, role_bot.bot, guild_id)
    shown = await rosalind.run("health")
    assert "Discord has not yet reported this server's roles, or Tessera's own" in shown.text
    assert f"<#{rosalind.channel}>" not in shown.text


async def test_a_member_that_discord_py_makes_up_for_the_bot_parks_no_gate(role_bot: RoleBot, rosalind: Person) -> None:
    gate = await role_bot.gate(rosalind, "254 >= 3")
    await without_own_member(role_bot.sandbox, role_bot.bot, gate.guild_id)
    await rosalind.run("health")
    await role_bot.sync.look_at(gate.guild_id, int(rosalind.user), Asker.member(int(rosalind.user)))
    found = await role_bot.store.gates.get(gate.gate_id)
    assert found is not None
    assert found.state is GateState.ACTIVE
