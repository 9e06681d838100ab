"""Processes of the bot that are killed by the system, or asked to end, in the middle of a sync; over real sockets."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from sandbox.app_keys import FAULTS
from tests.cogs.gates.live_bot import MOSAIC, WHALE
from tests.e2e.two_servers import press, question_to
from tests.faults.kept_store import announced, holders, ledger, prepare, writes
from tests.process import BotProcess, running, start
from tests.sandbox_client import SandboxClient, open_sandbox
from tests.sync.sync_harness import account_of

# As fast as is accepted, so that a sale is a removal within seconds.
FAST = "interval_minutes = 0.02\nremoval_misses = 1\nremoval_minutes = 0"
MEMBERS = range(101, 125)
DRAIN = 25.0


async def written(sandbox: SandboxClient, number: int) -> None:
    """Return when so many writes of roles have reached Discord."""
    async with asyncio.timeout(60):
        while sum((await writes(sandbox)).values()) < number:  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.005)


async def are_holders(sandbox: SandboxClient, numbers: list[int], seconds: float = 60) -> None:
    """Return when these members have the role, and nobody else of ours."""
    async with asyncio.timeout(seconds):
        while await holders(sandbox) != numbers:  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.02)


async def is_announced(sandbox: SandboxClient, lines: int) -> None:
    """Return when so many changes are said in the log channel."""
    async with asyncio.timeout(60):
        while len(await announced(sandbox)) < lines:  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.05)


async def kill(bot: BotProcess) -> None:
    """End it at once, as the system does."""
    bot.process.send_signal(signal.SIGKILL)
    await bot.exit_code()


async def test_case_33_a_sync_that_is_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """Killed after some of its grants, then after some of its removals; in between no process ends by itself."""
    async with open_sandbox() as sandbox:
        await sandbox.control("limits", **{"role edits": 10_000})
        await prepare(sandbox, tmp_path, MEMBERS)
        for count in (5, 12):
            await sandbox.control("latency", service="discord", seconds=0.02)
            async with running(sandbox, tmp_path, sync=FAST) as bot:
                await written(sandbox, count)
                await kill(bot)
        async with running(sandbox, tmp_path, sync=FAST) as bot:
            await are_holders(sandbox, list(MEMBERS))
            sold = [101, 107]
            for number in sold:
                await sandbox.trade(account_of(number).account_id, None, "254")
            await written(sandbox, len(MEMBERS) + 1)
            await kill(bot)
        async with running(sandbox, tmp_path, sync=FAST) as bot:
            await are_holders(sandbox, [number for number in MEMBERS if number not in sold])
            await is_announced(sandbox, len(MEMBERS) + len(sold))
            await bot.stop()
        made = await writes(sandbox, changed=True)
        assert made == {(number, True): 1 for number in MEMBERS} | {(number, False): 1 for number in sold}
        assert max((await writes(sandbox)).values()) <= 2
        said = await announced(sandbox)
        assert set(said.values()) == {1}
        assert sum(line.startswith("Gave") for line in said) == len(MEMBERS)
        assert sum(line.startswith("Took") for line in said) == len(sold)
        assert await ledger(tmp_path) == await holders(sandbox)


async def test_case_34_who_confirmed_an_account_before_the_kill_has_the_role_after_the_start(tmp_path: Path) -> None:
    """The link is committed, and Discord never heard of the role: the process is killed while it asks."""
    tables = {"sync": FAST, "linking": "manual = true"}
    async with open_sandbox() as sandbox:
        await prepare(sandbox, tmp_path, range(101, 102))
        async with running(sandbox, tmp_path, **tables) as bot:
            await are_holders(sandbox, [101])
            ada, hana = await sandbox.person("ada"), await sandbox.person("hana")
            await hana.run("accounts")
            await ada.run("vouch", member=hana.user, account="10001")
            question = await question_to(hana)
            path = f"/guilds/{MOSAIC}/members/{hana.user}/roles/{WHALE}"
            await sandbox.fault("slow", path, service="discord", seconds=600)
            await press(hana, question, "Confirm")
            async with asyncio.timeout(60):
                while not any(fault["struck"] for fault in await sandbox.get("/_sandbox/faults")):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.02)
            await kill(bot)
        assert await hana.roles() & {"Whale"} == set()
        sandbox.app[FAULTS].clear()
        async with running(sandbox, tmp_path, **tables) as bot, asyncio.timeout(60):
            while "Whale" not in await hana.roles():  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)
            await bot.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_case_48_a_bot_that_is_asked_to_end_in_the_middle_of_a_sync_ends_in_time_and_tears_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    async with open_sandbox() as sandbox:
        await sandbox.control("limits", **{"role edits": 10_000})
        await prepare(sandbox, tmp_path, MEMBERS)
        await sandbox.control("latency", service="discord", seconds=0.05)
        async with running(sandbox, tmp_path, sync=FAST) as bot:
            await written(sandbox, 5)
            code, seconds = await bot.stop(number)
            assert code == 0, bot.output
            assert seconds < DRAIN
            assert bot.output_lines == []
        given = await holders(sandbox)
        assert 5 <= len(given) < len(MEMBERS)
        await sandbox.control("latency", service="discord", seconds=0)
        async with running(sandbox, tmp_path, sync=FAST) as bot:
            await are_holders(sandbox, list(MEMBERS))
            await is_announced(sandbox, len(MEMBERS))
            await bot.stop()
        assert await ledger(tmp_path) == list(MEMBERS)
        assert await writes(sandbox, changed=True) == {(each, True): 1 for each in MEMBERS}
        assert set((await announced(sandbox)).values()) == {1}


async def test_case_48_a_process_that_stood_still_goes_on_where_it_was(tmp_path: Path) -> None:
    """Stopped by the system in the middle of a sync, with its connections cut off meanwhile, and let go on."""
    async with open_sandbox() as sandbox:
        await sandbox.control("limits", **{"role edits": 10_000})
        await prepare(sandbox, tmp_path, MEMBERS)
        await sandbox.control("latency", service="discord", seconds=0.02)
        async with running(sandbox, tmp_path, sync=FAST) as bot:
            await written(sandbox, 5)
            bot.process.send_signal(signal.SIGSTOP)
            await sandbox.control("gateway", action="drop")
            bot.process.send_signal(signal.SIGCONT)
            await are_holders(sandbox, list(MEMBERS))
            await is_announced(sandbox, len(MEMBERS))
            code, _ = await bot.stop()
            assert code == 0
        assert await ledger(tmp_path) == list(MEMBERS)
        assert set((await announced(sandbox)).values()) == {1}


async def test_case_40_a_second_bot_on_the_same_disk_ends_before_it_has_connected(tmp_path: Path) -> None:
    async with open_sandbox() as sandbox:
        await prepare(sandbox, tmp_path, range(101, 104))
        async with running(sandbox, tmp_path, sync=FAST) as bot:
            await are_holders(sandbox, [101, 102, 103])
            identifies = (await sandbox.get("/_sandbox/discord"))["identifies"]
            async with start("run", "--config", tmp_path / "config.toml", folder=tmp_path) as second:
                assert await second.exit_code() != 0
                assert "in use by another Tessera" in second.output
            assert (await sandbox.get("/_sandbox/discord"))["identifies"] == identifies
            assert bot.process.returncode is None
            assert await holders(sandbox) == [101, 102, 103]
            await bot.stop()
