"""Sources that ask the sandbox's Blockscout as fast as they like, and what the tests of them say again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import pytest
from pydantic import SecretStr

from bot.config.source_tables import BlockscoutTable
from bot.errors import TesseraError
from bot.holdings import Account, Holding
from bot.sources.askers import Asker, Askers
from bot.sources.blockscout import BlockscoutSource
from bot.sources.paging import Scan
from sandbox.world import BLOCKSCOUT_KEY
from tests.sandbox_client import SandboxClient

NOW = Askers(Asker.job("test"))

ADA = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
WHALE = "0xf1831929cc806e6056a79143446d869985cae32c"
# Holds a hybrid, of which the indexer does not know how many.
BRUNO = "0x9940bdc4b2eed7dde7417db86832ac84b30079ba"
NOBODY = "0x" + "9" * 40

T = TypeVar("T")


@asynccontextmanager
async def open_at(
    base_url: str, *, chain: int = 1, key: str | None = BLOCKSCOUT_KEY, name: str = "ethereum", **settings: Any
) -> AsyncIterator[BlockscoutSource]:
    """A source of its own; `settings` are those of its table."""
    chosen: dict[str, Any] = {"requests_per_second": 1000, "timeout_seconds": 60} | settings
    secret = SecretStr(key) if key else None
    table = BlockscoutTable(name=name, base_url=base_url, chain_id=chain, api_key=secret, **chosen)
    async with aiohttp.ClientSession() as session:
        source = BlockscoutSource(session, table, name=name)
        try:
            yield source
        finally:
            await source.close()


@asynccontextmanager
async def open_blockscout(
    sandbox: SandboxClient, *, chain: int = 1, **settings: Any
) -> AsyncIterator[BlockscoutSource]:
    """A source that asks the sandbox."""
    async with open_at(f"{sandbox.url}/blockscout/{chain}/api/v2", chain=chain, **settings) as source:
        yield source


async def hurry(sandbox: SandboxClient, **behaviour: Any) -> None:
    """Let the stand-in answer as fast as it is asked."""
    await sandbox.post("/_sandbox/blockscout", {"per_second": 10_000} | behaviour)


async def last_of(scans: AsyncIterator[Scan[T]]) -> Scan[T]:
    """A list as far as it came."""
    async for scan in scans:
        last = scan
    return last


async def holdings(source: BlockscoutSource, address: str = ADA, contract: str | None = None) -> Scan[Holding]:
    """What an address holds."""
    return await last_of(source.iter_holdings(Account(source.network, address), contract, NOW))


async def by_name(source: BlockscoutSource, address: str = ADA) -> dict[str, Holding]:
    """What an address holds, by the collections' names."""
    return {row.collection.name: row for row in (await holdings(source, address)).rows}


async def requests(sandbox: SandboxClient, path: str = "/api/v2/") -> list[dict[str, Any]]:
    """The requests to Blockscout whose path contains `path`; one that was given up may be of another test."""
    traffic = await sandbox.get("/_sandbox/traffic", service="blockscout")
    return [exchange for exchange in traffic["exchanges"] if path in exchange["path"] and exchange["status"]]


async def fault(sandbox: SandboxClient, kind: str, path: str = "/nft/collections", **options: Any) -> None:
    """Let Blockscout go wrong."""
    asked = {"service": "blockscout", "path": path, "kind": kind, "times": None}
    await sandbox.post("/_sandbox/faults", asked | options)


async def answer(sandbox: SandboxClient, path: str, body: Any, status: int = 200, **options: Any) -> None:
    """Let the stand-in answer every request for a path with this JSON."""
    await fault(sandbox, "status", path, status=status, body=body, **options)


async def sentence_of(asked: Awaitable[Any], kind: type[TesseraError]) -> str:
    """The sentence of the error that is raised."""
    with pytest.raises(TesseraError) as caught:
        await asked
    assert type(caught.value) is kind
    return caught.value.sentence
