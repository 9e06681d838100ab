"""What the configuration changes about links: links by moderators, and how long buttons work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.cogs.linking.manual_cog import ManualCog
from bot.errors import InputError
from tests.conftest import open_bot
from tests.sandbox_client import SandboxClient


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot that lets moderators link accounts, whose buttons expire soon, and that makes no backups."""
    async with open_bot(
        tmp_path_factory.mktemp("bot"),
        linking="manual = true",
        discord="buttons_expire_seconds = 0.5",
        store="backup_days = 0",
    ) as sandbox:
        yield sandbox


async def test_a_moderator_links_an_account_and_the_member_is_notified(sandbox: SandboxClient) -> None:
    ada, hana = await sandbox.person("ada"), await sandbox.person("hana")
    answer = await ada.run("link-manual", member=hana.user, account="10002")
    assert answer.message["ephemeral"]
    assert (
        "`loopring:10002` is linked to **Hana**, by a moderator's confirmation, without a signature, in one server."
        in answer.text
    )
    assert "They were notified by direct message." in answer.text
    (message,) = await hana.direct_messages()
    assert "A moderator of **The Mosaic Society** linked `loopring:10002` to you" in message["embeds"][0]["description"]
    assert "a moderator's confirmation, without a signature, in one server" in (await hana.run("accounts")).text
    twice = await ada.run("link-manual", member=hana.user, account="10002")
    assert "proven by this member already" in twice.text
    other = await sandbox.person("kwame")
    assert "proven by another member already" in (await ada.run("link-manual", member=other.user, account="10002")).text


async def test_a_moderator_is_asked_to_inform_a_member_who_accepts_no_direct_messages(sandbox: SandboxClient) -> None:
    ada, elif_ = await sandbox.person("ada"), await sandbox.person("elif")
    await elif_.set_direct_messages(accepts=False)
    answer = await ada.run("link-manual", member=elif_.user, account="10010")
    assert "They accept no direct messages: please inform them yourself." in answer.text


async def test_nobody_vouches_for_themselves(sandbox: SandboxClient) -> None:
    ada = await sandbox.person("ada")
    answer = await ada.run("link-manual", member=ada.user, account="10001")
    assert "Nobody can vouch for themselves: prove your account by `/verify`." in answer.text
    assert "You have no account linked." in (await ada.run("accounts")).text


async def test_without_backups_by_the_bot_the_operator_decides_about_old_ones(sandbox: SandboxClient) -> None:
    asked = await (await sandbox.person("ada")).run("privacy delete")
    assert "in backups, everything, until its operator removes them." in asked.text


async def test_bots_are_refused(sandbox: SandboxClient) -> None:
    ada = await sandbox.person("ada")
    bot = (await sandbox.get("/_client/state", user=ada.user))["application"]["id"]
    assert "not to bots" in (await ada.run("link-manual", member=bot, account="10002")).text


async def test_members_without_the_permission_are_not_offered_the_command(sandbox: SandboxClient) -> None:
    hana = await sandbox.person("hana")
    with pytest.raises(AssertionError, match="there is no command /link-manual"):
        await hana.run("link-manual", member=hana.user, account="10013")
    assert "link-manual" not in (await hana.run("help")).text
    assert "</link-manual:" in (await (await sandbox.person("ada")).run("help")).text


async def test_the_permission_is_checked_again_when_the_command_runs() -> None:
    # A server can give any command to anybody, which the sandbox does not support.
    asked: Any = SimpleNamespace(permissions=discord.Permissions(manage_roles=True))
    unused: Any = SimpleNamespace(accounts=None)
    run: Any = ManualCog(unused, unused).link_manual.callback
    with pytest.raises(InputError, match="Only members who may manage this server"):
        await run(ManualCog(unused, unused), asked, SimpleNamespace(bot=False), "10001")


async def test_buttons_are_disabled_after_their_time(sandbox: SandboxClient) -> None:
    goro = await sandbox.person("goro_san")
    await goro.run("link", account="10013")
    for command in ("accounts", "privacy delete"):
        answer = await goro.run(command)
        assert answer.components()
        async with asyncio.timeout(60):
            while not all(item["disabled"] for item in (await sandbox.current(answer)).components()):  # noqa: ASYNC110 - the state is another program's
                await asyncio.sleep(0.02)
        with pytest.raises(AssertionError, match="this component is disabled"):
            await goro.press(answer, "choose" if command == "accounts" else "yes", "loopring:10013")
