"""What the configuration changes about links: how long buttons work, and what is said of backups."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.conftest import open_bot
from tests.sandbox_client import SandboxClient


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot whose buttons expire soon, and that makes no backups."""
    async with open_bot(
        tmp_path_factory.mktemp("bot"),
        discord="buttons_expire_seconds = 0.5",
        store="backup_days = 0",
    ) as sandbox:
        yield sandbox


async def test_without_backups_by_the_bot_the_operator_decides_about_old_ones(sandbox: SandboxClient) -> None:
    asked = await (await sandbox.person("ada")).run("privacy delete")
    assert "in backups, everything, until its operator removes them." in asked.text


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
