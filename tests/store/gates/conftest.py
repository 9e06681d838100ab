"""A store in memory, as the tests of gates use it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.store import Store


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """A store in memory."""
    opened = await Store.open(None)
    yield opened
    await opened.close()
