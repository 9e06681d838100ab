"""From what the store has of an account to what is known about it now: the only place where age makes it unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.counts import Count, held_then, is_present, remembered
from bot.gates.facts import NOTHING_HELD, UNKNOWN_HELD, AccountFacts, Held, Level
from bot.gates.rule import CollectionRef
from bot.holdings import Account
from bot.links import Proven, ProvenAccount
from bot.reasons import stored_reason
from bot.store.sync.observations import Observed, StoredAccount
from bot.sync.results import AccountState


def to_states(
    proven: Proven,
    uncertain: Proven,
    stored: Mapping[Account, StoredAccount],
    now: datetime,
    ages: Mapping[str, timedelta],
    past: Mapping[str, bool] = MappingProxyType({}),
) -> Sequence[AccountState]:
    """The same of all accounts of a member, by name.

    Args:
        proven: What counts as theirs.
        uncertain: What would count if it were confirmed who owns it.
        stored: What was read of each.
        now: The present.
        ages: Network → how old a reading may be to tell something.
        past: Networks whose source reports the past → whether that may earn a role, however old it is.
    """
    accounts = {**uncertain.accounts, **proven.accounts}
    return [
        to_state(
            its,
            _usable(stored.get(account), is_used=past.get(account.network, True)),
            is_certain=account in proven.accounts and not its.is_frozen,
            now=now,
            max_age=ages[account.network],
            may_grant=past.get(account.network, False),
        )
        for account, its in sorted(accounts.items(), key=lambda item: str(item[0]))
    ]


def to_state(
    proven: ProvenAccount,
    stored: StoredAccount | None,
    *,
    is_certain: bool,
    now: datetime,
    max_age: timedelta,
    may_grant: bool = False,
) -> AccountState:
    """How current the knowledge about one account is, and what it is.

    Args:
        proven: Whose account it is, and since when.
        stored: What was read of it; None: nothing yet.
        is_certain: Whether it is known that it is that member's.
        now: The present.
        max_age: How old a reading may be to tell something about it.
        may_grant: What was not completely read is from an archive that may earn roles, however old it is.
    """
    facts = AccountFacts(account=proven.account, owner=proven.owner, proven_at=proven.proven_at, is_certain=is_certain)
    if stored is None:
        return AccountState(facts)
    held, otherwise, as_of = _known(stored, now, max_age)
    is_of_the_past = may_grant and otherwise is UNKNOWN_HELD and stored.part_at is not None
    if is_of_the_past:
        then = {ref: _then(its, held.get(ref)) for ref, its in stored.part.items()}
        held, as_of = {**held, **then}, stored.part_at
    return AccountState(
        AccountFacts(
            account=proven.account,
            owner=proven.owner,
            proven_at=proven.proven_at,
            held=held,
            otherwise=otherwise,
            as_of=as_of,
            is_certain=is_certain,
            is_of_the_past=is_of_the_past,
        ),
        failed_at=stored.failed_at,
        failure=stored_reason(stored.failure),
        next_at=stored.due,
    )


def _known(
    stored: StoredAccount, now: datetime, max_age: timedelta
) -> tuple[Mapping[CollectionRef, Held], Held, datetime | None]:
    """What is held of each collection, what of all others, and as of when."""
    read_at, part_at = stored.read_at, stored.part_at
    if read_at and is_present(read_at, now=now, max_age=max_age):
        held = {ref: _held(its, read_at, now, max_age) for ref, its in stored.whole.items()}
        return held, NOTHING_HELD, read_at
    held = {ref: Held(levels=_levels(its, read_at, max_age)) for ref, its in stored.whole.items()}
    if not is_present(part_at, now=now, max_age=max_age):
        return held, UNKNOWN_HELD, read_at
    for ref, its in stored.part.items():
        seen = remembered(its.kinds, part_at, whole=False, now=now, max_age=max_age)
        held[ref] = Held(seen, seen, levels=held[ref].levels if ref in held else ())
    return held, UNKNOWN_HELD, part_at


def _usable(stored: StoredAccount | None, *, is_used: bool) -> StoredAccount | None:
    """The same without what was not completely read, if that is of an archive that may not be used any more."""
    return stored if stored is None or is_used else replace(stored, part={}, part_at=None)


def _then(its: Observed, before: Held | None) -> Held:
    """What an archive reports of a collection: at least so many, and perhaps which; what it lacks may be held too."""
    levels = before.levels if before else ()
    if its.tokens is None:
        return Held(held_then(its.kinds), held_then(its.kinds), levels=levels)
    copies = held_then(max(its.tokens.copies, its.kinds))
    return Held(held_then(its.kinds), copies, its.tokens.tokens, has_all_tokens=False, levels=levels)


def _held(its: Observed, read_at: datetime, now: datetime, max_age: timedelta) -> Held:
    """What is held of a collection by a complete reading that is young enough."""

    def count(seen: int, *, whole: bool = True) -> Count:
        return remembered(seen, read_at, whole=whole, now=now, max_age=max_age)

    if not its.is_counted:
        return Held(levels=its.levels)
    kinds = count(its.kinds)
    if not its.kinds:
        return Held(kinds, count(0), has_all_tokens=True, levels=its.levels)
    # NFTs that were read before the collections say nothing against what these say: the reading of later ones failed.
    tokens = its.tokens if its.tokens and its.tokens.as_of >= read_at else None
    if tokens is None:
        return Held(kinds, count(its.kinds, whole=False), levels=its.levels)
    # What did not arrive is at least one unit of each kind.
    copies = count(max(tokens.copies, its.kinds), whole=tokens.is_whole)
    return Held(kinds, copies, tokens.tokens, has_all_tokens=tokens.is_whole, levels=its.levels)


def _levels(its: Observed, read_at: datetime | None, max_age: timedelta) -> tuple[Level, ...]:
    """The history, which ends where it could not be observed any more."""
    if not its.levels or read_at is None:
        return its.levels
    return (*its.levels, Level(read_at + max_age, None))
