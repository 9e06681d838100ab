"""Harnesses: one that asks nobody, and the sandbox for those that do."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sources.loopring import LoopringSource
from tests.blockscout_source import open_blockscout
from tests.linking.contesting import contest
from tests.linking.harness import LinkingHarness, open_linking
from tests.loopring_source import SkippingClock, module_sandbox, open_source, sandbox
from tests.sandbox_client import SandboxClient

__all__ = ["contest", "module_sandbox", "sandbox"]


@pytest.fixture
def skipping() -> SkippingClock:
    """The clock of `source`."""
    return SkippingClock()


@pytest.fixture
async def source(sandbox: SandboxClient, skipping: SkippingClock) -> AsyncIterator[LoopringSource]:
    """A source that has cached nothing yet."""
    async with open_source(sandbox, clock=skipping.clock) as source:
        yield source


@pytest.fixture
async def harness() -> AsyncIterator[LinkingHarness]:
    """Services whose sources are none: keys sign, and what has to be known is known."""
    async with open_linking() as harness:
        yield harness


@pytest.fixture
async def asking(source: LoopringSource) -> AsyncIterator[LinkingHarness]:
    """Services that ask Loopring."""
    async with open_linking(source) as harness:
        yield harness


@pytest.fixture
async def two_networks(sandbox: SandboxClient, source: LoopringSource) -> AsyncIterator[LinkingHarness]:
    """Services that ask Loopring first, and Ethereum where that is meant."""
    async with open_blockscout(sandbox) as ethereum, open_linking(source, ethereum) as harness:
        yield harness
