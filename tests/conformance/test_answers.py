"""The check is tested: an answer of Discord passes, and what it would not send is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.exchanges import MESSAGES, answer, application, error, message

if TYPE_CHECKING:
    from tests.conformance.openapi import DiscordSpec


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(answer("PUT", "/guilds/7/members/8/roles/9", 204), id="nothing where nothing is sent"),
        pytest.param(answer("GET", "/channels/5/messages/6", 200, message()), id="a message"),
        pytest.param(answer("GET", "/channels/5/messages/6", 200, message(surprise=1)), id="keys of tomorrow"),
        pytest.param(answer("GET", "/oauth2/applications/@me", 200, application()), id="the application"),
        pytest.param(answer("GET", "/guilds/7", 404, error(10004, "Unknown Guild")), id="an error"),
        pytest.param(
            answer(
                "POST",
                MESSAGES,
                400,
                error(
                    50035,
                    "Invalid Form Body",
                    errors={"content": {"_errors": [error("BASE_TYPE_MAX_LENGTH", "…")]}},
                ),
            ),
            id="a form error",
        ),
        pytest.param(answer("GET", "/guilds/7", 502, None), id="an outage"),
        pytest.param(answer("GET", "/guilds/7", 0, None), id="a cut line"),
        pytest.param({**answer("GET", "/guilds/7", 200), "fault": "html"}, id="spoiled on purpose"),
        pytest.param(
            answer("GET", "/guilds/7", 429, {"message": "Slow down", "retry_after": 0.4, "global": True}),
            id="a rate limit",
        ),
        pytest.param(answer("GET", "/nowhere", 404, error(0, "404: Not Found")), id="no such path"),
    ],
)
def test_what_discord_sends_passes(discord_spec: DiscordSpec, exchange: dict[str, Any]) -> None:
    assert discord_spec.check_response(exchange) == []


@pytest.mark.parametrize(
    ("exchange", "problem"),
    [
        (answer("GET", "/channels/5/messages/6", 200, message(id=6)), "id: 6 is not of type 'string'"),
        (
            answer("GET", "/channels/5/messages/6", 200, message(flags="0")),
            "flags: '0' is not of type 'integer'",
        ),
        (
            answer("GET", "/channels/5/messages/6", 200, message(timestamp="2026-11-22T08:00:00")),
            "timestamp: '2026-11-22T08:00:00' is no date-time Discord would take or send",
        ),
        (
            answer("GET", "/channels/5/messages/6", 200, message(components=[{"type": 1, "components": []}])),
            "components/0: 'id' is a required property",
        ),
        (
            answer("GET", "/channels/5/messages/6", 201, message()),
            "Discord answers 200, 429, 4XX here",
        ),
        (answer("GET", "/channels/5/messages/6", 200), "no JSON body"),
        (answer("GET", "/channels/5/messages/6", 404, error(0, "404: Not Found")), "Discord has this operation"),
        (answer("PUT", "/guilds/7/members/8/roles/9", 204, {}), "a body where Discord sends none"),
        (answer("GET", "/guilds/7", 404, {"message": "Unknown Guild"}), "'code' is a required property"),
        (
            answer("GET", "/guilds/7", 429, {"message": "You are being rate limited.", "global": False}),
            "'retry_after' is a required property",
        ),
        (
            answer("GET", "/oauth2/applications/@me", 200, application(verify_key=None)),
            "verify_key: None is not of type 'string'",
        ),
    ],
)
def test_what_discord_would_not_send_is_named(
    discord_spec: DiscordSpec, exchange: dict[str, Any], problem: str
) -> None:
    operation = discord_spec.match(exchange["method"], exchange["path"])
    assert discord_spec.check_response(exchange) == [f"{operation} {exchange['status']}: {problem}"]
