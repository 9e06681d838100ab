"""Signatures, verified by lines that know nothing of the bot; and secrets, which only the operator's key makes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.webhooks.values.endpoint import Endpoint, EndpointState
from bot.webhooks.values.webhook_signature import BOTH_FOR, SecretKey, sign

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
ENDPOINT = Endpoint(1, 9, "https://example.org/", b"s" * 16, 1, 0, EndpointState.ACTIVE, AT)
KEY = SecretKey("k" * 32)
BODY = '{"über":"é"}'.encode()


def signatures_of(endpoint: Endpoint, now: datetime = AT) -> list[str]:
    return KEY.headers(endpoint, "msg_1", BODY, now)["webhook-signature"].split(" ")


def expected(secret: str, now: datetime = AT) -> str:
    """What a receiver computes from its secret and what came."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = b"msg_1." + str(int(now.timestamp())).encode() + b"." + BODY
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_a_receiver_with_the_secret_alone_verifies_it() -> None:
    headers = KEY.headers(ENDPOINT, "msg_1", BODY, AT)
    assert headers["webhook-id"] == "msg_1"
    assert headers["webhook-timestamp"] == str(int(AT.timestamp()))
    assert signatures_of(ENDPOINT) == [expected(KEY.secret_of(ENDPOINT))]


def test_the_vector_of_standard_webhooks_is_signed_as_it_says() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_another_one_for_each_endpoint_server_generation_salt_and_key() -> None:
    others = [
        replace(ENDPOINT, endpoint_id=2),
        replace(ENDPOINT, guild_id=8),
        replace(ENDPOINT, generation=2),
        replace(ENDPOINT, salt=b"t" * 16),
        # Numbers that would run into each other without a mark between them.
        replace(ENDPOINT, guild_id=91, endpoint_id=1),
        replace(ENDPOINT, guild_id=9, endpoint_id=11),
    ]
    secrets = {KEY.secret_of(each) for each in (ENDPOINT, *others)} | {SecretKey("l" * 32).secret_of(ENDPOINT)}
    assert len(secrets) == len(others) + 2
    assert all(len(base64.b64decode(each.removeprefix("whsec_"))) == 32 for each in secrets)


def test_the_same_key_gives_the_same_secret_after_a_restart() -> None:
    assert SecretKey("k" * 32).secret_of(ENDPOINT) == KEY.secret_of(ENDPOINT)


def test_for_a_day_after_a_rotation_both_secrets_sign() -> None:
    rotated = replace(ENDPOINT, generation=2, rotated_at=AT)
    old, new = KEY.secret_of(ENDPOINT), KEY.secret_of(rotated)
    soon, later = AT + BOTH_FOR - timedelta(seconds=1), AT + BOTH_FOR
    assert signatures_of(rotated, soon) == [expected(new, soon), expected(old, soon)]
    assert signatures_of(rotated, later) == [expected(new, later)]


def test_no_repr_shows_the_key_or_a_secret() -> None:
    assert "kkk" not in repr(KEY)
    assert KEY.secret_of(ENDPOINT).removeprefix("whsec_") not in repr((KEY, ENDPOINT))
