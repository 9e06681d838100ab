"""The text to sign: its lines, what is left out of it, and that no field can make it another text."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from eth_keys.datatypes import PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.signing.challenge import Challenge, new_nonce
from bot.signing.signature import personal_digest, recover

# A key that the documentation of web3.js has shown to everybody since 2017.
KEY = PrivateKey(bytes.fromhex("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"))
SIGNER = "0x2c7536e3605d9c16a7a3d7b1898e529396a65c23"
WALLET = "0xf8989b0d3f5e2ee877dca8897748772a4ce83888"
AT = datetime(2026, 11, 22, 6, 40, tzinfo=UTC)
CHALLENGE = Challenge(
    domain="verify.example.org",
    uri="https://verify.example.org/v",
    address=SIGNER,
    user_id=123456789012345678,
    username="alice_01",
    guild_id=98765,
    nonce="0123456789ABCDEFabcdef",
    issued_at=AT,
    expires_at=AT + timedelta(minutes=5),
    request_id="a1-B2_c3.~",
    wallet=WALLET,
    accounts=("loopring:12413", f"eip155:8453:{SIGNER}"),
)
TEXT = """\
verify.example.org wants you to sign in with your Ethereum account:
0x2c7536E3605D9C16a7a3D7b1898e529396a65c23

I am Discord user alice_01 (ID 123456789012345678). Link this wallet to my account in server ID 98765. \
Stop if that is not you. No cost, moves nothing.

