"""The check is tested: a request that Discord accepts passes, and what its file forbids is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.exchanges import (
    CALLBACK,
    COMMANDS,
    LONG_CHOICE,
    MEMBER,
    MESSAGES,
    ORIGINAL,
    button,
    embed,
    request,
    rows,
    slash,
)

if TYPE_CHECKING:
    from tests.conformance.openapi import DiscordSpec


@pytest.mark.parametrize(
    ("method", "path", "template"),
    [
        pytest.param(
            "PATCH",
            "/api/v10/webhooks/9/t/messages/@original",
            "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
            id="literal before template",
        ),
        pytest.param(
            "PATCH",
            "/webhooks/9/t/messages/%40original",
            "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
            id="quoted literal",
        ),
        pytest.param(
            "DELETE",
            "/webhooks/9/a%2Fb/messages/3",
            "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
            id="quoted slash inside a token",
        ),
        pytest.param("GET", "/users/@me?x=1", "/users/@me", id="query left on"),
    ],
)
def test_a_path_finds_its_operation(discord_spec: DiscordSpec, method: str, path: str, template: str) -> None:
    operation = discord_spec.match(method, path)
    assert operation is not None
    assert operation.template == template


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(request("PATCH", ORIGINAL, {"content": "x", "tts": False}), id="tts false in an edit"),
        pytest.param(request("PATCH", ORIGINAL, embed(flags=0)), id="flags 0 in an embed"),
        pytest.param(request("PUT", COMMANDS, [slash(nsfw=False)]), id="nsfw in a command"),
        pytest.param(request("PATCH", MEMBER, {"roles": [1, "2"]}), id="snowflakes as numbers"),
        pytest.param(
            request("PUT", COMMANDS, [slash(default_member_permissions="8")]), id="permissions as text"
        ),
        pytest.param(
            request("PUT", COMMANDS, [slash(default_member_permissions=8)]), id="permissions as a number"
        ),
        pytest.param(request("POST", CALLBACK, {"type": 5, "data": {"flags": 64}}), id="ephemeral defer"),
        pytest.param(request("POST", CALLBACK, {"type": 6}), id="deferred update"),
        pytest.param(
            request("POST", CALLBACK, {"type": 8, "data": {"choices": [{"name": "A", "value": "10001"}]}}),
            id="digits chosen for a text option",
        ),
        pytest.param(
            request(
                "PATCH",
                ORIGINAL,
                {
                    "attachments": [{"id": 0, "filename": "a.png"}],
                    **embed(image={"url": "attachment://a.png"}),
                },
            ),
            id="payload_json with an attachment",
        ),
        pytest.param(
            request("PATCH", ORIGINAL, {"content": None, "embeds": [], "components": None}), id="an edit that clears"
        ),
        pytest.param(
            request("POST", "/webhooks/9/t", {"content": "x"}, query={"wait": "1", "with_components": "0"}),
            id="booleans of a query as digits",
        ),
        pytest.param(
            request("GET", MESSAGES, query={"limit": "50", "before": "77"}), id="numbers of a query as text"
        ),
        pytest.param(
            request("GET", MESSAGES, query="limit=50&before=77"), id="a query as one text"
        ),
    ],
)  # fmt: skip
def test_what_discord_takes_passes(discord_spec: DiscordSpec, exchange: dict[str, Any]) -> None:
    assert discord_spec.check_request(exchange) == []


@pytest.mark.parametrize(
    ("exchange", "problem"),
    [
        (request("POST", MESSAGES, {"contnet": "x"}), "unknown key 'contnet'"),
        (
            request("POST", CALLBACK, {"type": 4, "data": {"contnet": "x"}}),
            "data: unknown key 'contnet'",
        ),
        (
            request("PATCH", ORIGINAL, embed(title="x" * 257)),
            "' is too long (257 characters, 256 allowed)",
        ),
        (
            request("POST", CALLBACK, {"type": 4, "data": embed(title=5)}),
            "data/embeds/0/title: 5 is not of type 'string', 'null'",
        ),
        (
            request("PATCH", ORIGINAL, embed(thumbnail={"url": "ipfs://Qm/1.png"})),
            "embeds/0/thumbnail/url: 'ipfs://Qm/1.png' is no uri Discord would take or send",
        ),
        (
            request("PATCH", ORIGINAL, embed(image={"url": "https:///1.png"})),
            "embeds/0/image/url: 'https:///1.png' is no uri Discord would take or send",
        ),
        (
            request("PATCH", ORIGINAL, embed(timestamp="yesterday")),
            "embeds/0/timestamp: 'yesterday' is no date-time Discord would take or send",
        ),
        (
            request("PATCH", ORIGINAL, embed(fields=[{"name": "Kinds"}])),
            "embeds/0/fields/0: 'value' is a required property",
        ),
        (
            request("POST", CALLBACK, {"data": {}}),
            "'type' is missing, so it is none of ",
        ),
        (request("POST", CALLBACK, {"type": 99}), "type: type 99 is none of "),
        (
            request("POST", MESSAGES, rows({"type": 99})),
            "components/0/components/0/type: type 99 is none of ButtonComponentForMessageRequest ([2])",
        ),
        (
            request("POST", MESSAGES, rows(button(label="x" * 81))),
            " is too long (81 characters, 80 allowed)",
        ),
        (request("POST", CALLBACK, LONG_CHOICE), "data/choices/0/name: 'xxxxx"),
        (
            request("PATCH", ORIGINAL, {"embeds": [{"title": "x"}] * 11}),
            " is too long (11 items, 10 allowed)",
        ),
        (request("PATCH", MEMBER, {"roles": [1, "1"]}), "roles: [1, '1'] has non-unique elements"),
        (request("PATCH", MEMBER, {"roles": [-1]}), "roles/0: -1 is no snowflake Discord would take or send"),
        (request("PATCH", MEMBER, {"roles": ["x"]}), "roles/0: 'x' is no snowflake Discord would take or send"),
        (request("PATCH", MEMBER, {"nick": 5}), "nick: 5 is not of type 'string', 'null'"),
        (
            request("PUT", COMMANDS, [slash(default_member_permissions="-1")]),
            "0/default_member_permissions: '-1' is less than the minimum of 0",
        ),
        (
            request("PUT", COMMANDS, [slash(default_member_permissions=1 << 54)]),
            "0/default_member_permissions: 18014398509481984 is greater than the maximum of 18014398509481983",
        ),
        (request("PATCH", MEMBER), "no JSON body"),
        (
            request("PUT", "/guilds/7/members/8/roles/9", {"reason": "x"}),
            "a body where Discord reads none",
        ),
        (request("GET", "/guilds/None/members/8"), "guild_id: 'None' is no snowflake"),
        (
            request("PUT", "/guilds/7/members/@me/roles/9"),
            "user_id: '@me' is no snowflake",
        ),
        (request("GET", MESSAGES, query={"limit": "101"}), "?limit: '101' is greater than the maximum of 100"),
        (request("GET", MESSAGES, query={"page": "1"}), "unknown query 'page'"),
        (
            request("GET", "/guilds/7/members/search", query={"limit": "5"}),
            "query 'query' is missing",
        ),
        (
            request("POST", "/webhooks/9/t", {"content": "x"}, query={"wait": "maybe"}),
            "?wait: 'maybe' is not of type 'boolean'",
        ),
        (request("GET", "/users/@me", headers={"user-agent": "x"}), "no Authorization header"),
        (
            request(
                "DELETE",
                MEMBER,
                headers={"authorization": "<present>", "x-audit-log-reason": "%20" * 513},
            ),
            "X-Audit-Log-Reason has 513 characters, 512 allowed",
        ),
        (
            request("PUT", "/users/@me/applications/9/role-connection", {"metadata": {"nfts": 3}}),
            "metadata/nfts: 3 is not of type 'string'",
        ),
    ],
)  # fmt: skip
def test_what_the_file_forbids_is_named(discord_spec: DiscordSpec, exchange: dict[str, Any], problem: str) -> None:
    [found] = discord_spec.check_request(exchange)
    assert found.startswith(str(discord_spec.match(exchange["method"], exchange["path"])))
    assert problem in found


def test_a_problem_names_operation_place_and_limit(discord_spec: DiscordSpec) -> None:
    exchange = request("PATCH", ORIGINAL, {"content": "x" * 2001})
    expected = (
        "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original: "
        "content: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…xxxxxxxxxxxxxx' is too long (2001 characters, 2000 allowed)"
    )
    assert discord_spec.check_request(exchange) == [expected]


def test_an_operation_discord_does_not_have_is_named(discord_spec: DiscordSpec) -> None:
    assert discord_spec.check_request(request("GET", "/loopring")) == ["GET /loopring: Discord has no such operation"]


def test_every_schema_of_the_file_resolves(discord_spec: DiscordSpec) -> None:
    bodies: tuple[Any, ...] = ({}, [{}], None)
    for operation in discord_spec.operations:
        path = "/".join("1" if part.startswith("{") else part for part in operation.segments)
        method = operation.method
        for body in bodies:
            discord_spec.check_request(request(method, path, body, query={"limit": "1"}))
            discord_spec.check_response({"method": method, "path": path, "status": 200, "response": body})
            discord_spec.check_response({"method": method, "path": path, "status": 404, "response": body})
