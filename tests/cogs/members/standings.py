"""Standings for the tests of what is shown of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cogs.members.gate_words import GateWords
from bot.cogs.members.standing_embeds import Standing
from bot.counts import Ternary, exact
from bot.gates.facts import AccountFacts, Held
from bot.gates.gate import Gate, GateDraft, GateState, GuildSettings
from bot.gates.rule import CollectionRef, Holds
from bot.gates.verdict import Verdict, WhyCode
from bot.holdings import Account
from bot.roles.grants import Grant, GrantState
from bot.roles.plan import Judged
from bot.sync.ports import Presence
from bot.sync.results import AccountState, MemberReport

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
GUILD, ANN = 9, 920_008_388_664_008_936
LIGHTS = CollectionRef("loopring", "254")
VAULT = Account("loopring", "10001")
_CODES = {
    Ternary.YES: WhyCode.ENOUGH,
    Ternary.NO: WhyCode.TOO_FEW,
    Ternary.UNKNOWN: WhyCode.MAY_BE_ENOUGH,
}


def gate(number: int = 1, **changes: Any) -> Gate:
    """A gate for at least three of Harbour Lights, with the role of that number and 100."""
    draft = GateDraft(100 + number, Holds(LIGHTS, least=3))
    made = Gate(number, GUILD, draft, GateState.ACTIVE, since=NOW, created_at=NOW)
    return replace(made, **changes)


def judged(status: Ternary, held: int = 1, of: Gate | None = None, **changes: Any) -> Judged:
    """A gate with its answer."""
    one = of or gate()
    high = None if status is Ternary.UNKNOWN else held
    params = (("low", held), ("high", high), ("least", 3), ("most", None))
    verdict = Verdict(status, one.rule, _CODES[status], params)
    return replace(Judged(one, verdict, NOW - timedelta(minutes=4)), **changes)


def account(held: int = 1, **changes: Any) -> AccountState:
    """One proven account that was read a few minutes ago."""
    facts = AccountFacts(
        VAULT,
        "0x" + "ab" * 20,
        proven_at=NOW - timedelta(hours=1),
        held={LIGHTS: Held(kinds=exact(held))},
        as_of=NOW - timedelta(minutes=4),
    )
    return replace(AccountState(facts), **changes)


def grant(of: Gate, state: GrantState = GrantState.GIVEN) -> dict[int, Grant]:
    """The ledger of a member who has its role."""
    return {of.role_id: Grant(GUILD, ANN, of.role_id, of.gate_id, state, NOW - timedelta(days=3))}


def report(*answers: Judged, **changes: Any) -> MemberReport:
    """How a member with one account stands."""
    return replace(MemberReport(GUILD, ANN, Presence.PRESENT, accounts=[account()], judged=answers), **changes)


def standing(*answers: Judged, settings: GuildSettings | None = None, is_own: bool = True, **changes: Any) -> Standing:
    """The same, to be shown."""
    return Standing(
        report(*answers, **changes), settings or GuildSettings(), GateWords(), NOW, is_own=is_own, name="Hana"
    )
