"""What has to be held for a role: conditions as frozen values, each of which can be stored, printed, read and judged.

    254 >= 3 and not 261     AllOf((Holds(…254, least=3), Not(Holds(…261))))

`bot.gates.parser` reads such a text, `bot.gates.rule_text` writes it, `bot.gates.describe` says it as a sentence,
`bot.gates.storage` stores it as JSON, and `bot.gates.judge` answers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.holdings import Account


@dataclass(frozen=True, slots=True, order=True)
class CollectionRef:
    """Names one collection: `loopring:254`, or a contract on a chain: `eip155:1:0xbc4c…` (lower case)."""

    network: str
    collection_id: str

    def __str__(self) -> str:
        return f"{self.network}:{self.collection_id}"


@dataclass(frozen=True, slots=True, order=True)
class Network:
    """Everything that a source knows: `loopring:*`, `eip155:1:*`."""

    network: str

    def __str__(self) -> str:
        return f"{self.network}:*"


# What may be counted: one collection, or all of a network.
Target = CollectionRef | Network


class Measure(StrEnum):
    """What is counted."""

    KINDS = "kinds"  # distinct NFTs
    COPIES = "copies"  # units


@dataclass(frozen=True, slots=True)
class Holds:
    """At least `least` and at most `most` (None: any number more) are held of a target."""

    target: Target
    measure: Measure = Measure.KINDS
    least: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True)
class HoldsIds:
    """At least `least` and at most `most` distinct tokens are held whose ids are in the ranges, ends included."""

    target: CollectionRef
    ranges: tuple[tuple[int, int], ...]
    least: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True)
class HoldsTrait:
    """At least `least` and at most `most` distinct tokens are held that have a trait; letter case does not matter."""

    target: CollectionRef
    trait: str
    value: str
    least: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True)
class HoldsCollections:
    """At least `least` and at most `most` distinct collections are held; `among`: only of these (empty: of all)."""

    least: int
    most: int | None = None
    among: tuple[CollectionRef, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldFor:
    """What `rule` asks for has been held without a break for a span, as far as the bot itself has observed it.

    `rule` counts holdings: it is a `Holds` of one collection.
    """

    rule: Holds
    span: timedelta


@dataclass(frozen=True, slots=True)
class During:
    """`rule` is granted, from the start of `first` (UTC) on, and until the end of `last`; None: not limited."""

    rule: Rule
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class AccountIn:
    """A proven account, or its owner's address, is in a list.

    Attributes:
        accounts: Accounts.
        owners: Addresses in lower case: each account of theirs.
    """

    accounts: frozenset[Account] = frozenset()
    owners: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProvenWithin:
    """An account was proven, by signature or confirmation, not longer ago than this."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class SomeOf:
    """At least `needed` of the rules are granted."""

    needed: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All rules are granted."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One rule or more is granted."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The rule is denied."""

    rule: Rule


Rule = (
    Holds
    | HoldsIds
    | HoldsTrait
    | HoldsCollections
    | HeldFor
    | During
    | AccountIn
    | ProvenWithin
    | SomeOf
    | AllOf
    | AnyOf
    | Not
)
