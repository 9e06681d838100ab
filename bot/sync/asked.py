"""What rules ask for: of which networks and collections, of which single NFTs, and how far back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

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
    Network,
    Not,
    Rule,
    SomeOf,
)

# Collection → all that count as the same in a server, itself included.
Aliases = Mapping[CollectionRef, tuple[CollectionRef, ...]]


def parts_of(rule: Rule) -> Iterator[Rule]:
    """A rule and all that it consists of."""
    yield rule
    if isinstance(rule, AllOf | AnyOf | SomeOf):
        for part in rule.rules:
            yield from parts_of(part)
    elif isinstance(rule, HeldFor | During | Not):
        yield from parts_of(rule.rule)


def collections_of(rule: Rule) -> frozenset[CollectionRef]:
    """The collections that a rule names."""
    found: set[CollectionRef] = set()
    for part in parts_of(rule):
        if isinstance(part, HoldsCollections):
            found.update(part.among)
        elif isinstance(part, Holds | HoldsIds | HoldsTrait) and isinstance(part.target, CollectionRef):
            found.add(part.target)
    return frozenset(found)


def with_aliases(collections: Iterable[CollectionRef], aliases: Aliases) -> frozenset[CollectionRef]:
    """Collections, with all that count as the same in a server."""
    return frozenset(same for each in collections for same in aliases.get(each, (each,)))


def networks_of(rule: Rule, aliases: Aliases) -> frozenset[str] | None:
    """The networks that a rule asks about; None: every one."""
    found = {collection.network for collection in with_aliases(collections_of(rule), aliases)}
    for part in parts_of(rule):
        if isinstance(part, HoldsCollections) and not part.among:
            return None
        if isinstance(part, Holds) and isinstance(part.target, Network):
            found.add(part.target.network)
    return frozenset(found)


def tokens_of(rules: Iterable[Rule]) -> frozenset[CollectionRef]:
    """The collections of which rules ask for single NFTs: their copies, ids or traits."""
    return frozenset(
        part.target
        for rule in rules
        for part in parts_of(rule)
        if isinstance(part, HoldsIds | HoldsTrait)
        or (isinstance(part, Holds) and part.measure is Measure.COPIES and isinstance(part.target, CollectionRef))
        if isinstance(part.target, CollectionRef)
    )


def history_of(rules: Iterable[Rule]) -> timedelta:
    """How far back rules look, at most."""
    spans = (part.span for rule in rules for part in parts_of(rule) if isinstance(part, HeldFor))
    return max(spans, default=timedelta(0))
