"""A command with its options, in the id of a button: all that is needed to run it once more, also after a restart.

    tessera-run:fresh:collections?ac=10001&so=NAME

An option is named by its first letters; an address is written in 28 letters, so that two have room. What is read from
an id is checked like what is typed: a program in place of a client may send any.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, cast

import discord
from discord import app_commands

from bot.errors import InputError
from bot.ui.typed_input import NOT_UNDERSTOOD, given_options, refuse_secret_option

Value = str | int | float | bool

PRESSED = re.compile(r"tessera-run:(again|fresh|open):([a-z-]+(?: [a-z-]+)*)(?:\?(.*))?", re.DOTALL)
# Who sees an answer is decided by where it is shown: it is not asked for again.
_OF_THE_PLACE = frozenset({"share"})
_LONGEST_ID = 100
_KEY = "invocation"
_ADDRESS = re.compile(r"0x([0-9a-fA-F]{40})")
_SHORT_ADDRESS = re.compile(r"~([A-Za-z0-9_-]{27})")
_ESCAPES = {"%": "%25", "&": "%26", "=": "%3D", "~": "%7E"}


class Purpose(StrEnum):
    """What a press asks for: a new attempt in place of an error, the same answer as it is now, or another answer."""

    AGAIN = "again"
    REFRESH = "fresh"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command as it was used: its name, those of its groups before it, and its options."""

    name: str
    options: Mapping[str, Value] = field(default_factory=dict)

    @classmethod
    def of(cls, interaction: discord.Interaction[Any]) -> Invocation | None:
        """The command that an interaction runs; None: there is none, or it takes more than an id has room for."""
        if _KEY in interaction.extras:
            return cast("Invocation", interaction.extras[_KEY])
        command = interaction.command
        if not isinstance(command, app_commands.Command):
            return None
        parameters = {parameter.display_name: parameter for parameter in command.parameters}
        options = dict(given_options(cast("Mapping[str, Any]", interaction.data or {})))
        if not all(name in parameters and isinstance(value, Value) for name, value in options.items()):
            return None
        if any(parameters[name].type not in _TYPES for name in options):
            return None
        return cls(command.qualified_name, options)

    def remember(self, interaction: discord.Interaction[Any]) -> None:
        """Let an interaction be run again as this."""
        interaction.extras[_KEY] = self

    def with_options(self, **options: Value) -> Invocation:
        """The same with some options set."""
        return replace(self, options={**self.options, **options})

    def custom_id(self, purpose: Purpose, tree: app_commands.CommandTree[Any]) -> str:
        """The id of a button that runs it; "" where it has no room, or where a secret would be in it."""
        command = command_called(self.name, tree)
        if command is None or self._has_secret():
            return ""
        names = [parameter.display_name for parameter in command.parameters]
        options = {name: value for name, value in self.options.items() if name not in _OF_THE_PLACE}
        written = "&".join(f"{_short(name, names)}={_write(value)}" for name, value in options.items())
        custom_id = f"tessera-run:{purpose}:{self.name}" + (f"?{written}" if written else "")
        return custom_id if len(custom_id) <= _LONGEST_ID else ""

    def _has_secret(self) -> bool:
        try:
            for name, value in self.options.items():
                refuse_secret_option(name, value)
        except InputError:
            return True
        return False

    @classmethod
    def parse(cls, custom_id: str, tree: app_commands.CommandTree[Any]) -> Invocation:
        """What such a button runs.

        Raises:
            InputError: it is an id of no button that this version makes.
        """
        found = PRESSED.fullmatch(custom_id)
        command = command_called(found[2], tree) if found else None
        if found is None or command is None:
            raise InputError(NOT_UNDERSTOOD)
        return cls(found[2], dict(_read_options(found[3] or "", command)))


_Option = discord.AppCommandOptionType
_TYPES = frozenset({_Option.string, _Option.integer, _Option.boolean, _Option.number})


def command_called(name: str, tree: app_commands.CommandTree[Any]) -> app_commands.Command[Any, ..., Any] | None:
    """The command of a name, of its groups before it, or None."""
    first, *others = name.split(" ")
    found = tree.get_command(first)
    for each in others:
        found = found.get_command(each) if isinstance(found, app_commands.Group) else None
    return found if isinstance(found, app_commands.Command) else None


def invocation_id_in(message: discord.Message | None) -> str:
    """The id of the button of a message that runs its command again; "" where there is none.

    A button that opens something else is of another command.
    """
    for row in message.components if message else ():
        for item in row.children if isinstance(row, discord.ActionRow) else ():
            found = PRESSED.fullmatch(item.custom_id or "") if isinstance(item, discord.Button) else None
            if found and found[1] != Purpose.OPEN:
                return found[0]
    return ""


def _read_options(written: str, command: app_commands.Command[Any, ..., Any]) -> Iterator[tuple[str, Value]]:
    parameters = {parameter.display_name: parameter for parameter in command.parameters}
    for part in filter(None, written.split("&")):
        short, _, value = part.partition("=")
        named = [name for name in parameters if name == short] or [
            name for name in parameters if name.startswith(short)
        ]
        if len(named) != 1 or parameters[named[0]].type not in _TYPES:
            raise InputError(NOT_UNDERSTOOD)
        yield named[0], _read(value, parameters[named[0]].type)


def _short(name: str, names: Collection[str]) -> str:
    short = name[:2]
    return name if sum(each.startswith(short) for each in names) > 1 else short


def _write(value: Value) -> str:
    if not isinstance(value, str):
        return str(int(value) if isinstance(value, bool) else value)
    escaped = "".join(_ESCAPES.get(letter, letter) for letter in value)
    return _ADDRESS.sub(lambda found: "~" + urlsafe_b64encode(bytes.fromhex(found[1])).decode().rstrip("="), escaped)


def _read(written: str, kind: discord.AppCommandOptionType) -> Value:
    try:
        if kind is _Option.boolean:
            return bool(int(written))
        if kind is _Option.integer:
            return int(written)
        if kind is _Option.number:
            return float(written)
    except ValueError:
        raise InputError(NOT_UNDERSTOOD) from None
    whole = _SHORT_ADDRESS.sub(lambda found: "0x" + urlsafe_b64decode(f"{found[1]}=").hex(), written)
    for letter, escape in reversed(_ESCAPES.items()):
        whole = whole.replace(escape, letter)
    return whole
