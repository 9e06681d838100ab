"""What Discord refuses when commands are registered ("Application Commands")."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.discord.answers import Json
    from sandbox.discord.form import Form, Path

CHAT_INPUT, USER, MESSAGE, ENTRY_POINT = 1, 2, 3, 4
COUNTS = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15, ENTRY_POINT: 1}
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER_OPTION, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
NAME, DESCRIPTION, OPTIONS, CHOICES, CHOICE_TEXT, WHOLE = 32, 100, 25, 25, 100, 8000
WITH_CHOICES = (STRING, INTEGER, NUMBER)
EVERY_PERMISSION = (1 << 54) - 1


def check_command(form: Form, path: Path, command: Json) -> None:
    """Check one command as it is registered."""
    kind = command.get("type") or CHAT_INPUT
    if not form.one_of((*path, "type"), kind, tuple(COUNTS)):
        return
    size = _check_name(form, path, command, slash=kind == CHAT_INPUT)
    if kind == CHAT_INPUT:
        size += _check_description(form, path, command)
        size += _check_options(form, path, command.get("options"), depth=0)
    elif command.get("description"):
        form.add(
            (*path, "description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET",
            "Context menu commands cannot have description",
        )  # fmt: skip
    form.number((*path, "default_member_permissions"), command.get("default_member_permissions"), 0, EVERY_PERMISSION)
    if size > WHOLE:
        form.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({WHOLE})")


def check_together(form: Form, commands: list[Json]) -> None:
    """Check what commands registered together must not share or exceed."""
    seen: set[tuple[int, str]] = set()
    counts = dict.fromkeys(COUNTS, 0)
    for n, command in enumerate(commands):
        key = (command.get("type") or CHAT_INPUT, str(command.get("name")))
        if key in seen:
            form.add((n, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        seen.add(key)
        if key[0] in counts:
            counts[key[0]] += 1
    for kind, count in counts.items():
        if count > COUNTS[kind]:
            form.add((), "BASE_TYPE_MAX_LENGTH", f"Must be {COUNTS[kind]} or fewer in length.")


def is_command_name(name: str) -> bool:
    """Whether a slash command or option may have this name: letters, digits, - _ ', in lower case, up to 32."""
    return 1 <= len(name) <= NAME and name == name.lower() and all(_is_name_character(c) for c in name)


def _is_name_character(char: str) -> bool:
    if char in "-_'" or unicodedata.category(char)[0] in "LN":
        return True
    # Vowel signs are no letters, but the two scripts cannot be written without them.
    return unicodedata.name(char, "").startswith(("DEVANAGARI", "THAI"))


def _check_name(form: Form, path: Path, named: Json, *, slash: bool) -> int:
    """Check a name in every language; returns the length that counts."""
    size = 0
    for place, name in _texts(form, path, named, "name"):
        if form.length(place, name, 1, NAME):
            size = max(size, len(name))
            if slash and not is_command_name(name):
                form.add(place, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    return size


def _check_description(form: Form, path: Path, described: Json) -> int:
    """Check a description in every language; returns the length that counts."""
    size = 0
    for place, description in _texts(form, path, described, "description"):
        if form.length(place, description, 1, DESCRIPTION):
            size = max(size, len(description))
    return size


def _texts(form: Form, path: Path, holder: Json, key: str) -> Iterator[tuple[Path, Any]]:
    """A text and its localisations; of these only the longest counts against the size of a command."""
    yield (*path, key), holder.get(key)
    many = f"{key}_localizations"
    for locale, text in (form.object((*path, many), holder.get(many)) or {}).items():
        yield (*path, many, locale), text


def _check_options(form: Form, path: Path, options: Any, *, depth: int) -> int:
    size = 0
    names: set[str] = set()
    optional_before = False
    kinds = []
    for place, option in form.objects((*path, "options"), options, OPTIONS):
        kind = option.get("type")
        if not form.one_of((*place, "type"), kind, tuple(range(1, 12))):
            continue
        kinds.append(kind)
        size += _check_name(form, place, option, slash=True) + _check_description(form, place, option)
        if option.get("name") in names:
            form.add(
                (*path, "options"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists"
            )
        names.add(str(option.get("name")))
        if kind in (SUBCOMMAND, GROUP):
            if depth + (kind == GROUP) > 1 or (depth == 1 and kind == GROUP):
                form.add(
                    (*place, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option type is invalid"
                )
            size += _check_options(form, place, option.get("options"), depth=depth + 1)
            continue
        if option.get("required") and optional_before:
            form.add(
                place, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )  # fmt: skip
        optional_before = optional_before or not option.get("required")
        size += _check_choices(form, place, option)
    if any(k in (SUBCOMMAND, GROUP) for k in kinds) and any(k not in (SUBCOMMAND, GROUP) for k in kinds):
        form.add(
            (*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )  # fmt: skip
    return size


def _check_choices(form: Form, path: Path, option: Json) -> int:
    choices = form.objects((*path, "choices"), option.get("choices"), CHOICES)
    kind = option["type"]
    if (choices or option.get("autocomplete")) and kind not in WITH_CHOICES:
        form.add((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This option type has no choices")
    if choices and option.get("autocomplete"):
        form.add(
            (*path, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
            "Autocomplete cannot be set to true if choices are present",
        )  # fmt: skip
    size = 0
    for place, choice in choices:
        form.length((*place, "name"), choice.get("name"), 1, CHOICE_TEXT)
        value = choice.get("value")
        if value is None:
            form.required((*place, "value"))
        elif kind == STRING:
            size += form.text((*place, "value"), value, CHOICE_TEXT)
        size += len(str(choice.get("name")))
    return size
