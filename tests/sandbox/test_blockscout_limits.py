"""Keys, limits and headers of the Blockscout stand-in, and the route that sets them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.blockscout.rate_limiter import RateLimiter
from sandbox.blockscout.refusals import RefusedError
from sandbox.blockscout.settings import Settings
from sandbox.world import BLOCKSCOUT_KEY
from tests.sandbox.serving import RunningSandbox, serving

PATH = "/blockscout/1/api/v2/addresses/0x90e78956725e312a4217e90bdd1d8a496f018a71/nft/collections"
LIMIT_HEADERS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-credits-remaining")


async def ask(
    sandbox: RunningSandbox, key: str | None = BLOCKSCOUT_KEY, **query: str
) -> tuple[int, Any, dict[str, str]]:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    async with sandbox.session.get(sandbox.address + PATH, headers=headers, params=query) as answer:
        limits = {name: answer.headers[name] for name in LIMIT_HEADERS if name in answer.headers}
        return answer.status, await answer.json(), limits


async def test_the_key_is_taken_from_the_header_or_the_query() -> None:
    async with serving() as sandbox:
        status, _, by_header = await ask(sandbox)
        assert (status, by_header["x-ratelimit-limit"]) == (200, "5")
        status, _, by_query = await ask(sandbox, None, apikey=BLOCKSCOUT_KEY)
        assert (status, by_query["x-ratelimit-limit"]) == (200, "5")
        status, _, without = await ask(sandbox, None)
        assert (status, without["x-ratelimit-limit"]) == (200, "3")
        assert "x-credits-remaining" not in without


async def test_a_wrong_key_is_refused_wherever_it_is() -> None:
    async with serving() as sandbox:
        assert (await ask(sandbox, "proapi_other"))[0] == 401
        assert (await ask(sandbox, None, apikey="proapi_other"))[0] == 401
        async with sandbox.session.get(sandbox.address + PATH, headers={"Authorization": "Basic x"}) as answer:
            assert answer.status == 401


async def test_the_key_stays_out_of_the_traffic() -> None:
    async with serving() as sandbox:
        await ask(sandbox)
        await ask(sandbox, None, apikey=BLOCKSCOUT_KEY)
        _, traffic = await sandbox.get("/_sandbox/traffic", service="blockscout")
    assert [each["service"] for each in traffic["exchanges"]] == ["blockscout"] * 2
    assert traffic["exchanges"][1]["query"] == {"apikey": "<present>"}
    assert BLOCKSCOUT_KEY not in str(traffic)


async def test_over_the_limit_is_429_until_the_second_is_over() -> None:
    async with serving() as sandbox:
        await sandbox.post("/_sandbox/blockscout", {"per_second": 2})
        answers = [await ask(sandbox) for _ in range(3)]
    assert [status for status, _, _ in answers] == [200, 200, 429]
    assert [limits["x-ratelimit-remaining"] for _, _, limits in answers] == ["1", "0", "0"]
    assert [limits["x-credits-remaining"] for _, _, limits in answers] == ["99980", "99960", "99960"]
    assert all(0 < int(limits["x-ratelimit-reset"]) <= 1000 for _, _, limits in answers)


def test_a_window_begins_with_the_first_request_and_keys_do_not_share_it() -> None:
    now = 100.0
    limiter = RateLimiter(Settings(per_second=1), clock=lambda: now)
    assert limiter.count("a")[1] is None
    now = 100.75
    headers, refusal = limiter.count("a")
    assert isinstance(refusal, RefusedError)
    assert (refusal.status, headers["x-ratelimit-reset"]) == (429, "250")
    assert limiter.count(None)[1] is None
    now = 101.0
    assert limiter.count("a")[1] is None


async def test_headers_may_be_broken_and_the_answer_right() -> None:
    async with serving() as sandbox:
        await sandbox.post("/_sandbox/blockscout", {"headers": "broken"})
        status, body, limits = await ask(sandbox)
    assert status == 200
    assert body["items"]
    assert limits == dict.fromkeys(LIMIT_HEADERS, "-1")


async def test_the_given_settings_change_and_a_reset_restores_them() -> None:
    async with serving() as sandbox:
        assert await sandbox.post("/_sandbox/blockscout", {}) == (
            200,
            {"version": "12", "per_second": 5, "headers": "normal", "hides_scams": True},
        )
        _, changed = await sandbox.post("/_sandbox/blockscout", {"version": "11", "per_second": 1})
        assert changed == {"version": "11", "per_second": 1, "headers": "normal", "hides_scams": True}
        await ask(sandbox)
        await sandbox.post("/_sandbox/reset")
        _, after = await sandbox.post("/_sandbox/blockscout", {})
        assert after == {"version": "12", "per_second": 5, "headers": "normal", "hides_scams": True}
        assert (await ask(sandbox))[2]["x-ratelimit-remaining"] == "4"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"version": "13"}, "version must be one of 11, 12"),
        ({"version": 12}, "version must be one of 11, 12"),
        ({"headers": "odd"}, "headers must be one of normal, broken"),
        ({"per_second": 0}, "per_second is a whole number, at least 1"),
        ({"per_second": True}, "per_second is a whole number, at least 1"),
        ({"hides_scams": "yes"}, "hides_scams is true or false"),
        ({"speed": 1}, "there is no speed to set"),
    ],
)
async def test_a_setting_that_makes_no_sense_is_refused(fields: dict[str, Any], sentence: str) -> None:
    async with serving() as sandbox:
        assert await sandbox.post("/_sandbox/blockscout", {"version": "11"} | fields) == (400, {"error": sentence})
        assert (await sandbox.post("/_sandbox/blockscout", {}))[1]["version"] == "12"
