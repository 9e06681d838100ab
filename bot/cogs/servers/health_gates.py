"""What is wrong with a server's roles and gates: pure, from `HealthFacts` alone."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cogs.servers.health_facts import HealthFacts
from bot.cogs.servers.health_finding import Finding, fine, since, wrong
from bot.cogs.servers.health_sources import has_source
from bot.gates.gate import Gate, GateState, ParkReason
from bot.messages import Message
from bot.roles.eligibility import ProblemCode, problem_of
from bot.roles.powers import administers_roles

_NOT_REPORTED = Message(
    "Discord has not yet reported this server's roles, or Tessera's own: what depends on them is not checked."
)
_TRY_AGAIN = Message("Try again in a minute.")
_MAY_NOT_MANAGE = Message("Tessera may not manage roles.")
_LET_MANAGE = Message("Server Settings → Roles → the role of Tessera: turn on Manage Roles.")
_MAY_MANAGE = Message("Tessera may manage roles.")
_ADMINISTRATOR = Message("Tessera is an administrator, which it never needs.")
_NO_ADMINISTRATOR = Message("Turn Administrator off for it.")
_CAN_BE_GIVEN = Message("{count:,} gate: its role can be given.", "{count:,} gates: each role can be given.")
_NO_GATE = Message("There is no gate yet. `/gate add` makes the first one.")
_PROBLEM = Message("Gate {gate}: {problem}")
_BIND_AGAIN = Message("`/gate edit` binds the gate to another role; everybody gets it back.")
_STOPPED = Message("Gate {gate} is stopped since {when}: {why}.")
_PAUSED = Message("Gate {gate} is paused since {when}.")
_RESUME = Message("`/gate resume` starts it again.")
_HEALS = Message("its role could not be given. It heals by itself, as the role is fine now")
_PARKED = {
    ParkReason.REFUSED: Message(
        "Discord refused to change its role, and nothing shows why. It is tried once an hour, and by `/gate resume` now"
    ),
    ParkReason.SOURCE_GONE: Message(
        "its source has not answered for 30 days. Set up another that knows its collection, or remove the gate; it "
        "heals by itself when the source answers"
    ),
    ParkReason.ROLE_FOUGHT_OVER: Message(
        "another bot undid a change twice. Let only one bot manage the role, then `/gate resume`"
    ),
}


def of_roles(facts: HealthFacts) -> Iterator[Finding]:
    """Whether the bot may manage roles, and each gate can work."""
    guild = facts.roles
    if guild is None:
        yield wrong(_NOT_REPORTED(), _TRY_AGAIN())
        return
    may_manage = administers_roles(guild.own_powers)
    yield fine(_MAY_MANAGE()) if may_manage else wrong(_MAY_NOT_MANAGE(), _LET_MANAGE())
    if "administrator" in guild.own_powers:
        yield wrong(_ADMINISTRATOR(), _NO_ADMINISTRATOR())
    troubled = [finding for gate in facts.gates for finding in _gate(facts, gate)]
    yield from troubled
    if facts.gates and not troubled and may_manage:
        yield fine(_CAN_BE_GIVEN(count=len(facts.gates)))
    if not facts.gates:
        yield fine(_NO_GATE())


def _gate(facts: HealthFacts, gate: Gate) -> Iterator[Finding]:
    assert facts.roles  # noqa: S101 - asked before
    name = f"#{gate.gate_id} (<@&{gate.role_id}>)"
    problem = problem_of(gate.role_id, facts.roles, confirmed_powers=gate.draft.confirmed_powers)
    if problem and problem.code is ProblemCode.NO_PERMISSION:
        return  # of the server, and said once
    if problem:
        fix = _BIND_AGAIN() if problem.code is ProblemCode.GONE else None
        yield wrong(_PROBLEM(gate=name, problem=problem.words), fix)
    elif gate.parked is ParkReason.SOURCE_GONE and not has_source(facts, gate):
        return  # said of the network, for all gates that ask about it
    elif gate.state is GateState.PARKED and gate.parked:
        yield wrong(_STOPPED(gate=name, when=since(gate.since), why=_PARKED.get(gate.parked, _HEALS)()))
    if gate.state is GateState.PAUSED:
        yield wrong(_PAUSED(gate=name, when=since(gate.since)), _RESUME())
