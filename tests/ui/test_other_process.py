"""Another process with this token is told apart from an answer of our own whose response was lost."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.ui.other_process import OtherProcess

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FIRST, SECOND, THIRD = 1001, 1002, 1003


class Clock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 26, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def other(clock: Clock) -> OtherProcess:
    return OtherProcess(clock)


def lose(other: OtherProcess, *interactions: int) -> None:
    """The first answer to each is refused."""
    for each in interactions:
        other.sending(each)
        other.refused(each)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]


def test_two_interactions_that_something_else_answered_show_another_process(
    other: OtherProcess, caplog: pytest.LogCaptureFixture
) -> None:
    lose(other, FIRST, SECOND)
    assert other.is_there
    (line,) = warnings(caplog)
    assert line.startswith("another process answers with this token: stop it, or ")


def test_one_refusal_alone_raises_no_alarm_but_nothing_of_ours_follows_that_answer(
    other: OtherProcess, caplog: pytest.LogCaptureFixture
) -> None:
    lose(other, FIRST)
    assert not other.is_there
    assert other.has_answered(FIRST)
    assert warnings(caplog) == []


def test_the_same_interaction_twice_is_one(other: OtherProcess) -> None:
    lose(other, FIRST, FIRST)
    assert not other.is_there


def test_a_repetition_of_our_own_request_shows_nothing(other: OtherProcess, caplog: pytest.LogCaptureFixture) -> None:
    """The first one took effect, and its response was lost: as often as you like."""
    for each in (FIRST, SECOND, THIRD):
        other.sending(each)
        lose(other, each)
        assert not other.has_answered(each)
    assert not other.is_there
    assert warnings(caplog) == []


def test_an_answer_of_ours_that_discord_refused_cannot_be_what_answered(other: OtherProcess) -> None:
    for each in (FIRST, SECOND):
        other.sending(each)
        other.had_no_effect(each)
        lose(other, each)
        assert other.has_answered(each)
    assert other.is_there


def test_of_two_answers_at_once_that_are_both_refused_the_last_shows_another_process(other: OtherProcess) -> None:
    other.sending(FIRST)
    other.sending(FIRST)
    other.refused(FIRST)
    assert not other.has_answered(FIRST)  # the other one may have taken effect
    other.refused(FIRST)
    assert other.has_answered(FIRST)


def test_two_refusals_that_are_more_than_an_hour_apart_raise_no_alarm(other: OtherProcess, clock: Clock) -> None:
    lose(other, FIRST)
    clock.now += HOUR
    lose(other, SECOND)
    assert not other.is_there


def test_the_alarm_ends_an_hour_after_the_last_refusal(other: OtherProcess, clock: Clock) -> None:
    lose(other, FIRST, SECOND)
    clock.now += 59 * MINUTE
    assert other.is_there
    lose(other, THIRD)
    clock.now += 59 * MINUTE
    assert other.is_there
    clock.now += MINUTE
    assert not other.is_there


def test_it_is_logged_once_and_again_after_six_hours(
    other: OtherProcess, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(6 * 60):
        lose(other, number)
        clock.now += MINUTE
    assert len(warnings(caplog)) == 1
    clock.now += MINUTE
    lose(other, 1000)
    assert len(warnings(caplog)) == 2


def test_what_is_remembered_is_bounded(other: OtherProcess) -> None:
    for number in range(10_000):
        lose(other, number)
    assert not other.has_answered(0)
    assert other.has_answered(9_999)
