"""One question's trouble is not everybody's: what a failure or a refusal is charged to."""

from datetime import timedelta

import pytest

from bot.errors import RefusedError, SourceError, ThrottledError, UnavailableError, WithheldError
from bot.messages import Message
from bot.sources.charges import Charges, Question
from bot.sources.different_questions import DifferentQuestions
from bot.sources.failed_questions import FIRST_PAUSE, LONGEST_PAUSE, FailedQuestions
from bot.sources.pace import Breaker
from bot.sources.status_errors import GateError, UnclearRefusalError, throttled

FAULT = UnavailableError(Message("It has an internal error."))
KEY_REFUSED = RefusedError(Message("It refuses the key."))
BROWSERS_ONLY = GateError(Message("It lets only browsers pass."))
NO_REASON = UnclearRefusalError(Message("It refuses this bot."))


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def about(*things: str) -> Question:
    return Question("/" + "/".join(things), {}, frozenset(things))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def charges(clock: Clock) -> Charges:
    return Charges("Upstream", clock, Breaker(clock))


def fail(charges: Charges, *questions: Question) -> None:
    for question in questions:
        charges.failed(question, FAULT)


# ---------------------------------------------------------------- what is different


@pytest.mark.parametrize(
    ("questions", "different"),
    [
        pytest.param([{"ada"}, {"ada"}], 1, id="one address, twice"),
        pytest.param([{"ada", "punks"}, {"ada", "apes"}], 1, id="one address in two collections"),
        pytest.param([{"ada", "punks"}, {"ben", "punks"}], 1, id="two addresses in one collection"),
        pytest.param([{"ada"}, {"ben"}, {"ada", "apes"}], 2, id="two addresses"),
        pytest.param([{"ada", "punks"}, {"ben", "apes"}], 2, id="nothing in common"),
        pytest.param([set(), set()], 2, id="about nothing that is known"),
    ],
)
def test_questions_with_something_in_common_are_not_different(questions: list[set[str]], different: int) -> None:
    found = DifferentQuestions()
    for question in questions:
        found.add(frozenset(question))
    assert len(found) == different


# ---------------------------------------------------------------- failures


def test_one_question_that_fails_a_hundred_times_stops_nothing(charges: Charges) -> None:
    fail(charges, *[about("ada")] * 100)
    assert charges.raise_if_paused(0) == 0


def test_two_addresses_with_a_trouble_of_their_own_stop_nothing(charges: Charges) -> None:
    fail(charges, *[about("ada"), about("ben")] * 50)
    assert charges.raise_if_paused(0) == 0


def test_a_collection_that_fails_for_everybody_stops_nothing_else(charges: Charges) -> None:
    fail(charges, *(about("punks", f"member {number}") for number in range(50)))
    assert charges.raise_if_paused(0) == 0


def test_a_source_that_fails_for_different_questions_gets_a_pause(charges: Charges) -> None:
    fail(charges, about("ada"), about("ben"), about("cat"), about("ada"))
    assert charges.raise_if_paused(0) == 0
    fail(charges, about("dan"))
    with pytest.raises(UnavailableError, match=r"internal error\. Tessera asks again in 30 seconds"):
        charges.raise_if_paused(0)


def test_an_answer_to_one_shows_that_the_failures_before_were_not_the_sources(charges: Charges) -> None:
    fail(charges, about("ada"), about("ben"), about("cat"), about("dan"))
    charges.answered()
    fail(charges, about("eve"), about("ada"), about("ada"), about("ada"), about("ada"))
    assert charges.raise_if_paused(0) == 0


def test_a_source_that_works_again_is_not_stopped_again_by_the_question_that_failed_before(
    charges: Charges, clock: Clock
) -> None:
    ada, ben, cat = about("ada"), about("ben"), about("cat")
    fail(charges, ada, ada, ada, ben, cat)
    clock.seconds += 30
    fail(charges, ada)
    assert charges.raise_if_paused(0) == 0
    fail(charges, about("dan"))
    with pytest.raises(UnavailableError):
        charges.raise_if_paused(0)


def asked_by(member: str, *things: str) -> Question:
    return Question("/" + "/".join(things), {}, frozenset(things), frozenset({f"member {member}"}))


def test_one_member_who_asks_for_many_addresses_that_fail_stops_nothing(charges: Charges) -> None:
    fail(charges, *(asked_by("1", f"address {number}") for number in range(50)))
    assert charges.raise_if_paused(0) == 0


