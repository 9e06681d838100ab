"""The shared HTTP client: pauses are obeyed, and a source is left alone where the trouble is not one question's."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from bot.errors import RefusedError, SourceError, ThrottledError, UnavailableError
from bot.messages import Message
from bot.sources.askers import Asker, Askers
from bot.sources.http import Answer, JsonClient
from tests.sources.scripted_server import (
    Server,
    Tokens,
    answers,
    ask,
    ask_at_once,
    fetch,
)
from tests.sources.virtual_time import JumpingClock, ManualClock


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


@pytest.mark.parametrize(
    ("headers", "sent"),
    [({"Retry-After": "3600"}, 1), ({"X-Credits-Remaining": "0"}, 2)],
    ids=["the server said so itself", "a plan that is used up"],
)
async def test_of_the_pauses_of_a_429_only_that_which_the_server_asked_for_outlasts_a_reload(
    server: Server, make_client: Callable[..., JsonClient], headers: dict[str, str], sent: int
) -> None:
    server.handlers = [answers(status=429, **headers)]
    client = make_client()
    with pytest.raises(ThrottledError):
        await ask(client, "/ada")
    client.end_pauses()
    with pytest.raises(ThrottledError):
        await ask(client, "/ben")
    assert len(server.requests) == sent
