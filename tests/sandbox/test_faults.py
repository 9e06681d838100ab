"""Every kind of fault, as an aiohttp client sees it."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest

from sandbox.fault_modes import FAULT_MODES
from sandbox.world import API_KEY, BOT_TOKEN
from tests.sandbox.serving import RunningSandbox, serving

DETAILS = "/loopring/api/v3/user/collection/details"


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with serving() as served:
        yield served


async def add_fault(sandbox: RunningSandbox, kind: str, **options: Any) -> None:
    """Put a fault in front of the endpoint that matters."""
    fault = {"service": "loopring", "path": "collection/details", "kind": kind, **options}
    status, body = await sandbox.post("/_sandbox/faults", fault)
    assert status == 200, body


async def ask(sandbox: RunningSandbox, account: int = 10005, **query: Any) -> tuple[aiohttp.ClientResponse, bytes]:
    """One page, as a client reads it: whole, redirects not followed."""
    params = {"accountId": account, "limit": 50, **query}
    async with sandbox.session.get(
        sandbox.address + DETAILS, params=params, headers={"X-API-KEY": API_KEY}, allow_redirects=False
    ) as answer:
        return answer, await answer.read()


async def page(sandbox: RunningSandbox, **query: Any) -> Any:
    answer, body = await ask(sandbox, **query)
    assert answer.status == 200
    return orjson.loads(body)


def test_every_kind_of_the_contract_exists() -> None:
    assert set(FAULT_MODES) == {
        *("slow", "drip", "status", "lost", "ignored", "html", "reset", "torn", "garbage", "throttle"),
        *("empty", "repeat", "short", "huge", "bomb", "redirect", "error"),
    }


async def test_slow_is_the_right_answer_late(sandbox: RunningSandbox) -> None:
    right = await page(sandbox)
    await add_fault(sandbox, "slow", seconds=0.3)
    started = time.perf_counter()
    assert await page(sandbox) == right
    assert time.perf_counter() - started >= 0.3


async def test_slow_outlasts_a_client_that_gives_up(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "slow", seconds=0.4, times=1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ask(sandbox), 0.05)
    assert (await page(sandbox))["totalNum"] == 132


async def test_status_answers_as_given(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "status", status=503, body={"why": "tired"}, headers={"X-Why": "tired"})
    answer, body = await ask(sandbox)
    assert (answer.status, answer.content_type, orjson.loads(body)) == (503, "application/json", {"why": "tired"})
    assert answer.headers["X-Why"] == "tired"


async def test_a_text_may_claim_to_be_json(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "status", status=200, body='{"totalNum": NaN', content_type="application/json")
    answer, body = await ask(sandbox)
    assert (answer.status, answer.content_type, body) == (200, "application/json", b'{"totalNum": NaN')


async def test_drip_is_the_right_answer_byte_by_byte(sandbox: RunningSandbox) -> None:
    right = await page(sandbox, limit=1)
    await add_fault(sandbox, "drip", seconds=0.0, times=1)
    assert await page(sandbox, limit=1) == right
    await add_fault(sandbox, "drip", seconds=60.0, times=1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ask(sandbox), 0.2)


async def test_html_is_a_200_for_people(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "html")
    answer, body = await ask(sandbox)
    assert (answer.status, answer.content_type) == (200, "text/html")
    assert b"for sale" in body


async def test_reset_cuts_the_line_without_an_answer(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "reset", times=1)
    # POST, for aiohttp quietly repeats a GET once when the line is cut under it
    with pytest.raises(aiohttp.ClientOSError) as cut:
        await sandbox.session.post(sandbox.address + DETAILS)
    assert cut.value.errno == errno.ECONNRESET
    assert (await page(sandbox))["totalNum"] == 132


async def test_torn_breaks_off_in_the_middle(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "torn", times=1)
    with pytest.raises(aiohttp.ClientPayloadError):
        await ask(sandbox)
    assert (await page(sandbox))["totalNum"] == 132


async def test_garbage_claims_to_be_json(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "garbage")
    answer, body = await ask(sandbox)
    assert (answer.status, answer.content_type) == (200, "application/json")
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(body)


@pytest.mark.parametrize("retry_after", [None, "2", "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_throttle_is_429_with_or_without_a_hint(sandbox: RunningSandbox, retry_after: str | None) -> None:
    await add_fault(sandbox, "throttle", retry_after=retry_after)
    answer, _ = await ask(sandbox)
    assert (answer.status, answer.headers.get("Retry-After")) == (429, retry_after)


async def test_empty_has_the_right_shape_and_keeps_the_total(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "empty", times=1)
    await add_fault(sandbox, "empty", total=0, after=1)
    assert await page(sandbox) == {"collections": [], "totalNum": 132}
    assert await page(sandbox) == {"collections": [], "totalNum": 0}


async def test_repeat_ignores_the_offset(sandbox: RunningSandbox) -> None:
    first, second = await page(sandbox), await page(sandbox, offset=50)
    await add_fault(sandbox, "repeat")
    assert first != second
    assert await page(sandbox, offset=50) == first
    assert await page(sandbox) == first


async def test_short_drops_the_last_rows_and_keeps_the_total(sandbox: RunningSandbox) -> None:
    right = await page(sandbox, offset=100)
    await add_fault(sandbox, "short", rows=3)
    less = await page(sandbox, offset=100)
    assert less["collections"] == right["collections"][:-3]
    assert less["totalNum"] == 132


async def test_huge_is_right_but_over_two_mebibytes(sandbox: RunningSandbox) -> None:
    right = await page(sandbox)
    await add_fault(sandbox, "huge")
    _, body = await ask(sandbox)
    assert len(body) > 2 * 1024 * 1024
    assert orjson.loads(body) == right


async def test_bomb_is_small_on_the_wire_and_large_in_memory(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "bomb")
    read = 0
    async with sandbox.session.get(sandbox.address + DETAILS, headers={"X-API-KEY": API_KEY}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) < 200_000
        async for chunk in answer.content.iter_chunked(1 << 20):
            read += len(chunk)
    assert read > 64 * 1024 * 1024


async def test_redirect_points_elsewhere(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "redirect", location="http://169.254.169.254/")
    answer, _ = await ask(sandbox)
    assert (answer.status, answer.headers["Location"]) == (302, "http://169.254.169.254/")


@pytest.mark.parametrize(("http", "status"), [(None, 400), (200, 200)])
async def test_error_is_a_result_info(sandbox: RunningSandbox, http: int | None, status: int) -> None:
    options = {} if http is None else {"http": http}
    await add_fault(sandbox, "error", code=100000, message="unknown error", **options)
    answer, body = await ask(sandbox)
    assert answer.status == status
    assert orjson.loads(body) == {"resultInfo": {"code": 100000, "message": "unknown error"}}


async def test_a_fault_waits_applies_and_is_over(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "status", status=500, after=2, times=2)
    assert [(await ask(sandbox))[0].status for _ in range(3)] == [200, 200, 500]
    _, (fault,) = await sandbox.get("/_sandbox/faults")
    assert (fault["matched"], fault["struck"], fault["times"], fault["status"]) == (3, 1, 1, 500)
    assert [(await ask(sandbox))[0].status for _ in range(3)] == [500, 200, 200]
    assert await sandbox.get("/_sandbox/faults") == (200, [])


async def test_a_fault_can_be_for_one_page_only(sandbox: RunningSandbox) -> None:
    await sandbox.post(
        "/_sandbox/faults", {"service": "loopring", "path": "offset=50", "kind": "status", "status": 502}
    )
    assert [(await ask(sandbox, offset=offset))[0].status for offset in (0, 50, 100)] == [200, 502, 200]


async def test_of_two_faults_the_older_applies_first(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "status", status=500, times=1)
    await add_fault(sandbox, "status", status=502, times=2)
    assert [(await ask(sandbox))[0].status for _ in range(4)] == [500, 502, 502, 200]


async def test_cleared_faults_are_gone_and_latency_with_them(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "html")
    await sandbox.post("/_sandbox/latency", {"service": "loopring", "seconds": 30})
    async with sandbox.session.delete(sandbox.address + "/_sandbox/faults") as answer:
        assert answer.status == 200
    assert await sandbox.get("/_sandbox/faults") == (200, [])
    assert (await page(sandbox))["totalNum"] == 132


async def test_latency_is_on_every_answer_of_its_service_alone(sandbox: RunningSandbox) -> None:
    assert (await sandbox.post("/_sandbox/latency", {"service": "loopring", "seconds": 0.25}))[0] == 200
    started = time.perf_counter()
    await page(sandbox)
    assert time.perf_counter() - started >= 0.25
    await sandbox.post("/_sandbox/latency", {"service": "loopring", "seconds": 60})
    await asyncio.wait_for(sandbox.get("/api/v10/users/@me"), 60)


async def test_faults_apply_to_discord_too_and_a_throttle_there_is_discords(sandbox: RunningSandbox) -> None:
    path = sandbox.address + "/api/v10/users/@me"
    headers = {"Authorization": f"Bot {BOT_TOKEN}"}
    fault = {"service": "discord", "path": "/users/@me", "kind": "throttle", "retry_after": "0.5", "times": 1}
    await sandbox.post("/_sandbox/faults", fault)
    async with sandbox.session.get(path, headers=headers) as answer:
        assert (answer.status, "Via" in answer.headers, answer.headers["Retry-After"]) == (429, True, "0.5")
        assert (await answer.json())["retry_after"] == 0.5
    async with sandbox.session.get(path, headers=headers) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"service": "loopring", "kind": "gremlins"}, "kind must be one of"),
        ({"service": "moon", "kind": "html"}, "service must be one of blockscout, discord, ethereum, loopring"),
        ({"service": "loopring", "kind": "status"}, "status needs status"),
        ({"service": "loopring", "kind": "error", "code": 1}, "error needs message"),
        ({"service": "loopring", "kind": "slow", "seconds": "long"}, "slow needs seconds"),
        ({"service": "loopring", "kind": "html", "times": -1}, "times and after are whole numbers"),
        ({"service": "loopring", "kind": "html", "after": "soon"}, "times and after are whole numbers"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(
    sandbox: RunningSandbox, fault: dict[str, Any], sentence: str
) -> None:
    status, body = await sandbox.post("/_sandbox/faults", fault)
    assert status == 400
    assert sentence in body["error"]
    assert await sandbox.get("/_sandbox/faults") == (200, [])


@pytest.mark.parametrize("seconds", [-1, "long", True])
async def test_a_latency_that_makes_no_sense_is_refused(sandbox: RunningSandbox, seconds: object) -> None:
    status, _ = await sandbox.post("/_sandbox/latency", {"service": "loopring", "seconds": seconds})
    assert status == 400
