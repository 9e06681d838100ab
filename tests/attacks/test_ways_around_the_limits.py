"""The attacker writes requests in every other form that HTTP knows, so that no limit counts them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import takewhile

import pytest
from aiohttp import web

from bot.web.guard import Guard
from bot.web.limits import READS_PER_MINUTE, WRITES_PER_MINUTE, Limits
from bot.web.verify_page import VerifyPage
from bot.web.visitor import Visitors
from tests.attacks.bare_server import bare_server
from tests.attacks.page import harness
from tests.web.harness import PageHarness
from tests.web.wire import Raw, ask, ask_each, head, line_to, scripted, serving

__all__ = ["harness"]

HOST = "verify.example.org"
PUBLIC = f"https://{HOST}"
NAMED = {"Host": HOST}
# More than pass in a minute, and what may be refilled meanwhile on a machine that is slow.
MANY = 2 * READS_PER_MINUTE


@pytest.fixture
async def url(harness: PageHarness) -> AsyncIterator[str]:
    """Where a page that has a public address listens."""
    async with serving(harness.store, VerifyPage(harness.verification, PUBLIC), public_url=PUBLIC) as url:
        yield url


def post(target: str = "/v/start", **headers: str) -> bytes:
    """A write with a body."""
    return scripted(PUBLIC, "start", b"{}", Host=HOST, **headers).replace(b"/v/start", target.encode(), 1)


FORMS = [
    pytest.param(head(f"{PUBLIC}/v", NAMED), READS_PER_MINUTE, id="the whole URL"),
    pytest.param(head(f"{PUBLIC}/healthz", NAMED), READS_PER_MINUTE, id="the whole URL of the health"),
    pytest.param(head("/healthz", NAMED), READS_PER_MINUTE, id="the health"),
    pytest.param(head("/healthz", NAMED, method="POST"), WRITES_PER_MINUTE, id="a POST to the health of the page"),
    pytest.param(head("/v", NAMED, method="HEAD"), READS_PER_MINUTE, id="HEAD"),
    pytest.param(head("/v", NAMED, version="1.0"), READS_PER_MINUTE, id="HTTP/1.0"),
    pytest.param(head("//v", NAMED), READS_PER_MINUTE, id="two slashes"),
    pytest.param(head("/%2e/v", NAMED), READS_PER_MINUTE, id="a path in code"),
    pytest.param(head("*", NAMED, method="OPTIONS"), WRITES_PER_MINUTE, id="OPTIONS *"),
    pytest.param(head("/v", NAMED, method="OPTIONS"), WRITES_PER_MINUTE, id="OPTIONS"),
    pytest.param(head("/v", NAMED, method="TRACE"), WRITES_PER_MINUTE, id="TRACE"),
    pytest.param(head("/v", NAMED, method="PROPFIND"), WRITES_PER_MINUTE, id="PROPFIND"),
    pytest.param(
        head("/v", NAMED | {"Upgrade": "websocket", "Connection": "Upgrade"}), READS_PER_MINUTE, id="websocket"
    ),
    pytest.param(head("/v", NAMED | {"Upgrade": "h2c", "Connection": "Upgrade"}), READS_PER_MINUTE, id="h2c"),
    pytest.param(head("/v", NAMED | {"Expect": "100-continue"}), READS_PER_MINUTE, id="Expect"),
    pytest.param(head("/v", NAMED | {"Expect": "nonsense"}), READS_PER_MINUTE, id="Expect nonsense"),
    pytest.param(post(), WRITES_PER_MINUTE, id="POST"),
    pytest.param(post(Content_Encoding="gzip"), WRITES_PER_MINUTE, id="gzip"),
    pytest.param(post(Content_Length="9999"), WRITES_PER_MINUTE, id="too long"),
    pytest.param(post("/nowhere"), WRITES_PER_MINUTE, id="no such page"),
    pytest.param(head("/v", NAMED | {"X-Forwarded-For": "203.0.113.1"}), READS_PER_MINUTE, id="a proxy made up"),
]


WRONG = [
    pytest.param(head(f"http://{HOST}/healthz", {"Host": "localhost"}), id="the health of the page to localhost"),
    pytest.param(head("/healthz", {"Host": "localhost"}, method="POST"), id="a POST to the health"),
    pytest.param(head(f"{HOST}:443", NAMED, method="CONNECT"), id="CONNECT"),
]


async def ask_until_refused(url: str, content: bytes) -> list[int]:
    """The final statuses, each on a connection of its own, up to the first that says it was too often."""
    statuses: list[int] = []
    while len(statuses) < MANY and 429 not in statuses:
        async with line_to(url) as line:
            await line.send(content)
            answer = await line.answer(without_body=True)
            if answer.status == 100:
                answer = await line.answer(without_body=True)
        statuses.append(answer.status)
    return statuses


@pytest.mark.parametrize(("content", "most"), FORMS)
async def test_every_form_of_a_request_is_counted(url: str, content: bytes, most: int) -> None:
    statuses = await ask_until_refused(url, content)
    assert statuses[-1] == 429
    assert len(statuses) > most


@pytest.mark.parametrize("content", WRONG)
async def test_what_is_for_another_host_is_refused_before_it_is_counted(url: str, content: bytes) -> None:
    assert set(await ask_until_refused(url, content)) == {421}
    assert (await ask(url, head("/v", NAMED))).status == 200


async def test_an_exhausted_visitor_is_not_asked_to_go_on(url: str) -> None:
    await ask_each(url, 60 * [post()])
    async with line_to(url) as line:
        await line.send(post(Expect="100-continue"))
        assert (await line.answer()).status == 429
        assert await line.ends() == b""


@pytest.mark.parametrize(
    ("content", "most"), [(head("/v", NAMED), READS_PER_MINUTE), (post(), WRITES_PER_MINUTE)], ids=["GET", "POST"]
)
async def test_requests_in_one_piece_are_counted_one_by_one(url: str, content: bytes, most: int) -> None:
    async with line_to(url) as line:
        await line.send(MANY * content)
        answers: list[Raw] = []
        while not answers or not answers[-1].closes:
            answers.append(await line.answer())
        assert await line.ends() == b""
    passed = list(takewhile(lambda answer: answer.status != 429, answers))
    assert len(answers) == len(passed) + 1
    assert most <= len(passed) < MANY


@pytest.mark.parametrize(
    "content",
    [
        head("http://evil.example/healthz", {"Host": "evil.example"}),
        head("http://evil.example/v", NAMED),
        head("http://evil.example@verify.example.org.evil.example/v", NAMED),
        head("evil.example:443", {"Host": "evil.example:443"}, method="CONNECT"),
        head("*", {"Host": "evil.example"}, method="OPTIONS"),
        head("/v", {"Host": "evil.example"}, version="1.0"),
    ],
)
async def test_another_host_is_refused_in_every_form(url: str, content: bytes) -> None:
    async with line_to(url) as line:
        await line.send(content + head("/healthz", NAMED))
        assert (await line.answer()).status in (400, 421)  # 400: nothing may follow a request of HTTP/1.0
        assert await line.ends() == b""


async def test_a_bot_without_a_page_counts_what_names_a_host_too(harness: PageHarness) -> None:
    async with serving(harness.store) as url:
        answers = await ask_each(url, MANY * [head("http://evil.example/healthz", {"Host": "evil.example"})])
    assert {answer.status for answer in answers} == {200, 429}


@pytest.mark.parametrize(("address", "most"), [("203.0.113.7", READS_PER_MINUTE), ("127.0.0.1", MANY)])
async def test_the_health_is_counted_unless_it_is_asked_for_on_this_machine(address: str, most: int) -> None:
    guard = Guard(HOST, secure=True, visitors=Visitors(()), limits=Limits(lambda: 0.0), seconds=9, most_bytes=9)

    async def healthy(_request: web.BaseRequest) -> web.Response:
        return web.Response()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return await guard.answer(request.clone(remote=address), healthy)

    async with bare_server(answer) as server:
        answers = await ask_each(server.url, MANY * [head("/healthz", {"Host": "localhost"})])
    assert sum(each.status == 200 for each in answers) == most
