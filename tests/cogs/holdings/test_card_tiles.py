"""What a card says of what several accounts hold: no number that is not certain, and nothing that is marked as scam."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.cogs.holdings.card_tiles import HeldCard
from bot.holdings import Account, Collection, Holding, Holdings
from bot.messages import Message
from bot.pictures.charts import Label
from bot.reasons import source_error

AS_OF = datetime(2026, 11, 27, 11, tzinfo=UTC)
GATEWAYS = ("https://ipfs.io/ipfs/",)
DOWN = Message("It is down.")


def collection(number: int, name: str = "", **more: Any) -> Collection:
    return replace(Collection("loopring", str(number), name or f"Collection {number}"), **more)


def held(*rows: Holding, account: str = "10001", complete: bool = True) -> Holdings:
    return Holdings(Account("loopring", account), AS_OF, rows, complete=complete)


def said(card: HeldCard) -> list[str]:
    return [str(words) for words in card.lines()]


def test_of_one_account_the_numbers_are_exact() -> None:
    card = HeldCard.of([held(Holding(collection(1), 1), Holding(collection(2), 1200))])
    assert said(card) == ["Collection 2: 1,200 different NFTs.", "Collection 1: 1 NFT."]
    assert str(card.summary) == "2 collections · 1,201 different NFTs"
    assert str(card.note) == "As of 2026-11-27 11:00 UTC."


def test_what_two_accounts_hold_may_be_the_same() -> None:
    card = HeldCard.of([held(Holding(collection(1), 5)), held(Holding(collection(1), 3), account="10002")])
    assert said(card) == ["Collection 1: at least 5 different NFTs."]
    assert str(card.summary) == "1 collection · at least 5 different NFTs"


def test_where_an_account_was_not_read_every_number_is_at_least() -> None:
    missing = held(account="10002", complete=False).broken_off(DOWN())
    card = HeldCard.of([held(Holding(collection(1), 5)), missing])
    assert said(card) == ["Collection 1: at least 5 different NFTs."]
    assert str(card.summary) == "at least 1 collection · at least 5 different NFTs"
    assert "there may be more" in str(card.note)
    assert not card.is_whole


def test_an_old_answer_that_is_shown_again_is_no_exact_number() -> None:
    stale = replace(held(Holding(collection(1), 5)), stale_reason=source_error(DOWN()))
    assert said(HeldCard.of([stale])) == ["Collection 1: at least 5 different NFTs."]


def test_a_number_that_the_source_does_not_say_is_not_known() -> None:
    card = HeldCard.of([held(Holding(collection(1), 0, is_counted=False), Holding(collection(2), 2))])
    assert said(card) == ["Collection 2: 2 different NFTs.", "Collection 1: number not known."]
    assert str(card.summary) == "2 collections · at least 2 different NFTs"


def test_scam_is_left_out_and_an_advertisement_has_neither_name_nor_avatar() -> None:
    picture = ("https://pictures.example/1.png",)
    scam = collection(1, is_scam=True)
    advertisement = collection(2, "FREE mint at https://claim.example", avatar_uris=picture)
    card = HeldCard.of(
        [held(Holding(scam, 9), Holding(advertisement, 2), Holding(collection(3, avatar_uris=picture), 1))]
    )
    assert len(card.rows) == 2
    assert "claim.example" not in str(said(card))
    assert [row.avatar_url(GATEWAYS) for row in card.rows] == [None, picture[0]]


def test_twelve_are_on_the_card_and_the_others_are_counted() -> None:
    card = HeldCard.of([held(*(Holding(collection(number), 20 - number) for number in range(15)))])
    assert said(card)[-1] == "and 3 more collections"
    content, files = card.content(Label("Ada"), "The Mosaic Society", 0x123456, [b"x", *[None] * 11]).content()
    assert (len(content["tiles"]), files) == (12, [b"x"])
    assert [tile["avatar"] for tile in content["tiles"][:2]] == [0, None]
    assert content["more"]["text"] == "and 3 more collections"


def test_what_is_drawn_in_place_of_a_name_is_its_number() -> None:
    chain = Collection("eip155:1", "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d", "山海拾遗")
    card = HeldCard.of([held(Holding(collection(1, "山海拾遗"), 2), Holding(chain, 1))])
    assert [row.name for row in card.rows] == [Label("山海拾遗", "loopring:1"), Label("山海拾遗", "0xbc4c…f13d")]
