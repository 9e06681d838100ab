"""What Discord's refusals name: bodies as people reported them, and bodies that say nothing usable."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ui.refused_parts import RefusedPart, refused_parts

INVALID_URL, SCHEME = "URL_TYPE_INVALID_URL", "URL_TYPE_INVALID_SCHEME"
EMOJI, USED = "BUTTON_COMPONENT_INVALID_EMOJI", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
TOO_LONG, BAD_LENGTH, REQUIRED = "BASE_TYPE_MAX_LENGTH", "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_REQUIRED"


def body(*errors: tuple[str, str, str]) -> dict[str, Any]:
    """An answer with these errors: path, code, message."""
    tree: dict[str, Any] = {}
    for path, code, message in errors:
        place = tree
        for key in path.split("."):
            place = place.setdefault(key, {})
        place["_errors"] = [{"code": code, "message": message}]
    return {"code": 50035, "message": "Invalid Form Body", "errors": tree}


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        pytest.param(
            body(("embeds.0.thumbnail.url", INVALID_URL, "Not a well formed URL.")),
            [("embeds.0.thumbnail.url", INVALID_URL, None)],
            id="ZorakBot#162",
        ),
        pytest.param(
            body(
                ("data.embeds.0.author.url", SCHEME, "Scheme \"\" is not supported. Scheme must be one of ('http',).")
            ),
            [("embeds.0.author.url", SCHEME, None)],
            id="discord-api-docs#5837: below data",
        ),
        pytest.param(
            body(("embeds.0.footer.icon_url", SCHEME, 'Scheme "" is not supported.')),
            [("embeds.0.footer.icon_url", SCHEME, None)],
            id="DiscordPHP#1035",
        ),
        pytest.param(
            body(("data.components.0.components.0.emoji.name", EMOJI, "Invalid emoji")),
            [("components.0.components.0.emoji.name", EMOJI, None)],
            id="discordgo#1479",
        ),
        pytest.param(
            body(
                ("data.components.0.components.0.options.0.emoji.id", EMOJI, "Invalid emoji"),
                ("data.components.0.components.0.options.2.emoji.id", EMOJI, "Invalid emoji"),
            ),
            [
                ("components.0.components.0.options.0.emoji.id", EMOJI, None),
                ("components.0.components.0.options.2.emoji.id", EMOJI, None),
            ],
            id="Koishi#25: two at once",
        ),
        pytest.param(
            body(("components.0.components.0.options.2", USED, "The specified option value is already used")),
            [("components.0.components.0.options.2", USED, None)],
            id="Ticket-Bot#346, Crownicles#3908: at the choice itself",
        ),
        pytest.param(
            body(("components.0.components.2.label", TOO_LONG, "Must be 80 or fewer in length.")),
            [("components.0.components.2.label", TOO_LONG, 80)],
            id="DiscordBot-EdgeGPT#153",
        ),
        pytest.param(
            body(("components.0.components.0.options.3.label", BAD_LENGTH, "Must be between 1 and 100 in length.")),
            [("components.0.components.0.options.3.label", BAD_LENGTH, 100)],
            id="ear-tensifier#86",
        ),
        pytest.param(
            body(("embeds.0.fields.2.value", REQUIRED, "This field is required")),
            [("embeds.0.fields.2.value", REQUIRED, None)],
            id="uiuc-classes-bot#6",
        ),
        pytest.param(
            body(("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")),
            [("embeds", "MAX_EMBED_SIZE_EXCEEDED", None)],
            id="discord-stable-diffusion#16",
        ),
        pytest.param({"embeds": ["0"]}, [("embeds.0", "", None)], id="bugsink#280, python-discord-webhook#16"),
        pytest.param({"code": 50035, "message": "Invalid Form Body"}, [], id="Ranknir#6: nothing is named"),
        pytest.param(
            {"code": 50035, "errors": {"_errors": [{"code": "X", "message": "no"}]}},
            [("the message", "X", None)],
            id="the whole message",
        ),
    ],
)
def test_parts_are_read_from_what_discord_answers(answer: Any, parts: list[tuple[str, str, int | None]]) -> None:
    assert [(part.name, part.code, part.at_most) for part in refused_parts(answer)] == parts


def test_numbers_of_a_path_are_numbers() -> None:
    answer = body(("embeds.10.image.url", INVALID_URL, "Not a well formed URL."))
    assert refused_parts(answer) == (RefusedPart(("embeds", 10, "image", "url"), INVALID_URL),)


def deep() -> dict[str, Any]:
    nested: dict[str, Any] = {"_errors": [{"code": "X"}]}
    for _ in range(2000):
        nested = {"a": nested}
    return {"errors": nested}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "Bad Request",
        [],
        {},
        {"errors": []},
        {"errors": {"embeds": ["0"]}},
        {"errors": {"https://a.example/?key=secret": {"_errors": [{"code": "X"}]}}},
        {"errors": {"embeds": {"-1": {"_errors": []}}}},
        {"embeds": [0, None, "x", "9999999"]},
        deep(),
    ],
)
def test_a_body_that_names_nothing_usable_names_nothing(answer: Any) -> None:
    assert refused_parts(answer) == ()


@pytest.mark.parametrize("listed", [None, "no", [None], [{"code": "secret words"}], [{"code": 7, "message": 7}], []])
def test_a_reason_of_another_form_is_no_reason(listed: Any) -> None:
    assert refused_parts({"errors": {"embeds": {"_errors": listed}}}) == (RefusedPart(("embeds",)),)


def test_two_hundred_parts_are_read_at_most() -> None:
    errors = {str(n): {"_errors": [{"code": "X"}]} for n in range(999)}
    assert len(refused_parts({"errors": {"embeds": errors}})) == 200
