"""Everything that is wrong, or soon will be, each with how to repair it: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cogs.servers.health_facts import HealthFacts
from bot.cogs.servers.settings_embeds import span_words
from bot.config.sync_table import SAFE_MISSES, SAFE_SPAN
from bot.gates.gate import Gate, GateState, ParkReason
from bot.roles.eligibility import ProblemCode, problem_of
from bot.roles.powers import administers_roles
from bot.roles.safety import Cause, Hold
from bot.text import safe_text
from bot.ui.embeds import plural

_NAME = 80
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
_PARKED = {
    ParkReason.SOURCE_GONE: "no source has answered about it for days. Configure one that knows its collection, or "
    "remove the gate; it heals by itself when the source answers",
    ParkReason.ROLE_FOUGHT_OVER: "another bot undid a change twice. Let only one bot manage the role, then "
    "`/gate resume`",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `/health`.

    Attributes:
        is_fine: Whether nothing is to be done.
        words: What was found.
        fix: What to do; "": nothing.
    """

    is_fine: bool
    words: str
    fix: str = ""


def _fine(words: str) -> Finding:
    return Finding(is_fine=True, words=words)


def _wrong(words: str, fix: str = "") -> Finding:
    return Finding(is_fine=False, words=words, fix=fix)


def findings(facts: HealthFacts) -> list[Finding]:
    """All of them: what is wrong first."""
    found = [*_roles(facts), *_channel(facts), *_intents(facts), *_sync(facts), *_configuration(facts)]
    return sorted(found, key=lambda each: each.is_fine)


def _roles(facts: HealthFacts) -> Iterator[Finding]:
    guild = facts.roles
    if guild is None:
        yield _wrong("Discord has not announced this server to Tessera yet.", "Try again in a minute.")
        return
    may_manage = administers_roles(guild.own_powers)
    if not may_manage:
        yield _wrong(
            "Tessera may not manage roles.",
            "Server Settings → Roles → the role of Tessera: turn on Manage Roles.",
        )
    else:
        yield _fine("Tessera may manage roles.")
    if "administrator" in guild.own_powers:
        yield _wrong("Tessera is an administrator, which it never needs.", "Turn Administrator off for it.")
    troubled = [finding for gate in facts.gates for finding in _gate(facts, gate)]
    yield from troubled
    if facts.gates and not troubled and may_manage:
        yield _fine(f"{plural(len(facts.gates), 'gate')}: each role can be given.")
    if not facts.gates:
        yield _fine("There is no gate yet. `/gate add` makes the first one.")


def _gate(facts: HealthFacts, gate: Gate) -> Iterator[Finding]:
    assert facts.roles  # noqa: S101 - asked before
    name = f"Gate #{gate.gate_id} (<@&{gate.role_id}>)"
    problem = problem_of(gate.role_id, facts.roles, confirmed_powers=gate.draft.confirmed_powers)
    if problem and problem.code is ProblemCode.NO_PERMISSION:
        return  # of the server, and said once
    if problem:
        is_gone = problem.code is ProblemCode.GONE
        fix = "`/gate edit` binds the gate to another role; everybody gets it back." if is_gone else ""
        yield _wrong(f"{name}: {problem.words}", fix)
    elif gate.state is GateState.PARKED and gate.parked:
        why = _PARKED.get(gate.parked, "its role could not be given. It heals by itself, as the role is fine now")
        yield _wrong(f"{name} is stopped since {_since(gate.since)}: {why}.")
    if gate.state is GateState.PAUSED:
        yield _wrong(f"{name} is paused since {_since(gate.since)}.", "`/gate resume` starts it again.")


def _channel(facts: HealthFacts) -> Iterator[Finding]:
    channel = facts.channel
    if channel.channel_id is None:
        yield _wrong("There is no log channel: nobody sees role changes and alerts.", "`/settings log` sets one.")
    elif not channel.exists:
        yield _wrong(
            "The log channel is gone, or Tessera cannot see it.",
            "Give it View Channel there, or `/settings log` sets another.",
        )
    elif channel.missing:
        fix = f"Give its role {', '.join(channel.missing)} in that channel, or `/settings log` sets another."
        yield _wrong(f"Tessera cannot post in <#{channel.channel_id}>.", fix)
    else:
        yield _fine(f"Role changes are posted in <#{channel.channel_id}>.")
    if facts.admin_role_gone:
        fix = "`/settings admin-role` names another."
        yield _wrong("The role that may configure Tessera was deleted.", fix)
    if facts.protected_roles_gone:
        count = plural(facts.protected_roles_gone, "protected role")
        yield _wrong(f"{count} deleted: it protects nobody.", "`/settings unprotect` and `protect` another.")


