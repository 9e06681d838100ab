"""What a rule asks about: what has to be read of accounts so that it can be answered.

Aliases are not in it: what counts as the same in a server, the caller adds.
"""

from __future__ import annotations

from collections.abc import Iterator

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
    Measure,
    Not,
    Rule,
    SomeOf,
    Target,
)


def each_rule(rule: Rule) -> Iterator[Rule]:
    """The rule and all that it contains, from the outside in."""
    yield rule
    if isinstance(rule, SomeOf | AllOf | AnyOf):
        for part in rule.rules:
            yield from each_rule(part)
    elif isinstance(rule, HeldFor | During | Not):
        yield from each_rule(rule.rule)


def targets_of(rule: Rule) -> frozenset[Target]:
    """The collections and the networks that are named; see also `asks_about_everything`."""
    found: set[Target] = set()
    for part in each_rule(rule):
        if isinstance(part, Holds | HoldsIds | HoldsTrait):
            found.add(part.target)
        elif isinstance(part, HoldsCollections):
            found.update(part.among)
    return frozenset(found)


def asks_about_everything(rule: Rule) -> bool:
    """Whether it counts collections of all networks: `collections >= 5`."""
    return any(isinstance(part, HoldsCollections) and not part.among for part in each_rule(rule))


def asks_for_tokens(rule: Rule) -> frozenset[CollectionRef]:
    """The collections whose NFTs must be read besides, for their ids or traits."""
    return frozenset(part.target for part in each_rule(rule) if isinstance(part, HoldsIds | HoldsTrait))


def asks_for_traits(rule: Rule) -> frozenset[CollectionRef]:
    """Those of which the traits are needed."""
    return frozenset(part.target for part in each_rule(rule) if isinstance(part, HoldsTrait))


def asks_for_copies(rule: Rule) -> frozenset[Target]:
    """The collections whose NFTs must be read besides, to count copies; or all collections of a network."""
    return frozenset(
        part.target for part in each_rule(rule) if isinstance(part, Holds) and part.measure is Measure.COPIES
    )


def asks_for_history(rule: Rule) -> frozenset[Target]:
    """The collections of which it matters what was held before."""
    return frozenset(part.rule.target for part in each_rule(rule) if isinstance(part, HeldFor))
