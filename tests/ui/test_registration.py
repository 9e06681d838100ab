"""Commands are registered when they have changed, and only then."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from bot.ui.registration import are_same

WANTED: dict[str, Any] = {
    "type": 1,
    "name": "gate",
    "description": "Roles that follow holdings",
    "nsfw": False,
    "dm_permission": False,
    "default_member_permissions": 268435456,
    "contexts": None,
    "integration_types": None,
    "options": [
        {
            "type": 1,
            "name": "add",
            "description": "A new gate",
            "options": [
                {"type": 8, "name": "role", "description": "Which role", "required": True},
                {"type": 4, "name": "count", "description": "How many", "required": False, "min_value": 1},
                {
                    "type": 3,
                    "name": "sort",
                    "description": "Order",
                    "choices": [{"name": "a", "value": "a"}, {"name": "b", "value": "b"}],
                },
            ],
        }
    ],
}


def as_discord_has_it() -> dict[str, Any]:
    """The same command as Discord writes it: with ids, texts for numbers, and without what is as usual."""
    registered = copy.deepcopy(WANTED)
    registered |= {"id": "1", "application_id": "2", "version": "3", "default_member_permissions": "268435456"}
    registered |= {"contexts": [0], "integration_types": [0], "name_localizations": None}
    [add] = registered["options"]
    del add["options"][1]["required"]
    return registered


def test_what_discord_adds_and_writes_differently_is_no_change() -> None:
    assert are_same([as_discord_has_it()], [WANTED], in_guild=False)


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(command: dict[str, Any]) -> None:
        *keys, last = path.split(".")
        place: Any = command
        for key in keys:
            place = place[int(key)] if key.isdigit() else place[key]
        place[last] = value

    return apply


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("description", "Other words"),
        ("default_member_permissions", None),
        ("nsfw", True),
        ("dm_permission", True),
        ("contexts", [0, 1, 2]),
        ("integration_types", [0, 1]),
        ("name_localizations", {"de": "tor"}),
        ("options.0.description", "Other words"),
        ("options.0.options.0.required", False),
        ("options.0.options.1.min_value", 2),
        ("options.0.options.1.max_value", 2),
        ("options.0.options.1.autocomplete", True),
        ("options.0.options.2.choices", [{"name": "a", "value": "a"}]),
        ("options.0.options.2.choices.0.name_localizations", {"de": "ä"}),
        ("options.0.description_localizations", {"de": "Ein Tor"}),
        ("options.0.options", []),
    ],
)
def test_each_change_of_ours_is_seen(path: str, value: object) -> None:
    wanted = copy.deepcopy(WANTED)
    change(path, value)(wanted)
    assert not are_same([as_discord_has_it()], [wanted], in_guild=False)


def test_a_command_more_or_less_is_a_change() -> None:
    other = WANTED | {"name": "other"}
    assert not are_same([as_discord_has_it()], [WANTED, other], in_guild=False)
    assert not are_same([as_discord_has_it(), as_discord_has_it() | {"name": "other"}], [WANTED], in_guild=False)
    assert not are_same([], [WANTED], in_guild=False)
