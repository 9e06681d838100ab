"""The attacker is refused and goes on sending: the bot is to read it, or to take what follows for another request."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aiohttp import web

from tests.attacks.bare_server import bare_server
from tests.attacks.page import harness
from tests.web.harness import PageHarness
from tests.web.wire import Line, ask_each, head, line_to, scripted

__all__ = ["harness"]

MEGABYTE = bytes(1024 * 1024)
# Far above what the sockets of both ends hold of what nobody reads.
MOST_MEGABYTES = 200
LONG = 10 * MOST_MEGABYTES * len(MEGABYTE)


def own(url: str, target: str, method: str, **more: str) -> bytes:
    """A request whose body is announced, and does not come to its end."""
    sent = {"Host": url.removeprefix("http://"), "Content-Length": str(LONG), "Content-Type": "application/json"}
    return head(target, sent | {name.replace("_", "-"): value for name, value in more.items()}, method=method) + b"{"


REFUSED: list[tuple[str, int, Callable[[str], bytes]]] = [
    ("too long", 413, lambda url: own(url, "/v/start", "POST")),
    (
        "too long by a number of 5,000 digits",
        413,
        lambda url: own(url, "/v/start", "POST", Content_Length=5000 * "0" + "9"),
    ),
    ("compressed", 415, lambda url: own(url, "/v/start", "POST", Content_Encoding="gzip")),
    ("another host", 421, lambda url: own(url, "/v/start", "POST", Host="evil.example")),
    ("a GET with a body", 400, lambda url: own(url, "/v", "GET")),
    ("a GET of the health with a body", 400, lambda url: own(url, "/healthz", "GET", Host="localhost")),
    ("a HEAD with a body", 400, lambda url: own(url, "/v", "HEAD")),
    ("a GET with a body of 1 byte", 400, lambda url: own(url, "/v", "GET", Content_Length="1")),
    ("no such page", 404, lambda url: own(url, "/nowhere", "POST", Content_Length="4000")),
    ("no such method", 405, lambda url: own(url, "/v/start", "PUT", Content_Length="4000")),
    (
        "another site",
        403,
        lambda url: own(url, "/v/start", "POST", Content_Length="4000", Origin="https://evil.example"),
    ),
    ("no JSON", 415, lambda url: own(url, "/v/start", "POST", Content_Length="4000", Content_Type="text/plain")),
    ("nonsense is expected", 417, lambda url: own(url, "/v/start", "POST", Content_Length="4000", Expect="nonsense")),
]


async def megabytes_taken(line: Line) -> int:
    """How much more is taken from us before the connection breaks."""
    for sent in range(MOST_MEGABYTES):
        try:
            await line.send(MEGABYTE)
        except ConnectionError:
            return sent
    return MOST_MEGABYTES


@pytest.mark.parametrize(("status", "content"), [pytest.param(*each[1:], id=each[0]) for each in REFUSED])
async def test_after_a_refusal_the_connection_is_closed_and_nothing_more_is_taken(
    harness: PageHarness, status: int, content: Callable[[str], bytes]
) -> None:
    async with line_to(harness.url) as line:
        await line.send(content(harness.url))
        answer = await line.answer(without_body=status == 400 and content(harness.url).startswith(b"HEAD"))
        assert (answer.status, answer.closes) == (status, True)
        assert await megabytes_taken(line) < MOST_MEGABYTES
        assert await line.ends() == b""


async def test_after_what_is_no_request_nothing_more_is_taken(harness: PageHarness) -> None:
    async with line_to(harness.url) as line:
        await line.send(b"garbage\r\n\r\n" + head("/healthz", {"Host": "localhost"}))
        assert (await line.answer()).status == 400
        assert await megabytes_taken(line) < MOST_MEGABYTES
        assert await line.ends() == b""


async def test_too_many_requests_are_a_refusal_too(harness: PageHarness) -> None:
    post = own(harness.url, "/v/start", "POST", Content_Length="4000", Origin=harness.url)
    await ask_each(harness.url, 60 * [scripted(harness.url, "start", b"{}")])
    async with line_to(harness.url) as line:
        await line.send(post)
        answer = await line.answer()
        assert (answer.status, answer.closes) == (429, True)
        assert await megabytes_taken(line) < MOST_MEGABYTES
        assert await line.ends() == b""


async def test_of_what_is_sent_after_a_refusal_nothing_is_read() -> None:
    refused: list[web.BaseRequest] = []

    async def refuse(request: web.BaseRequest) -> web.Response:
        refused.append(request)
        response = web.Response(status=413)
        response.force_close()
        return response

    async with bare_server(refuse) as server, line_to(server.url) as line:
        await line.send(own(server.url, "/", "POST"))
        assert (await line.answer()).status == 413
        await megabytes_taken(line)
        assert await line.ends() == b""
    assert refused[0].content.total_bytes == 1  # what came along with the head


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(lambda url: scripted(url, "start", b"{}", Content_Encoding="gzip"), id="415"),
        pytest.param(lambda url: scripted(url, "start", 5000 * b"x"), id="413"),
        pytest.param(lambda url: scripted(url, "start", b"{}", Origin="https://evil.example"), id="403"),
        pytest.param(lambda url: scripted(url, "start", b"{}", Host="evil.example"), id="421"),
        pytest.param(lambda url: scripted(url, "nowhere", b"{}"), id="404"),
        pytest.param(
            lambda url: head("/v", {"Host": url.removeprefix("http://"), "Content-Length": "2"}) + b"{}", id="400"
        ),
    ],
)
async def test_a_request_that_came_along_behind_a_refused_one_is_not_answered(
    harness: PageHarness, first: Callable[[str], bytes]
) -> None:
    async with line_to(harness.url) as line:
        await line.send(first(harness.url) + head("/healthz", {"Host": "localhost"}))
        assert (await line.answer()).closes
        assert await line.ends() == b""


async def test_an_upgrade_that_is_declined_leads_to_no_other_protocol(harness: PageHarness) -> None:
    upgrade = {
        "Host": harness.url.removeprefix("http://"),
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    async with line_to(harness.url) as line:
        for target, status in (("/v", 200), ("/nowhere", 404), ("/v", 200)):
            await line.send(head(target, upgrade))
            answer = await line.answer()
            assert (answer.status, "upgrade" in answer.headers) == (status, False)
