"""What people see of a collection and of an NFT: cards and pictures."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import discord
import pytest

from bot.cogs.holdings import collection_embeds
from bot.holdings import LOOPRING, Collection, Nft
from bot.ui import embeds
from tests.ui.example_embeds import AS_OF, CONTRACT, GATEWAYS, OWNER, gallery, held, holding, shown

CID = "QmQvvVRgBKBszZkTdNmJdk8KaoLuifPSzaoWS5oSvznmNU"


def card(held: str = "", **fields: Any) -> discord.Embed:
    collection = Collection(LOOPRING, "254", **({"name": "Harbour Lights"} | fields))
    return collection_embeds.collection_embed(
        collection, description="", held=held, source_label="Loopring", as_of=AS_OF, gateways=GATEWAYS
    )


def item(nft: Nft, **fields: Any) -> discord.Embed:
    collection = Collection(LOOPRING, "254", **({"name": "Harbour Lights"} | fields))
    return collection_embeds.item_embed(
        collection, nft, "1 of 1", source_label="Loopring", as_of=AS_OF, gateways=GATEWAYS
    )


def fields_of(embed: discord.Embed) -> dict[str | None, str | None]:
    return {field.name: field.value for field in embed.fields}


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
