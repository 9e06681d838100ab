"""The attacker sends all of it at once to the running bot: members are to wait, and its supervisor to restart it."""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.process import free_port, start
from tests.sandbox_client import SECRETS, open_sandbox, write_config
from tests.web.harness import CLIENT_SECRET
from tests.web.wire import ask, head, line_to, scripted

PAGE_SECRETS = {**SECRETS, "DISCORD_CLIENT_SECRET": CLIENT_SECRET}
STALLED = 200
BOMBS = 100
MALFORMED = 1000
AT_ONCE = 20
COMMANDS = 10


@cache
def make_bomb() -> bytes:
    """Fifty million bytes, compressed: when a test needs it, not in every process that only collects."""
    return gzip.compress(bytes(50_000_000))


async def at_once(url: str, source: str, content: bytes, count: int) -> Counter[int]:
    """The statuses of so many, some of them at the same time, each on a connection of its own; 0: none."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one() -> int:
        async with turns, line_to(url, source) as line:
            try:
                await line.send(content)
                return (await line.answer()).status
            except (OSError, asyncio.IncompleteReadError):
                return 0

    return Counter(await asyncio.gather(*(one() for _ in range(count))))


@pytest.mark.parametrize(
    ("source", "proxies"),
    [("127.0.0.2", '["192.0.2.1/32"]'), ("127.0.0.1", '["127.0.0.1/32"]')],
    ids=["from one address", "through the proxy"],
)
async def test_members_and_the_supervisor_are_answered_meanwhile(tmp_path: Path, source: str, proxies: str) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    web = f'port = {port}\npublic_url = "{url}"\ntrusted_proxies = {proxies}'
    bomb = scripted(url, "start", make_bomb(), Content_Encoding="gzip", X_Forwarded_For="203.0.113.7")
    async with open_sandbox() as sandbox, AsyncExitStack() as stack:
        config = write_config(tmp_path, sandbox, web=web)
        bot = await stack.enter_async_context(start("run", "--config", config, folder=tmp_path, secrets=PAGE_SECRETS))
        await bot.says(": ready as ")
        await sandbox.online()
        person = await sandbox.person()
        for _ in range(STALLED):
            line = await stack.enter_async_context(line_to(url, source))
            await line.send(b"GET /v HTTP/1.1\r\nHost: x\r\nX: ")
        attacks = asyncio.gather(at_once(url, source, bomb, BOMBS), at_once(url, source, b"garbage\r\n\r\n", MALFORMED))
        for _ in range(COMMANDS):
            assert (await person.run("help")).text
            assert (await ask(url, head("/healthz", {"Host": "localhost"}))).status == 200
        bombs, malformed = await attacks
        assert bombs[415] + bombs[429] + bombs[0] == BOMBS
        assert bombs[415] > 0
        assert bombs[429] > 0
        assert malformed[400] + malformed[0] == MALFORMED
        lines = [line for line in bot.output.splitlines() if "web: " in line]
    assert 1 <= len(lines) <= 3
    assert all("since the last such line" in line for line in lines)
