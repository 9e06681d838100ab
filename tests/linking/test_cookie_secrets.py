"""What follows from a browser's secret: known answers, and that no purpose's value is another's."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from bot.linking import cookie_secrets

COOKIE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def test_a_secret_is_43_letters_and_never_the_same() -> None:
    secrets = {cookie_secrets.new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {43}


def test_the_challenge_of_a_verifier_is_that_of_rfc_7636() -> None:
    assert cookie_secrets.pkce_challenge(COOKIE) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_store_holds_the_sha_256_of_a_secret() -> None:
    assert cookie_secrets.hash_secret("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_values_are_hmacs_of_their_purpose_under_the_cookie() -> None:
    values = {
        "csrf": cookie_secrets.csrf_token(COOKIE),
        "state 0": cookie_secrets.oauth_state(COOKIE, 0),
        "state 1": cookie_secrets.oauth_state(COOKIE, 1),
        "verifier 0": cookie_secrets.pkce_verifier(COOKIE, 0),
        "verifier 1": cookie_secrets.pkce_verifier(COOKIE, 1),
    }
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for purpose, value in values.items():
        number = hmac.new(COOKIE.encode(), purpose.encode(), hashlib.sha256).hexdigest()
        bits = sum(letters.index(letter) << 6 * place for place, letter in enumerate(reversed(value)))
        assert (len(value), bits >> 2) == (43, int(number, 16)), purpose


@pytest.mark.parametrize(
    ("one", "other", "verdict"), [("", "", True), ("é", "é", True), ("a", "b", False), ("a", "", False)]
)
def test_secrets_are_the_same_or_not(one: str, other: str, verdict: bool) -> None:  # noqa: FBT001 - the expected answer
    assert cookie_secrets.secrets_match(one, other) is verdict
