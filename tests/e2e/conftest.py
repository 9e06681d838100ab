"""A sandbox for bots that are processes of their own, and one with a bot whose clock the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.e2e.clocked import harness
from tests.sandbox_client import SandboxClient, open_sandbox

__all__ = ["bare_sandbox", "harness"]


@pytest.fixture
async def bare_sandbox() -> AsyncIterator[SandboxClient]:
    """A sandbox that no bot is connected to yet."""
    async with open_sandbox() as sandbox:
        yield sandbox
