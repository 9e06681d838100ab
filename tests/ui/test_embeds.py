"""What people see of holdings, collections, NFTs and errors."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import discord
import pytest

from bot.cogs.holdings import card_parts, collection_embeds, holdings_embeds
from bot.cogs.holdings.outside_links import links_of
from bot.errors import (
    ConfigError,
    InputError,
    LimitError,
    NotFoundError,
    NothingLinkedError,
    ProofError,
    RefusedError,
    SessionError,
    SourceError,
    StoreError,
    TesseraError,
    ThrottledError,
    UnavailableError,
    UndecidedError,
)
from bot.holdings import LOOPRING, Account, Collection, Holding, Holdings, Nft, NftList, Origin, Owner
from bot.messages import Message
from bot.reasons import as_recorded
from bot.text.plural import different_nfts, plural
from bot.ui import embeds

GATEWAYS = ("https://gateway.example/ipfs/",)
CID = "QmQvvVRgBKBszZkTdNmJdk8KaoLuifPSzaoWS5oSvznmNU"
AS_OF = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OWNER = "0xdf235d728e2626cc9259df5f466def7464838b19"
NOBODY = Owner()


def holding(number: int = 1, kinds: int = 1, **fields: Any) -> Holding:
    return Holding(Collection(LOOPRING, str(number), **({"name": f"Collection {number}"} | fields)), kinds)


def held(*rows: Holding, **fields: Any) -> Holdings:
    defaults: dict[str, Any] = {"complete": True, "total": len(rows), "origin": Origin(label="Loopring")}
    return Holdings(Account(LOOPRING, "10001"), AS_OF, rows, **(defaults | fields))


def shown(holdings: Holdings, page: int = 0, owner: Owner = NOBODY, *, reading: bool = False) -> list[discord.Embed]:
    seen = holdings.shown(hide_scam=False)
    return holdings_embeds.holdings_embeds(seen, page, owner=owner, reading=reading, gateways=GATEWAYS)


def card(held: str = "", **fields: Any) -> discord.Embed:
    collection = Collection(LOOPRING, "254", **({"name": "Harbour Lights"} | fields))
    return collection_embeds.collection_embed(
        collection, description="", held=held, source_label="Loopring", as_of=AS_OF, gateways=GATEWAYS
    )


def gallery(*nfts: Nft, **fields: Any) -> list[discord.Embed]:
    collection = Collection(LOOPRING, "254", **({"name": "Harbour Lights"} | fields))
    return collection_embeds.gallery_embeds(collection, nfts, 1, GATEWAYS)


def item(nft: Nft, **fields: Any) -> discord.Embed:
    collection = Collection(LOOPRING, "254", **({"name": "Harbour Lights"} | fields))
    return collection_embeds.item_embed(
        collection, nft, "1 of 1", source_label="Loopring", as_of=AS_OF, gateways=GATEWAYS
    )


def summary_of(holdings: Holdings) -> str:
    return (shown(holdings)[0].description or "").splitlines()[1]


def fields_of(embed: discord.Embed) -> dict[str | None, str | None]:
    return {field.name: field.value for field in embed.fields}


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 different NFTs"),
        (1, "1 NFT"),
        (2, "2 different NFTs"),
        (999, "999 different NFTs"),
        (1000, "1,000 different NFTs"),
    ],
)
def test_more_than_one_nft_is_called_different(count: int, words: str) -> None:
    assert different_nfts(count) == words


def test_copies_are_counted_with_the_thousands_set_apart() -> None:
    assert plural(78_000, "copy", "copies") == "78,000 copies"
    assert plural(1, "copy", "copies") == "1 copy"
    assert gallery(Nft("k", "0x1", 78_000, name="Gm"))[0].description == "1\\. **Gm** · 78,000 copies"


@pytest.mark.parametrize(
    ("kinds", "copies", "words"),
    [
        (12, 20, "12 different · 20 copies"),
        (12, 12, "12 different NFTs"),
        (12, None, "12 different NFTs"),
        (1, 1, "1 NFT"),
        (1, 78_000, "1 NFT · 78,000 copies"),
        (1, None, "1 NFT"),
        (None, None, "number not known"),
    ],
)
def test_a_card_counts_what_is_different_and_the_copies_where_they_are_known(
    kinds: int | None, copies: int | None, words: str
) -> None:
    assert holdings_embeds.count_words(kinds, copies) == words


@pytest.mark.parametrize(
    ("nfts", "words"),
    [
        pytest.param(NftList(), "3 different NFTs", id="none of them"),
        pytest.param(
            NftList((Nft("a", "1", 5),), complete=False, total=3, incomplete_reason=as_recorded("x")),
            "3 different NFTs",
            id="not all of them",
        ),
        pytest.param(
            NftList((Nft("a", "1", 5), Nft("b", "2", 12)), complete=True), "3 different NFTs, 17 copies", id="all"
        ),
        pytest.param(NftList((Nft("a", "1", 1),), complete=True), "3 different NFTs, 1 copy", id="one"),
    ],
)
def test_copies_are_counted_only_where_all_are_known(nfts: NftList, words: str) -> None:
    assert collection_embeds.held_words(3, nfts) == words


def test_addresses_are_shortened_in_the_middle() -> None:
    assert embeds.short_address(OWNER) == "0xdf23…8b19"
    assert embeds.short_address("0x12") == "0x12"


# ---------------------------------------------------------------- the header of holdings


def test_a_complete_list_has_counts_and_its_age() -> None:
    header, *cards = shown(held(holding(1, 12), holding(2, 1)), owner=Owner(OWNER))
    assert header.description == (
        f"**Account 10001** · Loopring, <t:{int(AS_OF.timestamp())}:R>\n"
        "**2 collections** · 13 different · Owner `0xdf23…8b19`"
    )
    assert header.colour == embeds.BRAND
    assert [each.description for each in cards] == [
        "**Collection 1** · 12 different NFTs",
        "**Collection 2** · 1 NFT",
    ]


def test_the_header_is_green_where_the_account_is_proven_and_everything_is_known() -> None:
    proven: dict[str, Any] = {
        "owner": NOBODY,
        "reading": False,
        "gateways": GATEWAYS,
        "about": holdings_embeds.About("Yours", is_proven=True),
    }
    (header, _) = holdings_embeds.holdings_embeds(held(holding()).shown(hide_scam=False), 0, **proven)
    assert header.colour == card_parts.PROVEN
    uncertain = held(holding(), complete=False, incomplete_reason=as_recorded("x"))
    assert holdings_embeds.holdings_embeds(uncertain.shown(hide_scam=False), 0, **proven)[0].colour == embeds.CAUTION


def test_the_header_has_the_banner_of_the_first_collection_that_has_one() -> None:
    square, wide = "https://a.example/square", "https://a.example/wide"
    rows = [holding(1, avatar_uris=(square,)), holding(2, avatar_uris=(square,), wide_uris=(wide,))]
    assert shown(held(*rows))[0].thumbnail.url == wide
    assert shown(held(rows[0]))[0].thumbnail.url == square
    assert shown(held(holding(1)))[0].thumbnail.url is None


def test_each_collection_has_a_colour_of_its_own_that_means_nothing_else() -> None:
    colours = [card_parts.accent(Collection(LOOPRING, str(number))) for number in range(50)]
    assert len(set(colours)) > 40
    assert not {embeds.BRAND, embeds.CAUTION, embeds.FAULT, card_parts.PROVEN} & set(colours)
    assert card_parts.accent(Collection(LOOPRING, "254", name="Other")) == card_parts.accent(
        Collection(LOOPRING, "254")
    )


def test_an_owners_name_is_shown_and_does_nothing() -> None:
    header = shown(held(holding()), owner=Owner(OWNER, "[ada](https://evil.example).eth"))[0]
    assert "Owner \\[ada\\](https:" in (header.description or "")
    assert "https://" not in (header.description or "")


def test_one_of_everything_is_no_plural() -> None:
    assert summary_of(held(holding())) == "**1 collection** · 1 NFT"


@pytest.mark.parametrize(
    ("holdings", "reading", "line", "colour"),
    [
        pytest.param(
            held(holding(), complete=False, total=132),
            True,
            "⏳ 1 of 132 so far, still reading…",
            embeds.BRAND,
            id="reading",
        ),
        pytest.param(
            held(holding(), complete=False, total=None),
            True,
            "⏳ 1 so far, still reading…",
            embeds.BRAND,
            id="no total",
        ),
        pytest.param(
            held(holding(), complete=False, incomplete_reason=as_recorded("1 of the 35 announced arrived")),
            False,
            "⚠️ **Incomplete:** 1 of the 35 announced arrived. What is missing here is unknown, not zero.",
            embeds.CAUTION,
            id="incomplete",
        ),
        pytest.param(
            held(holding(), stale_reason=as_recorded("Loopring did not answer within 10 seconds.")),
            False,
            "⚠️ This is an earlier answer, and may have changed. Loopring did not answer within 10 seconds.",
            embeds.CAUTION,
            id="stale",
        ),
    ],
)
def test_the_header_says_how_sure_it_is(
    holdings: Holdings, line: str, colour: discord.Colour, *, reading: bool
) -> None:
    header = shown(holdings, reading=reading)[0]
    _, first, second = (header.description or "").splitlines()
    assert first == ("At least " if holdings.incomplete_reason else "") + "**1 collection** · 1 NFT"
    assert second == line
    assert header.colour == colour


def test_only_a_complete_empty_list_says_that_nothing_is_held() -> None:
    assert summary_of(held()) == "This account holds no NFTs, says Loopring."
    of_contract = shown(held(contract=OWNER))[0].description or ""
    assert of_contract.splitlines()[1:] == [
        "This account holds no NFTs of this contract, says Loopring.",
        "Only contract `0xdf23…8b19`",
    ]
    unknown = held(complete=False, total=30, incomplete_reason=as_recorded("0 of the 30 announced arrived"))
    for embed in (shown(unknown)[0], shown(held(complete=False, total=None), reading=True)[0]):
        assert "holds no NFTs" not in (embed.description or "")


# ---------------------------------------------------------------- cards


def test_a_card_has_one_line_of_what_its_creator_says() -> None:
    (_, embed) = shown(held(holding(kinds=12, nft_type="ERC1155", description="如标题\nthis &amp; that")))
    assert embed.description == "**Collection 1** · 12 different NFTs"
    assert embed.footer.text == "如标题 this & that"
    (_, embed) = shown(held(holding(description="word " * 40)))
    assert len(embed.footer.text or "") < 75
    (_, embed) = shown(held(holding(description="如" * 100)))
    assert len(embed.footer.text or "") < 40  # twice as wide


def test_a_card_without_a_description_says_what_is_known() -> None:
    (_, embed) = shown(held(holding(name="", nft_type="ERC404", deploy_status="NOT_DEPLOYED")))
    assert embed.description == "**(unnamed)** · 1 NFT"
    assert embed.footer.text == "ERC-404 · not deployed on Ethereum · #1"
    (_, embed) = shown(held(holding()))
    assert embed.footer.text == "type unknown · #1"


def test_what_looks_like_spam_is_hidden_with_its_words_and_pictures() -> None:
    lure = {
        "name": "$5000 reward - visit evil.example",
        "description": "Claim",
        "avatar_uris": ("https://a.example/1",),
    }
    (header, embed) = shown(held(holding(1, 1, **lure, wide_uris=("https://a.example/2",))))
    assert embed.description == "*name hidden, looks like spam* · 1 NFT"
    assert (embed.footer.text, embed.footer.icon_url) == ("type unknown · #1", None)
    assert header.thumbnail.url is None
    large = card("", **lure, banner_uris=("https://a.example/2",))
    assert (large.title, large.description) == ("*name hidden, looks like spam*", None)
    assert (large.thumbnail.url, large.image.url) == (None, None)
    nft = Nft("k", "1", 1, name="Claim at evil.example", description="Go", image_uris=("https://a.example/3",))
    (pictured,) = gallery(nft)
    assert pictured.description == "1\\. *name hidden, looks like spam* · 1 copy"
    assert pictured.image.url is None
    assert (item(nft).description, item(nft).image.url) == (None, None)


def test_a_collection_is_described_in_fields() -> None:
    moment = datetime(2022, 11, 10, tzinfo=UTC)
    embed = card(
        "3 different NFTs, 17 copies",
        nft_type="ERC721",
        deploy_status="DEPLOYED",
        created_at=moment,
        contract_address=OWNER,
        properties=(("isMintable", True), ("isPublic", False), ("isNew", True)),
    )
    assert fields_of(embed) == {
        "Held": "3 different NFTs, 17 copies",
        "Type": "ERC-721 · deployed on Ethereum",
        "Created": f"<t:{int(moment.timestamp())}:D>",
        "Contract": "`0xdf23…8b19`",
        "Properties": "mintable, isNew",
    }
    assert embed.footer.text == "Loopring · collection 254, as of"
    assert fields_of(card()) == {"Type": "type unknown"}


def test_an_unknown_property_is_escaped_once() -> None:
    assert fields_of(card(properties=(("is_new", True),)))["Properties"] == r"is\_new"


def test_an_nft_without_a_name_is_called_by_its_number() -> None:
    assert item(Nft("0xdd", "0x710584dd9f17f0eb13c2177aa118ac", 1)).title == "NFT 0x7105…18ac"


@pytest.mark.parametrize("nft_id", ["aaaaaaaaaaaa*bcd", "abcde*aaaaaaaaaaaa", "aaaaaaaaaaa_b_c", "@here*_`"])
def test_a_strange_number_is_harmless_when_shortened(nft_id: str) -> None:
    embed = item(Nft("k", nft_id, 1))
    token = fields_of(embed)["Token id"] or ""
    assert "@here" not in f"{embed.title}{token}"
    assert token.count("`") == 2
    title = (embed.title or "").removeprefix("*name").removesuffix("spam*")
    assert not [at for at, char in enumerate(title) if char in "*_" and title[at - 1] != "\\"]


def test_an_nft_has_its_copies_its_traits_and_its_whole_number() -> None:
    traits = tuple((f"Trait {number}", f"*{number}*") for number in range(17))
    embed = item(
        Nft("k", "4711", 2, name="Dusk", description="One\nTwo", traits=traits, image_uris=("https://a.example/1",))
    )
    assert (embed.title, embed.description) == ("Dusk", "One\nTwo")
    fields = fields_of(embed)
    assert (fields["Copies held"], fields["Token id"], fields["Collection"]) == ("2", "`4711`", "Harbour Lights")
    assert fields["Trait 14"] == "\\*14\\*"
    assert "Trait 15" not in fields
    assert fields["More"] == "2 more traits"
    assert embed.image.url == "https://a.example/1"


# ---------------------------------------------------------------- links elsewhere

CONTRACT = "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d"


@pytest.mark.parametrize(
    ("network", "fields", "urls"),
    [
        (
            "eip155:1",
            {"contract_address": CONTRACT},
            [f"https://etherscan.io/nft/{CONTRACT}/7", f"https://opensea.io/item/ethereum/{CONTRACT}/7"],
        ),
        (
            "eip155:8453",
            {"contract_address": CONTRACT},
            [f"https://basescan.org/nft/{CONTRACT}/7", f"https://opensea.io/item/base/{CONTRACT}/7"],
        ),
        ("eip155:100", {"contract_address": CONTRACT}, [f"https://gnosisscan.io/nft/{CONTRACT}/7"]),
        ("eip155:424242", {"contract_address": CONTRACT}, []),
        ("eip155:1", {"contract_address": "0x12/../evil"}, []),
        (
            LOOPRING,
            {"contract_address": CONTRACT, "deploy_status": "DEPLOYED"},
            [f"https://etherscan.io/nft/{CONTRACT}/7", f"https://opensea.io/item/ethereum/{CONTRACT}/7"],
        ),
        (LOOPRING, {"contract_address": CONTRACT, "deploy_status": "NOT_DEPLOYED"}, []),
    ],
)
def test_an_nft_has_links_to_the_pages_of_its_chain(network: str, fields: dict[str, Any], urls: list[str]) -> None:
    found = links_of(Collection(network, "254", **fields), Nft("7", "7", 1))
    assert [link.value for link in found] == urls


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize(
    ("uris", "url"),
    [
        pytest.param((), None, id="none"),
        pytest.param((f"ipfs://{CID}",), f"{GATEWAYS[0]}{CID}", id="ipfs by the gateway"),
        pytest.param(("https://a.example/1", f"ipfs://{CID}"), "https://a.example/1", id="the first"),
        pytest.param(
            ("javascript:alert(1)", "https://a.example/1"), "https://a.example/1", id="the first that is safe"
        ),
        pytest.param(("http://a.example/1", "https://127.0.0.1/x", "data:image/png;base64,"), None, id="none is safe"),
    ],
)
def test_the_first_picture_that_is_safe_is_shown(uris: Sequence[str], url: str | None) -> None:
    assert embeds.first_image(uris, GATEWAYS) == url
    (_, embed) = shown(held(holding(avatar_uris=tuple(uris))))
    assert embed.footer.icon_url == url
    assert card(banner_uris=tuple(uris)).image.url == url
    assert gallery(Nft("k", "1", 1, image_uris=tuple(uris)))[0].image.url == url


def test_the_pictures_of_a_page_have_one_url_so_that_discord_draws_them_as_a_grid() -> None:
    nfts = [Nft(str(number), str(number), 1, image_uris=(f"https://a.example/{number}",)) for number in range(4)]
    first, *more = gallery(*nfts, contract_address=CONTRACT, deploy_status="DEPLOYED")
    assert first.url == f"https://etherscan.io/token/{CONTRACT}"
    assert {each.url for each in more} == {first.url}
    assert [each.image.url for each in (first, *more)] == [f"https://a.example/{number}" for number in range(4)]
    assert [each.description for each in more] == [None] * 3
    (alone,) = gallery(Nft("k", "1", 1), nfts[0])
    assert (alone.url, alone.image.url) == (None, "https://a.example/0")
    assert gallery() == []


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("error", "title", "colour"),
    [
        (InputError(Message("x")), "Please check your request", embeds.CAUTION),
        (NothingLinkedError(Message("x")), "No account linked yet", embeds.CAUTION),
        (NotFoundError(Message("x")), "Not found", embeds.CAUTION),
        (UnavailableError(Message("x")), "The data source does not answer", embeds.FAULT),
        (ThrottledError(Message("x")), "The data source does not answer", embeds.FAULT),
        (SourceError(Message("x")), "The data source does not answer", embeds.FAULT),
        (RefusedError(Message("x")), "The operator of this bot has to fix this", embeds.FAULT),
        (StoreError(Message("x")), "The operator of this bot has to fix this", embeds.FAULT),
        (ConfigError(Message("x")), "The operator of this bot has to fix this", embeds.FAULT),
        (SessionError(Message("x")), "No longer valid", embeds.CAUTION),
        (ProofError(Message("x")), "Not proven", embeds.CAUTION),
        (LimitError(Message("x")), "Limit reached", embeds.CAUTION),
        (UndecidedError(Message("x")), "This cannot be checked right now", embeds.FAULT),
        (TesseraError(Message("x")), "Something went wrong", embeds.FAULT),
    ],
)
def test_the_title_of_an_error_says_whose_side_it_is_on(
    error: TesseraError, title: str, colour: discord.Colour
) -> None:
    embed = embeds.error_embed(error)
    assert (embed.title, embed.description, embed.colour) == (title, "x", colour)
