"""The sandbox's Loopring without a bot, and sources that ask it as fast as they like."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.config.source_tables import LoopringTable
from bot.sources.loopring import LoopringSource
from bot.sources.pace import REAL_CLOCK, Clock
from sandbox.world import API_KEY
from tests.sandbox_client import SandboxClient, open_sandbox


class SkippingClock:
    """The time of this machine, and what a test let pass: a question that failed is not asked again at once."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self.clock = Clock(now=lambda: time.monotonic() + self._skipped)

    def skip(self, seconds: float) -> None:
        """Let time pass for a source."""
        self._skipped += seconds


@asynccontextmanager
async def open_source(
    sandbox: SandboxClient, *, key: str | None = API_KEY, clock: Clock = REAL_CLOCK, **settings: Any
) -> AsyncIterator[LoopringSource]:
    """A source of its own; `settings` are those of its table."""
    chosen: dict[str, Any] = {"requests_per_second": 1000, "timeout_seconds": 60} | settings
    async with aiohttp.ClientSession() as session:
        secret = SecretStr(key) if key else None
        chosen = {"name": "loopring", "base_url": f"{sandbox.url}/loopring"} | chosen
        source = LoopringSource(session, LoopringTable(api_key=secret, **chosen), clock=clock)
        try:
            yield source
        finally:
            await source.close()


@pytest.fixture(scope="module")
async def module_sandbox() -> AsyncIterator[SandboxClient]:
    """The sandbox of a module's tests."""
    async with open_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(module_sandbox: SandboxClient) -> SandboxClient:
    """The sandbox as at the start."""
    await module_sandbox.reset()
    return module_sandbox


@pytest.fixture
async def source(sandbox: SandboxClient) -> AsyncIterator[LoopringSource]:
    """A source that has cached nothing yet."""
    async with open_source(sandbox) as source:
        yield source
