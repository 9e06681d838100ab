"""The receiver of webhooks: it verifies as the standard says, and does as it is told."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac

import aiohttp
import pytest

from sandbox.receiver import is_signed
from tests.sandbox_client import SandboxClient, open_sandbox

# The example of Standard Webhooks.
SECRET, AT, BODY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1_614_265_330, b'{"test": 2432232314}'
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": str(AT),
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_the_example_of_the_standard_is_signed() -> None:
    assert is_signed(HEADERS, BODY, SECRET, AT)


@pytest.mark.parametrize(
    ("changed", "body", "secret", "now"),
    [
        ({}, BODY + b" ", SECRET, AT),
        ({}, BODY, "whsec_" + base64.b64encode(b"another").decode(), AT),
        ({}, BODY, "whsec_no base64", AT),
        ({}, BODY, SECRET, AT + 301),
        ({}, BODY, SECRET, AT - 301),
        ({"webhook-id": "msg_other"}, BODY, SECRET, AT),
        ({"webhook-timestamp": str(AT + 1)}, BODY, SECRET, AT),
        ({"webhook-timestamp": "soon"}, BODY, SECRET, AT),
        ({"webhook-signature": HEADERS["webhook-signature"].replace("v1", "v2")}, BODY, SECRET, AT),
        ({"webhook-signature": ""}, BODY, SECRET, AT),
    ],
    ids=["body", "secret", "no-secret", "old", "ahead", "id", "time", "no-time", "version", "nothing"],
)
def test_anything_else_is_not(changed: dict[str, str], body: bytes, secret: str, now: float) -> None:
    assert not is_signed({**HEADERS, **changed}, body, secret, now)


def test_one_of_several_signatures_is_enough() -> None:
    both = f"v1,AAAA {HEADERS['webhook-signature']}"
    assert is_signed({**HEADERS, "webhook-signature": both}, BODY, SECRET, AT)


async def send(sandbox: SandboxClient, body: bytes = BODY) -> int:
    """Post something; the status."""
    url = f"{sandbox.url}/receiver/demo"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=HEADERS) as answer:
        return answer.status


async def test_it_records_what_came_and_answers_as_it_is_told() -> None:
    async with open_sandbox() as sandbox:
        assert await send(sandbox) == 204
        await sandbox.control("receiver/demo", status=503, headers={"Retry-After": "7"}, times=2)
        assert [await send(sandbox) for _ in range(3)] == [503, 503, 204]
        seen = await sandbox.get("/receiver/demo", secret=SECRET)
        assert [each["status"] for each in seen] == [204, 503, 503, 204]
        assert {each["verified"] for each in seen} == {False}  # it is old
        assert seen[0]["body"] == {"test": 2432232314}
        assert await sandbox.get("/receiver/other") == []
        await sandbox.reset()
        assert await sandbox.get("/receiver/demo") == []


async def test_it_cuts_is_silent_and_goes_on_for_ever() -> None:
    async with open_sandbox() as sandbox:
        await sandbox.control("receiver/demo", behaviour="cut", times=1)
        with pytest.raises(aiohttp.ClientError):
            await send(sandbox)
        await sandbox.control("receiver/demo", behaviour="silent", times=1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await send(sandbox)
        await sandbox.control("receiver/demo", behaviour="endless", status=200, times=1)
        url = f"{sandbox.url}/receiver/demo"
        async with aiohttp.ClientSession() as session, session.post(url, data=b"") as answer:
            assert len(await answer.content.readexactly(1_000_000)) == 1_000_000
        with pytest.raises(AssertionError, match="behaviour is one of"):
            await sandbox.control("receiver/demo", behaviour="dances")


def test_the_lines_of_this_test_sign_as_the_example_does() -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{HEADERS['webhook-id']}.{AT}.".encode() + BODY
    assert base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() in HEADERS["webhook-signature"]
