"""What a member and a moderator are shown of how a member stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cogs.members import standing_embeds
from bot.cogs.members.standing_embeds import GATES_ON_A_PAGE, Standing, page_count, standing_embed
from bot.cogs.members.standing_pages import StandingPages
from bot.counts import Ternary
from bot.gates.facts import Facts
from bot.gates.gate import GateState, GuildSettings, ParkReason
from bot.gates.judge import judge
from bot.gates.rule import AllOf, AnyOf, Holds, ProvenWithin, Rule
from bot.gates.rule_moments import proof_end
from bot.messages import Message
from bot.reasons import Reason, ReasonCode
from bot.roles.grants import GrantState
from bot.roles.plan import Act, Change, Held, HoldCode
from bot.sync.results import FailedChange
from bot.ui.embeds import BRAND, CAUTION, embed_units
from tests.cogs.members.standings import LIGHTS, NOW, VAULT, account, gate, grant, judged, report, standing

A_MONTH = ProvenWithin(timedelta(days=30))


def text(shown: Standing, page: int = 0) -> str:
    """All text of a page."""
    embed = standing_embed(shown, page)
    return "\n".join([embed.title or "", embed.description or "", *(str(field.value) for field in embed.fields)])


@pytest.mark.parametrize(("status", "mark"), [(Ternary.YES, "✔"), (Ternary.NO, "✘"), (Ternary.UNKNOWN, "?")], ids=str)
def test_each_gate_has_its_mark_its_role_and_how_old_the_answer_is(status: Ternary, mark: str) -> None:
    shown = text(standing(judged(status)))
    assert f"{mark} <@&101>" in shown
    assert f"as of <t:{int((NOW - timedelta(minutes=4)).timestamp())}:R>" in shown


def test_the_numbers_say_how_many_more_are_needed() -> None:
    shown = text(standing(judged(Ternary.NO)))
    assert "Holds 1 of 3 different NFTs of `loopring:254`, 2 more are needed." in shown


def test_a_page_with_an_unknown_answer_has_the_colour_of_caution() -> None:
    assert standing_embed(standing(judged(Ternary.UNKNOWN)), 0).colour == CAUTION
    assert standing_embed(standing(judged(Ternary.NO)), 0).colour == BRAND


def test_a_member_sees_which_account_supplied_it_and_a_moderator_does_not() -> None:
    assert f"from `{VAULT}`" in text(standing(judged(Ternary.NO)))
    theirs = text(standing(judged(Ternary.NO), is_own=False))
    assert VAULT.account_id not in theirs
    assert "1 proven account" in theirs


@pytest.mark.parametrize("is_own", [True, False])
def test_no_address_is_ever_shown(is_own: bool) -> None:  # noqa: FBT001 - a case
    assert "0x" not in text(standing(judged(Ternary.NO), is_own=is_own))


def test_a_member_who_has_linked_nothing_is_shown_how_to_begin_and_what_there_is() -> None:
    shown = text(standing(judged(Ternary.NO), accounts=[]))
    assert "`/verify` proves that an account is yours" in shown
    assert "<@&101>" in shown


def test_a_server_that_shows_no_requirements_shows_only_what_the_member_has() -> None:
    hidden = GuildSettings(shows_requirements=False)
    has, lacks = judged(Ternary.YES, of=gate(1)), judged(Ternary.NO, of=gate(2))
    shown = text(standing(has, lacks, settings=hidden))
    assert "<@&101>" in shown
    assert "<@&102>" not in shown
    assert "<@&102>" in text(standing(has, lacks, settings=hidden, is_own=False))
    assert "this server does not show" in text(standing(lacks, settings=hidden))


def test_since_when_a_role_is_held_is_shown() -> None:
    shown = text(standing(judged(Ternary.YES), ledger=grant(gate())))
    assert f"you have it since <t:{int((NOW - timedelta(days=3)).timestamp())}:d>" in shown


def test_the_grace_counts_down() -> None:
    until = NOW + timedelta(hours=5)
    denied = judged(Ternary.NO)
    held = Held(denied.gate, denied.verdict, HoldCode.GRACE, until)
    shown = text(standing(denied, ledger=grant(denied.gate), held=[held]))
    assert f"⏳ You keep it until <t:{int(until.timestamp())}:R>, then it is taken." in shown


@pytest.mark.parametrize(
    "code", [code for code in HoldCode if code not in {HoldCode.GATE_PAUSED, HoldCode.GATE_PARKED}]
)
def test_why_a_role_is_retained_is_said_to_both_as_they_read_it(code: HoldCode) -> None:
    denied = judged(Ternary.NO)
    held = Held(denied.gate, denied.verdict, code)
    for is_own, who in ((True, "You"), (False, "They")):
        shown = text(standing(denied, is_own=is_own, ledger=grant(denied.gate), held=[held]))
        assert f"{who} keep it" in shown


def test_a_sensitive_role_says_from_when() -> None:
    shown = text(standing(judged(Ternary.NO, in_cool_down=True)))
    assert f"from <t:{int((NOW + timedelta(hours=23)).timestamp())}:R>" in shown


def test_a_sensitive_role_names_no_moment_that_only_a_wrong_clock_knew() -> None:
    its = account()
    ahead = replace(its, facts=replace(its.facts, proven_at=NOW + timedelta(days=365)))
    shown = text(standing(judged(Ternary.NO, in_cool_down=True), accounts=[ahead]))
    assert "sensitive" in shown
    assert f"<t:{int((NOW + timedelta(days=366)).timestamp())}:R>" not in shown


@pytest.mark.parametrize("reason", list(ParkReason))
def test_a_gate_that_is_stopped_says_why(reason: ParkReason) -> None:
    parked = gate(state=GateState.PARKED, parked=reason)
    assert "neither given nor taken now, as " in text(standing(judged(Ternary.YES, of=parked)))


@pytest.mark.parametrize(("reason", "has"), [(ParkReason.ROLE_ABOVE_US, True), (ParkReason.ROLE_GONE, False)])
def test_a_role_that_was_deleted_is_not_said_to_be_there(reason: ParkReason, has: bool) -> None:  # noqa: FBT001 - a case
    stopped = gate(state=GateState.PARKED, parked=reason)
    assert ("you have it since" in text(standing(judged(Ternary.YES, of=stopped), ledger=grant(stopped)))) is has


def test_a_paused_gate_says_so() -> None:
    assert "paused this role" in text(standing(judged(Ternary.YES, of=gate(state=GateState.PAUSED))))


def test_a_reading_that_failed_says_since_when_and_that_it_costs_nobody_a_role() -> None:
    failed = account(failed_at=NOW, failure=Reason.of(ReasonCode.TOO_OLD), next_at=NOW + timedelta(minutes=2))
    shown = text(standing(judged(Ternary.UNKNOWN), accounts=[failed]))
    assert f"Reading failed (<t:{int(NOW.timestamp())}:R>): this was read too long ago." in shown
    assert f"read again <t:{int((NOW + timedelta(minutes=2)).timestamp())}:R>" in shown
    assert "Nobody loses a role by this." in shown


def test_a_change_that_discord_refused_is_said_with_its_reason() -> None:
    granted = judged(Ternary.YES)
    failed = FailedChange(Change(Act.ADD, granted.gate, granted.verdict), Message("Discord does not answer.")())
    assert "Not changed yet: Discord does not answer." in text(standing(granted, failed=[failed]))


def test_a_moderator_sees_that_a_role_was_not_given_by_the_bot() -> None:
    found = grant(gate(), GrantState.FOUND)
    assert "`/gate adopt`" in text(standing(judged(Ternary.NO), is_own=False, ledger=found))
    assert "`/gate adopt`" not in text(standing(judged(Ternary.NO), ledger=found))


def test_every_gate_is_on_one_page_and_no_page_is_refused_for_its_size() -> None:
    answers = [judged(Ternary.NO, of=gate(number)) for number in range(1, 102)]
    held = [Held(each.gate, each.verdict, HoldCode.BREAKER, NOW) for each in answers]
    accounts = [account(failed_at=NOW, failure=Reason.of(ReasonCode.TOO_OLD), next_at=NOW)] * 25
    shown = standing(*answers, held=held, accounts=accounts)
    pages = StandingPages(shown)
    assert pages.page_count() == page_count(shown) == -(-101 // GATES_ON_A_PAGE)
    seen = ""
    for page in range(pages.page_count()):
        embeds = pages.embeds(page)
        assert sum(map(embed_units, embeds)) <= 6000
        assert all(len(embed.description or "") <= 4096 for embed in embeds)
        assert all(len(str(field.value)) <= 1024 for embed in embeds for field in embed.fields)
        seen += text(shown, page)
    assert all(f"<@&{each.gate.role_id}>" in seen for each in answers)


def test_the_name_of_a_member_has_no_effect() -> None:
    shown = replace(standing(judged(Ternary.NO), is_own=False), name="@everyone <@1> [x](https://evil.example)")
    title = standing_embed(shown, 0).title or ""
    assert "@everyone" not in title
    assert "://" not in title


def test_a_server_without_gates_says_so() -> None:
    assert "There is no role for holders" in text(standing())
    assert standing_embeds.page_count(standing()) == 1
    assert report().judged == ()


@pytest.mark.parametrize("is_own", [True, False])
@pytest.mark.parametrize("rule", [AllOf((Holds(LIGHTS), A_MONTH)), AnyOf((Holds(LIGHTS, least=99), A_MONTH))])
def test_it_is_shown_until_when_a_proof_counts_that_must_not_be_old(rule: Rule, is_own: bool) -> None:  # noqa: FBT001 - a case
    known = Facts(NOW, (account().facts,))
    answer = replace(judged(Ternary.YES), verdict=judge(rule, known), proof_end=proof_end(rule, known))
    assert answer.verdict.is_granted
    shown = text(standing(answer, is_own=is_own))
    ends = int((NOW + timedelta(days=30) - timedelta(hours=1)).timestamp())
    whose, who = ("Your", "you") if is_own else ("Their", "they")
    assert f"{whose} proof counts for it until <t:{ends}:D>: {who} can `/verify` again before." in shown


def test_no_end_is_shown_of_a_proof_that_the_role_does_not_depend_on() -> None:
    rule = AnyOf((Holds(LIGHTS), A_MONTH))
    known = Facts(NOW, (account().facts,))
    answer = replace(judged(Ternary.YES), verdict=judge(rule, known), proof_end=proof_end(rule, known))
    assert "proof counts" not in text(standing(answer))
