"""A sandbox for bots that are processes of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.stage import Stage, open_stage


@pytest.fixture
async def alone() -> AsyncIterator[Stage]:
    """A sandbox that no bot is connected to yet."""
    async with open_stage() as stage:
        yield stage
