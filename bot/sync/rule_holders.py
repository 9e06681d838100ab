"""Who fits a rule in a server, from what is stored: the one way to it of snapshots in the bot and on the command line.

In two steps: what the store has is read at one moment, on whatever connection; what follows from it is worked out in
parts, between which others get their turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.gates.facts import NOTHING_HELD, AccountFacts, Facts
from bot.gates.gate import GuildSettings
from bot.gates.judge import judge
from bot.gates.patience import Patience
from bot.gates.rule import AllOf, AnyOf, CollectionRef, During, Holds, HoldsCollections, Not, Rule, SomeOf
from bot.gates.rule_needs import Aliases, collections_of, each_rule, with_aliases
from bot.holders.snapshot import Snapshot, SnapshotMember, SnapshotRequest
from bot.holders.take_snapshot import member_row
from bot.store.holders.holder_rows import HolderRow, holder_rows
from bot.store.holders.whole_rows import whole_rows
from bot.sync.account_facts import to_state
from bot.text import safe_text

_NAME = 80


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
    def collections(self) -> frozenset[CollectionRef]:
        """The collections that it names, with all that count as the same."""
        return with_aliases(collections_of(self.rule), self.aliases)


def read_rows(db: Database, question: RuleQuestion, now: datetime, *, vouching: bool) -> Sequence[Sequence[HolderRow]]:
    """The accounts of each member that a question is about; a long read.

    Args:
        db: Within a read.
        question: It.
        now: The present.
        vouching: What moderators vouched for counts.
    """
    fits_without = not judge(question.rule, Facts(now)).is_denied
    if question.is_plain and not fits_without:
        rows = holder_rows(db, question.guild_id, question.collections, vouching=vouching)
    else:
        rows = whole_rows(db, question.guild_id, vouching=vouching)
    theirs: dict[int, list[HolderRow]] = {}
    for row in rows:
        if row.proven.account not in question.settings.excluded_accounts:
            theirs.setdefault(row.user_id, []).append(row)
    return list(theirs.values())


def fitting(
    question: RuleQuestion,
    members: Sequence[Sequence[HolderRow]],
    now: datetime,
    ages: Mapping[str, timedelta],
    patience: Patience,
) -> Iterator[SnapshotMember | None]:
    """Each member in turn; None: they certainly do not fit.

    Args:
        question: What is asked.
        members: The accounts of each, from `read_rows`.
        now: The present.
        ages: Network → how old a reading may be to tell something about it.
        patience: What ends a time for which something was held.
    """
    excluded = dict.fromkeys(question.settings.excluded_collections, NOTHING_HELD)
    for rows in members:
        accounts = tuple(_facts(row, now, ages) for row in rows)
        if excluded:
            accounts = tuple(replace(each, held={**each.held, **excluded}) for each in accounts)
        facts = Facts(now, accounts, question.aliases, patience)
        yield member_row(rows[0].user_id, question.request, question.rule, facts)


def to_snapshot(
    question: RuleQuestion,
    found: Iterable[SnapshotMember | None],
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
        members=tuple(sorted((member for member in found if member), key=lambda member: member.user_id)),
        names=tuple(safe_text(name, _NAME, plain=True) for name in named),
        schedule_id=schedule_id,
    )


def networks_in(members: Sequence[Sequence[HolderRow]]) -> frozenset[str]:
    """The networks of the accounts: of each it has to be said how old a reading may be."""
    return frozenset(row.proven.account.network for rows in members for row in rows)


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
