"""Lookup sends each request in the name of the one who asked."""

from __future__ import annotations

import pytest

from bot.holdings import LOOPRING, Account
from bot.lookup.lookup import Lookup
from bot.sources.askers import Asker
from bot.store import Store
from tests.lookup.conftest import LONG
from tests.sandbox_client import SandboxClient
from tests.watched_source import open_watched_source

ADA = Account(LOOPRING, "10001")


@pytest.mark.parametrize("asker", [Asker.member(5), Asker.prover(5), Asker.job("nightly")], ids=str)
async def test_every_request_is_in_the_name_of_the_one_who_asked(
    sandbox: SandboxClient, store: Store, asker: Asker
) -> None:
    async with open_watched_source(sandbox) as source:
        lookup = Lookup([source], store, cache_for=LONG)
        (*_, held) = [state async for state in lookup.subscribe_holdings(ADA, asker)]
        await lookup.nfts(ADA, held.holdings[0], asker)
        await lookup.collection(LOOPRING, "254", asker)
        owner = await lookup.fetch_owner(ADA, asker)
        await lookup.account_of(owner.address, LOOPRING, asker)
        await lookup.wallets.counterfactual(owner.address, asker)
        await lookup.close()
    assert set(source.asked) == {"holdings", "nfts", "collection", "owner", "account", "name", "wallet"}
    assert set(source.asked.values()) == {asker}
