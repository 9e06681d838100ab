"""Lookup sends all its requests with the priority that it was given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.config.source_tables import LoopringTable
from bot.holdings import LOOPRING, Account, Collection, Holding, Nft
from bot.lookup.lookup import Lookup
from bot.sources.loopring import LoopringSource
from bot.sources.pace import Priority
from bot.sources.paging import Scan
from bot.store import Store
from sandbox.world import API_KEY
from tests.lookup.conftest import LONG
from tests.sandbox_client import SandboxClient

ADA = Account(LOOPRING, "10001")


class Watched(LoopringSource):
    """Loopring, and the priority of each request."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.asked: dict[str, Priority] = {}

    def iter_holdings(self, account: Account, contract: str | None, priority: Priority) -> AsyncIterator[Scan[Holding]]:
        self.asked["holdings"] = priority
        return super().iter_holdings(account, contract, priority)

    def iter_nfts(self, account: Account, collection: Collection, priority: Priority) -> AsyncIterator[Scan[Nft]]:
        self.asked["nfts"] = priority
        return super().iter_nfts(account, collection, priority)

    async def fetch_collection(self, collection_id: str, priority: Priority) -> Collection:
        self.asked["collection"] = priority
        return await super().fetch_collection(collection_id, priority)

    async def fetch_owner(self, account: Account, priority: Priority) -> str:
        self.asked["owner"] = priority
        return await super().fetch_owner(account, priority)

    async def fetch_account(self, owner: str, priority: Priority) -> Account:
        self.asked["account"] = priority
        return await super().fetch_account(owner, priority)

    async def fetch_name(self, owner: str, priority: Priority) -> str:
        self.asked["name"] = priority
        return await super().fetch_name(owner, priority)

    async def fetch_counterfactual(self, wallet: str, priority: Priority) -> Any:
        self.asked["wallet"] = priority
        return await super().fetch_counterfactual(wallet, priority)


@pytest.mark.parametrize("priority", Priority)
async def test_every_question_has_the_priority_of_the_lookup(
    sandbox: SandboxClient, store: Store, priority: Priority
) -> None:
    async with aiohttp.ClientSession() as session:
        settings = LoopringTable(
            name="loopring", base_url=f"{sandbox.url}/loopring", api_key=SecretStr(API_KEY), requests_per_second=1000
        )
        source = Watched(session, settings)
        lookup = Lookup([source], store, cache_for=LONG, priority=priority)
        (*_, held) = [state async for state in lookup.subscribe_holdings(ADA)]
        await lookup.nfts(ADA, held.holdings[0])
        await lookup.collection(LOOPRING, "254")
        owner = await lookup.fetch_owner(ADA)
        await lookup.account_of(owner.address, LOOPRING)
        await lookup.counterfactual(owner.address)
        await lookup.close()
        await source.close()
    assert set(source.asked) == {"holdings", "nfts", "collection", "owner", "account", "name", "wallet"}
    assert set(source.asked.values()) == {priority}
