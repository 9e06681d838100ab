"""Two processes with one token, each with a store of its own: the member gets one answer, the operator one line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.test_process_health import healthz
from tests.process import PATIENCE, BotProcess, free_port, running, until
from tests.sandbox_client import Person, SandboxClient

ALARM = "another process answers with this token"
TURNS = 3
# What a member does, and how many messages they see more after it.
SHOWN = {"about": 1, "accounts": 1, "refused": 1, "autocomplete": 0, "button": 1}
NOT_FOR_MEMBERS = ("Something went wrong", "no longer knows")


@dataclass
class Two:
    """Both, and somebody who uses them."""

    processes: list[BotProcess]
    ports: list[int]
    ada: Person

    @property
    def output(self) -> str:
        """What both have logged."""
        return "".join(each.output for each in self.processes)


@asynccontextmanager
async def two(sandbox: SandboxClient, folder: Path) -> AsyncIterator[Two]:
    """Both processes, connected."""
    async with AsyncExitStack() as opened:
        found = Two([], [], await sandbox.person("ada"))
        for name in ("first", "second"):
            (folder / name).mkdir()
            port = free_port()
            found.processes.append(
                await opened.enter_async_context(running(sandbox, folder / name, web=f"port = {port}"))
            )
            found.ports.append(port)
        yield found


async def seen(ada: Person) -> list[dict[str, Any]]:
    """All that she sees; nothing of it is an error of Tessera's."""
    messages = await ada.messages()
    for each in messages:
        assert not any(words in str(each) for words in NOT_FOR_MEMBERS), each
    return messages


async def act(ada: Person, kind: str) -> None:
    """One use of the bot, for which both processes race."""
    if kind == "autocomplete":
        await ada.suggestions("verify", "account")
    elif kind == "button":
        sandbox = ada.sandbox
        answer = await sandbox.settled(await ada.run("collections", account="10001"))
        await ada.press(answer, "next", wait="acknowledged")
    elif kind == "refused":
        await ada.run("collections", account="not an account!")
    else:
        await ada.run(kind)


async def test_a_member_is_answered_once_and_the_operator_reads_one_line(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    async with two(bare_sandbox, tmp_path) as both:
        for kind, shown in SHOWN.items():
            before = len(await seen(both.ada))
            await act(both.ada, kind)
            assert len(await seen(both.ada)) - before == shown, kind
        await until(lambda: ALARM in both.output)
        for port, process in zip(both.ports, both.processes, strict=True):
            assert process.output.count(ALARM) <= 1
            assert "Traceback" not in process.output
            assert "failed (reference" not in process.output
            status, body = await healthz(port)
            assert (status, body["status"]) == (200, "ok")
            assert body["other_process"] == ("answers with this token" if ALARM in process.output else "none")
        admin = await bare_sandbox.person("rosalind")
        # Which of the two is first is a matter of chance; at last both have lost twice.
        async with asyncio.timeout(PATIENCE):
            while not all(ALARM in each.output for each in both.processes):
                await act(both.ada, "autocomplete")
        assert "Another process answers with this bot's token" in (await admin.run("health")).text
