"""Every collection, every NFT and every word of a description is on exactly one page."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
import pytest

from bot.cogs.holdings.holdings_embeds import COLLECTIONS_A_PAGE, NFTS_A_PAGE
from bot.cogs.holdings.pages import CollectionPages, HoldingsPages
from bot.config.source_tables import LoopringTable
from bot.errors import InputError
from bot.holdings import LOOPRING, Account, Collection, Holding, Holdings, Nft, NftList, Order, Owner
from bot.lookup.lookup import Lookup
from bot.reasons import as_recorded
from bot.sources.askers import Asker
from bot.sources.loopring import LoopringSource
from bot.store import Store
from tests.loopring_source import open_source
from tests.sandbox_client import open_sandbox
from tests.watched_source import open_watched_source

SOMEONE = Asker.member(1)
AS_OF = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
async def lookup() -> AsyncIterator[Lookup]:
    """A lookup that no test asks anything."""
    store = await Store.open(None)
    async with aiohttp.ClientSession() as session:
        yield Lookup([LoopringSource(session, LoopringTable(name="loopring"))], store, cache_for=timedelta(0))
    await store.close()


def holdings_pages(lookup: Lookup, count: int) -> HoldingsPages:
    numbers = range(1, count + 1)
    rows = tuple(Holding(Collection(LOOPRING, str(number), name=f"C{number}"), 1000 - number) for number in numbers)
    holdings = Holdings(Account(LOOPRING, "10001"), AS_OF, rows, complete=True)
    return HoldingsPages(lookup, SOMEONE, holdings, owner=Owner(), gateways=(), order=Order.KINDS, reading=False)


def collection_pages(description: str = "", nfts: NftList | None = None) -> CollectionPages:
    collection = Collection(LOOPRING, "254", name="Harbour Lights", description=description)
    return CollectionPages(
        collection,
        source_label="Loopring",
        as_of=AS_OF,
        gateways=(),
        held="3 different NFTs" if nfts else "",
        nfts=nfts,
    )


def nft_list(count: int, incomplete_reason: str = "") -> NftList:
    nfts = tuple(Nft(f"key{number}", f"0x{number}", 1, name=f"N{number}") for number in range(1, count + 1))
    return NftList(nfts, complete=not incomplete_reason, total=count, incomplete_reason=as_recorded(incomplete_reason))


def all_embeds(pages: CollectionPages) -> list[list[discord.Embed]]:
    return [pages.embeds(page) for page in range(pages.page_count())]


# ---------------------------------------------------------------- holdings


@pytest.mark.parametrize(
    ("count", "pages"), [(0, 1), (1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (11, 3), (50, 10), (132, 27)]
)
async def test_five_collections_fill_a_page(lookup: Lookup, count: int, pages: int) -> None:
    assert holdings_pages(lookup, count).page_count() == pages


@pytest.mark.parametrize("count", [0, 1, 5, 6, 132])
async def test_every_collection_is_on_exactly_one_page_and_can_be_opened_there(lookup: Lookup, count: int) -> None:
    pages = holdings_pages(lookup, count)
    shown, offered = [], []
    for page in range(pages.page_count()):
        header, *cards = pages.embeds(page)
        choices = pages.choices(page)
        assert header.title == "Collections of account 10001"
        assert len(cards) <= COLLECTIONS_A_PAGE
        assert [choice.label for choice in choices] == [card.title for card in cards]
        shown += [card.title for card in cards]
        offered += [choice.value for choice in choices]
    assert shown == [f"C{number}" for number in range(1, count + 1)]
    assert offered == [str(number) for number in range(1, count + 1)]


async def test_a_page_past_the_last_is_only_the_header(lookup: Lookup) -> None:
    pages = holdings_pages(lookup, 5)
    assert len(pages.embeds(1)) == 1
    assert list(pages.choices(1)) == []


async def test_a_choice_names_the_collection_within_discords_limits(lookup: Lookup) -> None:
    name = "*_😀" * 100
    row = Holding(Collection(LOOPRING, "7", name=name), 78_000)
    pages = HoldingsPages(
        lookup,
        SOMEONE,
        Holdings(Account(LOOPRING, "1"), datetime.now(UTC), (row,)),
        owner=Owner(),
        gateways=(),
        order=Order.KINDS,
        reading=False,
    )
    (choice,) = pages.choices(0)
    assert choice.label.startswith("*_😀")
    assert len(choice.label.encode("utf-16-le")) // 2 <= 100
    assert (choice.value, choice.description) == ("7", "78,000 different NFTs")


async def test_opening_a_collection_that_left_the_list_says_so(lookup: Lookup) -> None:
    with pytest.raises(InputError, match="That collection is no longer in the list"):
        await holdings_pages(lookup, 5).open("99")


async def test_opening_a_collection_reads_its_nfts() -> None:
    async with open_sandbox() as sandbox, open_source(sandbox) as source:
        store = await Store.open(None)
        lookup = Lookup([source], store, cache_for=timedelta(0))
        (*_, holdings) = [state async for state in lookup.subscribe_holdings(Account(LOOPRING, "10001"), SOMEONE)]
        pages = HoldingsPages(lookup, SOMEONE, holdings, owner=Owner(), gateways=(), order=Order.KINDS, reading=False)
        opened = await pages.open("254")
        await store.close()
    card, *nfts = opened.embeds(0)
    assert card.title == "Harbour Lights"
    assert {field.name: field.value for field in card.fields}["Held"] == "12 different NFTs, 31 copies"
    assert (len(nfts), opened.page_count()) == (NFTS_A_PAGE, 3)


# ---------------------------------------------------------------- one collection


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (4, 1), (5, 2), (8, 2), (9, 3), (60, 15)])
def test_every_nft_is_on_exactly_one_page(count: int, pages: int) -> None:
    seen = collection_pages("short", nft_list(count))
    assert seen.page_count() == pages
    first, *rest = all_embeds(seen)
    assert first[0].title == "Harbour Lights"
    cards = [*first[1:], *(embed for page in rest for embed in page)]
    assert [card.title for card in cards] == [f"N{number}" for number in range(1, count + 1)]
    assert max((len(page) for page in rest), default=0) <= NFTS_A_PAGE


# Below one page's worth of text, exactly it, one more, and several times it.
@pytest.mark.parametrize("length", [0, 1, 2999, 3000, 3001, 6000, 10_000])
@pytest.mark.parametrize("count", [0, 4, 5])
def test_no_word_and_no_nft_of_a_long_description_is_lost(length: int, count: int) -> None:
    text = ("word " * (length // 5 + 1))[:length]
    texts = -(-len(text.strip()) // 3000) or 1
    seen = collection_pages(text, nft_list(count))
    pages = all_embeds(seen)
    assert seen.page_count() == texts - 1 + max(1, -(-count // NFTS_A_PAGE))
    nfts = [embed for page in pages for embed in page if re.fullmatch(r"N\d+", embed.title or "")]
    words = [embed.description or "" for page in pages for embed in page if embed not in nfts]
    assert len("".join(words).replace(" ", "")) == len(text.replace(" ", ""))
    assert [embed.title for embed in nfts] == [f"N{number}" for number in range(1, count + 1)]
    assert all(pages), "no page is empty"


def test_the_first_nfts_are_shown_below_the_end_of_the_text() -> None:
    first, second = all_embeds(collection_pages("word " * 700, nft_list(3)))
    assert [embed.title for embed in first] == ["Harbour Lights"]
    assert [embed.title for embed in second] == [None, "N1", "N2", "N3"]


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (3, 1), (5, 2)])
def test_an_incomplete_list_says_so_once_on_the_last_page(count: int, pages: int) -> None:
    seen = collection_pages("", nft_list(count, incomplete_reason="5 of the 9 announced arrived"))
    remarks = [
        (page, place - len(embeds))
        for page, embeds in enumerate(all_embeds(seen))
        for place, embed in enumerate(embeds)
        if "**Incomplete:** 5 of the 9 announced arrived." in (embed.description or "")
    ]
    assert remarks == [(pages - 1, -1)]


def test_a_collection_by_itself_shows_nothing_about_an_account() -> None:
    seen = collection_pages("x")
    assert seen.page_count() == 1
    (card,) = seen.embeds(0)
    assert "Held" not in {field.name for field in card.fields}
    assert "Incomplete" not in str(card.to_dict())


async def test_nothing_can_be_opened_from_a_collection() -> None:
    seen = collection_pages()
    assert list(seen.choices(0)) == []
    with pytest.raises(InputError, match="cannot be opened"):
        await seen.open("@everyone")


async def test_what_is_opened_or_switched_to_is_asked_by_the_one_whose_pages_they_are() -> None:
    async with open_sandbox() as sandbox, open_watched_source(sandbox) as source:
        store = await Store.open(None)
        lookup = Lookup([source], store, cache_for=timedelta(0))
        (*_, holdings) = [state async for state in lookup.subscribe_holdings(Account(LOOPRING, "10001"), SOMEONE)]
        owner = await lookup.fetch_owner(holdings.account, SOMEONE)
        presser = Asker.member(2)
        pages = HoldingsPages(lookup, presser, holdings, owner=owner, gateways=(), order=Order.KINDS, reading=False)
        source.asked.clear()
        await pages.open("254")
        await pages.switch(LOOPRING)
        assert source.asked == dict.fromkeys(("nfts", "account", "holdings"), presser)
        await lookup.close()
        await store.close()
