"""What two snapshots of one rule counted: where it differs, they are not compared, and it is said what differs."""

from __future__ import annotations

import pytest

from bot.gates.parser import parse_rule
from bot.gates.rule import CollectionRef
from bot.holders.counting import Counting, other_counting
from bot.holdings import Account
from bot.names import Names

LIGHTS, MOSAIC, TILES = (CollectionRef("loopring", number) for number in ("254", "261", "262"))
BOTH = {LIGHTS: (LIGHTS, MOSAIC), MOSAIC: (LIGHTS, MOSAIC)}
ACCOUNT = Account("loopring", "10001")


def counting(rule: str = "254", aliases: object = None, excluded: object = (), accounts: object = ()) -> Counting:
    """What counts for a rule in a server that has set so."""
    parsed = parse_rule(rule, Names(), find_by_name=lambda _: ())
    return Counting.of(parsed, aliases or {}, excluded, accounts)  # type: ignore[arg-type] # as each test has them


@pytest.mark.parametrize(
    ("rule", "aliases", "excluded"),
    [
        ("262", BOTH, ()),
        ("262 and not 263", BOTH, ()),
        ("254", {}, [TILES]),
        ("254 ids (1-3)", {}, [TILES]),
    ],
)
def test_what_a_rule_does_not_ask_for_changes_nothing(rule: str, aliases: object, excluded: object) -> None:
    assert counting(rule, aliases, excluded) == counting(rule)


@pytest.mark.parametrize(
    ("rule", "aliases", "excluded"),
    [
        ("254", BOTH, ()),
        ("261", BOTH, ()),
        ("collections >= 2", BOTH, ()),
        ("254", {}, [LIGHTS]),
        ("254", BOTH, [MOSAIC]),
        ("collections >= 2", {}, [TILES]),
        ("loopring:* >= 4", {}, [TILES]),
        ("proof within 30 days", {}, [TILES]),
    ],
)
def test_what_it_asks_for_does(rule: str, aliases: object, excluded: object) -> None:
    assert counting(rule, aliases, excluded) != counting(rule)


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        (
            counting(),
            counting(aliases=BOTH),
            "count as the same was changed between them (then none, now",
        ),
        (counting(aliases=BOTH), counting(), "(then `loopring:254` = `loopring:261`, now none)"),
        (
            counting(excluded=[LIGHTS]),
            counting(),
            "never count was changed between them (then `loopring:254`, now",
        ),
        (counting(), counting(accounts=[ACCOUNT]), "which accounts never count was changed"),
        (
            counting("collections >= 2"),
            counting("collections >= 2", excluded=[CollectionRef("loopring", str(number)) for number in range(5)]),
            "(then none, now `loopring:0`, `loopring:1`, `loopring:2` and more)",
        ),
    ],
)
def test_what_was_changed_is_named(then: Counting, now: Counting, words: str) -> None:
    found = other_counting(3, then, 7, now)
    assert found
    assert words in str(found)
    assert str(found).startswith("Snapshots 3 and 7 cannot be compared: ")


def test_the_same_is_comparable_and_no_account_is_retained() -> None:
    accounts = counting(accounts=[ACCOUNT])
    assert other_counting(3, accounts, 7, counting(accounts=[ACCOUNT])) is None
    assert "10001" not in repr(accounts)
