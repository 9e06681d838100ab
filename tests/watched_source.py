"""Loopring's source, which records who asked, and for whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.config.source_tables import LoopringTable
from bot.holdings import Account, Collection, Holding, Nft
from bot.sources.askers import Asker, Askers
from bot.sources.loopring import LoopringSource
from bot.sources.pace import REAL_CLOCK, Clock
from bot.sources.paging import Scan
from sandbox.world import API_KEY
from tests.sandbox_client import SandboxClient


class WatchedSource(LoopringSource):
    """Loopring, and who asked each time, and for whom."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.asked: dict[str, Asker] = {}
        self.members: dict[str, frozenset[str]] = {}

    def iter_holdings(self, account: Account, contract: str | None, askers: Askers) -> AsyncIterator[Scan[Holding]]:
        self.asked["holdings"], self.members["holdings"] = next(iter(askers)), askers.members
        return super().iter_holdings(account, contract, askers)

    def iter_nfts(self, account: Account, collection: Collection, askers: Askers) -> AsyncIterator[Scan[Nft]]:
        self.asked["nfts"], self.members["nfts"] = next(iter(askers)), askers.members
        return super().iter_nfts(account, collection, askers)

    async def fetch_collection(self, collection_id: str, askers: Askers) -> Collection:
        self.asked["collection"] = next(iter(askers))
        return await super().fetch_collection(collection_id, askers)

    async def fetch_owner(self, account: Account, askers: Askers) -> str:
        self.asked["owner"], self.members["owner"] = next(iter(askers)), askers.members
        return await super().fetch_owner(account, askers)

    async def fetch_account(self, owner: str, askers: Askers) -> Account:
        self.asked["account"] = next(iter(askers))
        return await super().fetch_account(owner, askers)

    async def fetch_name(self, owner: str, askers: Askers) -> str:
        self.asked["name"] = next(iter(askers))
        return await super().fetch_name(owner, askers)

    async def fetch_counterfactual(self, wallet: str, askers: Askers) -> Any:
        self.asked["wallet"] = next(iter(askers))
        return await super().fetch_counterfactual(wallet, askers)


@asynccontextmanager
async def open_watched_source(
    sandbox: SandboxClient, kind: type[WatchedSource] = WatchedSource, clock: Clock = REAL_CLOCK
) -> AsyncIterator[WatchedSource]:
    """A source of its own, asked as fast as anybody likes."""
    async with aiohttp.ClientSession() as session:
        table = LoopringTable(
            name="loopring", base_url=f"{sandbox.url}/loopring", api_key=SecretStr(API_KEY), requests_per_second=1000
        )
        source = kind(session, table, clock=clock)
        try:
            yield source
        finally:
            await source.close()
