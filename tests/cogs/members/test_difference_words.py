"""What has changed is said in the first line, and what is missing after it."""

from __future__ import annotations

from dataclasses import replace

from bot.cogs.members.difference_words import difference_lines, read_now
from bot.cogs.members.gate_words import GateWords
from bot.counts import Ternary
from bot.gates.gate import GateState, GuildSettings, ParkReason
from bot.messages import Message
from bot.roles.plan import Act, Change, Held, HoldCode
from bot.sync.results import FailedChange
from tests.cogs.members.standings import LIGHTS, gate, grant, judged, standing

GRANTED = judged(Ternary.YES, 3)
DENIED = judged(Ternary.NO, 1, gate(2))
GIVEN = Change(Act.ADD, GRANTED.gate, GRANTED.verdict)
TAKEN = Change(Act.REMOVE, DENIED.gate, DENIED.verdict)


def test_a_role_that_was_given_comes_first() -> None:
    first, *_ = difference_lines(standing(DENIED, GRANTED, made=[GIVEN], ledger=grant(GRANTED.gate)))
    assert first == "You now have <@&101>."


def test_several_roles_are_one_sentence() -> None:
    more = [Change(Act.ADD, gate(number), GRANTED.verdict) for number in (2, 3)]
    assert difference_lines(standing(made=[GIVEN, *more])) == ["You now have <@&101>, <@&102> and <@&103>."]


def test_of_many_roles_the_first_are_named() -> None:
    many = [Change(Act.ADD, gate(number), GRANTED.verdict) for number in range(1, 15)]
    (line,) = difference_lines(standing(made=many))
    assert line.endswith("<@&109>, <@&110> and 4 more roles.")


def test_a_moderator_reads_it_about_the_member() -> None:
    assert difference_lines(standing(made=[GIVEN], is_own=False)) == ["They now have <@&101>."]


def test_a_name_with_such_a_word_in_it_stays_what_it_is() -> None:
    pals = replace(standing(DENIED, made=[TAKEN], is_own=False), words=GateWords({LIGHTS: "Your Pals, you and You"}))
    (line,) = difference_lines(pals)
    assert line.startswith("They no longer have <@&102>: ")
    assert "Your Pals, you and You" in line


def test_what_is_missing_is_said_of_a_role_that_the_member_does_not_have() -> None:
    assert difference_lines(standing(DENIED)) == ["<@&102>, still needed: 2 more of `loopring:254`."]


def test_what_is_missing_is_not_said_where_a_server_does_not_show_it() -> None:
    assert difference_lines(standing(DENIED, settings=GuildSettings(shows_requirements=False))) == [
        "Nothing has changed."
    ]


def test_a_role_that_was_taken_says_why_and_one_that_was_replaced_by_which() -> None:
    (line,) = difference_lines(standing(DENIED, made=[TAKEN]))
    assert line.startswith("You no longer have <@&102>: ")
    replaced = Change(Act.REMOVE, DENIED.gate, DENIED.verdict, superseded_by=GRANTED.gate)
    assert difference_lines(standing(DENIED, made=[replaced])) == ["<@&102> is replaced by <@&101>."]


def test_a_role_that_could_not_be_given_follows() -> None:
    failed = FailedChange(GIVEN, Message("Discord does not answer.")())
    lines = difference_lines(standing(GRANTED, failed=[failed]))
    assert lines == ["<@&101> follows in a moment: Discord does not answer."]


def test_a_role_that_is_retained_says_why() -> None:
    held = Held(DENIED.gate, DENIED.verdict, HoldCode.NEVER_REMOVE)
    lines = difference_lines(standing(DENIED, held=[held], ledger=grant(DENIED.gate)))
    assert lines == ["<@&102>: You keep it: this role is never taken."]


def test_a_sensitive_role_and_a_stopped_one_are_not_called_missing() -> None:
    sensitive = judged(Ternary.NO, 3, in_cool_down=True)
    stopped = judged(Ternary.NO, of=gate(3, state=GateState.PAUSED))
    lines = difference_lines(standing(sensitive, stopped))
    assert lines == ["<@&101> is sensitive: it is given a while after the proof. `/roles` says when."]


def test_many_roles_end_with_where_the_rest_is() -> None:
    answers = [judged(Ternary.NO, of=gate(number)) for number in range(1, 20)]
    lines = difference_lines(standing(*answers))
    assert len(lines) == 7
    assert lines[-1] == "`/roles` shows the rest."


def test_a_moderator_is_sent_to_what_is_below_and_not_to_their_own_roles() -> None:
    answers = [judged(Ternary.NO, of=gate(number)) for number in range(1, 9)]
    assert difference_lines(standing(*answers))[-1] == "`/roles` shows the rest."
    assert difference_lines(standing(*answers, is_own=False))[-1] == "The rest is below."
    sensitive = judged(Ternary.YES, in_cool_down=True)
    assert difference_lines(standing(sensitive))[0].endswith("`/roles` says when.")
    assert difference_lines(standing(sensitive, is_own=False))[0].endswith("When is said below.")


def test_nobody_has_a_role_that_was_deleted() -> None:
    gone = gate(state=GateState.PARKED, parked=ParkReason.ROLE_GONE)
    assert difference_lines(standing(judged(Ternary.YES, of=gone), ledger=grant(gone))) == ["Nothing has changed."]


def test_what_was_read_now_is_not_shown_where_there_is_no_role_it_could_be_about() -> None:
    assert read_now(standing()) is None
    above = read_now(standing(judged(Ternary.NO)), "<@7>:")
    assert above
    assert str(above.description).startswith("<@7>:\n<@&101>, still needed")


def test_a_server_without_gates_says_so() -> None:
    assert difference_lines(standing()) == ["There is no role for holders in this server yet."]
