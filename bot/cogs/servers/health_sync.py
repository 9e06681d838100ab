"""What is wrong with how sync stands, and with what the operator has configured: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.cogs.servers.health_facts import Failure, HealthFacts
from bot.cogs.servers.health_finding import Finding, fine, gates_named, moment, since, wrong
from bot.cogs.servers.settings_embeds import span_words
from bot.config.sync_table import SAFE_MISSES, SAFE_SPAN
from bot.gates.describe import joined
from bot.messages import Message, Words, reader_text
from bot.roles.safety import Cause, Scope
from bot.sync.breaker import gates_of
from bot.sync.results import SyncStatus
from bot.text import safe_text

_NAME = 80
_WORDS = 300
# Readings are dated by this machine; a minute of difference is all that counting tolerates.
_SKEW = timedelta(seconds=30)
_NOT_KNOWN = Message("How current roles are cannot be found out now.")
_TRY_AGAIN = Message("Try again in a minute.")
_SUPERSEDED = Message("Another Tessera that started later uses the same store, so this one takes no role.")
_STOP_ONE = Message("The operator stops one of the two.")
_ELSEWHERE = Message(
    "Another process answers with this bot's token, so this one takes no role until it has been gone for an hour."
)
_STOP_OR_RESET = Message("The operator stops one of the two, or resets the token if they know of no other.")
_CLOCK_SET = Message("The clock of Tessera's machine was set, so that no role is taken before {when}.")
_SET_BY_NTP = Message("That ends by itself. If it comes again, let the machine set its clock by NTP.")
_SLOW = Message("Accounts are read every {possible} and not every {interval}: {source} answers no faster.")
_HOUR = Message("hour")
_MINUTE = Message("minute")
_READ_FASTER = Message("Raise `requests_per_second` of that source if it allows more, or `sync.interval_minutes`.")
_NOBODY = Message("No member has linked an account yet.")
_OLDEST = Message(
    "{members}, {count:,} account: the oldest reading is of {when}.",
    "{members}, {count:,} accounts: the oldest reading is of {when}.",
)
_UNREAD = Message(
    "{members}, {count:,} account: none has been read yet.", "{members}, {count:,} accounts: none has been read yet."
)
_MEMBERS = Message("{count:,} linked member", "{count:,} linked members")
_SILENT = Message("{source} has not answered since {when}. Nobody loses a role by that.")
_SILENT_SAYS = Message("{source} has not answered since {when}. Nobody loses a role by that. It says: {words}")
_ASKED_AGAIN = Message("It is asked again by itself; if it is gone for good, its gates are stopped and say so.")
_HELD = Message("No role is taken since {when}: {causes}.")
_HELD_GATES = Message("By {gates} no role is taken since {when}: {causes}.")
_WAITING = Message("{held} {count:,} removal waits for a person.", "{held} {count:,} removals wait for a person.")
_TWO_CAUSES = Message("{one}; {other}")
_DECIDE = Message(
    "`/sync staged` lists what waits; `/sync approve` lets it happen, `/sync discard` leaves it for a day."
)
_RELEASE = Message("`/sync release` ends that.")
_FEW_MISSES = Message("`sync.removal_misses` is {misses}: a role is taken after so few readings.")
_SHORT = Message("`sync.removal_minutes` is {minutes:g}: a short outage of a source can cost roles.")
_SET_TO = Message("Set it to {least} or more.")
_AHEAD = Message("This machine's clock is {seconds:.0f} seconds ahead of Discord's.")
_BEHIND = Message("This machine's clock is {seconds:.0f} seconds behind Discord's.")
_USE_NTP = Message("Let the machine set its clock by NTP: readings are dated by it.")
_CLOCK_FINE = Message("This machine's clock agrees with Discord's.")
_CAUSES = {
    Cause.TOO_MANY_AT_ONCE: Message("many members would lose a role at once"),
    Cause.TOO_MANY_IN_A_DAY: Message("many members lost a role within a day"),
    Cause.SOURCE_EMPTIED: Message("a source reports many accounts as empty"),
    Cause.COLLECTION_HALVED: Message("half of a collection's holders seem to be gone"),
    Cause.ADMIN: Message("an admin stopped them"),
    Cause.INVITED_AGAIN: Message("Tessera was invited again, and looks at all members first"),
}


def of_sync(facts: HealthFacts) -> Iterator[Finding]:
    """Sources, holds, and how current roles are."""
    status = facts.status
    yield from _silent(facts)
    if status is None:
        yield wrong(_NOT_KNOWN(), _TRY_AGAIN())
        return
    if status.is_superseded:
        yield wrong(_SUPERSEDED(), _STOP_ONE())
    elif status.is_answered_elsewhere:
        yield wrong(_ELSEWHERE(), _STOP_OR_RESET())
    if status.rests_until:
        yield wrong(_CLOCK_SET(when=moment(status.rests_until)), _SET_BY_NTP())
    yield from _holds(facts, status)
    if status.possible and status.possible > status.interval:
        possible, interval = _every(status.possible), _every(status.interval)
        source = safe_text(reader_text(status.slow_source), _NAME)
        yield wrong(_SLOW(possible=possible, interval=interval, source=source), _READ_FASTER())
    elif not status.members:
        yield fine(_NOBODY())
    else:
        members, oldest_at = _MEMBERS(count=status.members), status.oldest_at
        if oldest_at:
            yield fine(_OLDEST(members=members, count=status.accounts, when=since(oldest_at)))
        else:
            yield fine(_UNREAD(members=members, count=status.accounts))


def _silent(facts: HealthFacts) -> Iterator[Finding]:
    """Sources that do not answer: as commands see it since the start, and as reading accounts has seen it before."""
    read = facts.status.failing if facts.status else {}
    for label in sorted(facts.failing.keys() | read.keys(), key=str):
        began = min(failing[label].at for failing in (facts.failing, _without_words(read)) if label in failing)
        words = facts.failing[label].words if label in facts.failing else ""
        source, when = safe_text(reader_text(label), _NAME), since(began)
        said = _SILENT_SAYS(source=source, when=when, words=safe_text(words, _WORDS)) if words else None
        yield wrong(said or _SILENT(source=source, when=when), _ASKED_AGAIN())


def _without_words(failing: Mapping[Words | str, datetime]) -> Mapping[Words | str, Failure]:
    return {label: Failure(at) for label, at in failing.items()}


def _holds(facts: HealthFacts, status: SyncStatus) -> Iterator[Finding]:
    """Why removals wait: one line for all that a wave trips, and one for the hold of an admin."""
    its = {hold: gates_of(hold, facts.gates, facts.aliases) for hold in status.holds if hold.cause is not Cause.ADMIN}
    wave = [hold for hold, gates in its.items() if gates or hold.scope is Scope.GUILD]
    if wave:
        gates = [gate for gate in facts.gates if any(gate in its[hold] for hold in wave)]
        everywhere = any(hold.scope is Scope.GUILD for hold in wave)
        causes = [_CAUSES[cause]() for cause in dict.fromkeys(hold.cause for hold in wave)]
        why, when = joined(causes, _TWO_CAUSES), since(min(hold.since for hold in wave))
        by_gates = _HELD_GATES(gates=gates_named(gates), when=when, causes=why)
        held = _HELD(when=when, causes=why) if everywhere else by_gates
        yield wrong(_with_waiting(held, status), _DECIDE())
    for hold in status.holds:
        if hold.cause is Cause.ADMIN:
            words = _HELD(when=since(hold.since), causes=_CAUSES[hold.cause]())
            yield wrong(words if wave else _with_waiting(words, status), _RELEASE())


def _with_waiting(held: Words, status: SyncStatus) -> Words:
    """That removals are held, and how many wait."""
    return _WAITING(held=held, count=status.staged) if status.staged else held


def of_configuration(facts: HealthFacts) -> Iterator[Finding]:
    """The operator's settings, and the machine."""
    patience = facts.patience
    if patience.removal_misses < SAFE_MISSES:
        yield wrong(_FEW_MISSES(misses=patience.removal_misses), _SET_TO(least=SAFE_MISSES))
    if patience.removal_span < SAFE_SPAN:
        yield wrong(_SHORT(minutes=patience.removal_minutes), _SET_TO(least=SAFE_SPAN // timedelta(minutes=1)))
    if facts.clock_skew is not None:
        ahead = facts.clock_skew.total_seconds()
        if abs(facts.clock_skew) > _SKEW:
            yield wrong((_AHEAD if ahead > 0 else _BEHIND)(seconds=abs(ahead)), _USE_NTP())
        else:
            yield fine(_CLOCK_FINE())


def _every(span: timedelta) -> Words | str:
    """A span as it follows "every"."""
    one = {timedelta(hours=1): _HOUR, timedelta(minutes=1): _MINUTE}.get(span)
    return one() if one else span_words(span)
