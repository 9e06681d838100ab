"""The fixtures of these tests: the sandbox's Loopring and Blockscout, and a source of each; a scripted server."""

from collections.abc import AsyncIterator

import pytest

from bot.sources.blockscout import BlockscoutSource
from tests.blockscout_source import hurry, open_blockscout
from tests.loopring_source import module_sandbox, sandbox, source
from tests.sandbox_client import SandboxClient
from tests.sources.scripted_server import make_client, server

__all__ = ["make_client", "module_sandbox", "sandbox", "server", "source"]


@pytest.fixture
async def eth(sandbox: SandboxClient) -> AsyncIterator[BlockscoutSource]:
    """Ethereum's Blockscout, at the rate of a test."""
    await hurry(sandbox)
    async with open_blockscout(sandbox) as source:
        yield source