def test_different_members_whose_different_questions_fail_show_that_it_is_the_source(charges: Charges) -> None:
    fail(charges, *(asked_by(str(number % 3), f"address {number}") for number in range(5)))
    with pytest.raises(UnavailableError):
        charges.raise_if_paused(0)


def test_a_source_that_is_down_for_days_is_left_alone_to_the_end(charges: Charges, clock: Clock) -> None:
    fail(charges, *(about(f"address {number}") for number in range(5)))
    for number in range(5, 500):
        clock.seconds += 30
        assert charges.raise_if_paused(0) == 0
        fail(charges, about(f"address {number}"))
        with pytest.raises(UnavailableError):
            charges.raise_if_paused(0)


def test_a_pause_asked_for_with_an_error_is_the_questions_until_a_different_one_meets_it(charges: Charges) -> None:
    ada, ben = asked_by("1", "ada"), asked_by("1", "ben")
    for question in (ada, ben):
        charges.asked_to_wait(question, 60, FAULT)
    assert (charges.raise_if_paused(0), ada.hold, ben.hold) == (0, 60, 60)
    charges.asked_to_wait(asked_by("2", "cat"), 60, FAULT)
    with pytest.raises(UnavailableError, match="asks again in 60 seconds"):
        charges.raise_if_paused(5)


@pytest.mark.parametrize("error", [FAULT, throttled("stand-in")], ids=lambda error: type(error).__name__)
def test_a_pause_that_a_probe_is_asked_for_is_no_sign_of_the_source(charges: Charges, error: SourceError) -> None:
    probe = Question("/version", {}, is_probe=True)
    charges.asked_to_wait(probe, 60, error)
    charges.asked_to_wait(about("ada"), 60, FAULT)
    assert (charges.raise_if_paused(0), probe.hold) == (0, 60)


# ---------------------------------------------------------------- the memory of a question


def test_a_question_that_failed_is_not_asked_at_once_again_and_the_others_are(charges: Charges, clock: Clock) -> None:
    charges.remember(about("ada"), FAULT)
    with pytest.raises(UnavailableError, match=r"internal error\. Tessera asks again in 2 seconds"):
        charges.raise_if_remembered(about("ada"))
    charges.raise_if_remembered(about("ben"))
    clock.seconds += FIRST_PAUSE.total_seconds()
    charges.raise_if_remembered(about("ada"))


def test_the_pause_of_a_question_grows_while_it_fails_and_is_forgotten_at_its_answer(clock: Clock) -> None:
    failed = FailedQuestions(clock)
    pauses = []
    for _ in range(9):
        failed.add("ada", FAULT)
        found = failed.pause_of("ada")
        assert found
        pauses.append(found[1])
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, LONGEST_PAUSE.total_seconds()]
    failed.remove("ada")
    assert (failed.pause_of("ada"), "ada" in failed) == (None, False)


def test_what_failed_while_the_source_was_down_is_asked_when_it_is_back(charges: Charges, clock: Clock) -> None:
    ada = about("ada")
    for _ in range(7):
        charges.remember(ada, FAULT)
    fail(charges, *(about(name) for name in ("ada", "ben", "cat", "dan", "eve")))
    clock.seconds += 30
    charges.answered()
    charges.raise_if_remembered(ada)


def test_the_memory_of_questions_is_bounded(clock: Clock) -> None:
    failed = FailedQuestions(clock)
    for number in range(1500):
        failed.add(number, FAULT)
    assert (499 in failed, 500 in failed, 1499 in failed) == (False, True, True)


def test_a_pause_that_the_source_asks_for_is_for_all_but_not_when_only_one_question_ever_meets_it(
    charges: Charges, clock: Clock
) -> None:
    ada, throttled = about("ada"), ThrottledError(Message("Too many requests."))
    charges.asked_to_wait(ada, 60, throttled)
    with pytest.raises(ThrottledError, match="asks again in 60 seconds"):
        charges.raise_if_paused(5)
    charges.remember(ada, throttled)
    clock.seconds += 60
    charges.answered()
    charges.asked_to_wait(ada, 60, throttled)
    assert (charges.raise_if_paused(0), ada.hold) == (0, 60)
    charges.remember(ada, throttled)
    with pytest.raises(ThrottledError):
        charges.raise_if_remembered(ada)


