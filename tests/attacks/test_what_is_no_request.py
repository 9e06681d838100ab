"""The attacker sends what is no HTTP, as fast as possible: the log is to fill the disk, and the bot to be busy."""

from __future__ import annotations

import asyncio
import logging

import pytest

from tests.attacks.page import harness
from tests.web.harness import PageHarness
from tests.web.wire import ask, head, line_to, serving

__all__ = ["harness"]

CANARY = "canary-4c1e"
MALFORMED = [
    b"garbage %s\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03%s\r\n\r\n",
    b"GET /%s HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /%s HTTP/1.1\r\n\r\n",
    b"GET /v HTTP/1.1\r\nHost: x\r\nbad name %s: x\r\n\r\n",
    b"GET /v HTTP/1.1\r\nHost: x\r\nX: %s\x00\r\n\r\n",
    b"POST /v HTTP/1.1\r\nHost: x\r\nX: %s\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    b"POST /v HTTP/1.1\r\nHost: x\r\nContent-Length: -1%s\r\n\r\n",
    b"POST /v HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999999\r\nX: %s\r\n\r\n",
    b"POST /v HTTP/1.1\r\nHost: x\r\nX: %s\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"BREW /%s HTTP/1.1\r\nHost: x\r\n\r\n",
    b"get /%s HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http:%s HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT %s:: HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM%s\r\n\r\n",
    b"GET /" + 20_000 * b"x" + b"%s HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /v HTTP/1.1\r\nHost: x\r\n" + 300 * b"X: %s\r\n" + b"\r\n",
    b"GET /v HTTP/1.1\nHost: x\nX: %s\n\n",
]


def malformed(content: bytes) -> bytes:
    """With a word in it that must not be in the log."""
    return content.replace(b"%s", CANARY.encode())


@pytest.mark.parametrize("content", MALFORMED)
async def test_each_is_answered_in_one_sentence_and_closed(harness: PageHarness, content: bytes) -> None:
    async with line_to(harness.url) as line:
        await line.send(malformed(content) + head("/healthz", {"Host": "localhost"}))
        answer = await line.answer()
        assert (answer.status, answer.error) == (400, "input")
        assert CANARY.encode() not in answer.body
        assert await line.ends() == b""


async def test_a_thousand_are_one_line_of_the_log(harness: PageHarness, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for _ in range(50):
            await asyncio.gather(*(ask(harness.url, malformed(MALFORMED[n % len(MALFORMED)])) for n in range(20)))
    assert [record.getMessage().rpartition(": ")[0] for record in caplog.records if record.levelno > logging.DEBUG] == [
        "web: not a valid request"
    ]
    assert CANARY not in caplog.text
    assert (await ask(harness.url, head("/healthz", {"Host": "localhost"}))).status == 200


async def test_who_hangs_up_at_once_leaves_no_line_at_all(
    harness: PageHarness, caplog: pytest.LogCaptureFixture
) -> None:
    pieces = [b"", b"G", b"GET /v HTTP/1.1\r\nHo", b"POST /v/start HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"]
    with caplog.at_level(logging.DEBUG):
        for n in range(100):
            async with line_to(harness.url) as line:
                await line.send(pieces[n % len(pieces)])
        assert (await ask(harness.url, head("/healthz", {"Host": "localhost"}))).status == 200
    assert [record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG] == []


async def test_what_came_after_the_line_is_counted_in_another_when_the_bot_stops(
    harness: PageHarness, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with serving(harness.store) as url:
            for _ in range(5):
                await ask(url, b"garbage\r\n\r\n")
    assert [message.rpartition(", ")[2] for message in caplog.messages if message.startswith("web: not a")] == [
        "1 since the last such line",
        "4 since the last such line",
    ]
