"""A clock that a sandbox moves: what it takes for an answer, and that both clocks move together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.app.moved_clock import ClockFollower, MovedClock, moved_time_warning, open_follower
from bot.errors import ConfigError
from bot.sources.session import open_session


class Answers:
    """A server that says what it is told to, and its address."""

    def __init__(self) -> None:
        self.body: Any = {"seconds": 0}
        self.status = 200
        self.url = ""

    async def answer(self, _request: web.Request) -> web.Response:
        if isinstance(self.body, str):
            return web.Response(text=self.body, content_type="text/html")
        return web.json_response(self.body, status=self.status)


@pytest.fixture
async def answers() -> AsyncIterator[Answers]:
    served, app = Answers(), web.Application()
    app.router.add_get("/clock", served.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}/clock"
    yield served
    await runner.cleanup()


async def test_both_clocks_move_together_and_so_nobody_has_set_one(answers: Answers) -> None:
    clock, answers.body = MovedClock(), {"seconds": 86_400.5}
    wall, ran = clock.now(), clock.monotonic()
    async with open_follower(clock, answers.url):
        passed = clock.now() - wall
        assert passed > timedelta(seconds=86_400)
        assert abs(passed - timedelta(seconds=clock.monotonic() - ran)) < timedelta(minutes=5)  # what sync calls a jump
    assert clock.ahead == timedelta(seconds=86_400.5)


async def test_time_never_runs_backwards(answers: Answers) -> None:
    clock, answers.body = MovedClock(), {"seconds": 7200}
    async with open_follower(clock, answers.url) as follower:
        answers.body = {"seconds": 10}
        await follower.follow()
        assert clock.ahead == timedelta(hours=2)
        answers.body = {"seconds": 7300}
        await follower.follow()
        assert clock.ahead == timedelta(seconds=7300)


@pytest.mark.parametrize(
    "body",
    ["<html>", [], {}, {"seconds": "3"}, {"seconds": True}, {"seconds": -1}, {"seconds": 1e9}, {"seconds": None}],
    ids=str,
)
async def test_what_is_no_number_of_seconds_changes_nothing(answers: Answers, body: Any) -> None:
    clock = MovedClock()
    clock.move(timedelta(hours=1))
    answers.body = body
    async with open_session() as session:
        with pytest.raises(ConfigError, match="a number of seconds up to 34560000 is accepted"):
            await ClockFollower(clock, session, answers.url).follow()
    assert clock.ahead == timedelta(hours=1)


async def test_an_error_is_no_time(answers: Answers) -> None:
    answers.status = 500
    with pytest.raises(ConfigError, match="does not say how far time is ahead"):
        async with open_follower(MovedClock(), answers.url):
            pass


async def test_the_bot_does_not_start_at_another_time_than_the_sandbox_has() -> None:
    url = "http://127.0.0.1:1/clock"
    with pytest.raises(ConfigError, match=f"{url} does not answer. Start the sandbox first"):
        async with open_follower(MovedClock(), url):
            pass


async def test_the_start_says_that_time_is_moved(answers: Answers, caplog: pytest.LogCaptureFixture) -> None:
    async with open_follower(MovedClock(), answers.url):
        pass
    assert str(moved_time_warning(answers.url)) in caplog.text
    assert f"time is moved by {answers.url}: for demonstrations only." in caplog.text


def test_without_a_sandbox_it_is_the_time_of_this_machine() -> None:
    before = datetime.now(UTC)
    assert before <= MovedClock().now() <= datetime.now(UTC)