# ---------------------------------------------------------------- refusals


def refuse(charges: Charges, name: str, error: RefusedError) -> SourceError:
    return charges.refused(about(name), error)


def test_a_key_that_is_refused_for_one_question_is_not_refused_for_everybody(charges: Charges) -> None:
    assert refuse(charges, "ada", KEY_REFUSED) is KEY_REFUSED
    assert refuse(charges, "ada", KEY_REFUSED) is KEY_REFUSED
    assert charges.raise_if_paused(0) == 0


def test_a_key_that_is_refused_for_different_questions_is_sent_no_more(charges: Charges) -> None:
    refuse(charges, "ada", KEY_REFUSED)
    refuse(charges, "ben", KEY_REFUSED)
    with pytest.raises(RefusedError, match="asks again in 5 minutes"):
        charges.raise_if_paused(0)


@pytest.mark.parametrize(
    "error", [NO_REASON, BROWSERS_ONLY, KEY_REFUSED], ids=["without a reason", "by a gate", "by name"]
)
def test_one_member_who_asks_for_many_addresses_that_are_refused_stops_nothing(
    charges: Charges, error: RefusedError
) -> None:
    for number in range(50):
        charges.refused(asked_by("1", f"address {number}"), error)
    assert charges.raise_if_paused(0) == 0
    charges.refused(asked_by("2", "ada"), error)
    with pytest.raises(RefusedError, match="asks again in 5 minutes"):
        charges.raise_if_paused(0)


def test_a_key_that_was_refused_is_not_refused_again_and_again_by_one_member_alone(
    charges: Charges, clock: Clock
) -> None:
    for member in ("1", "2"):
        charges.refused(asked_by(member, f"of {member}"), KEY_REFUSED)
    paused = []
    for number in range(3):
        clock.seconds += timedelta(minutes=5).total_seconds()
        charges.refused(asked_by("1", f"address {number}"), KEY_REFUSED)
        paused.append(charges.raise_if_paused(timedelta(hours=1).total_seconds()) > 0)
    assert paused == [True, True, False]


def test_two_refusals_with_an_answer_between_them_are_not_the_keys(charges: Charges) -> None:
    refuse(charges, "ada", KEY_REFUSED)
    charges.answered()
    refuse(charges, "ben", KEY_REFUSED)
    assert charges.raise_if_paused(0) == 0


def test_a_refusal_without_a_reason_is_about_the_one_question_where_others_are_answered(charges: Charges) -> None:
    assert type(refuse(charges, "ada", NO_REASON)) is RefusedError
    charges.answered()
    assert type(refuse(charges, "ada", NO_REASON)) is WithheldError
    assert type(refuse(charges, "ben", NO_REASON)) is RefusedError  # different ones: it is not about the question


def test_a_refusal_that_may_be_about_questions_is_tried_with_a_different_one_after_the_pause(
    charges: Charges, clock: Clock
) -> None:
    for name in ("ada", "ben"):
        refuse(charges, name, NO_REASON)
    clock.seconds += timedelta(minutes=5).total_seconds()
    refuse(charges, "ada", NO_REASON)
    assert charges.raise_if_paused(0) == 0
    refuse(charges, "cat", NO_REASON)
    with pytest.raises(RefusedError):
        charges.raise_if_paused(0)


def test_a_key_that_is_still_refused_by_name_is_tried_with_one_request_after_each_pause(
    charges: Charges, clock: Clock
) -> None:
    for name in ("ada", "ben"):
        refuse(charges, name, KEY_REFUSED)
    for name in ("ada", "ben", "ada"):  # in a server of two holders
        clock.seconds += timedelta(minutes=5).total_seconds()
        refuse(charges, name, KEY_REFUSED)
        with pytest.raises(RefusedError):
            charges.raise_if_paused(0)


# ---------------------------------------------------------------- withheld

WITHHELD = WithheldError(Message("It gives no answers about this."))


def test_addresses_that_are_withheld_from_few_people_are_not_everybodys_trouble(charges: Charges) -> None:
    for number in range(4):
        assert charges.withheld(asked_by(str(number), f"address {number}"), WITHHELD) is WITHHELD
    assert charges.raise_if_paused(0) == 0


