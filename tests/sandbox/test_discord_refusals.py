"""What a test wants refused in messages is refused as Discord does it, until the next reset."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.world import BOT_TOKEN
from tests.sandbox.serving import RunningSandbox, serving

SOCIETY = 910000000000000000
BODY = {
    "embeds": [
        {"title": "Kept", "image": {"url": "https://a.example/x.png"}},
        {"title": "Bad", "author": {"name": "A", "icon_url": "https://b.example/x.png"}},
    ],
    "components": [
        {
            "type": 1,
            "components": [
                {"type": 2, "style": 1, "custom_id": "a", "label": "Long label", "emoji": {"name": "⏮"}},
                {"type": 2, "style": 1, "custom_id": "b", "emoji": {"id": "77", "name": "fox"}},
            ],
        },
        {
            "type": 1,
            "components": [{"type": 3, "custom_id": "m", "options": [{"label": "One", "value": "1"}]}],
        },
    ],
}


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with serving() as served:
        yield served


async def post(sandbox: RunningSandbox) -> tuple[int, Any]:
    """The bot posts it."""
    url = f"{sandbox.address}/api/v10/channels/{SOCIETY + 101}/messages"
    async with sandbox.session.post(url, json=BODY, headers={"Authorization": f"Bot {BOT_TOKEN}"}) as answer:
        return answer.status, await answer.json()


def error(code: str, message: str) -> dict[str, Any]:
    return {"_errors": [{"code": code, "message": message}]}


URL = error("URL_TYPE_INVALID_URL", "Not a well formed URL.")
EMOJI = error("BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")


@pytest.mark.parametrize(
    ("refused", "errors"),
    [
        ({"urls": ["b.example"]}, {"embeds": {"1": {"author": {"icon_url": URL}}}}),
        ({"emoji": ["⏮"]}, {"components": {"0": {"components": {"0": {"emoji": {"name": EMOJI}}}}}}),
        ({"emoji": ["77"]}, {"components": {"0": {"components": {"1": {"emoji": {"id": EMOJI}}}}}}),
        (
            {"longest_label": 9},
            {
                "components": {
                    "0": {
                        "components": {"0": {"label": error("BASE_TYPE_MAX_LENGTH", "Must be 9 or fewer in length.")}}
                    }
                }
            },
        ),
        (
            {"values": ["1"]},
            {
                "components": {
                    "1": {
                        "components": {
                            "0": {
                                "options": {
                                    "0": error(
                                        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                                        "The specified option value is already used",
                                    )
                                }
                            }
                        }
                    }
                }
            },
        ),
        (
            {"words": ["Bad"]},
            {"embeds": {"1": {"title": error("BASE_TYPE_BAD_WORDS", "This is not accepted.")}}},
        ),
        (
            {"urls": ["example"], "shape": "first"},
            {"embeds": {"0": {"image": {"url": URL}}}},
        ),
    ],
)
async def test_a_part_is_refused_at_its_place(
    sandbox: RunningSandbox, refused: dict[str, Any], errors: dict[str, Any]
) -> None:
    await sandbox.post("/_sandbox/refusals", refused)
    assert await post(sandbox) == (400, {"message": "Invalid Form Body", "code": 50035, "errors": errors})
    await sandbox.post("/_sandbox/reset")
    assert (await post(sandbox))[0] == 200


async def test_the_answer_can_name_no_place(sandbox: RunningSandbox) -> None:
    await sandbox.post("/_sandbox/refusals", {"urls": ["b.example"], "shape": "bare"})
    assert await post(sandbox) == (400, {"message": "Invalid Form Body", "code": 50035})
    await sandbox.post("/_sandbox/refusals", {"urls": ["b.example"], "shape": "listed"})
    assert await post(sandbox) == (400, {"embeds": ["1"]})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"urls": "b.example"}, "urls is a list of texts"),
        ({"emoji": [""]}, "emoji is a list of texts"),
        ({"shape": "round"}, "shape is one of nested, first, bare, listed"),
        ({"longest_label": "all"}, "longest_label is a whole number"),
    ],
)
async def test_what_cannot_be_refused_is_said(sandbox: RunningSandbox, fields: dict[str, Any], words: str) -> None:
    status, body = await sandbox.post("/_sandbox/refusals", fields)
    assert (status, body["error"]) == (400, words)
