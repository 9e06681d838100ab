"""A list of accounts from a file is read as a whole, or refused with its lines."""

from __future__ import annotations

import pytest

from bot.errors import InputError
from bot.gates.account_list import MOST_LISTED, among, read_accounts
from bot.gates.parser import parse_rule
from bot.gates.rule import AccountIn, AllOf, Holds
from bot.gates.rule_text import rule_text
from bot.holdings import Account
from tests.gates.made_rules import NAMES

OWNER = "0x" + "ab" * 20


def test_accounts_are_read_one_a_line_also_from_a_table_with_a_title() -> None:
    text = f"\ufeffaddress,name\n10001,Ada\r\n\n  {OWNER.upper().replace('0X', '0x')} # a friend\n10001\n"
    assert read_accounts(text.encode(), NAMES) == AccountIn(
        frozenset({Account("loopring", "10001")}), frozenset({OWNER})
    )


def test_each_bad_line_is_named_and_nothing_is_taken() -> None:
    with pytest.raises(InputError) as caught:
        read_accounts(b"10001\nvitalik.eth\n10002\nwhat is this?\n", NAMES)
    assert "Line 2: “vitalik.eth” is a name" in caught.value.sentence
    assert "Line 4: " in caught.value.sentence
    assert "Nothing was saved." in caught.value.sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\n# nobody\n", "There is no account in this file"),
        (b"account\n", "There is no account in this file"),
        ("\n".join(map(str, range(1, MOST_LISTED + 2))).encode(), "at most 3,000 accounts, and this one has 3,001"),
        (b"\xff\xfe1", "no text in UTF-8"),
    ],
)
def test_a_file_without_accounts_or_with_too_many_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_accounts(content, NAMES)


def test_the_longest_list_is_written_and_read_again() -> None:
    listed = read_accounts("\n".join(f"0x{number:040x}" for number in range(1, MOST_LISTED + 1)).encode(), NAMES)
    rule = among(parse_rule("254 >= 3", NAMES, find_by_name=lambda _: ()), listed)
    assert parse_rule(rule_text(rule, NAMES), NAMES, find_by_name=lambda _: (), longest=200_000) == rule


def test_a_rule_is_joined_with_the_list() -> None:
    listed = AccountIn(frozenset({Account("loopring", "1")}))
    one = parse_rule("254", NAMES, find_by_name=lambda _: ())
    assert isinstance(one, Holds)
    both = parse_rule("254 and 261", NAMES, find_by_name=lambda _: ())
    assert isinstance(both, AllOf)
    assert among(None, listed) == listed
    assert among(one, listed) == AllOf((one, listed))
    assert among(both, listed) == AllOf((*both.rules, listed))
