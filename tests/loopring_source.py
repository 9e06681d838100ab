"""The sandbox's Loopring without a bot, and sources that ask it as fast as they like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.config.settings import LoopringSettings
from bot.sources.loopring import LoopringSource
from sandbox.world import API_KEY
from tests.sandbox_client import Stage, open_stage


@asynccontextmanager
async def open_source(stage: Stage, *, key: str | None = API_KEY, **settings: Any) -> AsyncIterator[LoopringSource]:
    """A source of its own; `settings` are those of `[loopring]`."""
    chosen: dict[str, Any] = {"requests_per_second": 1000, "timeout_seconds": 5} | settings
    async with aiohttp.ClientSession() as session:
        secret = SecretStr(key) if key else None
        source = LoopringSource(session, LoopringSettings(base_url=f"{stage.url}/loopring", api_key=secret, **chosen))
        try:
            yield source
        finally:
            await source.close()


@pytest.fixture(scope="module")
async def module_stage() -> AsyncIterator[Stage]:
    """The sandbox of a module's tests."""
    async with open_stage() as stage:
        yield stage


@pytest.fixture
async def stage(module_stage: Stage) -> Stage:
    """The sandbox as at the start."""
    await module_stage.reset()
    return module_stage


@pytest.fixture
async def source(stage: Stage) -> AsyncIterator[LoopringSource]:
    """A source that has learnt nothing yet."""
    async with open_source(stage) as source:
        yield source
