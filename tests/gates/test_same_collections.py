"""A rule is the same rule when what counts as the same has one name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.gates.rule import (
    AccountIn,
    AllOf,
    CollectionRef,
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Network,
    Not,
    Rule,
    SomeOf,
)
from bot.gates.same_collections import as_one

ONE, OTHER, THIRD = CollectionRef("loopring", "1"), CollectionRef("loopring", "2"), CollectionRef("loopring", "3")
ALIASES = dict.fromkeys((ONE, OTHER), (ONE, OTHER))


@pytest.mark.parametrize(
    ("rule", "same"),
    [
        (Holds(OTHER, least=3), Holds(ONE, least=3)),
        (Holds(THIRD), Holds(THIRD)),
        (Holds(Network("loopring")), Holds(Network("loopring"))),
        (HoldsIds(OTHER, ((1, 5),)), HoldsIds(ONE, ((1, 5),))),
        (HoldsTrait(OTHER, "Hat", "Red"), HoldsTrait(ONE, "Hat", "Red")),
        (HoldsCollections(2, among=(OTHER, THIRD, ONE)), HoldsCollections(2, among=(ONE, THIRD))),
        (HeldFor(Holds(OTHER), timedelta(days=3)), HeldFor(Holds(ONE), timedelta(days=3))),
        (During(Not(Holds(OTHER))), During(Not(Holds(ONE)))),
        (SomeOf(1, (Holds(OTHER), Holds(THIRD))), SomeOf(1, (Holds(ONE), Holds(THIRD)))),
        (AllOf((Holds(OTHER), AccountIn())), AllOf((Holds(ONE), AccountIn()))),
    ],
)
def test_what_counts_as_the_same_has_one_name(rule: Rule, same: Rule) -> None:
    assert as_one(rule, ALIASES) == same
