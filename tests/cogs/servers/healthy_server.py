"""What `/health` is judged from in a server where nothing is wrong, and changes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.cogs.servers.health_checks import findings
from bot.cogs.servers.health_facts import HealthFacts, Intents, LogChannel, SourceFacts
from bot.cogs.servers.health_finding import Finding
from bot.gates.gate import Gate, GateDraft, GateState
from bot.gates.rule import CollectionRef, Holds, Rule
from bot.roles.eligibility import GuildRoles, RoleFacts
from bot.sync.results import SyncStatus

HARBOUR, MOSAICS = CollectionRef("loopring", "254"), CollectionRef("loopring", "261")
ETHEREUM = SourceFacts("eip155:1", "Ethereum")
NOW = datetime(2026, 11, 26, tzinfo=UTC)
GUILD, OWN, COLLECTOR = 9, 50, 7
ROLES = GuildRoles(
    guild_id=GUILD,
    name="The Mosaic Society",
    owner_id=1,
    roles={
        GUILD: RoleFacts(GUILD, "@everyone", 0),
        COLLECTOR: RoleFacts(COLLECTOR, "Collector", 1),
        OWN: RoleFacts(OWN, "Tessera", 5, is_managed=True),
    },
    own_roles=frozenset({OWN}),
    own_powers=frozenset({"manage_roles", "send_messages"}),
)
GATE = Gate(
    gate_id=12,
    guild_id=GUILD,
    draft=GateDraft(COLLECTOR, Holds(HARBOUR)),
    state=GateState.ACTIVE,
    since=NOW,
    created_at=NOW,
)
STATUS = SyncStatus(members=3, accounts=4, unread=0, oldest_at=NOW, interval=timedelta(minutes=10))
FINE = HealthFacts(
    now=NOW,
    roles=ROLES,
    gates=(GATE,),
    sources=(SourceFacts("loopring", "Loopring"),),
    channel=LogChannel(5),
    intents=Intents(moderation=True, members=True, sees_audit_log=True),
    status=STATUS,
    clock_skew=timedelta(seconds=1),
)


def with_role(role: RoleFacts, **changes: object) -> HealthFacts:
    """The same server with another role of that id."""
    return replace(FINE, roles=replace(ROLES, roles=dict(ROLES.roles) | {role.role_id: role}, **changes))  # type: ignore[arg-type] # of GuildRoles


def gate(**changes: object) -> HealthFacts:
    """The same server with a gate in another state."""
    return replace(FINE, gates=(replace(GATE, **changes),))  # type: ignore[arg-type] # of Gate


def with_rule(rule: Rule) -> HealthFacts:
    """The same server with another rule."""
    return gate(draft=replace(GATE.draft, rule=rule))


def status(**changes: object) -> HealthFacts:
    """The same server with another status."""
    return replace(FINE, status=replace(STATUS, **changes))  # type: ignore[arg-type] # of SyncStatus


def wrong(facts: HealthFacts) -> list[Finding]:
    """What is to be repaired."""
    return [each for each in findings(facts) if not each.is_fine]
