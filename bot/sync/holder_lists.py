"""Lists of holders in one server, from what is stored; sends nothing, and changes nothing.

What counts is what counts for gates there: the same proofs and vouches, the same collections that count as one, without
what members keep out and what the server leaves out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.counts import is_present, total, units_of
from bot.gates.facts import Level
from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef, Rule
from bot.gates.rule_needs import Aliases, collections_of, with_aliases
from bot.holders.held import HeldAccount, HolderList, OpenReason
from bot.holders.past import ObservedAccount
from bot.store import Store
from bot.store.holders.holder_rows import HolderRow, read_holder_rows, read_proven_members
from bot.store.holders.past_rows import read_past
from bot.sync.account_facts import to_state
from bot.sync.readings import Readings

# Each takes some tens of microseconds; commands are answered between these.
_AT_ONCE = 100


class HolderLists:
    """Makes them. Every method may raise `StoreError`.

    Args:
        store: Where everything is.
        readings: How long a reading counts, and which networks can be read.
        defaults: What a server has that has set nothing.
        vouching: What moderators vouched for counts.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self,
        store: Store,
        readings: Readings,
        defaults: GuildSettings,
        *,
        vouching: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._readings = readings
        self._defaults = defaults
        self._vouching = vouching
        self._clock = clock

    async def of_collection(self, guild_id: int, collection: CollectionRef) -> HolderList:
        """Who holds a collection, or one that counts as the same in that server."""
        aliases = await self._store.gates.aliases(guild_id)
        return await self.of_collections(guild_id, aliases.get(collection, (collection,)))

    async def of_rule(self, guild_id: int, rule: Rule) -> HolderList:
        """Who holds any of the collections that a rule names; of one that names none, nobody.

        Whether somebody earns its role is another question: that is asked of the rule itself.
        """
        aliases = await self._store.gates.aliases(guild_id)
        return await self.of_collections(guild_id, sorted(named_by(rule, aliases)))

    async def of_collections(self, guild_id: int, collections: Sequence[CollectionRef]) -> HolderList:
        """Who holds one or more of several collections, counted together."""
        return await self._list(await self._rows(guild_id, collections))

    async def with_past(self, guild_id: int, collection: CollectionRef, since: datetime) -> PastList:
        """Who holds a collection, or one that counts as the same, and what the same accounts held since a moment."""
        aliases = await self._store.gates.aliases(guild_id)
        return await self.past_of_collections(guild_id, aliases.get(collection, (collection,)), since)

    async def past_of_collections(
        self, guild_id: int, collections: Sequence[CollectionRef], since: datetime
    ) -> PastList:
        """Who holds one or more of several collections, and what the same accounts held since a moment."""
        rows = await self._rows(guild_id, collections)
        levels, firsts = await read_past(self._store.reader, rows.rows, rows.counted, since)
        past = []
        for number, row in enumerate(rows.rows):
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            key = row.number or 0
            past.append(_observed(row, levels.get(key, {}), firsts.get(key)))
        return PastList(await self._list(rows), past, rows.counted, rows.ages)

    async def proven_members(self, guild_id: int) -> frozenset[int]:
        """The members of a server who have proven an account there, as far as they were seen."""
        return await read_proven_members(self._store.reader, guild_id, vouching=self._vouching)

    async def _rows(self, guild_id: int, collections: Sequence[CollectionRef]) -> _Rows:
        settings = await self._store.guild_settings.of(guild_id, self._defaults)
        rows = await read_holder_rows(self._store.reader, guild_id, collections, vouching=self._vouching)
        ages = {each: await self._readings.ages.max_age(each) for each in {ref.network for ref in collections}}
        counted = tuple(each for each in collections if each not in settings.excluded_collections)
        rows = [row for row in rows if row.proven.account not in settings.excluded_accounts]
        return _Rows(guild_id, tuple(collections), counted, rows, ages, self._clock())

    async def _list(self, rows: _Rows) -> HolderList:
        found: list[HeldAccount] = []
        for start in range(0, len(rows.rows), _AT_ONCE):
            await asyncio.sleep(0)
            part = rows.rows[start : start + _AT_ONCE]
            found += held_accounts(part, rows.counted, rows.now, rows.ages, self._readings.networks)
        left_out = tuple(each for each in rows.collections if each not in rows.counted)
        return HolderList(rows.guild_id, rows.collections, tuple(found), rows.now, left_out)


