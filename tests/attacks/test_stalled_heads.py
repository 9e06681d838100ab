"""The attacker opens connections and sends next to nothing, so that no connection is left for anybody else."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web

from bot.web.connection import Timeouts
from bot.web.open_connections import EACH, MOST, RESERVE
from tests.attacks.bare_server import bare_server
from tests.attacks.page import harness
from tests.process import until
from tests.web.harness import PageHarness
from tests.web.wire import PATIENCE, Line, Raw, ask, head, line_to, scripted, serving_page

__all__ = ["harness"]

PROXY = ("127.0.0.1/32",)
HALF_A_HEAD = b"GET /v HTTP/1.1\r\nHost: x\r\nX: "
HEALTH = head("/healthz", {"Host": "localhost"})


@asynccontextmanager
async def stalled(url: str, count: int, content: bytes = HALF_A_HEAD) -> AsyncIterator[list[Line]]:
    """So many connections on which this was sent, and nothing more."""
    async with AsyncExitStack() as opened:
        lines = []
        for _ in range(count):
            lines.append(await opened.enter_async_context(line_to(url)))
            await lines[-1].send(content)
        yield lines


async def ended(lines: list[Line], count: int) -> list[bytes]:
    """What was still said on those that the server closes, when it has closed so many."""
    ends = [asyncio.create_task(line.ends()) for line in lines]
    try:
        return [await end for _, end in zip(range(count), asyncio.as_completed(ends), strict=False)]
    finally:
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)


def page_of(url: str, visitor: str = "") -> bytes:
    """A visitor opens the page."""
    forwarded = {"X-Forwarded-For": visitor} if visitor else {}
    return head("/v", {"Host": url.removeprefix("http://")} | forwarded)


@pytest.mark.parametrize("content", [b"", b"G", b"\r\n", HALF_A_HEAD], ids=["nothing", "a letter", "blank", "half"])
async def test_from_one_address_they_take_places_from_one_another_alone(harness: PageHarness, content: bytes) -> None:
    async with serving_page(harness) as url, stalled(url, MOST, content) as lines:
        assert await ended(lines[:-EACH], MOST - EACH) == (MOST - EACH) * [b""]
        for _ in range(50):
            assert (await ask(url, HEALTH)).status == 200
        assert (await ask(url, page_of(url))).status == 200


async def test_a_request_that_came_before_a_burst_from_the_same_address_is_answered(harness: PageHarness) -> None:
    """All of them are in the queue before the bot looks at it: it must read the first before it accepts the last."""
    async with serving_page(harness) as url:
        place = ("127.0.0.1", int(url.rpartition(":")[2]))
        burst = [socket.create_connection(place, timeout=5) for _ in range(4 * EACH)]
        try:
            burst[0].sendall(HEALTH)
            burst[0].settimeout(0)
            answer = await asyncio.get_running_loop().sock_recv(burst[0], 1024)
        finally:
            for each in burst:
                each.close()
    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_through_the_proxy_they_make_room_for_each_request(harness: PageHarness) -> None:
    async with serving_page(harness, proxies=PROXY) as url, stalled(url, 2 * MOST) as lines:
        assert await ended(lines[:MOST], MOST) == MOST * [b""]
        for _ in range(50):
            assert (await ask(url, HEALTH)).status == 200
        assert (await ask(url, page_of(url, "203.0.113.7"))).status == 200


async def test_connections_that_only_wait_make_room_after_a_response_too(harness: PageHarness) -> None:
    async with serving_page(harness, proxies=PROXY) as url, stalled(url, MOST, HEALTH) as lines:
        for line in lines:
            assert (await line.answer()).status == 200
        assert (await ask(url, page_of(url, "203.0.113.7"))).status == 200
        assert await ended(lines, 1) == [b""]


def half_a_body(url: str, visitor: int) -> bytes:
    """A request that is at work until its body has come."""
    return scripted(
        url, "start", b"{", Content_Length="100", X_Forwarded_For=f"203.0.113.{visitor}", Expect="100-continue"
    )


async def test_with_every_connection_at_work_the_supervisor_is_answered_and_nobody_else(harness: PageHarness) -> None:
    async with serving_page(harness, proxies=PROXY, body_seconds=PATIENCE) as url, AsyncExitStack() as opened:
        for visitor in range(MOST):
            line = await opened.enter_async_context(line_to(url))
            await line.send(half_a_body(url, visitor % 250))
            assert (await line.answer()).status == 100
        for _ in range(3 * RESERVE):
            assert (await ask(url, HEALTH)).status == 200
        refused = await ask(url, page_of(url, "198.51.100.7"))
        assert (refused.status, refused.closes) == (503, True)
        assert b"Too many people are here right now" in refused.body
        async with stalled(url, 3 * RESERVE):
            assert (await ask(url, HEALTH)).status == 200


async def test_a_head_has_seconds_from_when_the_connection_was_opened(harness: PageHarness) -> None:
    async with (
        serving_page(harness, timeouts=Timeouts(head=0.2, idle=10 * PATIENCE)) as url,
        stalled(url, EACH) as lines,
    ):
        assert await asyncio.gather(*(line.ends() for line in lines)) == EACH * [b""]


async def test_a_further_head_has_seconds_from_its_first_byte(harness: PageHarness) -> None:
    timeouts = Timeouts(head=0.2, idle=10 * PATIENCE)
    async with serving_page(harness, timeouts=timeouts) as url, stalled(url, 1, HEALTH) as lines:
        assert (await lines[0].answer()).status == 200
        await lines[0].send(HALF_A_HEAD)
        assert await lines[0].ends() == b""


async def test_a_connection_that_is_not_used_any_more_is_closed(harness: PageHarness) -> None:
    timeouts = Timeouts(head=10 * PATIENCE, idle=0.2)
    async with serving_page(harness, timeouts=timeouts) as url, stalled(url, 1, HEALTH) as lines:
        assert (await lines[0].answer()).status == 200
        assert await lines[0].ends() == b""


async def test_a_response_that_nobody_takes_is_dropped() -> None:
    """The attacker asks, and then reads nothing: what is to be sent would wait for ever."""
    long = 64 * 1024 * 1024

    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response(body=bytes(long))

    async with bare_server(answer, Timeouts(head=PATIENCE, idle=0.2)) as server, line_to(server.url) as line:
        await line.send(head("/", {"Host": "x"}))
        await until(lambda: len(server.open_connections) == 1)
        await until(lambda: len(server.open_connections) == 0)
        assert len(await line.ends()) < long


async def test_a_request_that_is_being_handled_has_more_time_than_a_head() -> None:
    handled = asyncio.Event()

    async def answer(_request: web.BaseRequest) -> web.Response:
        await handled.wait()
        return web.Response()

    async with bare_server(answer, Timeouts(head=0.3, idle=0.3)) as server, line_to(server.url) as line:
        await line.send(head("/", {"Host": "x"}))
        async with stalled(server.url, 1) as younger:
            assert await younger[0].ends() == b""
        handled.set()
        assert (await line.answer()).status == 200


async def test_what_was_closed_is_counted_no_more() -> None:
    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response()

    async with bare_server(answer) as server:
        for content in (HEALTH, HALF_A_HEAD, b"garbage\r\n\r\n"):
            async with stalled(server.url, 3, content):
                await until(lambda: len(server.open_connections) > 0)
        await until(lambda: len(server.open_connections) == 0)


async def test_those_who_find_no_room_are_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    started, handled = asyncio.Event(), asyncio.Event()

    async def answer(_request: web.BaseRequest) -> web.Response:
        started.set()
        await handled.wait()
        return web.Response()

    with caplog.at_level(logging.INFO):
        async with bare_server(answer, most=1, reserve=0) as server, line_to(server.url) as line:
            await line.send(head("/", {"Host": "x"}))
            await started.wait()
            async with stalled(server.url, 5) as others:
                assert await asyncio.gather(*(other.ends() for other in others)) == 5 * [b""]
            handled.set()
            assert (await line.answer()).status == 200
    assert [message for message in caplog.messages if "no connection" in message] == [
        "web: no connection: too many are open, 1 since the last such line",
        "web: no connection: too many are open, 4 since the last such line",
    ]


async def test_a_page_that_is_slow_to_be_read_is_read_to_its_end(harness: PageHarness) -> None:
    async with serving_page(harness) as url, line_to(url) as line:
        await line.send(page_of(url))
        answer: Raw = await line.answer()
        assert (answer.status, len(answer.body)) == (200, int(answer.headers["content-length"]))
