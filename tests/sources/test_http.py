"""The shared HTTP client: whatever a server does, the answer is JSON or a SourceError, and it stays polite."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.errors import NotFoundError, RefusedError, SourceError, ThrottledError, UnavailableError
from bot.sources.http import Answer, JsonClient, in_words, parse_retry_after
from bot.sources.pace import Priority

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """A server that answers with each handler in turn, and with the last one ever after."""

    def __init__(self) -> None:
        self.handlers: list[Handler] = []
        self.requests: list[web.Request] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        handler = self.handlers[min(len(self.requests), len(self.handlers)) - 1]
        return await handler(request)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    scripted = Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", scripted.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    scripted.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield scripted
    await runner.cleanup()


@pytest.fixture
async def make_client(server: Server) -> AsyncIterator[Callable[..., JsonClient]]:
    clients: list[JsonClient] = []
    async with aiohttp.ClientSession() as session:

        def make(*, timeout: float = 2.0, judge: Callable[[Answer], None] = lambda _: None) -> JsonClient:
            client = JsonClient(
                session,
                name="Upstream",
                base_url=server.url,
                headers={"X-API-KEY": "k"},
                requests_per_second=1000,
                timeout=timedelta(seconds=timeout),
                judge=judge,
            )
            clients.append(client)
            return client

        yield make
        for client in clients:
            await client.close()


def answers(body: object = None, *, status: int = 200, **headers: str) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return web.json_response(body if body is not None else {"ok": True}, status=status, headers=headers)

    return handle


def sends(data: bytes, content_type: str = "application/json", **headers: str) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(body=data, content_type=content_type, headers=headers)

    return handle


async def resets(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


async def hangs(_request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def tears(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"collections": [')
    assert request.transport
    request.transport.abort()
    return response


async def fetch(client: JsonClient) -> Answer:
    return await client.fetch("/x", {"a": "1"}, Priority.INTERACTIVE)


async def test_an_answer_is_parsed_and_the_key_is_sent(server: Server, make_client: Callable[..., JsonClient]) -> None:
    server.handlers = [answers({"n": 1})]
    client = make_client()
    assert await fetch(client) == Answer(200, {"n": 1})
    assert server.requests[0].headers["X-API-KEY"] == "k"
    assert server.requests[0].query_string == "a=1"
    assert client.health.last_success_at is not None


async def test_an_error_status_with_json_is_an_answer(server: Server, make_client: Callable[..., JsonClient]) -> None:
    server.handlers = [answers({"resultInfo": {"code": 1}}, status=400)]
    assert await fetch(make_client()) == Answer(400, {"resultInfo": {"code": 1}})


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(answers(status=503), id="503"),
        pytest.param(answers(status=500), id="500"),
        pytest.param(answers(status=429), id="429 without Retry-After"),
        pytest.param(answers(status=429, **{"Retry-After": "0.2"}), id="429 with Retry-After"),
        pytest.param(resets, id="connection reset"),
        pytest.param(tears, id="torn body"),
        pytest.param(sends(b"<html>", "text/html"), id="a parking page"),
        pytest.param(sends(b"{broken"), id="not JSON"),
    ],
)
async def test_a_passing_fault_is_retried(
    server: Server, make_client: Callable[..., JsonClient], fault: Handler
) -> None:
    server.handlers = [fault, answers({"n": 2})]
    assert (await fetch(make_client())).body == {"n": 2}
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        pytest.param(answers(status=502), UnavailableError, "fault of its own (HTTP 502)", id="502"),
        pytest.param(answers(status=429), ThrottledError, "too many requests", id="429"),
        pytest.param(sends(b"<html>", "text/html"), UnavailableError, "text/html instead of JSON", id="html"),
        pytest.param(sends(b""), UnavailableError, "not JSON", id="empty body"),
        pytest.param(sends(b"\xff\xfe"), UnavailableError, "not JSON", id="bad UTF-8"),
        pytest.param(sends(b'{"a": NaN}'), UnavailableError, "not JSON", id="NaN"),
        pytest.param(sends(b"[" + b"1," * 1_500_000 + b"1]"), UnavailableError, "more than 2 MiB", id="huge"),
        pytest.param(
            sends(gzip.compress(b" " * 50_000_000), **{"Content-Encoding": "gzip"}),
            UnavailableError,
            "more than 2 MiB",
            id="bomb",
        ),
        pytest.param(
            answers(status=302, Location="http://169.254.169.254/"), UnavailableError, "a redirect", id="redirect"
        ),
        pytest.param(resets, UnavailableError, "cannot be reached", id="reset"),
    ],
)
async def test_a_lasting_fault_is_said_in_one_sentence(
    server: Server, make_client: Callable[..., JsonClient], fault: Handler, kind: type[SourceError], words: str
) -> None:
    server.handlers = [fault]
    client = make_client()
    with pytest.raises(kind) as caught:
        await fetch(client)
    assert words in caught.value.sentence
    assert caught.value.sentence.startswith("Upstream ")
    assert client.health.last_failure == caught.value.sentence
    # Three attempts of ours; aiohttp itself repeats a GET once when the connection drops without an answer.
    assert 1 <= len(server.requests) <= (6 if fault is resets else 3)
    assert all(request.path == "/x" for request in server.requests)


async def test_a_slow_answer_is_given_up_once(server: Server, make_client: Callable[..., JsonClient]) -> None:
    server.handlers = [hangs]
    with pytest.raises(UnavailableError, match="did not answer within 1 second"):
        await fetch(make_client(timeout=0.3))
    assert len(server.requests) == 1


async def test_the_same_question_is_sent_once(server: Server, make_client: Callable[..., JsonClient]) -> None:
    server.handlers = [answers({"n": 3})]
    client = make_client()
    bodies = await asyncio.gather(*(fetch(client) for _ in range(100)))
    assert {answer.body["n"] for answer in bodies} == {3}
    assert len(server.requests) == 1


async def test_who_gives_up_does_not_take_the_answer_from_the_others(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    server.handlers = [answers({"n": 4})]
    client = make_client()
    first, second = asyncio.create_task(fetch(client)), asyncio.create_task(fetch(client))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).body == {"n": 4}


async def test_a_long_retry_after_holds_everybody_and_is_told(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    server.handlers = [answers(status=429, **{"Retry-After": "3600"})]
    client = make_client()
    with pytest.raises(ThrottledError, match="Try again in 15 minutes"):
        await fetch(client)
    with pytest.raises(ThrottledError, match="Tessera asks again in 15 minutes"):
        await client.fetch("/other", {}, Priority.BACKGROUND)
    assert len(server.requests) == 1


async def test_a_source_that_keeps_failing_is_left_alone(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    server.handlers = [answers(status=500)]
    client = make_client()
    for _ in range(4):
        with pytest.raises(UnavailableError):
            await fetch(client)
    assert len(server.requests) == 5


async def test_a_refused_key_is_not_tried_again_and_again(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    def judge(_answer: Answer) -> None:
        raise RefusedError("Upstream refuses the key.")

    server.handlers = [answers()]
    client = make_client(judge=judge)
    for _ in range(5):
        with pytest.raises(RefusedError, match="Upstream refuses the key"):
            await fetch(client)
    assert len(server.requests) == 1


async def test_no_such_thing_is_an_answer_and_not_a_failure(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    def judge(_answer: Answer) -> None:
        raise NotFoundError("Upstream has no such account.")

    server.handlers = [answers()]
    client = make_client(judge=judge)
    for _ in range(8):
        with pytest.raises(NotFoundError):
            await fetch(client)
    assert len(server.requests) == 8
    assert client.health.last_failure_at is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [("7", 7), ("0.5", 0.5), ("3600", 900), ("1e999", 900), ("0", None), ("-5", None), ("nan", None), ("soon", None)],
)
def test_retry_after_is_believed_within_reason(value: str, expected: float | None) -> None:
    parsed = parse_retry_after(value)
    assert (parsed.total_seconds() if parsed else None) == expected


def test_waiting_times_are_words() -> None:
    assert [in_words(seconds) for seconds in (0.2, 1, 7.4, 90, 180)] == [
        "1 second",
        "1 second",
        "7 seconds",
        "90 seconds",
        "3 minutes",
    ]