def test_what_is_withheld_from_five_different_people_in_a_row_is_the_bots_trouble(
    charges: Charges, clock: Clock
) -> None:
    found = [charges.withheld(asked_by(str(number), f"address {number}"), WITHHELD) for number in range(5)]
    assert [type(error) for error in found] == [WithheldError] * 4 + [RefusedError]
    with pytest.raises(RefusedError, match=r"may refuse this bot.* asks again in 5 minutes"):
        charges.raise_if_paused(0)
    clock.seconds += timedelta(minutes=5).total_seconds()
    assert charges.withheld(asked_by("0", "address 0"), WITHHELD) is WITHHELD
    assert charges.raise_if_paused(0) == 0
    charges.withheld(asked_by("6", "address 6"), WITHHELD)
    with pytest.raises(RefusedError):
        charges.raise_if_paused(0)


def test_one_member_who_asks_for_many_withheld_addresses_stops_nothing(charges: Charges) -> None:
    for number in range(50):
        assert charges.withheld(asked_by("1", f"address {number}"), WITHHELD) is WITHHELD
    assert charges.raise_if_paused(0) == 0


def test_an_answer_between_withheld_ones_shows_that_the_bot_is_not_refused(charges: Charges) -> None:
    for number in range(8):
        if number == 4:
            charges.answered()
        assert charges.withheld(asked_by(str(number), f"address {number}"), WITHHELD) is WITHHELD
    assert charges.raise_if_paused(0) == 0


# ---------------------------------------------------------------- somebody has repaired what was wrong


def test_where_somebody_may_have_repaired_it_what_failed_is_asked_at_once(charges: Charges) -> None:
    for question in (ada := about("ada"), about("ben")):
        charges.remember(question, KEY_REFUSED)
        charges.refused(question, KEY_REFUSED)
    charges.end_pauses()
    charges.raise_if_remembered(ada)
    assert charges.raise_if_paused(0) == 0


def test_if_it_was_not_repaired_one_answer_stops_all_requests_again(charges: Charges, clock: Clock) -> None:
    for name in ("ada", "ben"):
        charges.refused(about(name), KEY_REFUSED)
    clock.seconds += 1
    charges.end_pauses()
    charges.refused(about("cat"), KEY_REFUSED)
    with pytest.raises(RefusedError, match="asks again in 5 minutes"):
        charges.raise_if_paused(0)


def test_the_pause_of_a_question_that_still_fails_goes_on_growing(charges: Charges) -> None:
    for _ in range(5):
        charges.remember(about("ada"), FAULT)
        charges.end_pauses()
    charges.remember(about("ada"), FAULT)
    with pytest.raises(UnavailableError, match="asks again in 64 seconds"):
        charges.raise_if_remembered(about("ada"))


def test_a_pause_that_the_source_asked_for_is_a_promise_that_nobody_here_ends(charges: Charges) -> None:
    charges.asked_to_wait(asked_by("1", "ada"), 60, throttled("stand-in"))
    held = Question("/ben", {}, hold=40)
    charges.remember(held, FAULT)
    fail(charges, *(about(f"address {number}") for number in range(5)))
    charges.end_pauses()
    with pytest.raises(SourceError, match="asks again in 60 seconds"):
        charges.raise_if_paused(0)
    with pytest.raises(UnavailableError, match="asks again in 40 seconds"):
        charges.raise_if_remembered(held)


def test_how_long_one_question_is_left_alone_for_a_used_up_plan_was_our_own_choice_too(
    charges: Charges, clock: Clock
) -> None:
    charges.remember(ada := about("ada"), FAULT)
    clock.seconds += 1
    charges.answered()
    charges.asked_to_wait(ada, 900, throttled("stand-in"), is_promised=False)  # others were answered since
    charges.remember(ada, throttled("stand-in"))
    with pytest.raises(SourceError, match="asks again in 15 minutes"):
        charges.raise_if_remembered(ada)
    charges.end_pauses()
    charges.raise_if_remembered(ada)


def test_the_end_of_a_window_of_requests_is_such_a_promise_too(charges: Charges) -> None:
    charges.used_up(50, throttled("stand-in"))
    charges.end_pauses()
    assert charges.raise_if_paused(100) == 50


def test_how_long_a_used_up_plan_is_left_alone_was_our_own_choice_and_can_be_ended(charges: Charges) -> None:
    charges.asked_to_wait(about("ada"), 900, throttled("stand-in"), is_promised=False)
    charges.end_pauses()
    assert charges.raise_if_paused(0) == 0
