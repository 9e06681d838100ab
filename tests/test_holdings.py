"""What a person may type, the order of what is shown, and what a terminal shows."""

import json
from datetime import UTC, datetime

import pytest

from bot.errors import InputError
from bot.holdings import (
    Account,
    AccountRef,
    Collection,
    Holding,
    Holdings,
    Order,
    RefKind,
    parse_account,
    parse_collection_id,
    parse_contract,
)
from bot.table import holdings_json, holdings_table

ADDRESS = "0x8656920c85342d646E5286Cb841F90209272ABeb"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("10001", RefKind.ID, "10001"),
        (" 10001 ", RefKind.ID, "10001"),
        ("0010001", RefKind.ID, "10001"),
        ("loopring:10001", RefKind.ID, "10001"),
        ("Loopring: 10001", RefKind.ID, "10001"),
        ("4294967295", RefKind.ID, "4294967295"),
        (ADDRESS, RefKind.OWNER, ADDRESS.lower()),
        (f"loopring:{ADDRESS}", RefKind.OWNER, ADDRESS.lower()),
        ("vitalik.eth", RefKind.NAME, "vitalik.eth"),
        ("Ada.Loopring.eth", RefKind.NAME, "ada.loopring.eth"),
        ("名前.eth", RefKind.NAME, "名前.eth"),
    ],
)
def test_an_account_is_an_id_an_address_or_a_name(text: str, kind: RefKind, value: str) -> None:
    assert parse_account(text) == AccountRef("loopring", kind, value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("abc", "“abc” is not an account."),
        ("-1", "“-1” is not an account."),
        ("0", "An account id is a number from 1 to 4294967295."),
        ("4294967296", "An account id is a number from 1 to 4294967295."),
        (str(10**30), "An account id is a number from 1 to 4294967295."),
        ("9" * 10_000, "An account id is a number from 1 to 4294967295."),
        ("0x12", "“0x12” is not a whole address"),
        (ADDRESS + "00", "is not a whole address"),
        ("", "No account was given."),
        ("   ", "No account was given."),
        ("solana:10001", "Tessera has no source named “solana” here."),
        ("eth", "“eth” is not an account."),
        ("a b.eth", "is not an account."),
        ("٣٤٥", "is not an account."),
        ("1e5", "“1e5” is not an account."),
        ("@everyone", "is not an account."),
        pytest.param("\x1b[2Jfoo.eth", "is not an account.", id="a name that clears the terminal"),
        pytest.param("\u202efoo.eth", "is not an account.", id="a name that turns the text around"),
        pytest.param("fo\u200bo.eth", "is not an account.", id="a name that looks like another"),
        pytest.param("fo\u00ado.eth", "is not an account.", id="a name with a soft hyphen"),
        pytest.param("fo\udc9bo.eth", "is not an account.", id="a name with half a character"),
    ],
)
def test_what_is_no_account_is_told_what_one_is(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_account(text)
    assert sentence in caught.value.sentence
    assert "Use an account id such as `10001`" in caught.value.sentence
    assert len(caught.value.sentence) < 400
    assert "@everyone" not in caught.value.sentence


def test_contracts_and_collection_ids() -> None:
    assert parse_contract(f" {ADDRESS} ") == ADDRESS.lower()
    assert parse_collection_id("254") == "254"
    assert parse_collection_id("loopring:0254") == "254"
    assert parse_collection_id("#254") == "254"
    with pytest.raises(InputError, match="is not a contract address"):
        parse_contract("0x1")
    for wrong in ("abc", "", "-5", "1" * 19, "2.5"):
        with pytest.raises(InputError, match="is not a collection id"):
            parse_collection_id(wrong)


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
    assert [row.collection.name for row in holdings.sorted_by(order).holdings] == names
    assert holdings.kinds == 14


def test_names_are_printed_as_they_are_typed() -> None:
    assert str(Account("loopring", "10001")) == "loopring:10001"
    assert str(Collection("loopring", "254")) == "loopring:254"


# ---------------------------------------------------------------- in a terminal


def answer(*rows: Holding, complete: bool, gap: str = "") -> Holdings:
    return Holdings(Account("loopring", "1"), datetime(2026, 6, 28, tzinfo=UTC), rows, complete=complete, gap=gap)


def last_lines(holdings: Holdings) -> list[str]:
    return holdings_table(holdings, "", "Loopring").splitlines()[-2:]


def test_a_whole_table_ends_with_its_total() -> None:
    ended = last_lines(answer(holding(1, "Cats", 3), holding(2, "Apes", 2000), complete=True))[-1]
    assert ended == "2 collections, 2,003 kinds of NFT, says Loopring, 2026-06-28 00:00:00 UTC"
    ended = last_lines(answer(complete=True))[-1]
    assert ended == "0 collections, 0 kinds of NFT, says Loopring, 2026-06-28 00:00:00 UTC"


def test_an_incomplete_table_names_no_total() -> None:
    assert last_lines(answer(holding(1, "Cats", 3), complete=False, gap="It broke off.")) == [
        "At least 1 collections, 3 kinds of NFT, says Loopring, 2026-06-28 00:00:00 UTC",
        "INCOMPLETE: It broke off. What is missing here is unknown, not zero.",
    ]


def test_an_incomplete_table_without_rows_is_not_an_empty_account() -> None:
    assert last_lines(answer(complete=False, gap="the source did not say how many there are")) == [
        "What this account holds is unknown.",
        "INCOMPLETE: the source did not say how many there are. What is missing here is unknown, not zero.",
    ]


def test_json_does_not_steer_the_terminal() -> None:
    name = "\x9b31m\u202eevil\x7f 名前 😀"
    printed = holdings_json(answer(holding(1, name, 1), complete=True), "", "Loopring")
    assert printed.replace("\n", "").isprintable()
    assert printed.isascii()
    assert json.loads(printed)["collections"][0]["name"] == name


def test_holdings_know_which_contract_was_asked_about() -> None:
    assert Holdings(Account("loopring", "1"), datetime.now(UTC)).contract is None
