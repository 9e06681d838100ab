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


def each_rule(rule: Rule) -> Iterator[Rule]:
    """The rule and all that it contains, from the outside in."""
    yield rule
    if isinstance(rule, SomeOf | AllOf | AnyOf):
        for part in rule.rules:
            yield from each_rule(part)
    elif isinstance(rule, HeldFor | During | Not):
        yield from each_rule(rule.rule)


def collections_of(rule: Rule) -> tuple[CollectionRef, ...]:
    """The collections that a rule names, each once, in the order of its text."""
    found: dict[CollectionRef, None] = {}
    for part in each_rule(rule):
        if isinstance(part, HoldsCollections):
            found.update(dict.fromkeys(part.among))
        elif isinstance(part, Holds | HoldsIds | HoldsTrait) and isinstance(part.target, CollectionRef):
            found[part.target] = None
    return tuple(found)


def with_aliases(collections: Iterable[CollectionRef], aliases: Aliases) -> frozenset[CollectionRef]:
    """Collections, with all that count as the same in a server."""
    return frozenset(same for each in collections for same in aliases.get(each, (each,)))


def asks_about_everything(rule: Rule) -> bool:
    """Whether it counts collections of all networks: `collections >= 5`."""
    return any(isinstance(part, HoldsCollections) and not part.among for part in each_rule(rule))


def networks_of(rule: Rule, aliases: Aliases) -> frozenset[str] | None:
    """The networks that a rule asks about; None: every one."""
    if asks_about_everything(rule):
        return None
    whole = {
        part.target.network for part in each_rule(rule) if isinstance(part, Holds) and isinstance(part.target, Network)
    }
    return frozenset(whole | {each.network for each in with_aliases(collections_of(rule), aliases)})


def tokens_of(rules: Iterable[Rule]) -> frozenset[CollectionRef]:
    """The collections of which rules ask for single NFTs: their copies, ids or traits."""
    return frozenset(
        part.target
        for rule in rules
        for part in each_rule(rule)
        if isinstance(part, HoldsIds | HoldsTrait) or (isinstance(part, Holds) and part.measure is Measure.COPIES)
        if isinstance(part.target, CollectionRef)
    )


def history_of(rules: Iterable[Rule]) -> timedelta:
    """How far back rules look, at most."""
    spans = (part.span for rule in rules for part in each_rule(rule) if isinstance(part, HeldFor))
    return max(spans, default=timedelta(0))
