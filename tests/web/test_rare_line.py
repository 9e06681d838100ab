"""What strangers can cause without end is one line a minute, and nothing of it is lost from the count."""

from __future__ import annotations

import logging

import pytest

from bot.web.rare_line import SECONDS, RareLine

log = logging.getLogger("bot.web.test")


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def line(caplog: pytest.LogCaptureFixture) -> tuple[RareLine, Clock]:
    """A line, and its clock."""
    caplog.set_level(logging.INFO)
    clock = Clock()
    return RareLine(log, "not a valid request", clock), clock


def test_the_first_is_written_at_once(line: tuple[RareLine, Clock], caplog: pytest.LogCaptureFixture) -> None:
    line[0].note("BadStatusLine")
    assert caplog.messages == ["web: not a valid request: BadStatusLine, 1 since the last such line"]


def test_the_others_are_counted_and_written_once_a_minute(
    line: tuple[RareLine, Clock], caplog: pytest.LogCaptureFixture
) -> None:
    rare, clock = line
    for _ in range(3 * 60):
        for _ in range(1000):
            rare.note("BadHttpMessage")
        clock.now += 1
    assert SECONDS == 60
    assert [message.split(", ")[1] for message in caplog.messages] == [
        "1 since the last such line",
        "60000 since the last such line",
        "60000 since the last such line",
    ]


def test_those_of_the_last_minute_are_written_at_the_end(
    line: tuple[RareLine, Clock], caplog: pytest.LogCaptureFixture
) -> None:
    rare, _ = line
    for kind in ("A", "B", "C"):
        rare.note(kind)
    rare.flush()
    rare.flush()
    assert [message.split(": ")[-1] for message in caplog.messages] == [
        "A, 1 since the last such line",
        "C, 2 since the last such line",
    ]
