"""What people see of holdings: counts, and the header of a list."""

from typing import Any

import discord
import pytest

from bot.cogs.holdings import card_parts, collection_embeds, holdings_embeds
from bot.holdings import LOOPRING, Collection, Holding, Holdings, Nft, NftList, Origin, Owner
from bot.reasons import Reason, ReasonCode, as_recorded
from bot.text.plural import different_nfts, plural
from bot.ui import embeds
from tests.ui.example_embeds import AS_OF, GATEWAYS, NOBODY, OWNER, gallery, held, holding, shown


def summary_of(holdings: Holdings) -> str:
    return (shown(holdings)[0].description or "").splitlines()[1]


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


HOSTILE = "[claim](https://evil.example) \u202e<@1>\x1b[2J"


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": Origin("old", HOSTILE)},
        {"origin": Origin("old", HOSTILE), "fallback_reason": as_recorded(HOSTILE)},
        {"stale_reason": as_recorded(HOSTILE)},
        {"complete": False, "incomplete_reason": as_recorded(HOSTILE)},
    ],
    ids=["source", "fallback", "stale", "incomplete"],
)
@pytest.mark.parametrize("rows", [(holding(),), ()], ids=["something", "nothing"])
def test_what_the_archive_of_somebody_else_says_is_shown_and_does_nothing(
    rows: tuple[Holding, ...], fields: dict[str, Any]
) -> None:
    header = shown(held(*rows, **fields))[0].description or ""
    assert "\\[claim\\](https:\u200b//evil.example) <\u200b@\u200b1>\\[2J" in header
    assert not {"\u202e", "\x1b"} & set(header)


def test_a_remark_about_a_list_quotes_nothing_that_acts() -> None:
    for embed in (
        holdings_embeds.incomplete_embed(as_recorded(HOSTILE)),
        holdings_embeds.fallback_embed(HOSTILE, Reason.of(ReasonCode.AS_RECORDED, words=HOSTILE)),
    ):
        assert "https://" not in (embed.description or "")
        assert "\u202e" not in (embed.description or "")


def test_an_address_that_is_none_cannot_end_the_code_it_is_shown_in() -> None:
    header = shown(held(holding()), owner=Owner("`[a](//b.c)\u202e`<@1>"))[0]
    assert "Owner `a//b" not in (header.description or "")
    assert (header.description or "").count("`") == 2


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
