"""Readings over the sandbox's sources and a real store, with a clock that moves when a test says so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sources.loopring import LoopringSource
from tests.loopring_source import module_sandbox, sandbox, source
from tests.sync.reading_harness import ReadingHarness, open_readings

__all__ = ["module_sandbox", "sandbox", "source"]


@pytest.fixture
async def reading(source: LoopringSource) -> AsyncIterator[ReadingHarness]:
    """Readings of Loopring."""
    async with open_readings(source) as harness:
        yield harness
