"""Bodies that Discord refuses, with its code 50035 and the place of each mistake."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.discord.answers import ApiError
from sandbox.discord.command_limits import is_command_name
from sandbox.discord.message_limits import check_message
from sandbox.discord.modal_limits import check_modal
from sandbox.world import APPLICATION_ID
from tests.sandbox.discord_client import CHANNEL, GUILD, Json, harness

V2 = 1 << 15


def button(**more: Any) -> Json:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "x", **more}


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def menu(**more: Any) -> Json:
    return {"type": 3, "custom_id": "m", "options": [{"label": "a", "value": "a"}], **more}


def field(name: str = "n", value: str = "v") -> Json:
    return {"name": name, "value": value}


def places(errors: Json, path: str = "") -> dict[str, str]:
    """Where the complaints are, and the code of the first of each."""
    found: dict[str, str] = {}
    for key, below in errors.items():
        if key == "_errors":
            found[path] = below[0]["code"]
        else:
            found |= places(below, f"{path}.{key}".lstrip("."))
    return found


def form_errors(check: Any, body: Any) -> dict[str, str]:
    """What a check says to a body."""
    with pytest.raises(ApiError) as caught:
        check(body)
    assert (caught.value.status, caught.value.code) == (400, 50035)
    assert caught.value.errors is not None
    return places(caught.value.errors)


TOO_LONG, BAD_LENGTH, MISSING = "BASE_TYPE_MAX_LENGTH", "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_REQUIRED"
SCHEME, NO_URL = "URL_TYPE_INVALID_SCHEME", "URL_TYPE_INVALID_URL"


@pytest.mark.parametrize(
    ("body", "place", "code"),
    [
        ({"content": "x" * 2001}, "content", TOO_LONG),
        ({"content": {}}, "content", "STRING_TYPE_CONVERT"),
        ({"embeds": [{}] * 11}, "embeds", TOO_LONG),
        ({"embeds": "x"}, "embeds", "LIST_TYPE_CONVERT"),
        ({"embeds": ["x"]}, "embeds.0", "MODEL_TYPE_CONVERT"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title", TOO_LONG),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description", TOO_LONG),
        ({"embeds": [{"fields": [field()] * 26}]}, "embeds.0.fields", TOO_LONG),
        ({"embeds": [{"fields": [field(name="x" * 257)]}]}, "embeds.0.fields.0.name", TOO_LONG),
        ({"embeds": [{"fields": [field(value="x" * 1025)]}]}, "embeds.0.fields.0.value", TOO_LONG),
        ({"embeds": [{"fields": [field(), field(value=" ")]}]}, "embeds.0.fields.1.value", MISSING),
        ({"embeds": [{"fields": [{"value": "v"}]}]}, "embeds.0.fields.0.name", MISSING),
        ({"embeds": [{"footer": {"text": "x" * 2049}}]}, "embeds.0.footer.text", TOO_LONG),
        ({"embeds": [{"author": {"name": "x" * 257}}]}, "embeds.0.author.name", TOO_LONG),
        ({"embeds": [{"author": {"url": "https://a.b"}}]}, "embeds.0.author.name", MISSING),
        ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"color": 0x1000000}]}, "embeds.0.color", "NUMBER_TYPE_MAX"),
        ({"embeds": [{"color": "red"}]}, "embeds.0.color", "NUMBER_TYPE_COERCE"),
        ({"embeds": [{"timestamp": "soon"}]}, "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE"),
        ({"embeds": [{"image": {"url": "ipfs://Qm"}}]}, "embeds.0.image.url", SCHEME),
        ({"embeds": [{"thumbnail": {"url": "data:image/png;base64,xx"}}]}, "embeds.0.thumbnail.url", SCHEME),
        ({"embeds": [{"thumbnail": {"url": "ar://abc"}}]}, "embeds.0.thumbnail.url", SCHEME),
        ({"embeds": [{"url": "attachment://a.png"}]}, "embeds.0.url", SCHEME),
        ({"embeds": [{"url": "https://"}]}, "embeds.0.url", NO_URL),
        ({"embeds": [{"image": {"url": "https://a b/c"}}]}, "embeds.0.image.url", NO_URL),
        ({"embeds": [{"image": {"url": "just words"}}]}, "embeds.0.image.url", NO_URL),
        ({"embeds": [{"image": {"url": "https://a.b/" + "x" * 2048}}]}, "embeds.0.image.url", TOO_LONG),
        ({"components": [row(button())] * 6}, "components", TOO_LONG),
        ({"components": [button()]}, "components.0.type", "UNION_TYPE_CHOICES"),
        ({"components": [row()]}, "components.0.components", BAD_LENGTH),
        ({"components": [row(*[button(custom_id=str(n)) for n in range(6)])]}, "components.0.components", BAD_LENGTH),
        ({"components": [row(button(), menu())]}, "components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
        ({"components": [row(button(label="x" * 81))]}, "components.0.components.0.label", TOO_LONG),
        ({"components": [row(button(label=None))]}, "components.0.components.0", "BUTTON_COMPONENT_INVALID_LABEL"),
        ({"components": [row(button(custom_id=""))]}, "components.0.components.0.custom_id", BAD_LENGTH),
        ({"components": [row(button(custom_id="x" * 101))]}, "components.0.components.0.custom_id", BAD_LENGTH),
        ({"components": [row(button(custom_id=["x"]))]}, "components.0.components.0.custom_id", "STRING_TYPE_CONVERT"),
        (
            {"components": [row(button(), button())]},
            "components.0.components.1.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        ({"components": [row(button(style=9))]}, "components.0.components.0.style", "BASE_TYPE_CHOICES"),
        ({"components": [row(button(style=5))]}, "components.0.components.0.url", MISSING),
        (
            {"components": [row(button(style=5, url="https://a.b/" + "x" * 512, custom_id=None))]},
            "components.0.components.0.url",
            TOO_LONG,
        ),
        (
            {"components": [row(button(style=5, url="javascript:x", custom_id=None))]},
            "components.0.components.0.url",
            SCHEME,
        ),
        (
            {"components": [row(button(url="https://a.b"))]},
            "components.0.components.0",
            "BUTTON_COMPONENT_CUSTOM_ID_URL",
        ),
        ({"components": [row(menu(options=[]))]}, "components.0.components.0.options", BAD_LENGTH),
        (
            {"components": [row(menu(options=[{"label": "a", "value": "a"}] * 2))]},
            "components.0.components.0.options.1",
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        ),
        (
            {"components": [row(menu(options=[{"label": "", "value": "a"}]))]},
            "components.0.components.0.options.0.label",
            BAD_LENGTH,
        ),
        ({"components": [row(menu(placeholder="x" * 151))]}, "components.0.components.0.placeholder", TOO_LONG),
        ({"components": [row(menu(max_values=26))]}, "components.0.components.0.max_values", "NUMBER_TYPE_MAX"),
        ({"flags": V2, "components": [{"type": 10, "content": "x" * 4001}]}, "components.0.content", TOO_LONG),
        (
            {"flags": V2, "components": [{"type": 10, "content": "x" * 2001}] * 2},
            "components",
            "COMPONENT_MAX_TOTAL_TEXT_SIZE",
        ),
        ({"flags": V2, "components": [{"type": 10, "content": "x"}] * 41}, "components", TOO_LONG),
        (
            {"flags": V2, "content": "x", "components": [{"type": 10, "content": "x"}]},
            "content",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        ),
        (
            {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "ipfs://x"}}]}]},
            "components.0.items.0.media.url",
            SCHEME,
        ),
        ({"flags": V2, "components": [{"type": 9, "components": []}]}, "components.0.accessory", MISSING),
        ({"allowed_mentions": {"parse": ["all"]}}, "allowed_mentions.parse.0", "BASE_TYPE_CHOICES"),
        (
            {"allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
    ],
)
def test_a_message_is_refused_at_the_place_of_the_mistake(body: Json, place: str, code: str) -> None:
    assert form_errors(check_message, body).get(place) == code


def test_what_is_within_the_limits_passes() -> None:
    check_message(
        {
            "content": "x" * 2000,
            "embeds": [
                {
                    "title": "t" * 256,
                    "description": "d" * 4096,
                    "url": "http://127.0.0.1:8765/x",
                    "image": {"url": "attachment://a.png"},
                    "thumbnail": {"url": "https://example.org/a%20b.png"},
                    "fields": [field()] * 25,
                    "color": 0xFFFFFF,
                    "timestamp": "2026-11-22T08:00:00+00:00",
                    "flags": 0,
                }
            ],
            "components": [row(*[button(custom_id=f"{n}-{m}") for m in range(5)]) for n in range(5)],
            "flags": 64,
            "tts": False,
        }
    )


def text_input(**more: Any) -> Json:
    return {"type": 18, "label": "L", "component": {"type": 4, "custom_id": "a", "style": 1, **more}}


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"title": ""}, "data.title", BAD_LENGTH),
        ({"title": "x" * 46}, "data.title", BAD_LENGTH),
        ({"custom_id": None}, "data.custom_id", MISSING),
        ({"components": []}, "data.components", BAD_LENGTH),
        ({"components": [text_input()] * 6}, "data.components", BAD_LENGTH),
        ({"components": [{**text_input(), "label": "x" * 46}]}, "data.components.0.label", BAD_LENGTH),
        ({"components": [text_input(style=3)]}, "data.components.0.component.style", "BASE_TYPE_CHOICES"),
        ({"components": [text_input(placeholder="x" * 101)]}, "data.components.0.component.placeholder", TOO_LONG),
        ({"components": [text_input(value="123456789", max_length=8)]}, "data.components.0.component.value", TOO_LONG),
        (
            {"components": [text_input(), text_input()]},
            "data.components.1.component.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        ({"components": [button()]}, "data.components.0.type", "BASE_TYPE_CHOICES"),
    ],
)
def test_a_modal_is_refused_at_the_place_of_the_mistake(change: Json, place: str, code: str) -> None:
    modal = {"title": "T", "custom_id": "m", "components": [text_input()], **change}
    assert form_errors(check_modal, modal).get(place) == code


def option(**more: Any) -> Json:
    return {"type": 3, "name": "account", "description": "d", **more}


@pytest.mark.parametrize(
    ("command", "place", "code"),
    [
        ({"name": "Upper", "description": "d"}, "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "two words", "description": "d"}, "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "x" * 33, "description": "d"}, "0.name", BAD_LENGTH),
        ({"name": "x"}, "0.description", MISSING),
        ({"name": "x", "description": "d" * 101}, "0.description", BAD_LENGTH),
        (
            {"name": "x", "description": "d", "options": [option()] * 2},
            "0.options",
            "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
        ),
        (
            {"name": "x", "description": "d", "options": [option(), option(name="b", required=True)]},
            "0.options.1",
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (
            {"name": "x", "description": "d", "options": [option(choices=[{"name": "a", "value": "a"}] * 26)]},
            "0.options.0.choices",
            TOO_LONG,
        ),
        (
            {"name": "x", "description": "d", "options": [option(name=f"o{n}") for n in range(26)]},
            "0.options",
            TOO_LONG,
        ),
        (
            {"name": "x", "description": "d", "options": [option(), {"type": 1, "name": "s", "description": "d"}]},
            "0.options",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        ),
        (
            {
                "name": "x",
                "description": "d",
                "options": [
                    option(name=f"o{n}", description="d" * 100, choices=[{"name": "n" * 90, "value": "v" * 90}] * 5)
                    for n in range(10)
                ],
            },
            "0",
            "APPLICATION_COMMAND_TOO_LARGE",
        ),
    ],
)
async def test_a_command_is_refused_at_the_place_of_the_mistake(command: Json, place: str, code: str) -> None:
    async with harness() as on:
        status, body = await on.rest("PUT", f"/applications/{APPLICATION_ID}/commands", [command])
        assert (status, body["code"]) == (400, 50035)
        assert places(body["errors"]).get(place) == code


async def test_commands_keep_their_ids_and_new_ones_are_published() -> None:
    async with harness() as on:
        path = f"/applications/{APPLICATION_ID}/guilds/{GUILD}/commands"
        ping = {"name": "ping", "description": "d", "options": [{**option(type=4), "min_value": 0}]}
        status, first = await on.rest("POST", path, ping)
        assert status == 201
        assert first["options"][0]["min_value"] == 0
        status, again = await on.rest("POST", path, {**ping, "description": "new"})
        assert (status, again["id"], again["description"]) == (200, first["id"], "new")
        assert again["version"] != first["version"]
        status, edited = await on.rest("PATCH", f"{path}/{first['id']}", {"name": "pong"})
        assert (status, edited["name"]) == (200, "pong")
        assert (await on.rest("GET", f"{path}/{first['id']}"))[1] == edited
        assert (await on.rest("DELETE", f"{path}/{first['id']}"))[0] == 204
        assert await on.rest("GET", path) == (200, [])
        status, body = await on.rest("DELETE", f"{path}/{first['id']}")
        assert (status, body["code"]) == (404, 10063)
        same = {"name": "a", "description": "d"}
        status, body = await on.rest("PUT", path, [same, same])
        assert places(body["errors"]) == {"1.name": "APPLICATION_COMMANDS_DUPLICATE_NAME"}


async def test_creates_are_two_hundred_a_day() -> None:
    async with harness(clock=lambda: 1.0) as on:
        names = [[{"name": f"c{m}-{n}", "description": "d"} for n in range(100)] for m in range(3)]
        for commands in names[:2]:
            assert len(on.discord.commands.overwrite(None, commands)) == 100
        assert len(on.discord.commands.overwrite(None, names[1])) == 100
        with pytest.raises(ApiError, match="30034"):
            on.discord.commands.overwrite(None, names[2])


@pytest.mark.parametrize(
    ("name", "good"),
    [("a", True), ("été", True), ("हिन्दी", True), ("a-b_c'", True), ("A", False), ("a b", False), ("", False)],
)
def test_command_names_are_letters_of_any_script_in_lower_case(name: str, good: bool) -> None:  # noqa: FBT001 - a case
    assert is_command_name(name) is good


async def test_an_empty_message_is_refused() -> None:
    async with harness() as on:
        status, body = await on.rest("POST", f"/channels/{CHANNEL}/messages", {"content": ""})
        assert (status, body) == (400, {"message": "Cannot send an empty message", "code": 50006})


async def test_what_is_no_json_is_refused() -> None:
    async with harness() as on:
        path = f"{on.address}/api/v10/channels/{CHANNEL}/messages"
        headers = {"Authorization": "Bot sandbox.bot.token", "Content-Type": "application/json"}
        async with on.session.post(path, data=b"{", headers=headers) as answer:
            assert answer.status == 400
            assert (await answer.json())["code"] == 50109
