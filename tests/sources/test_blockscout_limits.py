"""All requests obey a rate limit from headers; it is accepted within bounds, and wrong headers cause no error."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import ThrottledError
from bot.sources.http import JsonClient
from bot.sources.pace import Pace
from bot.sources.retry_after import parse_pause, parse_used_up
from tests.blockscout_source import NOW
from tests.sources.virtual_time import JumpingClock

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("remaining", "reset", "expected"),
    [
        ("0", "700", 0.7),
        ("0", "900000", 900),
        ("0", "86400000", 900),
        ("0", "86400001", None),  # a date in seconds would be as large
        ("0", "1795341469", None),
        ("0", "0", None),
        ("0", "-1", None),
        ("0", "soon", None),
        ("0", "1e3", None),
        ("0", "٣", None),
        ("0", "9" * 5000, None),
        ("0", "", None),
        ("0", None, None),
        ("1", "700", None),
        ("-1", "-1", None),
        ("-1", "700", None),
        ("", "700", None),
        (None, "700", None),
        (None, None, None),
    ],
)
def test_a_used_up_limit_is_accepted_within_bounds(
    remaining: str | None, reset: str | None, expected: float | None
) -> None:
    sent = {"x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset}
    headers = {name: value for name, value in sent.items() if value is not None}
    pause = parse_used_up(headers)
    assert (pause.total_seconds() if pause else None) == expected


def test_retry_after_has_precedence_over_the_window() -> None:
    window = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "700"}
    assert parse_pause({"Retry-After": "7"} | window, NOON) == timedelta(seconds=7)
    assert parse_pause({"Retry-After": "soon"} | window, NOON) == timedelta(milliseconds=700)
    assert parse_pause({}, NOON) is None


@asynccontextmanager
async def open_client(
    handle: Callable[[web.Request], Awaitable[web.StreamResponse]], time: JumpingClock | None = None
) -> AsyncIterator[JsonClient]:
    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    async with TestServer(app, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
        client = JsonClient(
            session,
            name="Upstream",
            base_url=str(server.make_url("")).rstrip("/"),
            headers={},
            pace=Pace(1000),
            timeout=timedelta(seconds=30),
            check_answer=lambda _: None,
            clock=(time or JumpingClock()).clock,
        )
        try:
            yield client
        finally:
            await client.close()


def says(remaining: str, reset: str, status: int = 200) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(_request: web.Request) -> web.StreamResponse:
        headers = {"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": reset}
        return web.json_response({}, status=status, headers=headers)

    return handle


async def test_the_last_request_of_a_window_is_answered_and_the_next_one_waits() -> None:
    time = JumpingClock()
    async with open_client(says("0", "300"), time) as client:
        await client.fetch("/a", {}, NOW)
        assert time.seconds == 0
        await client.fetch("/b", {}, NOW)
    assert time.seconds == pytest.approx(0.3)
    assert client.health.last_failure == ""


async def test_a_long_wait_is_reported_and_not_waited_for() -> None:
    async with open_client(says("0", "3600000")) as client:
        await client.fetch("/a", {}, NOW)
        with pytest.raises(ThrottledError) as caught:
            await client.fetch("/b", {}, NOW)
    assert caught.value.sentence == "Upstream gets too many requests right now. Tessera asks again in 15 minutes."


async def test_a_429_says_when_in_either_way() -> None:
    async with open_client(says("0", "600000", status=429)) as client:
        with pytest.raises(ThrottledError) as caught:
            await client.fetch("/a", {}, NOW)
    assert caught.value.sentence == "Upstream gets too many requests right now. Try again in 10 minutes."


@pytest.mark.parametrize(("remaining", "reset"), [("-1", "-1"), ("0", "-1"), ("0", "soon"), ("-1", "900000"), ("", "")])
async def test_garbled_headers_delay_no_request(remaining: str, reset: str) -> None:
    time = JumpingClock()
    async with open_client(says(remaining, reset), time) as client:
        for path in ("/a", "/b", "/c"):
            assert (await client.fetch(path, {}, NOW)).status == 200
    assert time.seconds == 0
