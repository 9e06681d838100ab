"""Desks: one that asks nobody, and the sandbox for those that do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.linking.harness import Desk, open_desk
from tests.loopring_source import module_stage, source, stage

__all__ = ["module_stage", "source", "stage"]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Services whose sources are none: keys sign, and what has to be known is known."""
    async with open_desk() as desk:
        yield desk
