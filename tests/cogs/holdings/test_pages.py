"""Every collection, every NFT and every word of a description is on exactly one page."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
import pytest

from bot.cogs.holdings.collection_embeds import NFTS_A_PAGE
from bot.cogs.holdings.collection_pages import CollectionPages, ItemPages
from bot.cogs.holdings.holdings_embeds import COLLECTIONS_A_PAGE
from bot.cogs.holdings.pages import HoldingsPages
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


def held(*collections: Collection, complete: bool = True, total: int | None = None) -> Holdings:
    rows = tuple(Holding(collection, 1) for collection in collections)
    return Holdings(Account(LOOPRING, "10001"), AS_OF, rows, complete=complete, total=total)


def nft_list(count: int, incomplete_reason: str = "") -> NftList:
    nfts = tuple(Nft(f"key{number}", f"0x{number}", 1, name=f"N{number}") for number in range(1, count + 1))
    return NftList(nfts, complete=not incomplete_reason, total=count, incomplete_reason=as_recorded(incomplete_reason))


def name_on(card: discord.Embed) -> str:
    return (card.description or "").split("**")[1]


def pictured(page: list[discord.Embed]) -> list[str]:
    """The names of the NFTs of a page."""
    return re.findall(r"^\d+\\. \*\*(N\d+)\*\*", "\n".join(embed.description or "" for embed in page), re.MULTILINE)


def all_embeds(pages: CollectionPages) -> list[list[discord.Embed]]:
    return [pages.embeds(page) for page in range(pages.page_count())]


def words(pages: CollectionPages | ItemPages) -> str:
    """All that is on all the pages."""
    return str([embed.to_dict() for page in range(pages.page_count()) for embed in pages.embeds(page)])


# ---------------------------------------------------------------- holdings


@pytest.mark.parametrize(
    ("count", "pages"), [(0, 1), (1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (11, 3), (50, 10), (132, 27)]
)
async def test_five_collections_fill_a_page(lookup: Lookup, count: int, pages: int) -> None:
    assert holdings_pages(lookup, count).page_count() == pages


@pytest.mark.parametrize("reading", [True, False])
@pytest.mark.parametrize(
    ("searched", "summary"),
    [
        ("c1", "At least 11 collections with “c1”"),
        ("c77", "At least 1 collection with “c77”"),
        ("zzz", "None with “zzz” so far"),
    ],
)
async def test_a_search_in_a_list_that_is_not_whole_says_at_least(
    lookup: Lookup, searched: str, summary: str, *, reading: bool
) -> None:
    whole = holdings_pages(lookup, 77)
    some = replace(whole.holdings, complete=False, total=120, holdings=whole.holdings.holdings[:19])
    some = replace(some, holdings=(*some.holdings, whole.holdings.holdings[-1]))
    header = replace(whole, holdings=some, reading=reading, searched=searched).embeds(0)[0].description or ""
    assert header.splitlines()[1] == summary
    assert ("⏳ 20 of 120 so far, still reading…" in header) == reading
    assert ("⚠️ **Incomplete:**" in header) != reading
    complete = replace(whole, searched=searched).embeds(0)[0].description or ""
    assert "least" not in complete
    assert "so far" not in complete


async def test_what_is_hidden_counts_as_arrived(lookup: Lookup) -> None:
    scam = replace(holdings_pages(lookup, 1), holdings=held(Collection(LOOPRING, "7", is_scam=True), complete=False))
    header = replace(scam, reading=True).embeds(0)[0].description or ""
    assert header.splitlines()[1:] == [
        "⏳ 1 so far, still reading…",
        "1 collection marked as scam not shown (`spam: True` shows them)",
    ]


@pytest.mark.parametrize("count", [0, 1, 5, 6, 132])
async def test_every_collection_is_on_exactly_one_page_and_can_be_opened_there(lookup: Lookup, count: int) -> None:
    pages = holdings_pages(lookup, count)
    shown, offered = [], []
    for page in range(pages.page_count()):
        header, *cards = pages.embeds(page)
        choices = pages.choices(page)
        assert (header.description or "").startswith("**Account 10001** · ")
        assert len(cards) <= COLLECTIONS_A_PAGE
        assert [choice.label for choice in choices] == [name_on(card) for card in cards]
        shown += [name_on(card) for card in cards]
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
    card = opened.embeds(0)[0]
    assert card.title == "Harbour Lights"
    assert {field.name: field.value for field in card.fields}["Held"] == "12 different NFTs, 31 copies"
    assert (len(opened.choices(0)), opened.page_count()) == (NFTS_A_PAGE, 3)
    following = opened.following()
    assert following
    assert following.label == "Tesserae"


# ---------------------------------------------------------------- one collection


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (4, 1), (5, 2), (8, 2), (9, 3), (60, 15)])
def test_every_nft_is_on_exactly_one_page(count: int, pages: int) -> None:
    seen = collection_pages("short", nft_list(count))
    assert seen.page_count() == pages
    first, *rest = all_embeds(seen)
    assert first[0].title == "Harbour Lights"
    names = [name for page in (first, *rest) for name in pictured(page)]
    assert names == [f"N{number}" for number in range(1, count + 1)]
    assert max((len(pictured(page)) for page in rest), default=0) <= NFTS_A_PAGE
    choices = [choice.value for page in range(seen.page_count()) for choice in seen.choices(page)]
    assert choices == [str(number) for number in range(count)]


# Below one page's worth of text, exactly it, one more, and several times it.
@pytest.mark.parametrize("length", [0, 1, 2999, 3000, 3001, 6000, 10_000])
@pytest.mark.parametrize("count", [0, 4, 5])
def test_no_word_and_no_nft_of_a_long_description_is_lost(length: int, count: int) -> None:
    text = ("word " * (length // 5 + 1))[:length]
    texts = -(-len(text.strip()) // 3000) or 1
    seen = collection_pages(text, nft_list(count))
    pages = all_embeds(seen)
    assert seen.page_count() == texts - 1 + max(1, -(-count // NFTS_A_PAGE))
    words = [embed.description or "" for page in pages for embed in page if not pictured([embed])]
    assert len("".join(words).replace(" ", "")) == len(text.replace(" ", ""))
    assert [name for page in pages for name in pictured(page)] == [f"N{number}" for number in range(1, count + 1)]
    assert all(pages), "no page is empty"


@pytest.mark.parametrize("length", [10, 3000, 3001, 9000])
def test_an_advertisement_has_no_text_on_any_page(length: int) -> None:
    advertised = Collection(LOOPRING, "7", name="Claim rewards at evil.xyz", description="VISIT EVIL.XYZ " * length)
    pages = CollectionPages(advertised, source_label="Loopring", as_of=AS_OF, gateways=(), nfts=nft_list(3))
    assert pages.page_count() == 1
    assert "evil" not in words(pages).lower()


def test_a_text_that_cannot_be_seen_is_no_text(lookup: Lookup) -> None:
    unseen = Nft("a", "7", 1, name="\u200b\u00ad", description="\u2060")
    pages = collection_pages("\u200b", NftList((unseen,), complete=True))
    assert "NFT 7" in words(pages)
    assert "(unnamed)" not in words(pages) + words(pages.find("#7"))
    blank = held(Collection(LOOPRING, "7", description="\u200b"))
    assert replace(holdings_pages(lookup, 1), holdings=blank).embeds(0)[1].footer.text == "type unknown · #7"


def test_the_first_nfts_are_shown_below_the_end_of_the_text() -> None:
    first, second = all_embeds(collection_pages("word " * 700, nft_list(3)))
    assert [embed.title for embed in first] == ["Harbour Lights"]
    assert pictured(first) == []
    assert pictured(second[1:]) == ["N1", "N2", "N3"]


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


async def test_an_nft_opens_among_the_others_and_nothing_opens_from_it() -> None:
    opened = await collection_pages(nfts=nft_list(9)).open("4")
    assert (opened.first_shown, opened.page_count()) == (4, 9)
    assert [opened.embeds(page)[0].title for page in (3, 4, 5)] == ["N4", "N5", "N6"]
    assert opened.embeds(4)[0].footer.text == "5 of 9 · Loopring, as of"
    assert list(opened.choices(4)) == []
    for pages, value in ((collection_pages(nfts=nft_list(9)), "9"), (collection_pages(), "@everyone"), (opened, "0")):
        with pytest.raises(InputError, match="cannot be opened"):
            await pages.open(value)


# ---------------------------------------------------------------- search


async def test_a_search_finds_collections_by_their_names_and_numbers(lookup: Lookup) -> None:
    pages = holdings_pages(lookup, 132)
    found = pages.find(" c13 ")
    assert [choice.label for choice in found.choices(0)] == ["C13", "C130", "C131", "C132"]
    assert "4 collections with “c13”" in (found.embeds(0)[0].description or "")
    assert [choice.label for choice in pages.find("#77").choices(0)] == ["C77"]
    assert (found.tabs(), found.page_count()) == ((), 1)
    with pytest.raises(InputError, match="None of these collections has “walrus” in its name"):
        pages.find("walrus")


async def test_a_name_that_is_hidden_cannot_be_searched(lookup: Lookup) -> None:
    row = Holding(Collection(LOOPRING, "7", name="Claim a reward at evil.example"), 1)
    pages = holdings_pages(lookup, 1)
    spam = pages.with_holdings(Holdings(Account(LOOPRING, "1"), AS_OF, (row,), complete=True), reading=False)
    with pytest.raises(InputError):
        spam.find("reward")
    assert [choice.label for choice in spam.find("7").choices(0)] == ["name hidden, looks like spam"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Harbour Lights", "harb\u200bour"),
        ("Harb\u00adour Lights", "HARBOUR  lights"),
        ("Fox &amp; Hare", "fox & h"),
        ("\uff26\uff4f\uff58", "fox"),
        ("Fox@Home", "fox@h"),
        ("🍅🔥 Basement Dungeons", "🍅"),
        ("#1 Fan", "#1"),
    ],
)
async def test_what_people_read_is_what_they_find(lookup: Lookup, name: str, typed: str) -> None:
    pages = replace(holdings_pages(lookup, 5), holdings=held(Collection(LOOPRING, "77", name=name)))
    assert pages.find(typed).page_count() == 1
    nfts = NftList((Nft("a", "0xaa", 1, name=name), Nft("b", "0xbb", 1, name="Other")), complete=True)
    assert collection_pages(nfts=nfts).find(typed).page_count() == 1


async def test_what_cannot_be_seen_finds_nothing(lookup: Lookup) -> None:
    with pytest.raises(InputError, match="None of these"):
        holdings_pages(lookup, 5).find("\u200b")
    with pytest.raises(InputError, match="None of these"):
        collection_pages(nfts=nft_list(3)).find("\u200b")


def test_nfts_are_found_by_their_numbers_where_their_names_are_hidden() -> None:
    nfts = NftList((Nft("a", "0xaa", 1, name="Claim at evil.xyz"), Nft("b", "187", 1, name="Other")), complete=True)
    pages = collection_pages(nfts=nfts)
    assert [pages.find(typed).nfts[0].key for typed in ("#187", "187", "0xAA", "#170")] == ["b", "b", "a", "a"]
    for hidden in ("evil", "spam"):
        with pytest.raises(InputError, match="None of these NFTs"):
            pages.find(hidden)


async def test_what_follows_a_found_collection_is_the_next_found_one() -> None:
    async with open_sandbox() as sandbox, open_source(sandbox) as source:
        store = await Store.open(None)
        lookup = Lookup([source], store, cache_for=timedelta(0))
        (*_, holdings) = [state async for state in lookup.subscribe_holdings(Account(LOOPRING, "10001"), SOMEONE)]
        pages = HoldingsPages(lookup, SOMEONE, holdings, owner=Owner(), gateways=(), order=Order.KINDS, reading=False)
        found = pages.find("li")
        first, second, *_ = found.choices(0)
        assert (await found.open(first.value)).following() == second
        await store.close()


def test_nfts_are_found_by_their_names() -> None:
    found = collection_pages(nfts=nft_list(12)).find("n1")
    assert [embed.title for page in range(found.page_count()) for embed in found.embeds(page)] == [
        "N1",
        "N10",
        "N11",
        "N12",
    ]
    assert isinstance(found, ItemPages)
    assert found.find("n12").page_count() == 1
    with pytest.raises(InputError, match="None of these NFTs has “walrus” in its name"):
        found.find("walrus")


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
