"""Who fits a rule in a server, from what is stored: the one way to it of snapshots in the bot and on the command line.

In two steps: what the store has is read at one moment, on whatever connection; what follows from it is worked out in
parts, between which others get their turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.config.settings import Settings
from bot.config.source_tables import ArchiveTable
from bot.gates.facts import NOTHING_HELD, AccountFacts, Facts
from bot.gates.gate import GuildSettings
from bot.gates.judge import judge
from bot.gates.patience import Patience
from bot.gates.rule import AllOf, AnyOf, CollectionRef, During, Holds, HoldsCollections, Not, Rule, SomeOf
from bot.gates.rule_needs import Aliases, collections_of, each_rule, with_aliases
from bot.holders.counting import Counting
from bot.holders.snapshot import Snapshot, SnapshotMember, SnapshotRequest
from bot.holders.take_snapshot import member_row
from bot.sources.source import Source
from bot.store.holders.holder_rows import HolderRow, holder_rows
from bot.store.holders.whole_rows import whole_rows
from bot.store.sync.reading_census import account_count
from bot.sync.account_facts import to_state
from bot.sync.reading_ages import longest_age
from bot.text import safe_text

_NAME = 80
_ALL = slice(None)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How far what is stored tells something about the present, and how much of that is retained.

    Attributes:
        rates: Network → how many requests a second its source may be sent; 0: no limit.
        interval: How often each account is read.
        vouching: What moderators vouched for counts.
        patience: What ends a time for which something was held.
        retain: How many snapshots that somebody made are retained in each server.
    """

    rates: Mapping[str, float]
    interval: timedelta
    vouching: bool
    patience: Patience
    retain: int = 50

    @classmethod
    def of(cls, settings: Settings, sources: Iterable[Source]) -> Knowledge:
        """As the operator has set it; `sources`: those that are asked."""
        sync = settings.sync
        tables = (table for table in settings.sources if not isinstance(table, ArchiveTable))
        rates = {table.name: table.requests_per_second for table in tables}
        return cls(
            rates={source.network: rates.get(source.name, 0) for source in sources},
            interval=sync.interval,
            vouching=settings.linking.manual,
            patience=Patience(misses=sync.removal_misses, span=sync.removal_span),
            retain=settings.snapshots.retain,
        )


@dataclass(frozen=True, slots=True)
class StoredMembers:
    """What the store has of the members of a server, at one moment.

    Attributes:
        accounts: Those of each member that a question is about.
        ages: Network → how old a reading may be to tell something about it.
    """

    accounts: Sequence[Sequence[HolderRow]]
    ages: Mapping[str, timedelta]


@dataclass(frozen=True, slots=True)
class RuleQuestion:
    """Who fits a rule in a server.

    Attributes:
        guild_id: The server.
        request: What is asked.
        rule: Its rule.
        settings: What the server has set.
        aliases: Which collections count as the same there.
    """

    guild_id: int
    request: SnapshotRequest
    rule: Rule
    settings: GuildSettings
    aliases: Aliases

    @property
    def is_plain(self) -> bool:
        """Whether it only asks how much is held now of collections that it names, and never fits who holds nothing."""
        return all(map(_is_plain, each_rule(self.rule)))

    @property
    def counting(self) -> Counting:
        """What of the server's settings changes what it counts."""
        its = self.settings
        return Counting.of(self.rule, self.aliases, its.excluded_collections, its.excluded_accounts)

    @property
    def collections(self) -> frozenset[CollectionRef]:
        """The collections that it names, with all that count as the same."""
        return with_aliases(collections_of(self.rule), self.aliases)


def read_members(db: Database, question: RuleQuestion, now: datetime, knowledge: Knowledge) -> StoredMembers:
    """What the store has of those whom a question is about; a long read.

    Args:
        db: Within a read.
        question: It.
        now: The present.
        knowledge: How far it tells something.
    """
    fits_without = not judge(question.rule, Facts(now)).is_denied
    if question.is_plain and not fits_without:
        rows = holder_rows(db, question.guild_id, question.collections, vouching=knowledge.vouching)
    else:
        rows = whole_rows(db, question.guild_id, vouching=knowledge.vouching)
    theirs: dict[int, list[HolderRow]] = {}
    for row in rows:
        if row.proven.account not in question.settings.excluded_accounts:
            theirs.setdefault(row.user_id, []).append(row)
    networks = {row.proven.account.network for row in rows}
    return StoredMembers(list(theirs.values()), {each: _max_age(db, each, knowledge) for each in networks})


def fitting(
    question: RuleQuestion,
    stored: StoredMembers,
    now: datetime,
    patience: Patience,
    part: slice = _ALL,
) -> Iterator[SnapshotMember]:
    """The members who fit, or of whom it is not known.

    Args:
        question: What is asked.
        stored: From `read_members`.
        now: The present.
        patience: What ends a time for which something was held.
        part: Which of the members are looked at.
    """
    excluded = dict.fromkeys(question.settings.excluded_collections, NOTHING_HELD)
    for rows in stored.accounts[part]:
        accounts = tuple(_facts(row, now, stored.ages) for row in rows)
        if excluded:
            accounts = tuple(replace(each, held={**each.held, **excluded}) for each in accounts)
        facts = Facts(now, accounts, question.aliases, patience)
        if row := member_row(rows[0].user_id, question.request, question.rule, facts):
            yield row


def to_snapshot(
    question: RuleQuestion,
    found: Iterable[SnapshotMember],
    now: datetime,
    names: Mapping[CollectionRef, str],
    schedule_id: int | None = None,
) -> Snapshot:
    """The answer to a question.

    Args:
        question: What was asked.
        found: What `fitting` found.
        now: When.
        names: Of collections, upstream's.
        schedule_id: The schedule that asked; None: somebody did.
    """
    named = [names[ref] for ref in collections_of(question.rule) if names.get(ref)]
    return Snapshot(
        guild_id=question.guild_id,
        made_at=now.replace(microsecond=0),
        request=question.request,
        members=tuple(sorted(found, key=lambda member: member.user_id)),
        names=tuple(safe_text(name, _NAME, plain=True) for name in named),
        schedule_id=schedule_id,
        counting=question.counting,
    )


def _max_age(db: Database, network: str, knowledge: Knowledge) -> timedelta:
    rate = knowledge.rates.get(network)
    possible = timedelta(seconds=account_count(db, network) / rate) if rate else timedelta(0)
    return longest_age(knowledge.interval, possible)


def _facts(row: HolderRow, now: datetime, ages: Mapping[str, timedelta]) -> AccountFacts:
    is_certain = row.is_certain and not row.proven.is_frozen
    max_age = ages[row.proven.account.network]
    return to_state(row.proven, row.stored, is_certain=is_certain, now=now, max_age=max_age).facts


def _is_plain(part: Rule) -> bool:
    if isinstance(part, Holds):
        return isinstance(part.target, CollectionRef)
    if isinstance(part, HoldsCollections):
        return bool(part.among)
    return isinstance(part, SomeOf | AllOf | AnyOf | Not | During)
