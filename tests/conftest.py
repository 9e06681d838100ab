"""Running sandboxes with the real bot connected, in this process.

Only one bot at a time: discord.py keeps the addresses it speaks to for the whole process.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot.app.serve import serve
from bot.config.settings import load
from tests.chromium import open_chromium
from tests.sandbox_client import SECRETS, Person, SandboxClient, open_sandbox, write_config


@asynccontextmanager
async def open_bot(
    folder: Path, *, bodies: Path | None = None, sources: str = "", **tables: str
) -> AsyncIterator[SandboxClient]:
    """A sandbox with the bot.

    `tables` are further lines of its configuration, `sources` whole `[[source]]` tables, `bodies` a folder of
    recorded answers.
    """
    async with open_sandbox(bodies) as sandbox:
        stop = asyncio.Event()
        bot = asyncio.create_task(serve(load(write_config(folder, sandbox, sources=sources, **tables), SECRETS), stop))
        try:
            await sandbox.online()
            yield sandbox
        finally:
            stop.set()
            await bot


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """The sandbox and the bot of a module's tests."""
    # The pace is not what the stories are about.
    async with open_bot(tmp_path_factory.mktemp("bot"), loopring="requests_per_second = 1000") as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(module_sandbox: SandboxClient) -> AsyncIterator[SandboxClient]:
    """The sandbox as at the start. The bot remembers what it was told: `new_account()` gives one it never saw."""
    await module_sandbox.reset()
    yield module_sandbox
    await module_sandbox.judge()


@pytest.fixture
async def ada(sandbox: SandboxClient) -> Person:
    """A member of the first guild."""
    return await sandbox.person("ada")


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """The Chromium of this machine."""
    async with open_chromium() as browser:
        yield browser
