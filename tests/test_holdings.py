"""What a person may type, the order of what is shown, and what a terminal shows."""

import json
from datetime import UTC, datetime

import pytest

from bot.cli.table import holdings_json, holdings_table
from bot.holdings import (
    Account,
    Collection,
    Holding,
    Holdings,
    Order,
    Origin,
)
from bot.reasons import as_recorded

ADDRESS = "0x8656920c85342d646E5286Cb841F90209272ABeb"


def holding(number: int, name: str, kinds: int, created: int = 0) -> Holding:
    created_at = datetime.fromtimestamp(created, UTC) if created else None
    return Holding(Collection("loopring", str(number), name=name, created_at=created_at), kinds)


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (Order.KINDS, ["Cats", "apes", "Birds", ""]),
        (Order.NAME, ["apes", "Birds", "Cats", ""]),
        (Order.NEWEST, ["Birds", "Cats", "apes", ""]),
        (Order.OLDEST, ["", "apes", "Cats", "Birds"]),
    ],
)
def test_orders(order: Order, names: list[str]) -> None:
    rows = (holding(1, "", 1), holding(2, "Birds", 2, 30), holding(3, "Cats", 9, 20), holding(4, "apes", 2, 10))
    holdings = Holdings(Account("loopring", "1"), datetime.now(UTC), rows)
    assert [row.collection.name for row in holdings.shown(order, hide_scam=False).rows] == names
    assert holdings.kinds == 14


def test_names_are_printed_as_they_are_typed() -> None:
    assert str(Account("loopring", "10001")) == "loopring:10001"
    assert str(Collection("loopring", "254")) == "loopring:254"


# ---------------------------------------------------------------- in a terminal


def answer(*rows: Holding, complete: bool, incomplete_reason: str = "") -> Holdings:
    as_of = datetime(2026, 6, 28, tzinfo=UTC)
    return Holdings(
        Account("loopring", "1"),
        as_of,
        rows,
        complete=complete,
        incomplete_reason=as_recorded(incomplete_reason),
        origin=Origin(label="Loopring"),
    )


def last_lines(holdings: Holdings) -> list[str]:
    return holdings_table(holdings.shown(hide_scam=False), "").splitlines()[-2:]


def test_a_whole_table_ends_with_its_total() -> None:
    ended = last_lines(answer(holding(1, "Cats", 3), holding(2, "Apes", 2000), complete=True))[-1]
    assert ended == "2 collections, 2,003 different NFTs, according to Loopring, 2026-06-28 00:00:00 UTC"
    ended = last_lines(answer(complete=True))[-1]
    assert ended == "0 collections, 0 different NFTs, according to Loopring, 2026-06-28 00:00:00 UTC"
    ended = last_lines(answer(holding(1, "Cats", 1), complete=True))[-1]
    assert ended == "1 collection, 1 NFT, according to Loopring, 2026-06-28 00:00:00 UTC"


def test_an_incomplete_table_names_no_total() -> None:
    assert last_lines(answer(holding(1, "Cats", 3), complete=False, incomplete_reason="It broke off.")) == [
        "At least 1 collection, 3 different NFTs, according to Loopring, 2026-06-28 00:00:00 UTC",
        "INCOMPLETE: It broke off. What is missing here is unknown, not zero.",
    ]


def test_an_incomplete_table_without_rows_is_not_an_empty_account() -> None:
    assert last_lines(answer(complete=False, incomplete_reason="the source did not say how many there are")) == [
        "What this account holds is unknown.",
        "INCOMPLETE: the source did not say how many there are. What is missing here is unknown, not zero.",
    ]


def test_json_does_not_control_the_terminal() -> None:
    name = "\x9b31m\u202eevil\x7f 名前 😀"
    printed = holdings_json(answer(holding(1, name, 1), complete=True).shown(hide_scam=False), "")
    assert printed.replace("\n", "").isprintable()
    assert printed.isascii()
    assert json.loads(printed)["collections"][0]["name"] == name


def test_holdings_know_which_contract_was_asked_about() -> None:
    assert Holdings(Account("loopring", "1"), datetime.now(UTC)).contract is None


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("ERC1155", "ERC-1155"),
        ("ERC404", "ERC-404"),
        ("ERC-721", "ERC-721"),
        ("ERC7984", "ERC-7984"),
        ("ERC", "ERC"),
        ("", ""),
        ("ERC721A", "ERC721A"),
    ],
)
def test_a_standard_is_called_by_its_name(said: str, shown: str) -> None:
    assert Collection("loopring", "1", nft_type=said).standard == shown
