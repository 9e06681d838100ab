"""SIGHUP never ends the process: it reads the settings again."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from tests.process import PATIENCE, running, start
from tests.sandbox_client import SECRETS, SandboxClient, write_config

# Python runs it before anything else: the signal comes exactly when that module is about to be loaded.
SITE = """
import os, signal, sys

class Signals:
    def find_spec(self, name, path=None, target=None):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGHUP)

sys.meta_path.insert(0, Signals())
"""


async def shown_below_the_name(sandbox: SandboxClient, user: str, line: str) -> None:
    """Return when a client shows that line below the bot's name."""
    async with asyncio.timeout(PATIENCE):
        while (await sandbox.get("/_client/state", user=user))["application"]["presence"] != line:  # noqa: ASYNC110 - another program's
            await asyncio.sleep(0.02)


async def test_the_settings_are_read_again_and_the_bot_goes_on(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    tables = {"loopring": "requests_per_second = 1000"}
    ada = await bare_sandbox.person()
    async with running(bare_sandbox, tmp_path) as bot:
        await shown_below_the_name(bare_sandbox, ada.user, "Type /collections")
        write_config(
            tmp_path,
            bare_sandbox,
            **tables,
            display="cache_seconds = 5",
            log='level = "debug"\nformat = "json"',
            discord='presence = "another line"',
            sync="interval_minutes = 20",
        )
        bot.process.send_signal(signal.SIGHUP)
        await bot.says("reload: these need a restart, and stay as they were until then: sync.interval_minutes")
        await bot.says('"message":"reload: applied: discord.presence = another line, display.cache_seconds = 5.0, ')
        await shown_below_the_name(bare_sandbox, ada.user, "another line")
        await ada.run("help")
        await bot.says('"message":"command /help: answered in ')
        # What failed is asked again at once, and not minutes later: an operator may have repaired it.
        await bare_sandbox.fault("error", code=104002, message="x")
        for _ in range(2):  # the second is not sent: it is remembered
            refused = await ada.run("collections", account="10001")
            assert "Loopring refuses this bot's API key" in refused.text
        await bare_sandbox.clear_faults()
        assert "Tessera asks again <t:" in (await ada.run("collections", account="10001")).text
        bot.process.send_signal(signal.SIGHUP)
        await bot.says("reload: what failed is tried again, except where a source itself asked for a pause", times=2)
        assert "refuses" not in (answer := await ada.run("collections", account="10001")).text
        assert answer.titles()
        write_config(tmp_path, bare_sandbox, **tables, log='level = "loud"')
        bot.process.send_signal(signal.SIGHUP)
        await bot.says("reload: everything stays as it was: ")
        await ada.run("help")
        code, _ = await bot.stop()
    assert code == 0


@pytest.mark.parametrize("module", ["bot.cli.main", "discord", "bot.app.serve"])
async def test_a_reload_while_the_bot_is_loaded_waits_until_it_runs(
    bare_sandbox: SandboxClient, tmp_path: Path, module: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(SITE.format(module=module), encoding="utf-8")
    config = write_config(tmp_path, bare_sandbox)
    secrets = {**SECRETS, "PYTHONPATH": str(tmp_path)}
    async with start("run", "--config", config, folder=tmp_path, secrets=secrets) as bot:
        await bot.says("reload: nothing has changed")
        await bot.says(": ready as ")
        code, _ = await bot.stop()
    assert code == 0
