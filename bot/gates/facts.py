"""What is known about a member when their gates are judged: counts as intervals, with since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.counts import Count, total, unknown
from bot.gates.patience import Patience
from bot.gates.rule import CollectionRef
from bot.holdings import Account


@dataclass(frozen=True, slots=True)
class Token:
    """One NFT that an account holds.

    Attributes:
        copies: How many units.
        traits: Name and value of each, case-folded; None: the source does not report traits.
    """

    copies: int
    traits: frozenset[tuple[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """So much was observed from a moment on, until the next level.

    Attributes:
        at: Since when.
        kinds: Distinct NFTs; None: it could not be observed.
        copies: Units; None: they were not read.
        seen: So many complete readings in a row saw it; None: not counted, and it counts as seen often enough.
        last_at: The last of these; None: it was seen until the next level.
    """

    at: datetime
    kinds: int | None
    copies: int | None = None
    seen: int | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What one account holds of one collection.

    Attributes:
        kinds: Distinct NFTs.
        copies: Units.
        tokens: Token id → token; only where rules ask for them (else empty and `has_all_tokens` False).
        has_all_tokens: Whether `tokens` is all that is held; False: there may be any others.
        levels: What was observed over time, oldest first; the last one lasts until now.
    """

    kinds: Count = field(default_factory=unknown)
    copies: Count = field(default_factory=unknown)
    tokens: Mapping[int, Token] = field(default_factory=dict)
    has_all_tokens: bool = False
    levels: tuple[Level, ...] = ()


UNKNOWN_HELD = Held()
NOTHING_HELD = Held(total(()), total(()), has_all_tokens=True)  # of nothing, which is exactly zero


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What is known about one proven account.

    Attributes:
        account: The account.
        owner: Its address, lower case.
        proven_at: When it was proven, the last time.
        held: Collection → what is held of it.
        otherwise: What is held of each collection that is not in `held`: `NOTHING_HELD` after a whole reading, else
            `UNKNOWN_HELD`.
        as_of: When this was read; None: never.
        is_certain: False: whose the account is must be decided first (frozen, or its owner is not confirmed). It can
            then neither earn a role nor lose one: all that it could hold is unknown.
        is_of_the_past: It is what an archive reports whose operator lets that earn roles: it can grant, and never deny.
            Of each collection it has at least so many, and perhaps some tokens, without traits; never all of them.
    """

    account: Account
    owner: str
    proven_at: datetime
    held: Mapping[CollectionRef, Held] = field(default_factory=dict)
    otherwise: Held = UNKNOWN_HELD
    as_of: datetime | None = None
    is_certain: bool = True
    is_of_the_past: bool = False

    def of(self, collection: CollectionRef) -> Held:
        """What is held of a collection."""
        return self.held.get(collection, self.otherwise) if self.is_certain else UNKNOWN_HELD

    def without_the_past(self) -> AccountFacts:
        """What is known without an archive: what was observed before, and what a server's rules count as not held."""
        if not self.is_of_the_past:
            return self
        held = {ref: its if its.kinds.high == 0 else Held(levels=its.levels) for ref, its in self.held.items()}
        return replace(self, held=held)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known about one member in one server.

    Attributes:
        now: The moment that is judged.
        accounts: Their proven accounts that count in that server.
        aliases: Collection → all collections that count as the same, itself included; a collection that is not in it
            stands for itself.
        patience: What must be seen less often, or for a shorter time, ends nothing that was held.
    """

    now: datetime
    accounts: tuple[AccountFacts, ...] = ()
    aliases: Mapping[CollectionRef, tuple[CollectionRef, ...]] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)
