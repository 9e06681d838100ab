"""The shared HTTP client: whatever a server does, the result is JSON or a SourceError, and limits are respected."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest
from aiohttp import web

from bot.errors import NotFoundError, RefusedError, SourceError, ThrottledError, UnavailableError
from bot.messages import Message
from bot.sources.advice import span_words
from bot.sources.askers import Asker, Askers
from bot.sources.http import Answer, JsonClient
from bot.sources.pace import Clock, Pace
from tests.sources.virtual_time import JumpingClock, ManualClock

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

        def make(
            *,
            timeout: float = 30.0,
            check_answer: Callable[[Answer], None] = lambda _: None,
            pace: Pace | None = None,
            clock: Clock | None = None,
        ) -> JsonClient:
            client = JsonClient(
                session,
                name="Upstream",
                base_url=server.url,
                headers={"X-API-KEY": "k"},
                pace=pace or Pace(1000),
                timeout=timedelta(seconds=timeout),
                check_answer=check_answer,
                clock=clock or JumpingClock().clock,
            )
            clients.append(client)
            return client

        yield make
        for client in clients:
            await client.close()


class Tokens(Pace):
    """A pace that lets as many requests go as a test gives tokens."""

    def __init__(self, tokens: int) -> None:
        super().__init__(requests_per_second=1)
        self.tokens = asyncio.Semaphore(tokens)

    async def take_token(self) -> None:
        await self.tokens.acquire()


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
    return await client.fetch("/x", {"a": "1"}, Askers(Asker.job("test")))


async def ask(client: JsonClient, path: str) -> Answer:
    return await client.fetch(path, {}, Askers(Asker.job("test")))


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
async def test_a_temporary_fault_is_retried(
    server: Server, make_client: Callable[..., JsonClient], fault: Handler
) -> None:
    server.handlers = [fault, answers({"n": 2})]
    assert (await fetch(make_client())).body == {"n": 2}
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        pytest.param(answers(status=502), UnavailableError, "internal error (HTTP 502)", id="502"),
        pytest.param(answers(status=429), ThrottledError, "too many requests", id="429"),
        pytest.param(sends(b"<html>", "text/html"), UnavailableError, "(HTML instead of JSON)", id="html"),
        pytest.param(
            sends(b"x", "discord.gg/freemint"), UnavailableError, "(something else instead of JSON)", id="an invite"
        ),
        pytest.param(
            sends(b"x", "text/" + "a" * 5000), UnavailableError, "(something else instead of JSON)", id="a long type"
        ),
        pytest.param(
            answers({"error": "no route"}, status=404),
            UnavailableError,
            "nothing at that address (HTTP 404): this bot's operator must check the base URL",
            id="404 in JSON",
        ),
        pytest.param(
            answers({"message": "Forbidden"}, status=403), RefusedError, "operator must check the API key", id="403"
        ),
        pytest.param(
            answers({"message": "Unauthorized"}, status=401), RefusedError, "operator must check the API key", id="401"
        ),
        pytest.param(
            answers(status=503, **{"Retry-After": "60"}),
            UnavailableError,
            "(HTTP 503). Try again in 60 seconds.",
            id="503 with Retry-After",
        ),
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
async def test_a_permanent_fault_is_reported_in_one_sentence(
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


async def test_a_slow_answer_is_waited_for_once(server: Server, make_client: Callable[..., JsonClient]) -> None:
    server.handlers = [hangs]
    with pytest.raises(UnavailableError, match="did not answer within 1 second"):
        await fetch(make_client(timeout=0.3, clock=Clock()))
    assert len(server.requests) == 1


async def test_the_same_question_is_sent_once(server: Server, make_client: Callable[..., JsonClient]) -> None:
    server.handlers = [answers({"n": 3})]
    client = make_client()
    bodies = await asyncio.gather(*(fetch(client) for _ in range(100)))
    assert {answer.body["n"] for answer in bodies} == {3}
    assert len(server.requests) == 1


async def test_a_caller_who_gives_up_does_not_cancel_the_request_for_the_others(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    server.handlers = [answers({"n": 4})]
    client = make_client()
    first, second = asyncio.create_task(fetch(client)), asyncio.create_task(fetch(client))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).body == {"n": 4}


async def test_a_long_retry_after_stops_all_requests_and_is_reported(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    server.handlers = [answers(status=429, **{"Retry-After": "3600"})]
    client = make_client()
    with pytest.raises(ThrottledError, match="Try again in 15 minutes"):
        await fetch(client)
    with pytest.raises(ThrottledError) as caught:
        await client.fetch("/other", {}, Askers(Asker.job("test")))
    assert caught.value.sentence == "Upstream gets too many requests right now. Tessera asks again in 15 minutes."
    assert len(server.requests) == 1


async def test_a_source_that_keeps_failing_gets_a_pause(server: Server, make_client: Callable[..., JsonClient]) -> None:
    server.handlers = [answers(status=500)]
    client = make_client()
    for number in range(5):
        with pytest.raises(UnavailableError):
            await ask(client, f"/{number}")
    assert len(server.requests) == 7  # three for each of two questions: the first of a third one is the source's


async def ask_at_once(client: JsonClient, questions: int) -> list[str]:
    """The errors of so many different requests at the same time; "" for those that got an answer."""
    asked = (client.fetch(f"/{number}", {}, Askers(Asker.job("test"))) for number in range(questions))
    sentences = await asyncio.gather(*asked, return_exceptions=True)
    return [answer.sentence if isinstance(answer, SourceError) else "" for answer in sentences]


def dated(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("status", "written", "sent"),
    # dated when the test runs, not when it is collected; 503 may be about the one question: a second one shows it
    [(429, str, 1), (503, str, 2), (429, dated, 1), (503, dated, 2)],
    ids=["429", "503", "429 with a date", "503 with a date"],
)
async def test_queued_requests_obey_retry_after_too(
    server: Server, make_client: Callable[..., JsonClient], status: int, written: Callable[[int], str], sent: int
) -> None:
    server.handlers = [answers(status=status, **{"Retry-After": written(60)})]
    pace = Tokens(sent)
    client = make_client(pace=pace)
    for number in range(1, sent):
        with pytest.raises(SourceError):
            await ask(client, f"/before/{number}")
    first = asyncio.create_task(fetch(client))
    queued = asyncio.create_task(ask_at_once(client, 20))
    with pytest.raises(SourceError):
        await first
    pace.tokens.release()  # for the one that waited for a token when the first was answered
    assert all("Tessera asks again in" in sentence for sentence in await queued)
    assert len(server.requests) == sent


async def test_queued_requests_do_not_send_a_refused_key(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    def check_answer(_answer: Answer) -> None:
        raise RefusedError(Message("Upstream refuses the key."))

    server.handlers = [answers()]
    pace = Tokens(2)
    client = make_client(check_answer=check_answer, pace=pace)
    for first in ("/x", "/y"):  # one question's trouble is not everybody's; two different ones are the key's
        with pytest.raises(RefusedError):
            await ask(client, first)
    queued = asyncio.create_task(ask_at_once(client, 20))
    await asyncio.sleep(0)
    pace.tokens.release()
    assert set(await queued) == {"Upstream refuses the key. Tessera asks again in 5 minutes."}
    assert len(server.requests) == 2


async def test_while_half_open_one_request_is_sent_and_the_others_follow_after_its_answer(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    probed, answered = asyncio.Event(), asyncio.Event()

    async def probe(request: web.Request) -> web.StreamResponse:
        probed.set()
        await answered.wait()
        return await answers({"n": 5})(request)

    server.handlers = [answers(status=429, **{"Retry-After": "3"}), probe]
    time = ManualClock()
    client = make_client(clock=time.clock)
    first = asyncio.create_task(fetch(client))
    await time.sleeper.wait()  # before its second attempt
    time.advance(2)
    others = asyncio.create_task(ask_at_once(client, 20))
    await time.sleeper.wait()  # until the breaker is half-open
    assert len(server.requests) == 1
    time.advance(1)
    await probed.wait()
    for _ in range(50):  # the others do everything that they can do now
        await asyncio.sleep(0)
    assert len(server.requests) == 2
    answered.set()
    assert set(await others) == {""}
    assert (await first).body == {"n": 5}


async def test_a_source_that_is_still_down_while_half_open_is_asked_once(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    time = JumpingClock()

    async def takes_its_whole_time(request: web.Request) -> web.StreamResponse:
        time.seconds += 30
        return await answers(status=500)(request)

    server.handlers = [answers(status=429, **{"Retry-After": "0.2"})] * 4 + [takes_its_whole_time]
    client = make_client(clock=time.clock)
    with pytest.raises(ThrottledError):
        await fetch(client)
    sentences = await ask_at_once(client, 20)
    assert len(server.requests) <= 6
    assert "Upstream has an internal error (HTTP 500). Tessera asks again in 30 seconds." in sentences


@pytest.mark.parametrize("body", [{"resultInfo": {"code": 100206}}, {"message": "Forbidden"}], ids=["code", "message"])
@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_an_error_in_json_never_makes_others_wait(
    server: Server, make_client: Callable[..., JsonClient], status: int, body: object
) -> None:
    def check_answer(answer: Answer) -> None:
        if answer.status >= 400:
            raise UnavailableError(Message("Upstream has an internal error."))

    server.handlers = [answers(body, status=status)] * 6 + [answers({"n": 6})]
    client = make_client(check_answer=check_answer)
    while len(server.requests) < 6:
        with pytest.raises(SourceError):
            await client.fetch(
                f"/{len(server.requests)}", {}, Askers(Asker.member(1)), about=frozenset({"one account"})
            )
    assert (await fetch(client)).body == {"n": 6}


async def test_a_firewall_that_refuses_one_request_does_not_stop_the_others(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    async def refuses(_request: web.Request) -> web.Response:
        return web.Response(status=403, text="<html>blocked", content_type="text/html")

    server.handlers = [refuses, answers({"n": 7})]
    client = make_client()
    with pytest.raises(RefusedError, match=r"refuses this bot \(HTTP 403\)"):
        await fetch(client)
    assert (await ask(client, "/other")).body == {"n": 7}


async def test_time_spent_in_the_queue_does_not_cost_a_retry(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    time, pace = ManualClock(), Tokens(0)
    client = make_client(clock=time.clock, pace=pace)
    server.handlers = [answers(status=500), answers({"n": 8})]
    asked = asyncio.create_task(fetch(client))
    await asyncio.sleep(0)
    time.advance(60)  # twice what an attempt may take
    pace.tokens.release()
    pace.tokens.release()
    await time.sleeper.wait()
    time.advance(5)
    assert (await asked).body == {"n": 8}


async def test_background_work_shares_the_answer_that_a_person_waits_for(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    server.handlers = [answers({"n": 9})]
    client = make_client()
    person = asyncio.create_task(fetch(client))
    await asyncio.sleep(0)
    assert (await client.fetch("/x", {"a": "1"}, Askers(Asker.job("test")))).body == {"n": 9}
    assert (await person).body == {"n": 9}
    assert len(server.requests) == 1


async def test_a_refused_key_is_not_tried_again_and_again(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    def check_answer(_answer: Answer) -> None:
        raise RefusedError(Message("Upstream refuses the key."))

    server.handlers = [answers()]
    client = make_client(check_answer=check_answer)
    for number in range(5):
        with pytest.raises(RefusedError, match="Upstream refuses the key"):
            await ask(client, f"/{number}")
        with pytest.raises(RefusedError, match="Upstream refuses the key"):
            await ask(client, "/0")
    assert len(server.requests) == 2


async def test_no_such_thing_is_an_answer_and_not_a_failure(
    server: Server, make_client: Callable[..., JsonClient]
) -> None:
    def check_answer(_answer: Answer) -> None:
        raise NotFoundError(Message("Upstream has no such account."))

    server.handlers = [answers()]
    client = make_client(check_answer=check_answer)
    for _ in range(8):
        with pytest.raises(NotFoundError):
            await fetch(client)
    assert len(server.requests) == 8
    assert client.health.last_failure_at is None


def test_waiting_times_are_words() -> None:
    assert [span_words(seconds).render() for seconds in (0.2, 1, 7.4, 90, 180)] == [
        "1 second",
        "1 second",
        "7 seconds",
        "90 seconds",
        "3 minutes",
    ]
