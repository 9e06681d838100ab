"""A sandbox for bots that are processes of their own, and one with a bot whose clock the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.e2e.clocked import stand
from tests.sandbox_client import Stage, open_stage

__all__ = ["alone", "stand"]


@pytest.fixture
async def alone() -> AsyncIterator[Stage]:
    """A sandbox that no bot is connected to yet."""
    async with open_stage() as stage:
        yield stage
