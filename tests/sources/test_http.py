"""The shared HTTP client: whatever a server does, the result is JSON or a SourceError, after few requests."""

import asyncio
import gzip
from collections.abc import Callable

import pytest

from bot.errors import NotFoundError, RefusedError, SourceError, ThrottledError, UnavailableError
from bot.messages import Message
from bot.sources.advice import span_words
from bot.sources.askers import Asker, Askers
from bot.sources.http import Answer, JsonClient
from bot.sources.pace import Clock
from tests.sources.scripted_server import (
    Handler,
    Server,
    Tokens,
    answers,
    fetch,
    hangs,
    resets,
    sends,
    tears,
)
from tests.sources.virtual_time import ManualClock


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
