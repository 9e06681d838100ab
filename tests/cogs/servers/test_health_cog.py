"""`/health` in Discord: what is gathered from a server as it is now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.gates.gate import GateState
from bot.gates.rule import CollectionRef, Holds
from bot.holdings import Account
from bot.sources.askers import Asker
from bot.store.sync.post_table import NewPost, PostKind
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


async def test_health_says_that_the_log_channel_takes_nothing_before_anything_is_posted(
    role_bot: RoleBot, rosalind: Person
) -> None:
    await rosalind.run("settings log", channel=rosalind.channel)
    assert f"✔ Role changes are posted in <#{rosalind.channel}>" in (await rosalind.run("health")).text
    for name in ("Tessera", "@everyone"):
        role = await role_bot.sandbox.role(rosalind.guild or "", name)
        await role_bot.sandbox.control("roles", action="change", guild=rosalind.guild, role=role, permissions=1 << 10)
    shown = await rosalind.run("health")
    assert f"⚠ Tessera cannot post in <#{rosalind.channel}>." in shown.text
    assert "Give its role Send Messages, Embed Links in that channel" in shown.text


async def test_health_says_what_the_log_channel_could_not_post_until_another_one_is_set(
    role_bot: RoleBot, rosalind: Person
) -> None:
    await rosalind.run("settings log", channel=rosalind.channel)
    gate = await role_bot.gate(rosalind, "254 >= 3")
    post = NewPost(PostKind.PARKED, gate.guild_id, gate.since, gate_id=gate.gate_id, detail="role_gone")
    await role_bot.store.sync.posts.add(post)
    await role_bot.sandbox.post(
        "/_sandbox/faults",
        {
            "service": "discord",
            "path": f"/channels/{rosalind.channel}/messages",
            "kind": "status",
            "times": 1,
            "status": 403,
            "body": {"message": "Missing Access", "code": 50001},
        },
    )
    await role_bot.log.deliver()
    shown = await rosalind.run("health")
    assert "and yet Discord refused it. 1 message was not posted" in shown.text
    other = (await role_bot.sandbox.person("rosalind", channel=1)).channel
    await rosalind.run("settings log", channel=other)
    shown = await rosalind.run("health")
    assert f"✔ Role changes are posted in <#{other}>" in shown.text
    assert "refused" not in shown.text


async def test_health_names_a_gate_that_no_source_knows_and_a_log_channel_hears_of_it(
    role_bot: RoleBot, rosalind: Person
) -> None:
    await rosalind.run("settings log", channel=rosalind.channel)
    known = await role_bot.gate(rosalind, "254 >= 3")
    draft = replace(known.draft, rule=Holds(CollectionRef("eip155:137", "0x" + "ab" * 20)))
    await role_bot.store.gates.edit(known.gate_id, draft, 1, role_bot.clock())
    await role_bot.sync.gates_changed(known.guild_id)
    shown = await rosalind.run("health")
    line = f"No source here knows `eip155:137`, which gate #{known.gate_id} (<@&{known.role_id}>) asks about"
    assert line in shown.text
    await role_bot.log.deliver()
    posted = [message for message in await rosalind.messages() if not message.get("ephemeral")]
    assert "no source is set up for it" in str(posted[-1]["embeds"])


async def test_health_says_since_when_a_source_stands_still(tmp_path: Path) -> None:
    async with open_role_bot(tmp_path, "live = false") as role_bot:
        rosalind = await role_bot.sandbox.person("rosalind")
        gate = await role_bot.gate(rosalind, "254 >= 3")
        shown = await rosalind.run("health")
        assert f"reports a state that no longer changes, and gate #{gate.gate_id}" in shown.text
        account, at = Account("loopring", "10001"), role_bot.clock().replace(microsecond=0)
        rows = [(str(account), account.network, int(at.timestamp())), ("loopring:2", account.network, 1)]
        sql = "INSERT INTO sync_accounts (account, network, due, read_at) VALUES (?, ?, 0, ?)"
        await role_bot.store.writer.transaction(lambda db: db.conn.executemany(sql, rows) and None)
        shown = await rosalind.run("health")
        assert f"no longer changes (since <t:{int(at.timestamp())}:R>)" in shown.text
