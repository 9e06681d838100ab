"""What sync answers: values for the commands that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, auto

from bot.gates.facts import AccountFacts
from bot.gates.gate import Gate
from bot.messages import Words, reader_text
from bot.reasons import Reason
from bot.roles.grants import Grant
from bot.roles.plan import Change, Held, Judged
from bot.roles.safety import Hold
from bot.sync.ports import Presence


@dataclass(frozen=True, slots=True)
class FailedChange:
    """A change that Discord refused or did not confirm; the next run tries again, or its gate is parked."""

    change: Change
    words: Words

    @property
    def sentence(self) -> str:
        """Why, in the reader's language."""
        return self.words.render()


@dataclass(frozen=True, slots=True)
class AccountState:
    """How current the knowledge about one account is.

    Attributes:
        facts: What is known.
        failed_at: When reading it failed last, if nothing was read since.
        failure: Why.
        next_at: When it is read again, without a request.
    """

    facts: AccountFacts
    failed_at: datetime | None = None
    failure: Reason | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MemberReport:
    """How one member stands in one server: what they and moderators are shown.

    Attributes:
        guild_id: The server.
        user_id: The member.
        presence: Whether they are a member, as last known.
        accounts: Their proven accounts that count there.
        judged: Each gate's answer, in the order of the gates.
        ledger: Role → grant.
        made: Changes that were just made: in this run, or in another one that came first.
        failed: Changes that were due and could not be made.
        held: Roles that are retained for now, and why.
    """

    guild_id: int
    user_id: int
    presence: Presence
    accounts: Sequence[AccountState] = ()
    judged: Sequence[Judged] = ()
    ledger: Mapping[int, Grant] = field(default_factory=dict)
    made: Sequence[Change] = ()
    failed: Sequence[FailedChange] = ()
    held: Sequence[Held] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What would follow from gates that are not saved yet, for all linked members of a server.

    Attributes:
        as_of: When it was made; a save is refused when what it was made from has changed since (`version`).
        version: Of the server's gates and settings; see `Gates.version`.
        gain: Role → members who would get it.
        lose: Role → members who would lose it, after the usual misses and grace.
        unknown: Role → members of whom it is not known.
        keep: Role → members who have it and would retain it.
        unread: How many linked accounts were not read lately, or never, or without what a rule asks for (`untold`).
        reading: How many of these are being read now, so that the preview is another one soon.
        untold: How many linked accounts hold a collection of which a rule asks for single NFTs, that were not read.
    """

    as_of: datetime
    version: int
    gain: Mapping[int, Sequence[int]] = field(default_factory=dict)
    lose: Mapping[int, Sequence[int]] = field(default_factory=dict)
    unknown: Mapping[int, Sequence[int]] = field(default_factory=dict)
    keep: Mapping[int, Sequence[int]] = field(default_factory=dict)
    unread: int = 0
    reading: int = 0
    untold: int = 0


@dataclass(frozen=True, slots=True)
class UndoneRun:
    """What became of the roles that a run took, once it was undone; who has theirs, or left, is not counted.

    Attributes:
        given_back: How many were given back.
        not_now: How many Discord did not give, or whose gates do not work now: the run can be undone once more.
        without_gate: How many no gate of the server gives now; if one does again, the run can be undone once more.
    """

    given_back: int
    not_now: int = 0
    without_gate: int = 0


class StagedState(StrEnum):
    """What became of a removal that waited for a person."""

    WAITING = auto()
    APPROVED = auto()
    DISCARDED = auto()


@dataclass(frozen=True, slots=True)
class Staged:
    """A removal that waits for a person, with its reason; as an earlier version wrote it down, that is a text."""

    user_id: int
    gate: Gate
    why: Words | str
    state: StagedState
    since: datetime

    @property
    def sentence(self) -> str:
        """Why, in the reader's language."""
        return reader_text(self.why)


@dataclass(frozen=True, slots=True)
class Run:
    """What was changed in one server within one run, for `/sync status` and `/sync undo`."""

    run_id: int
    guild_id: int
    started_at: datetime
    ended_at: datetime | None
    added: int
    removed: int
    failed: int
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How sync stands in one server.

    Attributes:
        members: Linked members that are known to be in it.
        accounts: Linked accounts of these.
        unread: How many of these accounts were never read.
        oldest_at: As of when the oldest reading is.
        interval: How often each account is to be read, as set.
        possible: How often the sources' rates allow it, where that is less often than set; and which source it is.
        slow_source: The label of that source.
        pending: How many of its members are due to be judged.
        holds: Why removals wait.
        staged: How many removals wait for a person.
        last_run: The last run that changed something.
        next_at: When the next account is due.
        failing: Sources that do not answer: label → since when.
        unsourced: Networks of these accounts of which no source is configured.
        is_superseded: Another Tessera that started later uses this store: this one takes no role.
        is_answered_elsewhere: Another process answers with this token, so that this one takes no role.
        gate_roles: Gates of the server → their roles.
        rests_until: Until when no role is taken anywhere, as this machine's clock was set; None: it was not.
    """

    members: int
    accounts: int
    unread: int
    oldest_at: datetime | None
    interval: timedelta
    possible: timedelta | None = None
    slow_source: Words | str = ""
    pending: int = 0
    holds: Sequence[Hold] = ()
    staged: int = 0
    last_run: Run | None = None
    next_at: datetime | None = None
    failing: Mapping[Words | str, datetime] = field(default_factory=dict)
    unsourced: Sequence[str] = ()
    is_superseded: bool = False
    is_answered_elsewhere: bool = False
    rests_until: datetime | None = None
    gate_roles: Mapping[int, int] = field(default_factory=dict)