def _intents(facts: HealthFacts) -> Iterator[Finding]:
    """Optional: what is lost without each is said, and nothing is wrong."""
    intents = facts.intents
    if intents.moderation and not intents.sees_audit_log:
        yield _wrong(
            "Role changes by others are reported, but not by whom.",
            "Give the role of Tessera View Audit Log, or switch `moderation_intent` off.",
        )
    elif intents.moderation:
        yield _fine("Role changes by others are known at once, and by whom.")
    else:
        hours = span_words(facts.patience.drift)
        yield _fine(
            f"Optional: role changes by others are found within {hours}, and not by whom. With `moderation_intent` and "
            "View Audit Log they are known at once.",
        )
    if intents.members:
        yield _fine("Joins are known at once: roles are restored on return.")
    else:
        yield _fine(
            "Optional: members who join again get their roles back with their first command, or within some hours. "
            "With `members_intent` at once.",
        )


def _sync(facts: HealthFacts) -> Iterator[Finding]:
    for label, since in facts.failing.items():
        yield _wrong(
            f"{safe_text(label, _NAME)} has not answered since {_since(since)}. Nobody loses a role by that.",
            "It is asked again by itself; if it is gone for good, its gates are stopped and say so.",
        )
    status = facts.status
    if status is None:
        yield _wrong("How current roles are cannot be found out now.", "Try again in a minute.")
        return
    yield from (_hold(hold, status.staged) for hold in status.holds)
    if status.possible and status.possible > status.interval:
        yield _wrong(
            f"Accounts are read every {span_words(status.possible)} and not every {span_words(status.interval)}: "
            f"{safe_text(status.slow_source, _NAME)} answers no faster.",
            "Raise `requests_per_second` of that source if it allows more, or `sync.interval_minutes`.",
        )
    elif not status.members:
        yield _fine("No member has linked an account yet.")
    else:
        members = plural(status.members, "linked member")
        yield _fine(f"{members}, {plural(status.accounts, 'account')}: {_freshness(status.oldest_at)}.")


def _hold(hold: Hold, staged: int) -> Finding:
    waiting = f" {plural(staged, 'removal')} wait for a person." if staged else ""
    fix = "`/sync staged` lists them; `/sync approve` takes these roles, `/sync discard` leaves them for a day."
    if hold.cause is Cause.ADMIN:
        fix = "`/sync release` ends that."
    return _wrong(f"No role is taken since {_since(hold.since)}: {_CAUSES[hold.cause]}.{waiting}", fix)


def _configuration(facts: HealthFacts) -> Iterator[Finding]:
    patience = facts.patience
    if patience.removal_misses < SAFE_MISSES:
        yield _wrong(
            f"`sync.removal_misses` is {patience.removal_misses}: a role is taken after so few readings.",
            f"Set it to {SAFE_MISSES} or more.",
        )
    if patience.removal_span < SAFE_SPAN:
        yield _wrong(
            f"`sync.removal_minutes` is {patience.removal_minutes:g}: a short outage of a source can cost roles.",
            f"Set it to {SAFE_SPAN // timedelta(minutes=1)} or more.",
        )
    if facts.clock_skew is not None:
        ahead = facts.clock_skew.total_seconds()
        if abs(facts.clock_skew) > _SKEW:
            side = "ahead of" if ahead > 0 else "behind"
            yield _wrong(
                f"This machine's clock is {abs(ahead):.0f} seconds {side} Discord's.",
                "Let the machine set its clock by NTP: readings are dated by it.",
            )
        else:
            yield _fine("This machine's clock agrees with Discord's.")


def _freshness(oldest_at: datetime | None) -> str:
    return f"the oldest reading is of {_since(oldest_at)}" if oldest_at else "none has been read yet"


def _since(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:R>"
