"""What the recording stores, what it leaves out, and what it drops first."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.app_keys import TRAFFIC
from sandbox.traffic import Traffic, record_traffic
from sandbox.world import API_KEY, BOT_TOKEN
from tests.sandbox.serving import Json, RunningSandbox, serving


async def exchanges(sandbox: RunningSandbox, **query: Any) -> list[Json]:
    status, body = await sandbox.get("/_sandbox/traffic", **query)
    assert status == 200
    found: list[Json] = body["exchanges"]
    return found


async def test_both_services_are_recorded_with_bodies_and_without_secrets() -> None:
    async with serving() as sandbox:
        await sandbox.details(10002, nonZero="true")
        await sandbox.session.patch(
            f"{sandbox.address}/api/v10/applications/@me",
            json={"description": "hello"},
            headers={"Authorization": f"Bot {BOT_TOKEN}"},
        )
        loopring, discord = await exchanges(sandbox)
        text = str((loopring, discord))
    assert (loopring["service"], loopring["method"], loopring["status"]) == ("loopring", "GET", 200)
    assert loopring["path"] == "/loopring/api/v3/user/collection/details"
    assert loopring["query"] == {"accountId": "10002", "nonZero": "true"}
    assert loopring["request"] is None
    assert loopring["response"]["totalNum"] == 1
    assert loopring["headers"]["x-api-key"] == "<present>"
    assert loopring["at_ms"] > 1_700_000_000_000
    assert (discord["service"], discord["method"], discord["request"]) == ("discord", "PATCH", {"description": "hello"})
    assert discord["headers"]["authorization"] == "<present>"
    assert API_KEY not in text
    assert BOT_TOKEN not in text


async def test_of_a_multipart_request_the_payload_is_shown() -> None:
    form = aiohttp.FormData()
    form.add_field("payload_json", '{"content":"look"}', content_type="application/json")
    form.add_field("files[0]", b"\x00\x01{}", filename="a.bin", content_type="application/octet-stream")
    async with serving() as sandbox:
        path = "/api/v10/channels/1/messages"
        await sandbox.session.post(sandbox.address + path, data=form)
        (exchange,) = await exchanges(sandbox)
    assert exchange["request"] == {"content": "look"}


async def test_what_belongs_to_the_sandbox_itself_is_not_traffic() -> None:
    async with serving() as sandbox:
        await sandbox.get("/_sandbox/faults")
        await sandbox.get("/_client/people")
        assert await exchanges(sandbox) == []


async def test_a_reader_asks_for_what_is_new_and_for_one_service() -> None:
    async with serving() as sandbox:
        for _ in range(3):
            await sandbox.details(10002)
        await sandbox.get("/api/v10/users/@me")
        _, body = await sandbox.get("/_sandbox/traffic", after=2)
        only_discord = await exchanges(sandbox, service="discord")
        newest = await exchanges(sandbox, limit=2)
        nothing = await exchanges(sandbox, after=body["last"])
        status, refused = await sandbox.get("/_sandbox/traffic", service="moon")
    assert [exchange["n"] for exchange in body["exchanges"]] == [3, 4]
    assert body["last"] == 4
    assert [exchange["n"] for exchange in only_discord] == [4]
    assert [exchange["n"] for exchange in newest] == [3, 4]
    assert nothing == []
    assert (status, "service must be" in refused["error"]) == (400, True)


async def test_an_unknown_route_is_recorded_with_its_404() -> None:
    async with serving() as sandbox:
        async with sandbox.session.get(f"{sandbox.address}/loopring/api/v3/nowhere") as answer:
            assert answer.status == 404
        (exchange,) = await exchanges(sandbox)
    assert exchange["status"] == 404


async def test_faults_are_recorded_as_the_client_saw_them() -> None:
    async with serving() as sandbox:
        for kind in ("reset", "garbage"):
            await sandbox.post("/_sandbox/faults", {"service": "loopring", "kind": kind, "times": 1})
        with pytest.raises(aiohttp.ClientOSError):
            await sandbox.session.post(f"{sandbox.address}/loopring/api/v3/account")
        async with sandbox.session.get(f"{sandbox.address}/loopring/api/v3/account?accountId=10001") as answer:
            await answer.read()
        cut, garbage = await exchanges(sandbox)
    assert (cut["status"], cut["response"]) == (None, None)
    assert (garbage["status"], garbage["response"]) == (200, None)


async def test_numbers_go_on_after_the_ring_is_cleared() -> None:
    async with serving() as sandbox:
        await sandbox.details(10002)
        sandbox.app[TRAFFIC].clear()
        await sandbox.details(10002)
        assert [exchange["n"] for exchange in await exchanges(sandbox)] == [2]


async def served_by(traffic: Traffic, number: int) -> None:
    """Send a number of requests with bodies of 1000 bytes through the middleware."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=b'"' + b"x" * 998 + b'"')

    app = web.Application(middlewares=[record_traffic(traffic)])
    app.router.add_get("/loopring/x", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(session.get(f"http://{host}:{port}/loopring/x") for _ in range(number)))
    finally:
        await runner.cleanup()


async def test_the_ring_keeps_the_last_ones() -> None:
    traffic = Traffic(capacity=5)
    await served_by(traffic, 12)
    assert [exchange.n for exchange in traffic.exchanges()] == [8, 9, 10, 11, 12]
    assert all(exchange.response for exchange in traffic.exchanges())


async def test_bodies_are_given_up_before_exchanges_oldest_first() -> None:
    traffic = Traffic(capacity=8, max_body_bytes=3500)
    await served_by(traffic, 10)
    assert [exchange.response is not None for exchange in traffic.exchanges()] == [False] * 5 + [True] * 3
    traffic.clear()
    assert traffic.exchanges() == []
    await served_by(traffic, 2)
    assert [exchange.response is not None for exchange in traffic.exchanges()] == [True, True]