URI: https://verify.example.org/v
Version: 1
Chain ID: 1
Nonce: 0123456789ABCDEFabcdef
Issued At: 2026-11-22T06:40:00Z
Expiration Time: 2026-11-22T06:45:00Z
Request ID: a1-B2_c3.~
Resources:
- eip155:1:0xf8989B0d3F5E2eE877DCa8897748772A4ce83888
- urn:loopring:account:12413
- eip155:8453:0x2c7536e3605d9c16a7a3d7b1898e529396a65c23"""

STATEMENT = re.compile(r"[A-Za-z0-9\-._~ :/?#\[\]@!$&'()*+,;=]+")
L2_KEY = re.compile(r"access\s+Loopring\s+Exchange", re.IGNORECASE)


def changed(**fields: Any) -> Challenge:
    return replace(CHALLENGE, **fields)


# ---------------------------------------------------------------- what it says


def test_the_text_for_the_page() -> None:
    assert CHALLENGE.sign_in_text() == TEXT


def test_the_text_to_paste_differs_in_its_first_line_only() -> None:
    first, *rest = CHALLENGE.paste_text().split("\n")
    assert first == "Tessera link request, version 1"
    assert rest == TEXT.split("\n")[1:]


def test_without_a_page_there_is_a_text_to_paste_and_none_to_sign_in_with() -> None:
    homeless = changed(domain="", uri="")
    assert homeless.paste_text() == CHALLENGE.paste_text().replace("URI: https://verify.example.org/v\n", "")
    with pytest.raises(ValueError, match=r"^a sign-in text needs a domain$"):
        homeless.sign_in_text()


def test_what_is_not_known_is_left_out() -> None:
    lines = changed(guild_id=None, wallet="", accounts=()).sign_in_text().split("\n")
    assert lines[3] == (
        "I am Discord user alice_01 (ID 123456789012345678). Link this wallet to my account. "
        "Stop if that is not you. No cost, moves nothing."
    )
    assert lines[-1] == "Request ID: a1-B2_c3.~"


def test_the_accounts_alone() -> None:
    assert changed(wallet="").sign_in_text() == TEXT.replace(
        "- eip155:1:0xf8989B0d3F5E2eE877DCa8897748772A4ce83888\n", ""
    )


def test_times_are_written_in_utc_and_whole_seconds() -> None:
    east = timezone(timedelta(hours=2))
    text = changed(issued_at=AT.astimezone(east) + timedelta(milliseconds=999)).sign_in_text()
    assert text == TEXT


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own time is 13 hours ahead."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "<+13>-13")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_east")
def test_the_time_of_the_machine_is_nowhere_in_a_text() -> None:
    assert AT.astimezone(None).hour == 19
    assert CHALLENGE.sign_in_text() == TEXT


@pytest.mark.parametrize(
    ("field", "value"), [("user_id", 1), ("user_id", 2**64 - 1), ("guild_id", 1), ("guild_id", 2**64 - 1)]
)
def test_every_id_of_64_bits_is_one(field: str, value: int) -> None:
    assert f"ID {value}" in changed(**{field: value}).sign_in_text()


@pytest.mark.parametrize("name", ["al", "a" * 32, "alice_01", "a.b", "__", "7777"])
def test_a_name_of_the_present_form_is_written(name: str) -> None:
    assert changed(username=name).statement.startswith(f"I am Discord user {name} (ID 123456789012345678). ")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "a" * 33,
        "Alice",
        "alice#1234",
        "alice 01",
        "alice-01",
        "alice\n",
        "alice\nURI: https://evil.example/v",
        'al"ice',
        "alicé",
        "аlice",
        "alice_０１",
        "access Loopring Exchange",
        "bob (ID 42). Link this wallet",
    ],
)
def test_a_name_of_another_form_is_left_out(name: str) -> None:
    assert changed(username=name).statement.startswith("I am Discord user ID 123456789012345678. Link this wallet ")


@settings(max_examples=1000, deadline=None)
@given(name=st.text() | st.text('abc_.é"\n%|<> ():', max_size=34), guild=st.none() | st.integers(1, 2**64 - 1))
@example(name="access Loopring Exchange", guild=1)
@example(name="a\u2028b", guild=1)
def test_whatever_a_name_is_the_statement_is_one_line_of_the_alphabet(name: str, guild: int | None) -> None:
    challenge = changed(username=name, guild_id=guild)
    assert STATEMENT.fullmatch(challenge.statement)
    assert "(ID 123456789012345678)" in challenge.statement or "user ID 123456789012345678." in challenge.statement
    for text in (challenge.sign_in_text(), challenge.paste_text()):
        assert len(text.splitlines()) == TEXT.count("\n") + 1
        assert text.isascii()
        assert not L2_KEY.search(text)


# ---------------------------------------------------------------- what is signed is bound to every field

OTHERS: list[dict[str, Any]] = [
    {"domain": "verify.example.net", "uri": "https://verify.example.net/v"},
    {"uri": "https://verify.example.org/tessera/v"},
    {"address": WALLET},
    {"user_id": 123456789012345679},
    {"username": "alice_02"},
    {"username": ""},
    {"guild_id": 98766},
    {"guild_id": None},
    {"nonce": "0123456789ABCDEFabcdeg"},
    {"issued_at": AT + timedelta(seconds=1)},
    {"expires_at": AT + timedelta(minutes=5, seconds=1)},
    {"request_id": "a1-B2_c3.-"},
    {"wallet": ""},
    {"wallet": SIGNER},
    {"accounts": ("loopring:12413",)},
    {"accounts": ("loopring:12414", f"eip155:8453:{SIGNER}")},
    {"accounts": ("loopring:12413", f"eip155:1:{SIGNER}")},
]


@pytest.mark.parametrize("others", OTHERS, ids=", ".join)
def test_a_signature_is_good_for_no_text_with_another_field(others: dict[str, Any]) -> None:
    signature = KEY.sign_msg_hash(personal_digest(TEXT)).to_bytes()
    assert recover(personal_digest(CHALLENGE.sign_in_text()), signature) == SIGNER
    assert recover(personal_digest(changed(**others).sign_in_text()), signature) != SIGNER


def test_a_signature_of_one_text_is_not_good_for_the_other() -> None:
    signature = KEY.sign_msg_hash(personal_digest(CHALLENGE.paste_text())).to_bytes()
    assert recover(personal_digest(CHALLENGE.paste_text()), signature) == SIGNER
    assert recover(personal_digest(CHALLENGE.sign_in_text()), signature) != SIGNER


# ---------------------------------------------------------------- what no challenge is made of


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("address", value) for value in ("", "0x", SIGNER.upper(), SIGNER[2:], "0x" + "0" * 40, f"{SIGNER}\n")),
        ("address", "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23"),
        *(("wallet", value) for value in ("0x", "0x" + "0" * 40, WALLET.upper(), f"{WALLET}\n- urn:x:y")),
        *(("user_id", value) for value in (0, -1, 2**64)),
        *(("guild_id", value) for value in (0, -1, 2**64)),
        *(("nonce", value) for value in ("", "a" * 21, "a" * 23, "a" * 21 + "-", "a" * 21 + "é", "a" * 22 + "\n")),
        *(("request_id", value) for value in ("", "a" * 65, "a b", "a\n", "é", "a%", "a\nResources:")),
        ("issued_at", datetime(2026, 11, 22, 6, 40)),  # noqa: DTZ001 - refused for that
        ("expires_at", datetime(2026, 11, 22, 6, 45)),  # noqa: DTZ001 - refused for that
        ("expires_at", AT),
        ("expires_at", AT - timedelta(seconds=1)),
        *(
            ("accounts", (value,))
            for value in (
                "",
                "12413",
                "loopring:0",
                "loopring:01",
                "loopring:12413\n",
                "loopring:" + "9" * 11,
                f"eip155:{'9' * 20}:{SIGNER}",
                f"eip155:0:{SIGNER}",
                "loopring:access Loopring Exchange",
                f"eip155:1:{SIGNER}\n- urn:x:y",
                f"eip155:01:{SIGNER}",
                "eip155:1:0x12",
                "https://evil.example",
            )
        ),
        ("accounts", ("loopring:12413", "evil")),
    ],
)
def test_a_field_of_another_form_is_refused_and_not_repeated(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{field} is not of its form$"):
        changed(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "09_az.9"),
        ("nonce", "09AZaz" + "9" * 16),
        ("request_id", "9"),
        ("request_id", "09AZaz._~-".ljust(64, "9")),
        ("accounts", ("loopring:1", "loopring:9", "loopring:9090909090")),
        ("accounts", (f"eip155:1:{SIGNER}", f"eip155:9:{SIGNER}", f"eip155:9090909090909090909:{SIGNER}")),
        ("accounts", ("eip155:1:0x" + "09afAF" * 6 + "9999",)),
    ],
)
def test_the_widest_fields_are_of_their_form(field: str, value: Any) -> None:
    text = changed(**{field: value}).sign_in_text()
    for each in value if isinstance(value, tuple) else [value]:
        assert each.replace("loopring:", "urn:loopring:account:") in text


@pytest.mark.parametrize(
    ("domain", "uri"),
    [
        ("verify.example.org", ""),
        ("", "https://verify.example.org/v"),
        ("verify.example.org", "https://verify.example.net/v"),
        ("verify.example.org", "https://verify.example.org"),
        ("verify.example.org", "https://verify.example.org/w"),
        ("verify.example.org", "https://verify.example.org/v/"),
        ("verify.example.org", "https://verify.example.org/v\n"),
        ("verify.example.org", "https://verify.example.org:443/v"),
        ("verify.example.org", "https://verify.example.org/v?x=1"),
        ("verify.example.org", "https://verify.example.org/v#x"),
        ("verify.example.org\n", "https://verify.example.org/v"),
        ("verify.example.org\n", "https://verify.example.org\n/v"),
    ],
)
def test_the_uri_is_the_page_of_the_domain(domain: str, uri: str) -> None:
    with pytest.raises(ValueError, match=r"^the URI is not the page's at that domain$|^a page for proofs needs"):
        changed(domain=domain, uri=uri)


# ---------------------------------------------------------------- nonces


def test_a_nonce_is_22_letters_that_were_chosen_among_62() -> None:
    asked: list[str] = []

    def last(letters: str) -> str:
        asked.append(letters)
        return letters[-len(asked)]

    nonce = new_nonce(last)
    assert nonce == "zyxwvutsrqponmlkjihgfe"
    assert asked == ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"] * 22


def test_nonces_differ_and_make_challenges() -> None:
    nonces = {new_nonce(secrets.choice) for _ in range(1000)}
    assert len(nonces) == 1000
    assert all(f"\nNonce: {nonce}\n" in changed(nonce=nonce).sign_in_text() for nonce in nonces)
    # Each letter is one of 22,000 draws among 62: to miss one has a chance of 10**-153.
    assert len(set("".join(nonces))) == 62
