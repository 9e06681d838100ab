"""What Discord refuses about application commands, beyond what its file holds."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.conformance.wording import placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COMMAND_TEXT = 8000
"""Characters of all names, descriptions and values of one command; of a localised text the longest counts."""
COMMANDS = {1: 100, 2: 15, 3: 15, 4: 1}
"""Type -> how many a scope may have: slash, user, message, entry point."""
_SLASH = 1
_NESTING = {1, 2}
_INDIC_OR_THAI = [(0x0900, 0x097F), (0x0E00, 0x0E7F)]


def is_command_name(name: str) -> bool:
    r"""Whether Discord's `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$` matches and upper case is absent."""
    return (
        1 <= len(name) <= 32
        and name == name.lower()
        and all(
            character in "-_'"
            or unicodedata.category(character)[0] in "LN"
            or any(first <= ord(character) <= last for first, last in _INDIC_OR_THAI)
            for character in name
        )
    )


def command_set_problems(commands: list[dict[str, Any]]) -> Iterator[str]:
    """What is wrong with all commands of a scope, as overwritten at once."""
    kinds = Counter(_kind(command) for command in commands)
    for kind, count in kinds.items():
        if count > COMMANDS.get(kind, 0):
            yield f"{count} commands of type {kind}, {COMMANDS.get(kind, 0)} allowed"
    for (_, name), count in Counter((_kind(each), each["name"]) for each in commands).items():
        if count > 1:
            yield f"the name {name!r} is used {count} times"
    for index, command in enumerate(commands):
        yield from command_problems(command, str(index), partial=False)


def command_problems(command: dict[str, Any], where: str, *, partial: bool) -> Iterator[str]:
    """What is wrong with one command; `partial` for an edit, which may leave anything out."""
    if _kind(command) != _SLASH:
        if command.get("description") or command.get("options"):
            yield placed(where, "a context menu command has neither description nor options")
        return
    if not partial and not command.get("description"):
        yield placed(where, "a slash command needs a description")
    yield from _named_problems(command, where)
    text = _length(command)
    if text > COMMAND_TEXT:
        yield placed(where, f"{text} characters in one command, {COMMAND_TEXT} allowed")


def _kind(command: dict[str, Any]) -> int:
    return int(command.get("type") or _SLASH)


def _named_problems(node: dict[str, Any], where: str) -> Iterator[str]:
    """A command or an option, and all below it."""
    names = {"": node.get("name"), **(node.get("name_localizations") or {})}
    for locale, name in names.items():
        if name is not None and not is_command_name(name):
            place = f"name_localizations/{locale}" if locale else "name"
            yield placed(
                f"{where}/{place}".lstrip("/"),
                f"{name!r} is no command name: lower case letters, digits, - and _",
            )
    options = node.get("options") or []
    place = f"{where}/options".lstrip("/")
    yield from _twice(place, "name", (option["name"] for option in options))
    nested = [option["type"] in _NESTING for option in options]
    if any(nested) and not all(nested):
        yield f"{place}: subcommands beside plain options"
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        yield f"{place}: a required option after an optional one"
    for index, option in enumerate(options):
        yield from _option_problems(option, f"{place}/{index}")
        yield from _named_problems(option, f"{place}/{index}")


def _option_problems(option: dict[str, Any], place: str) -> Iterator[str]:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        yield f"{place}: choices and autocomplete exclude each other"
    yield from _twice(f"{place}/choices", "name", (choice["name"] for choice in choices))
    yield from _twice(f"{place}/choices", "value", (choice["value"] for choice in choices))
    for choice in choices:
        if isinstance(choice["value"], str) and len(choice["value"]) > 100:
            yield f"{place}/choices: a value of {len(choice['value'])} characters, 100 allowed"
    for least, most in (("min_value", "max_value"), ("min_length", "max_length")):
        low, high = option.get(least), option.get(most)
        if low is not None and high is not None and float(low) > float(high):
            yield f"{place}: {least} {low} is above {most} {high}"


def _twice(place: str, what: str, values: Iterable[object]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{place}: {what} {value!r} is used {count} times"


def _longest(node: dict[str, Any], key: str) -> int:
    texts = [node.get(key) or "", *(node.get(f"{key}_localizations") or {}).values()]
    return max(len(text) for text in texts)


def _length(node: dict[str, Any]) -> int:
    total = _longest(node, "name") + _longest(node, "description")
    if isinstance(node.get("value"), str):
        total += len(node["value"])
    return total + sum(_length(each) for key in ("options", "choices") for each in node.get(key) or [])
