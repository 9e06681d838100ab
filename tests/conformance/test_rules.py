"""What Discord refuses although its file is silent, one case for each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.exchanges import (
    CALLBACK,
    COMMANDS,
    MESSAGES,
    V2,
    button,
    embed,
    option,
    request,
    rows,
    slash,
)

if TYPE_CHECKING:
    from tests.conformance.openapi import DiscordSpec


@pytest.mark.parametrize(
    ("exchange", "problem"),
    [
        (request("POST", MESSAGES, {"content": ""}), "an empty message"),
        (request("POST", CALLBACK, {"type": 4}), "data: an empty message"),
        (
            request("POST", MESSAGES, {"content": "x" * 2001}),
            "content: 2001 characters, 2000 allowed",
        ),
        (
            request("POST", MESSAGES, {"embeds": [{"description": "x" * 3000}] * 2 + [{"title": "x"}]}),
            "embeds: 6001 characters of text in all embeds, 6000 allowed",
        ),
        (
            request("POST", CALLBACK, {"type": 4, "data": embed(url="attachment://a.png")}),
            "data/embeds/0/url: a link may not be an attachment",
        ),
        (
            request("POST", MESSAGES, embed(image={"url": "attachment://a.png"})),
            "embeds/0/image/url: attachment://a.png is not among the attachments",
        ),
        (
            request("POST", MESSAGES, {"content": "x", "allowed_mentions": {"parse": ["users"], "users": [1]}}),
            "allowed_mentions: users are both parsed and listed",
        ),
        (
            request("POST", MESSAGES, rows(button(), button())),
            "components: custom_id 'next' is used 2 times",
        ),
        (
            request("POST", MESSAGES, rows(*(button(custom_id=str(n)) for n in range(6)))),
            "components: 6 rows, 5 allowed",
        ),
        (
            request("POST", MESSAGES, rows(button(style=5, url="https://example.org"))),
            "components/0/components/0: a button of style 5 may not have custom_id",
        ),
        (
            request("POST", MESSAGES, rows({"type": 2, "style": 5, "label": "Open"})),
            "components/0/components/0: a button of style 5 needs url",
        ),
        (
            request("POST", MESSAGES, rows({"type": 2, "style": 1, "label": "Next"})),
            "components/0/components/0: a button of style 1 needs custom_id",
        ),
        (
            request("POST", MESSAGES, rows({"type": 2, "style": 1, "custom_id": "next"})),
            "components/0/components/0: a button needs a label or an emoji",
        ),
        (
            request(
                "POST",
                MESSAGES,
                rows({"type": 3, "custom_id": "pick", "options": [{"label": "A", "value": "1"}] * 2}),
            ),
            "components/0/components/0/options: value '1' is used 2 times",
        ),
        (
            request(
                "POST",
                MESSAGES,
                rows({"type": 3, "custom_id": "p", "max_values": 2, "options": [{"label": "A", "value": "1"}]}),
            ),
            "components/0/components/0: 1 to 2 values of 1 options",
        ),
        (
            request("POST", MESSAGES, {"components": [{"type": 10, "content": "x"}]}),
            "components/0: type 10 needs the flag IS_COMPONENTS_V2",
        ),
        (
            request(
                "POST",
                MESSAGES,
                {"content": "x", "flags": V2, "components": [{"type": 10, "content": "x"}]},
            ),
            "content: not allowed beside the flag IS_COMPONENTS_V2",
        ),
        (
            request("POST", MESSAGES, {"flags": V2, "components": [{"type": 10, "content": "x" * 2001}] * 2}),
            "components: 4002 characters of text displays, 4000 allowed",
        ),
        (
            request("POST", MESSAGES, {"flags": V2, "components": [{"type": 17, "components": [{"type": 14}] * 40}]}),
            "components: 41 components, 40 allowed",
        ),
        (
            request("POST", CALLBACK, {"type": 5, "data": {"content": "x"}}),
            "data: a deferred answer may carry the EPHEMERAL flag and nothing else, not {'content': 'x'}",
        ),
        (
            request(
                "POST",
                CALLBACK,
                {
                    "type": 9,
                    "data": {
                        "custom_id": "m",
                        "title": "Link",
                        "components": [
                            {
                                "type": 1,
                                "components": [{"type": 4, "style": 1, "label": "A", "custom_id": str(n)}],
                            }
                            for n in range(6)
                        ],
                    },
                },
            ),
            "data/components: 6 parts of a modal, 5 allowed",
        ),
        (
            request("PUT", COMMANDS, [slash(name="My Collections")]),
            "0/name: 'My Collections' is no command name: lower case letters, digits, - and _",
        ),
        (
            request("POST", COMMANDS, slash(options=[option(name="Account")])),
            "options/0/name: 'Account' is no command name: lower case letters, digits, - and _",
        ),
        (
            request("POST", COMMANDS, slash(name_localizations={"de": "Sammlungen"})),
            "name_localizations/de: 'Sammlungen' is no command name: lower case letters, digits, - and _",
        ),
        (request("POST", COMMANDS, {"name": "collections"}), "a slash command needs a description"),
        (
            request("POST", COMMANDS, {"name": "Show holdings", "type": 2, "description": "x"}),
            "a context menu command has neither description nor options",
        ),
        (request("PUT", COMMANDS, [slash()] * 2), "the name 'collections' is used 2 times"),
        (
            request("PUT", COMMANDS, [slash(name=f"c{n}") for n in range(101)]),
            "101 commands of type 1, 100 allowed",
        ),
        (
            request("POST", COMMANDS, slash(options=[option(), option(name="other", required=True)])),
            "options: a required option after an optional one",
        ),
        (
            request("POST", COMMANDS, slash(options=[option(), option()])),
            "options: name 'account' is used 2 times",
        ),
        (
            request("POST", COMMANDS, slash(options=[option(), option(type=1, name="show")])),
            "options: subcommands beside plain options",
        ),
        (
            request(
                "POST",
                COMMANDS,
                slash(options=[option(autocomplete=True, choices=[{"name": "A", "value": "1"}])]),
            ),
            "options/0: choices and autocomplete exclude each other",
        ),
        (
            request("POST", COMMANDS, slash(options=[option(min_length=5, max_length=2)])),
            "options/0: min_length 5 is above max_length 2",
        ),
        (
            request(
                "POST",
                COMMANDS,
                slash(
                    options=[
                        option(
                            name=f"o{m}",
                            choices=[{"name": f"{n:0100}", "value": f"{n:0100}"} for n in range(25)],
                        )
                        for m in range(2)
                    ]
                ),
            ),
            "10046 characters in one command, 8000 allowed",
        ),
        (
            request(
                "PUT",
                "/applications/9/role-connections/metadata",
                [{"type": 2, "key": "NFTs", "name": "NFTs", "description": "How many"}],
            ),
            "0/key: 'NFTs' may hold a-z, 0-9 and _ only",
        ),
    ],
)  # fmt: skip
def test_what_the_file_does_not_hold_is_named(
    discord_spec: DiscordSpec, exchange: dict[str, Any], problem: str
) -> None:
    operation = discord_spec.match(exchange["method"], exchange["path"])
    assert discord_spec.check_request(exchange) == [f"{operation}: {problem}"]
