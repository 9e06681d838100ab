"""Who is in a snapshot, and how much they are said to hold: what is unknown is in it, and is no zero."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.counts import Count, Ternary, exact, unknown
from bot.gates.facts import NOTHING_HELD, UNKNOWN_HELD, AccountFacts, Facts, Held
from bot.gates.parser import parse_rule
from bot.gates.rule import CollectionRef
from bot.holders.held import OpenReason
from bot.holders.snapshot import SnapshotMember, SnapshotRequest, Weight
from bot.holders.take_snapshot import member_row
from bot.holdings import Account
from bot.names import Names

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
LIGHTS, OTHER = CollectionRef("loopring", "254"), CollectionRef("loopring", "261")


def facts(number: int, *held: tuple[CollectionRef, int], **changes: Any) -> AccountFacts:
    """An account that was read completely just now, and holds so many kinds of each."""
    whole = AccountFacts(
        account=Account("loopring", str(number)),
        owner=f"0x{number:040x}",
        proven_at=NOW,
        held={ref: Held(exact(kinds), Count(kinds, None)) for ref, kinds in held},
        otherwise=NOTHING_HELD,
        as_of=NOW,
    )
    return replace(whole, **changes)


def unread(number: int, **values: Any) -> AccountFacts:
    """An account of which nothing is known."""
    return facts(number, otherwise=UNKNOWN_HELD, as_of=None, **values)


def taken(rule: str, *accounts: AccountFacts, request: SnapshotRequest | None = None, **values: Any) -> Any:
    """A member's row."""
    parsed = parse_rule(rule, Names(), find_by_name=lambda _: ())
    return member_row(7, request or SnapshotRequest(rule), parsed, Facts(NOW, accounts, **values))


def test_who_certainly_holds_none_is_not_in_it() -> None:
    assert taken("254", facts(1, (OTHER, 3))) is None


def test_who_holds_is_in_it_with_the_accounts_that_hold() -> None:
    found: SnapshotMember = taken("254", facts(1, (LIGHTS, 2), (OTHER, 9)), facts(2), facts(3, (LIGHTS, 1)))
    assert found.fits is Ternary.YES
    assert found.held.kinds == exact(3)
    assert [(str(each.account), each.kinds) for each in found.held.accounts] == [
        ("loopring:1", exact(2)),
        ("loopring:3", exact(1)),
    ]


def test_who_may_hold_is_in_it_as_unknown_and_never_as_zero() -> None:
    found: SnapshotMember = taken("254", unread(1))
    assert found.fits is Ternary.UNKNOWN
    assert found.held.kinds == unknown()
    assert [each.reason for each in found.held.accounts] == [OpenReason.NEVER_READ]
    assert not found.is_complete(Weight.KINDS)


def test_what_was_not_read_in_one_account_makes_the_sum_a_lower_bound() -> None:
    found: SnapshotMember = taken("254", facts(1, (LIGHTS, 2)), unread(2))
    assert (found.fits, found.held.kinds) == (Ternary.YES, Count(2, None))
    assert not found.is_complete(Weight.KINDS)


def test_accounts_of_one_owner_on_one_network_count_once() -> None:
    found: SnapshotMember = taken("254", facts(1, (LIGHTS, 2)), facts(2, (LIGHTS, 2), owner=f"0x{1:040x}"))
    assert found.held.kinds == exact(2)


def test_collections_that_count_as_the_same_are_added_up() -> None:
    aliases = {LIGHTS: (LIGHTS, OTHER), OTHER: (LIGHTS, OTHER)}
    found: SnapshotMember = taken("254", facts(1, (LIGHTS, 2), (OTHER, 3)), aliases=aliases)
    assert found.held.kinds == exact(5)


def test_whose_account_it_is_must_be_known() -> None:
    found: SnapshotMember = taken("254", facts(1, (LIGHTS, 2), is_certain=False))
    assert (found.fits, found.held.kinds) == (Ternary.UNKNOWN, unknown())
    assert found.held.accounts[0].reason is OpenReason.OWNER_UNCERTAIN


@pytest.mark.parametrize(
    ("minimum", "accounts", "fits"),
    [
        (3, [facts(1, (LIGHTS, 3))], Ternary.YES),
        (4, [facts(1, (LIGHTS, 3))], None),
        (4, [facts(1, (LIGHTS, 3)), unread(2)], Ternary.UNKNOWN),
    ],
)
def test_a_minimum_leaves_out_only_who_certainly_holds_fewer(
    minimum: int, accounts: list[AccountFacts], fits: Ternary | None
) -> None:
    found = taken("254", *accounts, request=SnapshotRequest("254", minimum=minimum))
    assert (found.fits if found else None) == fits


def test_copies_that_were_not_read_are_at_least_the_kinds() -> None:
    found: SnapshotMember = taken("254", facts(1, (LIGHTS, 2)))
    assert found.held.copies == Count(2, None)
    assert found.is_complete(Weight.KINDS)
    assert not found.is_complete(Weight.COPIES)


def test_who_fits_by_holding_nothing_is_in_it_without_an_account() -> None:
    found: SnapshotMember = taken("proof within 30 days and not 254", facts(1, (OTHER, 3)))
    assert (found.fits, found.held.kinds, found.held.accounts) == (Ternary.YES, exact(0), ())


def test_all_of_a_network_is_counted_where_the_rule_names_it() -> None:
    found: SnapshotMember = taken("loopring:* >= 2", facts(1, (LIGHTS, 2), (OTHER, 3)))
    assert found.held.kinds == exact(5)
