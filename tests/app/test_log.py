"""No log line contains a secret, at any place in the line."""

from __future__ import annotations

import json
import logging
import re
import sys
import time

import pytest

from bot.app.log import JsonFormatter, RedactingFormatter

TOKEN = "MTIz.made-up.token"
KEY = "made-up-key"
INTERACTION = "aW50ZXJhY3Rpb246-_x.9"
PERSON = 920_010_485_830_011_170


def logged(message: str, *arguments: object, secrets: tuple[str, ...] = (TOKEN, KEY), error: bool = False) -> str:
    """The line for a message of a library."""
    record = logging.LogRecord(
        "discord.http", logging.WARNING, "http.py", 1, message, arguments, sys.exc_info() if error else None
    )
    return RedactingFormatter(secrets).format(record)


def test_a_line_has_time_level_logger_and_message() -> None:
    time, _, rest = logged("%d guilds", 3).partition(" WARNING ")
    assert rest == "discord.http: 3 guilds"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", time)


@pytest.mark.parametrize(
    ("zone", "words"), [("UTC", "2026-11-27 03:16:20.123+00:00"), ("Asia/Kathmandu", "2026-11-27 09:01:20.123+05:45")]
)
def test_the_time_says_its_time_zone(monkeypatch: pytest.MonkeyPatch, zone: str, words: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        record = logging.makeLogRecord({"created": 1795749380.123, "name": "bot", "msg": "x", "levelname": "INFO"})
        line = RedactingFormatter(()).format(record)
        as_json = json.loads(JsonFormatter(()).format(record))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert line == f"{words} INFO    bot: x"
    assert as_json == {"time": words.replace(" ", "T"), "level": "info", "logger": "bot", "message": "x"}


def test_a_json_line_is_one_line_with_its_fields_and_no_secret() -> None:
    quoted = 'to"ken'
    try:
        int(f"{quoted} of {PERSON}")
    except ValueError:
        record = logging.LogRecord(
            "bot.ui", logging.ERROR, "ui.py", 1, "%s\nwith /interactions/42/%s/callback", (), None
        )
        record.args, record.exc_info = (quoted, INTERACTION), sys.exc_info()
        record.fields = {"kind": "command", "name": "/collections", "ms": 1.5}
    line = JsonFormatter([quoted]).format(record)
    assert "\n" not in line
    assert "ken" not in line
    assert INTERACTION not in line
    assert str(PERSON) not in line
    read = json.loads(line)
    assert read["message"] == "[redacted]\nwith /interactions/42/[redacted]/callback"
    assert (read["kind"], read["name"], read["ms"], read["level"]) == ("command", "/collections", 1.5, "error")
    assert read["traceback"].splitlines()[-1].endswith("'[redacted] of [id]'")


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
