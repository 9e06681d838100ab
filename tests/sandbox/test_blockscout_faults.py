"""Faults in answers of Blockscout's shape, and that the traffic shows which answers had one."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.serving import Json, RunningSandbox, serving

WHALE = "0xF1831929cC806E6056A79143446D869985CAE32C"
PATH = f"/blockscout/1/api/v2/addresses/{WHALE}/nft/collections"


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with serving() as served:
        await served.post("/_sandbox/blockscout", {"per_second": 1000})
        yield served


async def add_fault(sandbox: RunningSandbox, kind: str, **options: Any) -> None:
    fault = {"service": "blockscout", "path": "nft/collections", "kind": kind, **options}
    status, body = await sandbox.post("/_sandbox/faults", fault)
    assert status == 200, body


async def page(sandbox: RunningSandbox, **query: Any) -> Json:
    status, body = await sandbox.get(PATH, key=None, **query)
    assert status == 200
    assert isinstance(body, dict)
    return body


async def test_empty_looks_like_an_address_never_seen(sandbox: RunningSandbox) -> None:
    right = await page(sandbox)
    await add_fault(sandbox, "empty", times=1)
    assert await page(sandbox) == {"items": [], "next_page_params": None}
    await add_fault(sandbox, "empty", times=1, more=True)
    assert await page(sandbox) == {"items": [], "next_page_params": right["next_page_params"]}


async def test_short_lacks_the_last_rows_and_goes_on_behind_them(sandbox: RunningSandbox) -> None:
    right = await page(sandbox)
    await add_fault(sandbox, "short", times=1, rows=3)
    assert await page(sandbox) == {**right, "items": right["items"][:-3]}


async def test_repeat_is_the_first_page_for_ever(sandbox: RunningSandbox) -> None:
    right = await page(sandbox)
    await add_fault(sandbox, "repeat")
    assert await page(sandbox, **right["next_page_params"]) == right


async def test_throttle_gives_the_time_in_milliseconds(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "throttle", retry_after="1.5", times=1)
    async with sandbox.session.get(sandbox.address + PATH) as answer:
        assert answer.status == 429
        assert answer.headers["x-ratelimit-reset"] == "1500"
        assert "Retry-After" not in answer.headers


async def test_error_is_a_message(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "error", code=1, message="Something went wrong", http=500)
    assert await sandbox.get(PATH, key=None) == (500, {"message": "Something went wrong"})


async def test_a_bomb_would_be_an_empty_page(sandbox: RunningSandbox) -> None:
    await add_fault(sandbox, "bomb")
    async with sandbox.session.get(sandbox.address + PATH, auto_decompress=False) as answer:
        body = await asyncio.to_thread(gzip.decompress, await answer.read())
    assert body.endswith(b'{"items":[],"next_page_params":null}')
    assert len(body) > 64 * 1024 * 1024


async def test_latency_is_the_service_s_own(sandbox: RunningSandbox) -> None:
    assert await sandbox.post("/_sandbox/latency", {"service": "blockscout", "seconds": 0.01}) == (
        200,
        {"blockscout": 0.01},
    )
    assert (await page(sandbox))["items"]


async def test_the_traffic_shows_which_answers_had_a_fault(sandbox: RunningSandbox) -> None:
    await page(sandbox)
    await add_fault(sandbox, "slow", seconds=0, times=1)
    await page(sandbox)
    await add_fault(sandbox, "short", times=1)
    await page(sandbox)
    _, traffic = await sandbox.get("/_sandbox/traffic", service="blockscout")
    assert [each["fault"] for each in traffic["exchanges"]] == [None, None, "short"]
