"""Each misconfiguration has one line that says how to repair it, and what is fine has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.cogs.servers.health_checks import findings
from bot.cogs.servers.health_cog import health_embed
from bot.cogs.servers.health_facts import HealthFacts, Intents, LogChannel
from bot.cogs.servers.log_problems import LogProblem, Unposted
from bot.gates.gate import GateState, ParkReason
from bot.roles.eligibility import RoleFacts
from bot.ui.embeds import embed_units
from tests.cogs.servers.healthy_server import (
    COLLECTOR,
    FINE,
    GATE,
    GUILD,
    NOW,
    OWN,
    ROLES,
    gate,
    with_role,
    wrong,
)


def cases() -> Iterator[tuple[str, HealthFacts, str, str]]:
    """What is wrong, in which facts, a part of its line, and a part of how to repair it."""
    yield "no server", replace(FINE, roles=None), "has not yet reported", "Try again"
    powerless = replace(ROLES, own_powers=frozenset[str]())
    yield "no permission", replace(FINE, roles=powerless), "may not manage roles", "turn on Manage Roles"
    mighty = replace(ROLES, own_powers=frozenset({"administrator"}))
    yield "administrator", replace(FINE, roles=mighty), "never needs", "Turn Administrator off"
    yield "role above", with_role(RoleFacts(COLLECTOR, "Collector", 9)), "Gate #12", "drag my role above"
    yield "managed", with_role(RoleFacts(COLLECTOR, "Collector", 1, is_managed=True)), "Gate #12", "Create a role"
    powers = frozenset({"ban_members"})
    yield "dangerous", with_role(RoleFacts(COLLECTOR, "Collector", 1, powers)), "Ban Members", "Turn them off"
    gone = replace(ROLES, roles={GUILD: ROLES.roles[GUILD], OWN: ROLES.roles[OWN]})
    yield "deleted", replace(FINE, roles=gone), "does not exist any more", "`/gate edit`"
    parked = gate(state=GateState.PARKED, parked=ParkReason.SOURCE_GONE)
    yield "source gone", parked, "is stopped since", "Set up another"
    fought = gate(state=GateState.PARKED, parked=ParkReason.ROLE_FOUGHT_OVER)
    refused = gate(state=GateState.PARKED, parked=ParkReason.REFUSED)
    yield "refused by Discord", refused, "nothing shows why", "`/gate resume`"
    yield "fought over", fought, "another bot", "`/gate resume`"
    yield "paused", gate(state=GateState.PAUSED), "is paused", "`/gate resume`"
    yield "no channel", replace(FINE, channel=LogChannel()), "no log channel", "`/settings log`"
    yield "channel gone", replace(FINE, channel=LogChannel(5, exists=False)), "is gone", "View Channel"
    mute = LogChannel(5, missing=["Send Messages"])
    yield "mute", replace(FINE, channel=mute), "cannot post in <#5>", "Send Messages"
    lost = Unposted(LogProblem.FORBIDDEN, 5, NOW, 3)
    at = f"<t:{int(NOW.timestamp())}:R>"
    unheard = replace(FINE, channel=LogChannel(5, unposted=lost))
    yield "refused", unheard, f"yet Discord refused it. 3 messages were not posted since {at}", "AutoMod"
    vanished = replace(FINE, channel=LogChannel(5, unposted=replace(lost, problem=LogProblem.CHANNEL_GONE)))
    yield "said to be gone", vanished, "yet Discord said that it is gone. 3 messages", "set another channel"
    one = replace(mute, unposted=replace(lost, count=1))
    yield "mute for a while", replace(FINE, channel=one), f"1 message was not posted since {at}", "Send Messages"
    nowhere = LogChannel(5, exists=False, unposted=lost)
    yield "gone for a while", replace(FINE, channel=nowhere), "3 messages were not posted", "`/settings log`"
    blind = Intents(moderation=True, members=True)
    yield "no audit log", replace(FINE, intents=blind), "not by whom", "View Audit Log"
    yield "admin role", replace(FINE, admin_role_gone=True), "was deleted", "`/settings admin-role`"
    several = "2 protected roles were deleted: they protect nobody."
    yield "protected roles", replace(FINE, protected_roles_gone=2), several, "`/settings unprotect` without"
    single = "1 protected role was deleted: it protects nobody."
    yield "protected role", replace(FINE, protected_roles_gone=1), single, "forgets what was deleted"


@pytest.mark.parametrize(("facts", "words", "fix"), [pytest.param(*each, id=name) for name, *each in cases()])
def test_what_is_wrong_is_said_first_and_how_to_repair_it(facts: HealthFacts, words: str, fix: str) -> None:
    first, *_ = findings(facts)
    assert wrong(facts) == [first]
    assert words in first.words
    assert fix in f"{first.words} {first.fix}"


def test_a_server_in_order_has_nothing_to_repair() -> None:
    assert wrong(FINE) == []
    assert health_embed(findings(FINE)).title == "Everything is fine"


def test_what_is_lost_without_an_optional_intent_is_said_and_is_not_wrong() -> None:
    found = findings(replace(FINE, intents=Intents()))
    assert all(each.is_fine for each in found)
    words = " ".join(each.words for each in found)
    assert "found within 6 hours" in words
    assert "first command" in words


def test_what_is_not_known_yet_of_a_server_is_neither_fine_nor_wrong() -> None:
    intents = Intents(moderation=True, members=True, sees_audit_log=None)
    channel = LogChannel(5, exists=False)
    (first, *others) = findings(replace(FINE, roles=None, intents=intents, channel=channel))
    assert "Tessera's own: what depends on them is not checked" in first.words
    words = " ".join(each.words for each in others)
    assert "audit" not in words.casefold()
    assert "log channel" not in words
    assert all(each.is_fine for each in others)


def test_any_number_of_findings_fits_into_one_message() -> None:
    gates = tuple(replace(GATE, gate_id=number, state=GateState.PAUSED) for number in range(250))
    embed = health_embed(findings(replace(FINE, gates=gates)))
    assert embed.title == "250 things to repair"
    assert len(embed.description or "") <= 4096
    assert embed_units(embed) <= 6000
