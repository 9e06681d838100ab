"""Which collections a rule names."""

from __future__ import annotations

from collections.abc import Iterator

from bot.gates import rule as rules
from bot.gates.rule import CollectionRef, Rule


def collections_of(rule: Rule) -> Iterator[CollectionRef]:
    """Every collection that a rule names, in the order of its text; one may come several times."""
    match rule:
        case rules.Holds(target=CollectionRef() as named):
            yield named
        case rules.HoldsIds(target=named) | rules.HoldsTrait(target=named):
            yield named
        case rules.HoldsCollections(among=among):
            yield from among
        case rules.HeldFor(rule=inner) | rules.During(rule=inner) | rules.Not(rule=inner):
            yield from collections_of(inner)
        case rules.SomeOf(rules=parts) | rules.AllOf(rules=parts) | rules.AnyOf(rules=parts):
            for part in parts:
                yield from collections_of(part)
        case _:  # all of a network, accounts, proofs
            return
