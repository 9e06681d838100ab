"""No log line contains a secret, at any place in the line."""

from __future__ import annotations

import logging
import sys

import pytest

from bot.app.log import RedactingFormatter

TOKEN = "MTIz.made-up.token"
KEY = "made-up-key"
INTERACTION = "aW50ZXJhY3Rpb246-_x.9"


def logged(message: str, *arguments: object, secrets: tuple[str, ...] = (TOKEN, KEY), error: bool = False) -> str:
    """The line for a message of a library."""
    record = logging.LogRecord(
        "discord.http", logging.WARNING, "http.py", 1, message, arguments, sys.exc_info() if error else None
    )
    return RedactingFormatter(secrets).format(record)


def test_a_line_has_time_level_logger_and_message() -> None:
    time, rest = logged("%d guilds", 3)[:19], logged("%d guilds", 3)[19:]
    assert rest == " WARNING discord.http: 3 guilds"
    assert time[4] == time[7] == "-"
    assert time[13] == time[16] == ":"


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        (f"Authorization: Bot {TOKEN}", ()),
        ("Authorization: Bot %s", (TOKEN,)),
        ("headers %r", ({"X-API-KEY": KEY},)),
        (f"{TOKEN}{KEY}{TOKEN}", ()),
    ],
    ids=["in the message", "as an argument", "inside an argument", "several times"],
)
def test_secrets_are_redacted(message: str, arguments: tuple[object, ...]) -> None:
    line = logged(message, *arguments)
    assert TOKEN not in line
    assert KEY not in line
    assert "[redacted]" in line


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            f"https://discord.com/api/v10/webhooks/42/{INTERACTION}",
            "https://discord.com/api/v10/webhooks/42/[redacted]",
        ),
        (f"/webhooks/42/{INTERACTION}/messages/@original", "/webhooks/42/[redacted]/messages/@original"),
        (f"/webhooks/42/{INTERACTION}?wait=true", "/webhooks/42/[redacted]?wait=true"),
        (f"/interactions/42/{INTERACTION}/callback", "/interactions/42/[redacted]/callback"),
        (f"URL('/webhooks/42/{INTERACTION}')", "URL('/webhooks/42/[redacted]')"),
        (
            f"/webhooks/1/{INTERACTION} /interactions/2/{INTERACTION}",
            "/webhooks/1/[redacted] /interactions/2/[redacted]",
        ),
    ],
)
def test_tokens_in_urls_are_redacted_and_the_rest_of_the_url_stays(url: str, shown: str) -> None:
    assert logged("PATCH %s responded with 429", url).endswith(f"PATCH {shown} responded with 429")


def test_a_traceback_is_searched_too() -> None:
    try:
        int(f"{TOKEN} at /interactions/42/{INTERACTION}/callback")
    except ValueError:
        line = logged("a command failed", error=True)
    assert "'[redacted] at /interactions/42/[redacted]/callback'" in line
    assert TOKEN not in line
    assert INTERACTION not in line


@pytest.mark.parametrize("secrets", [("abc", "abcdef"), ("abcdef", "abc")])
def test_a_secret_that_begins_like_another_leaves_no_rest_of_it(secrets: tuple[str, ...]) -> None:
    assert "def" not in logged("abcdef", secrets=secrets)


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_secrets_nothing_is_redacted(secrets: tuple[str, ...]) -> None:
    assert logged("all is well", secrets=secrets).endswith("discord.http: all is well")


# ---------------------------------------------------------------- people

PERSON = 920_010_485_830_011_170


def test_a_library_names_nobody_by_id() -> None:
    line = logged("GET https://discord.com/api/v10/guilds/%d/members/%d responded with 429", PERSON + 1, PERSON)
    assert line.endswith("GET https://discord.com/api/v10/guilds/[id]/members/[id] responded with 429")
    assert logged(f"{PERSON}{PERSON} 0x{PERSON}{PERSON} 1700000000 a{PERSON}").endswith(
        f"{PERSON}{PERSON} 0x{PERSON}{PERSON} 1700000000 a{PERSON}"
    )


def test_a_traceback_of_ours_names_nobody_by_id() -> None:
    error = ValueError(f"no member {PERSON}")
    record = logging.LogRecord(
        "bot.ui.client", logging.ERROR, "client.py", 1, "failed", (), (ValueError, error, error.__traceback__)
    )
    line = RedactingFormatter(()).format(record)
    assert "ValueError: no member [id]" in line
    assert str(PERSON) not in line


def test_the_operators_own_settings_are_shown() -> None:
    record = logging.LogRecord("bot.ui.client", logging.ERROR, "client.py", 1, "guild %s: x", (PERSON,), None)
    assert RedactingFormatter(()).format(record).endswith(f"guild {PERSON}: x")
