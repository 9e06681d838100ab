"""What is wrong with how sync stands, and with what the operator has configured: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.cogs.servers.health_facts import Failure, HealthFacts
from bot.cogs.servers.health_finding import Finding, by_count, fine, gates_named, moment, since, wrong
from bot.cogs.servers.settings_embeds import span_words
from bot.config.sync_table import SAFE_MISSES, SAFE_SPAN
from bot.roles.safety import Cause, Scope
from bot.sync.breaker import gates_of
from bot.sync.results import SyncStatus
from bot.text import safe_text
from bot.text.plural import plural

_NAME = 80
_WORDS = 300
# Readings are dated by this machine; a minute of difference is all that counting tolerates.
_SKEW = timedelta(seconds=30)
_CAUSES = {
    Cause.TOO_MANY_AT_ONCE: "many members would lose a role at once",
    Cause.TOO_MANY_IN_A_DAY: "many members lost a role within a day",
    Cause.SOURCE_EMPTIED: "a source reports many accounts as empty",
    Cause.COLLECTION_HALVED: "half of a collection's holders seem to be gone",
    Cause.ADMIN: "an admin stopped them",
    Cause.INVITED_AGAIN: "Tessera was invited again, and looks at all members first",
}


def of_sync(facts: HealthFacts) -> Iterator[Finding]:
    """Sources, holds, and how current roles are."""
    status = facts.status
    yield from _silent(facts)
    if status is None:
        yield wrong("How current roles are cannot be found out now.", "Try again in a minute.")
        return
    if status.is_superseded:
        yield wrong(
            "Another Tessera that started later uses the same store, so this one takes no role.",
            "The operator stops one of the two.",
        )
    elif status.is_answered_elsewhere:
        yield wrong(
            "Another process answers with this bot's token, so this one takes no role until it has been gone for an "
            "hour.",
            "The operator stops one of the two, or resets the token if they know of no other.",
        )
    if status.rests_until:
        yield wrong(
            f"The clock of Tessera's machine was set, so that no role is taken before {moment(status.rests_until)}.",
            "That ends by itself. If it comes again, let the machine set its clock by NTP.",
        )
    yield from _holds(facts, status)
    if status.possible and status.possible > status.interval:
        yield wrong(
            f"Accounts are read every {_every(status.possible)} and not every {_every(status.interval)}: "
            f"{safe_text(status.slow_source, _NAME)} answers no faster.",
            "Raise `requests_per_second` of that source if it allows more, or `sync.interval_minutes`.",
        )
    elif not status.members:
        yield fine("No member has linked an account yet.")
    else:
        members = plural(status.members, "linked member")
        yield fine(f"{members}, {plural(status.accounts, 'account')}: {_freshness(status.oldest_at)}.")


def _silent(facts: HealthFacts) -> Iterator[Finding]:
    """Sources that do not answer: as commands see it since the start, and as reading accounts has seen it before."""
    read = facts.status.failing if facts.status else {}
    for label in sorted(facts.failing.keys() | read.keys()):
        began = min(failing[label].at for failing in (facts.failing, _without_words(read)) if label in failing)
        words = facts.failing[label].words if label in facts.failing else ""
        said = f" It says: {safe_text(words, _WORDS)}" if words else ""
        yield wrong(
            f"{safe_text(label, _NAME)} has not answered since {since(began)}. Nobody loses a role by that.{said}",
            "It is asked again by itself; if it is gone for good, its gates are stopped and say so.",
        )


def _without_words(failing: Mapping[str, datetime]) -> Mapping[str, Failure]:
    return {label: Failure(at) for label, at in failing.items()}


def _holds(facts: HealthFacts, status: SyncStatus) -> Iterator[Finding]:
    """Why removals wait: one line for all that a wave trips, and one for the hold of an admin."""
    waiting = ""
    if status.staged:
        waits = by_count(status.staged, "waits", "wait")
        waiting = f" {plural(status.staged, 'removal')} {waits} for a person."
    its = {hold: gates_of(hold, facts.gates, facts.aliases) for hold in status.holds if hold.cause is not Cause.ADMIN}
    wave = [hold for hold, gates in its.items() if gates or hold.scope is Scope.GUILD]
    if wave:
        gates = [gate for gate in facts.gates if any(gate in its[hold] for hold in wave)]
        everywhere = any(hold.scope is Scope.GUILD for hold in wave)
        who = "No role" if everywhere else f"By {gates_named(gates)} no role"
        causes = "; ".join(dict.fromkeys(_CAUSES[hold.cause] for hold in wave))
        yield wrong(
            f"{who} is taken since {since(min(hold.since for hold in wave))}: {causes}.{waiting}",
            "`/sync staged` lists what waits; `/sync approve` lets it happen, `/sync discard` leaves it for a day.",
        )
    for hold in status.holds:
        if hold.cause is Cause.ADMIN:
            said = "" if wave else waiting
            words = f"No role is taken since {since(hold.since)}: {_CAUSES[hold.cause]}.{said}"
            yield wrong(words, "`/sync release` ends that.")


def of_configuration(facts: HealthFacts) -> Iterator[Finding]:
    """The operator's settings, and the machine."""
    patience = facts.patience
    if patience.removal_misses < SAFE_MISSES:
        yield wrong(
            f"`sync.removal_misses` is {patience.removal_misses}: a role is taken after so few readings.",
            f"Set it to {SAFE_MISSES} or more.",
        )
    if patience.removal_span < SAFE_SPAN:
        yield wrong(
            f"`sync.removal_minutes` is {patience.removal_minutes:g}: a short outage of a source can cost roles.",
            f"Set it to {SAFE_SPAN // timedelta(minutes=1)} or more.",
        )
    if facts.clock_skew is not None:
        ahead = facts.clock_skew.total_seconds()
        if abs(facts.clock_skew) > _SKEW:
            side = "ahead of" if ahead > 0 else "behind"
            yield wrong(
                f"This machine's clock is {abs(ahead):.0f} seconds {side} Discord's.",
                "Let the machine set its clock by NTP: readings are dated by it.",
            )
        else:
            yield fine("This machine's clock agrees with Discord's.")


def _freshness(oldest_at: datetime | None) -> str:
    return f"the oldest reading is of {since(oldest_at)}" if oldest_at else "none has been read yet"


def _every(span: timedelta) -> str:
    return span_words(span).removeprefix("1 ")
