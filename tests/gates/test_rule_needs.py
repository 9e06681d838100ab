"""What rules ask for is known before anything is read."""

from __future__ import annotations

from datetime import timedelta

from bot.gates.rule import CollectionRef
from bot.gates.rule_needs import asks_about_everything, collections_of, history_of, networks_of, tokens_of, with_aliases
from tests.gates.made_rules import BOTS, CONTRACT, HARBOUR, ON_L1, THIRD, parse

RULE = parse(
    f'254 ids (1) or (copies 261 for 9 days and not 300 trait "a" = "b") or {CONTRACT} or 2 of (7, '
    "collections of (8, 254) >= 1, loopring:* >= 9) or (9 until 2027-01-01)"
)
LOOPRING_ALONE = parse("254 >= 3")


def _numbered(*numbers: int) -> list[CollectionRef]:
    return [CollectionRef("loopring", str(number)) for number in numbers]


def test_collections_are_named_once_each_in_the_order_of_the_text() -> None:
    assert list(collections_of(RULE)) == [*_numbered(254, 261, 300), ON_L1, *_numbered(7, 8, 9)]


def test_single_nfts_are_asked_for_by_ids_traits_and_copies() -> None:
    assert tokens_of([RULE]) == {HARBOUR, BOTS, THIRD}
    assert tokens_of([LOOPRING_ALONE, parse("copies loopring:* >= 9")]) == frozenset()


def test_networks_are_those_of_the_collections_and_of_what_counts_as_the_same() -> None:
    assert networks_of(RULE, {}) == frozenset({"loopring", "eip155:1"})
    assert networks_of(parse("loopring:* >= 2"), {}) == frozenset({"loopring"})
    assert networks_of(LOOPRING_ALONE, {}) == frozenset({"loopring"})
    assert networks_of(LOOPRING_ALONE, {HARBOUR: (HARBOUR, ON_L1)}) == frozenset({"loopring", "eip155:1"})
    assert with_aliases([HARBOUR, BOTS], {HARBOUR: (HARBOUR, ON_L1)}) == {HARBOUR, ON_L1, BOTS}


def test_collections_in_general_are_asked_of_every_network() -> None:
    everything = parse("254 and collections >= 5")
    assert asks_about_everything(everything)
    assert networks_of(everything, {}) is None
    assert not asks_about_everything(RULE)


def test_the_longest_span_says_how_far_back_rules_look() -> None:
    assert history_of([RULE, parse("254 for 2 days")]) == timedelta(days=9)
    assert history_of([LOOPRING_ALONE]) == timedelta(0)