@dataclass(frozen=True, slots=True)
class PastList:
    """A list of holders, with the history of its accounts.

    Attributes:
        now: The list.
        accounts: The same accounts over time.
        counted: What is counted of the collections: without those that the server leaves out.
        ages: Network → how long a reading tells something.
    """

    now: HolderList
    accounts: Sequence[ObservedAccount]
    counted: tuple[CollectionRef, ...]
    ages: Mapping[str, timedelta]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What a list is made of."""

    guild_id: int
    collections: tuple[CollectionRef, ...]
    counted: tuple[CollectionRef, ...]
    rows: Sequence[HolderRow]
    ages: Mapping[str, timedelta]
    now: datetime


def named_by(rule: Rule, aliases: Aliases) -> frozenset[CollectionRef]:
    """The collections that a rule names, with all that count as the same."""
    return with_aliases(collections_of(rule), aliases)


def held_accounts(
    rows: Iterable[HolderRow],
    collections: Sequence[CollectionRef],
    now: datetime,
    ages: Mapping[str, timedelta],
    networks: Iterable[str],
) -> Sequence[HeldAccount]:
    """What is known of accounts now.

    Args:
        rows: What is stored.
        collections: What is counted.
        now: The present.
        ages: Network → how old a reading may be to tell something.
        networks: Those that can be read.
    """
    can_be_read = frozenset(networks)
    return [_held(row, collections, now, ages[row.proven.account.network], can_be_read) for row in rows]


def _held(
    row: HolderRow,
    collections: Sequence[CollectionRef],
    now: datetime,
    max_age: timedelta,
    networks: frozenset[str],
) -> HeldAccount:
    account = row.proven.account
    is_certain = row.is_certain and not row.proven.is_frozen
    facts = to_state(row.proven, row.stored, is_certain=is_certain, now=now, max_age=max_age).facts
    held = [facts.of(each) for each in collections if each.network == account.network]
    kinds = total(each.kinds for each in held)
    copies = total(units_of(each.kinds, each.copies) for each in held)
    reason = None
    if kinds.low != kinds.high:
        reason = _reason(row, now, max_age, is_certain=is_certain, has_source=account.network in networks)
    return HeldAccount(row.user_id, account, row.proven.owner, kinds, copies, facts.as_of, reason)


def _observed(
    row: HolderRow, levels: Mapping[CollectionRef, tuple[Level, ...]], first_read_at: datetime | None
) -> ObservedAccount:
    read_at = row.stored.read_at if row.stored else None
    is_certain = row.is_certain and not row.proven.is_frozen
    return ObservedAccount(
        user_id=row.user_id,
        joined_at=row.joined_at,
        account=row.proven.account,
        owner=row.proven.owner,
        first_read_at=first_read_at if is_certain else None,
        read_at=read_at,
        levels=dict(levels),
    )


def _reason(row: HolderRow, now: datetime, max_age: timedelta, *, is_certain: bool, has_source: bool) -> OpenReason:
    if not is_certain:
        return OpenReason.OWNER_UNCERTAIN
    stored = row.stored
    if stored and is_present(stored.read_at, now=now, max_age=max_age):
        return OpenReason.NOT_COUNTED
    if not has_source:
        return OpenReason.NO_SOURCE
    if stored and is_present(stored.part_at, now=now, max_age=max_age):
        return OpenReason.PARTLY_READ
    return OpenReason.TOO_OLD if stored and (stored.read_at or stored.part_at) else OpenReason.NEVER_READ
