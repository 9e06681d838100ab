"""What several accounts of a member hold together: nothing that is unknown of one of them becomes a number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.cogs.holdings.pages import HoldingsPages
from bot.cogs.holdings.summed_pages import SummedPages, summed
from bot.holdings import LOOPRING, Account, Holdings, Order, Owner
from bot.lookup.lookup import Lookup
from bot.sources.askers import Asker
from bot.sources.source import Source
from bot.store import Store
from sandbox.community import load_world
from tests.blockscout_source import BRUNO, open_blockscout
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient

SOMEONE = Asker.member(1)
COPPERKETTLE = load_world().accounts[10015].owner.lower()  # holds a hybrid too, and little else
NOBODY = "4000000"


@asynccontextmanager
async def summing(source: Source, *accounts: Account) -> AsyncIterator[SummedPages]:
    """All that these accounts hold at a source."""
    store = await Store.open(None)
    lookup = Lookup([source], store, cache_for=timedelta(0))
    first = Holdings(accounts[0], datetime.now(UTC))
    pages = HoldingsPages(lookup, SOMEONE, first, owner=Owner(), gateways=(), order=Order.KINDS, reading=False)
    try:
        yield await summed(pages).read(accounts)
    finally:
        await lookup.close()
        await store.close()


def texts(pages: SummedPages) -> list[str]:
    return [embed.description or "" for page in range(pages.page_count()) for embed in pages.embeds(page)]


async def test_where_the_number_of_one_account_is_unknown_so_is_that_of_both(sandbox: SandboxClient) -> None:
    async with open_blockscout(sandbox) as source:
        both = (Account("eip155:1", BRUNO), Account("eip155:1", COPPERKETTLE))
        async with summing(source, *both) as pages:
            (card,) = [text for text in texts(pages) if text.startswith("**Half-Life Herbarium**")]
            assert card.endswith("number not known")
            assert not any(letter.isdigit() for letter in card)
            assert "of 1 collection the source does not say how many" in texts(pages)[0]


async def test_an_account_that_a_source_does_not_know_hides_nothing_of_the_others(sandbox: SandboxClient) -> None:
    await sandbox.fault("error", account=NOBODY, code=102002, message="account not found")
    async with (
        open_source(sandbox) as source,
        summing(source, Account(LOOPRING, "10001"), Account(LOOPRING, NOBODY)) as pages,
    ):
        assert not pages.holdings.complete
        assert len(pages.shown.rows) == 30
        assert "At least **30 collections** · 94 different" in texts(pages)[0]


async def test_nfts_that_may_be_the_same_are_not_added_up(sandbox: SandboxClient) -> None:
    async with (
        open_source(sandbox) as source,
        summing(source, Account(LOOPRING, "10001"), Account(LOOPRING, "10007")) as pages,
    ):
        header, *cards = texts(pages)
        assert any(" + " in card for card in cards)
        assert "different" not in header
