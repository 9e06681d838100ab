"""The attacker sends kilobytes that become megabytes, so that the bot is busy inflating while commands wait."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

import orjson
import pytest
from aiohttp import web

from tests.attacks.bare_server import bare_server
from tests.attacks.page import harness
from tests.web.harness import PageHarness
from tests.web.wire import ask, ask_each, head, line_to, scripted

__all__ = ["harness"]

SENTENCE = "That request is not understood: it must not be compressed."


@cache
def make_bomb() -> bytes:
    """Fifty million bytes, compressed: when a test needs it, not in every process that only collects."""
    return gzip.compress(bytes(50_000_000))


@pytest.mark.parametrize(
    "coding", ["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "GZIP", "gzip, gzip", "identity", "nonsense", " "]
)
@pytest.mark.parametrize("target", ["/v/start", "/v", "/healthz", "/nowhere"])
async def test_no_content_coding_is_accepted_anywhere(harness: PageHarness, coding: str, target: str) -> None:
    host = harness.url.removeprefix("http://")
    sent = {"Host": host, "Content-Encoding": coding, "Content-Length": str(len(make_bomb()))}
    answer = await ask(harness.url, head(target, sent, method="POST") + make_bomb())
    assert (answer.status, answer.error) == (415, "media")
    assert orjson.loads(answer.body)["error"]["message"] == SENTENCE
    assert answer.headers["accept-encoding"] == "identity"
    assert answer.closes


async def test_the_name_of_a_coding_without_a_body_is_refused_too(harness: PageHarness) -> None:
    host = harness.url.removeprefix("http://")
    for target in ("/v", "/healthz"):
        answer = await ask(harness.url, head(target, {"Host": host, "Content-Encoding": "gzip"}))
        assert (answer.status, answer.body.decode()) == (415, SENTENCE)


@pytest.mark.parametrize(
    "coding", ["gzip, chunked", "gzip,chunked", "deflate , chunked", "GZIP, Chunked", "br, chunked"]
)
async def test_no_transfer_coding_but_chunked_is_accepted(harness: PageHarness, coding: str) -> None:
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(make_bomb()), make_bomb())
    answer = await ask(harness.url, scripted(harness.url, "start", body, Content_Length="", Transfer_Encoding=coding))
    assert (answer.status, answer.error) == (415, "media")
    assert answer.closes


@pytest.mark.parametrize("coding", ["gzip", "chunked, gzip", "identity", "chunked, chunked"])
async def test_a_transfer_coding_that_has_no_end_is_not_understood(harness: PageHarness, coding: str) -> None:
    async with line_to(harness.url) as line:
        await line.send(scripted(harness.url, "start", make_bomb(), Content_Length="", Transfer_Encoding=coding))
        assert (await line.answer()).status == 400
        assert await line.ends() == b""


async def test_a_hundred_bombs_are_refused_by_the_limit_or_by_the_coding(harness: PageHarness) -> None:
    bomb = scripted(harness.url, "start", make_bomb(), Content_Encoding="gzip")
    answers = await ask_each(harness.url, 100 * [bomb])
    assert {answer.status for answer in answers} == {415, 429}
    assert all(answer.closes for answer in answers)
    assert (await harness.browser().open((await harness.begin("ada")).url)).status == 429  # the same address
    health = await ask(harness.url, head("/healthz", {"Host": "localhost"}))
    assert health.status == 200


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", gzip.compress(b"plain")), ("deflate", zlib.compress(b"plain")), ("gzip", b"no gzip at all")],
    ids=["gzip", "deflate", "no gzip at all"],
)
async def test_aiohttp_itself_inflates_nothing(coding: str, body: bytes) -> None:
    """Behind the guard nothing compressed arrives; aiohttp would have inflated it before the guard was asked."""

    async def echo(request: web.BaseRequest) -> web.Response:
        return web.Response(body=await request.read())

    async with bare_server(echo) as server:
        sent = {"Host": "x", "Content-Encoding": coding, "Content-Length": str(len(body))}
        answer = await ask(server.url, head("/", sent, method="POST") + body)
    assert (answer.status, answer.body) == (200, body)


async def test_a_body_that_is_not_compressed_is_still_read(harness: PageHarness) -> None:
    token = (await harness.begin("ada")).url.partition("#t=")[2].encode()
    body = b'{"token": "%s"}' % token
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    async with line_to(harness.url) as line:
        await line.send(scripted(harness.url, "start", chunks, Content_Length="", Transfer_Encoding="chunked"))
        assert (await line.answer()).status == 200
