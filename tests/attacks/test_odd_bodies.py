"""The attacker sends bodies and heads that are valid, and that are as laborious to read as HTTP allows."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from bot.web.connection import Timeouts
from tests.attacks.bare_server import bare_server
from tests.attacks.page import harness
from tests.web.harness import PageHarness
from tests.web.wire import PATIENCE, Line, ask, head, line_to, scripted, serving_page

__all__ = ["harness"]

CHUNKED = {"Content_Length": "", "Transfer_Encoding": "chunked"}
# More than a connection may ever send for one request, and than its sockets hold.
ENDLESS_PIECES = 400
PIECE = 64 * 1024
HEALTH = head("/healthz", {"Host": "localhost"})


async def pieces_taken(line: Line, piece: bytes) -> int:
    """How many pieces of an endless request are taken; what is taken by nobody stays in the sockets."""
    for sent in range(ENDLESS_PIECES):
        try:
            async with asyncio.timeout(1):
                await line.send(piece)
        except (TimeoutError, ConnectionError):
            return sent
    return ENDLESS_PIECES


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(b"2;x=", PIECE * b"x", id="an extension of a chunk without end"),
        pytest.param(b"0\r\nX: ", PIECE * b"x", id="a trailer without end"),
        pytest.param(b"", PIECE // 6 * b"1\r\nx\r\n", id="chunks of one byte without end"),
        pytest.param(b"", PIECE * b"0", id="a length of a chunk without end"),
    ],
)
async def test_a_chunked_body_without_end_is_not_read_for_ever(
    harness: PageHarness, start: bytes, piece: bytes
) -> None:
    async with serving_page(harness, request_seconds=2) as url, line_to(url) as line:
        await line.send(scripted(url, "start", start, **CHUNKED))
        assert await pieces_taken(line, piece) < ENDLESS_PIECES
        assert (await ask(url, HEALTH)).status == 200


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(b"GET /", PIECE * b"x", id="a target"),
        pytest.param(b"GET /v HTTP/1.1\r\nX: ", PIECE * b"x", id="a header"),
        pytest.param(b"GET /v HTTP/1.1\r\n", PIECE // 4 * b"X:\r\n", id="headers"),
        pytest.param(b"", PIECE // 2 * b"\r\n", id="lines"),
        pytest.param(b"", PIECE * b"X", id="a method"),
    ],
)
async def test_a_head_without_end_is_not_read_for_ever(harness: PageHarness, start: bytes, piece: bytes) -> None:
    async with serving_page(harness, timeouts=Timeouts(head=2, idle=PATIENCE)) as url, line_to(url) as line:
        await line.send(start)
        assert await pieces_taken(line, piece) < ENDLESS_PIECES
        assert (await ask(url, HEALTH)).status == 200


async def test_a_request_in_single_bytes_is_a_request(harness: PageHarness) -> None:
    token = (await harness.begin("ada")).url.partition("#t=")[2].encode()
    async with line_to(harness.url) as line:
        for byte in scripted(harness.url, "start", b'{"token": "%s"}' % token):
            await line.send(bytes([byte]))
        assert (await line.answer()).status == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"token":' + 2200 * b"[" + 2200 * b"]" + b"}", id="lists in lists"),
        pytest.param(b'{"token":' + 700 * b'{"a":' + b"1" + 700 * b"}" + b"}", id="objects in objects"),
        pytest.param(b'{"token":' + 4500 * b"9" + b"}", id="a number of 4,500 digits"),
        pytest.param(b'{"token":1e' + 4000 * b"9" + b"}", id="a number with a long exponent"),
        pytest.param(b"{" + b",".join(b'"%d":1' % n for n in range(500)) + b"}", id="500 keys"),
        pytest.param(b'{"token":"' + 700 * b"\\u0000" + b'"}', id="700 NULs"),
    ],
)
async def test_json_that_is_laborious_is_refused_in_one_sentence(harness: PageHarness, body: bytes) -> None:
    answer = await ask(harness.url, scripted(harness.url, "start", body))
    assert (answer.status, answer.error) in ((400, "input"), (401, "session"))


async def test_of_a_key_that_is_there_twice_one_is_read_and_never_both(harness: PageHarness) -> None:
    token = (await harness.begin("ada")).url.partition("#t=")[2].encode()
    first = await ask(harness.url, scripted(harness.url, "start", b'{"token":"%s","token":"x"}' % token))
    last = await ask(harness.url, scripted(harness.url, "start", b'{"token":"x","token":"%s"}' % token))
    assert (first.status, last.status) == (401, 200)


@pytest.mark.parametrize("target", ["/" + 8000 * "a", "/" + 4000 * "a/", "/v?" + 2600 * "a=&", "/" + 2600 * "%2f"])
async def test_a_long_target_is_no_page(harness: PageHarness, target: str) -> None:
    answer = await ask(harness.url, head(target, {"Host": harness.url.removeprefix("http://")}))
    assert answer.status == (200 if target.startswith("/v?") else 404)


async def test_a_body_that_trickles_is_waited_for_seconds_in_all(harness: PageHarness) -> None:
    async with serving_page(harness, body_seconds=0.3) as url, line_to(url) as line:
        await line.send(scripted(url, "start", b"", Content_Length="4000"))
        answer = asyncio.create_task(line.answer())
        while not answer.done():
            await line.send(b" ")
            await asyncio.sleep(0.01)  # forty seconds for all of it
        assert ((await answer).status, (await answer).closes) == (408, True)
        assert await line.ends() == b""


async def test_of_a_body_little_is_read_before_somebody_asks_for_it() -> None:
    """Chunks of one byte cost most to take apart, and are taken apart before any of our code runs."""
    sent = asyncio.Event()
    ahead: list[int] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        await sent.wait()
        ahead.append(request.content.total_bytes)
        return web.Response()

    async with bare_server(answer) as server, line_to(server.url) as line:
        await line.send(head("/", {"Host": "x", "Transfer-Encoding": "chunked"}, method="POST"))
        await pieces_taken(line, PIECE // 6 * b"1\r\nx\r\n")
        sent.set()
        assert (await line.answer()).status == 200
    assert 0 < ahead[0] < 5_000


async def test_what_comes_behind_a_request_without_end_is_not_taken_for_others() -> None:
    """The part that was not read any more is missing: whatever follows it could be the middle of something."""
    sent = asyncio.Event()
    served: list[str] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        served.append(request.path)
        await sent.wait()
        return web.Response()

    async with bare_server(answer) as server, line_to(server.url) as line:
        chunked = {"Host": "x", "Transfer-Encoding": "chunked"}
        await line.send(head("/first", {"Host": "x"}) + head("/behind", chunked, method="POST") + b"2;x=")
        assert await pieces_taken(line, PIECE * b"x") < ENDLESS_PIECES
        sent.set()
        assert (await line.answer()).status == 200
        assert await line.ends() == b""
    assert served == ["/first"]
