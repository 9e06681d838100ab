"""What is wrong with a server's roles and gates: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cogs.servers.health_facts import HealthFacts
from bot.cogs.servers.health_finding import Finding, by_count, fine, since, wrong
from bot.cogs.servers.health_sources import has_source
from bot.gates.gate import Gate, GateState, ParkReason
from bot.roles.eligibility import ProblemCode, problem_of
from bot.roles.powers import administers_roles
from bot.text.plural import plural

_PARKED = {
    ParkReason.REFUSED: "Discord refused to change its role, and nothing shows why. It is tried once an hour, and by "
    "`/gate resume` now",
    ParkReason.SOURCE_GONE: "its source has not answered for 30 days. Set up another that knows its collection, or "
    "remove the gate; it heals by itself when the source answers",
    ParkReason.ROLE_FOUGHT_OVER: "another bot undid a change twice. Let only one bot manage the role, then "
    "`/gate resume`",
}


def of_roles(facts: HealthFacts) -> Iterator[Finding]:
    """Whether the bot may manage roles, and each gate can work."""
    guild = facts.roles
    if guild is None:
        words = (
            "Discord has not yet reported this server's roles, or Tessera's own: what depends on them is not checked."
        )
        yield wrong(words, "Try again in a minute.")
        return
    may_manage = administers_roles(guild.own_powers)
    if not may_manage:
        yield wrong(
            "Tessera may not manage roles.",
            "Server Settings → Roles → the role of Tessera: turn on Manage Roles.",
        )
    else:
        yield fine("Tessera may manage roles.")
    if "administrator" in guild.own_powers:
        yield wrong("Tessera is an administrator, which it never needs.", "Turn Administrator off for it.")
    troubled = [finding for gate in facts.gates for finding in _gate(facts, gate)]
    yield from troubled
    if facts.gates and not troubled and may_manage:
        count = len(facts.gates)
        yield fine(f"{plural(count, 'gate')}: {by_count(count, 'its', 'each')} role can be given.")
    if not facts.gates:
        yield fine("There is no gate yet. `/gate add` makes the first one.")


def _gate(facts: HealthFacts, gate: Gate) -> Iterator[Finding]:
    assert facts.roles  # noqa: S101 - asked before
    name = f"Gate #{gate.gate_id} (<@&{gate.role_id}>)"
    problem = problem_of(gate.role_id, facts.roles, confirmed_powers=gate.draft.confirmed_powers)
    if problem and problem.code is ProblemCode.NO_PERMISSION:
        return  # of the server, and said once
    if problem:
        is_gone = problem.code is ProblemCode.GONE
        fix = "`/gate edit` binds the gate to another role; everybody gets it back." if is_gone else ""
        yield wrong(f"{name}: {problem.words}", fix)
    elif gate.parked is ParkReason.SOURCE_GONE and not has_source(facts, gate):
        return  # said of the network, for all gates that ask about it
    elif gate.state is GateState.PARKED and gate.parked:
        why = _PARKED.get(gate.parked, "its role could not be given. It heals by itself, as the role is fine now")
        yield wrong(f"{name} is stopped since {since(gate.since)}: {why}.")
    if gate.state is GateState.PAUSED:
        yield wrong(f"{name} is paused since {since(gate.since)}.", "`/gate resume` starts it again.")
