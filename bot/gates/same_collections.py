"""A rule as it counts in a server where several collections are the same: each is named by the first of its set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.gates.rule import (
    AllOf,
    AnyOf,
    CollectionRef,
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Not,
    Rule,
    SomeOf,
)


def as_one(rule: Rule, aliases: Mapping[CollectionRef, tuple[CollectionRef, ...]]) -> Rule:
    """The rule, with one name for all that counts as the same.

    Args:
        rule: The rule.
        aliases: Collection → all that count as the same, itself included.
    """

    def named(collection: CollectionRef) -> CollectionRef:
        return min(aliases.get(collection, (collection,)))

    match rule:
        case Holds(target=CollectionRef() as target) | HoldsIds(target=target) | HoldsTrait(target=target):
            return replace(rule, target=named(target))
        case HoldsCollections():
            return replace(rule, among=tuple(dict.fromkeys(map(named, rule.among))))
        case HeldFor():
            held = as_one(rule.rule, aliases)
            return replace(rule, rule=held) if isinstance(held, Holds) else rule
        case During() | Not():
            return replace(rule, rule=as_one(rule.rule, aliases))
        case SomeOf() | AllOf() | AnyOf():
            return replace(rule, rules=tuple(as_one(part, aliases) for part in rule.rules))
        case _:
            return rule
