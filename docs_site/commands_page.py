"""The reference of commands: a page made from what the bot registers with Discord."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

Payload = Mapping[str, Any]

_HEAD = """# Commands

<!-- Written by `make reference` from the commands that the bot registers with Discord: change them there. -->

Discord offers a command to those who have the permission that is named; in *Server Settings → Integrations* a server
can choose otherwise. Tessera checks again at each use and at each press, and where it asks for Manage Server, the role
of `/settings admin-role` does as well. What a server chooses in *Integrations* Discord applies to typed commands alone:
a button such as *Refresh* or *Try again*, which runs a command again, gets past it, but not past Tessera's own checks.
An option in *italics* can be left out. `/vouch` is there if the operator allows it.
"""
_SUBCOMMAND, _GROUP = 1, 2
_SLASH, _OF_A_MEMBER = 1, 2
_KINDS = {3: "text", 4: "whole number", 5: "yes or no", 6: "member", 7: "channel", 8: "role", 10: "number", 11: "file"}
_PLACES = {0: "servers", 1: "direct messages with Tessera", 2: "other direct messages"}
_BY_DEFAULT = (0, 1)  # where Discord offers a command that names no places


def commands_page(payloads: Sequence[Payload]) -> str:
    """The page, with the commands that all may use first.

    Args:
        payloads: Each command as Discord returns it.
    """
    ordered = sorted(payloads, key=lambda one: (_permissions(one) != "", _permissions(one), one["type"], one["name"]))
    lines = [_HEAD]
    section = None
    for payload in ordered:
        if (needed := _permissions(payload)) != section:
            section = needed
            lines.append(f"## With {needed}\n" if needed else "## For everybody\n")
        lines += _command(payload)
    return "\n".join(lines)


def _command(payload: Payload) -> Iterator[str]:
    if payload["type"] != _SLASH:
        where = "a member" if payload["type"] == _OF_A_MEMBER else "a message"
        yield f"### Apps → {payload['name']}\n\nIn the menu of {where}, in {_places(payload)}.\n"
        return
    for name, command in _leaves(payload["name"], payload):
        yield f"### /{name}\n\n{_sentence(command['description'])} In {_places(payload)}.\n"
        if options := command.get("options"):
            yield "| option | takes | what |\n|---|---|---|"
            yield from map(_option, options)
            yield ""


def _leaves(name: str, command: Payload) -> Iterator[tuple[str, Payload]]:
    """What can be typed: the command, or each of its subcommands."""
    inner = [option for option in command.get("options") or () if option["type"] in {_SUBCOMMAND, _GROUP}]
    if not inner:
        yield name, command
    for option in inner:
        yield from _leaves(f"{name} {option['name']}", option)


def _option(option: Payload) -> str:
    name = f"`{option['name']}`" if option.get("required") else f"*`{option['name']}`*"
    takes = _KINDS[option["type"]]
    if choices := option.get("choices"):
        takes = ", ".join(str(choice["name"]) for choice in choices)
    for limit, word in (("min_value", "from"), ("max_value", "to")):
        if limit in option:
            takes += f", {word} {option[limit]}"
    if option.get("autocomplete"):
        takes += ", with suggestions"
    return f"| {name} | {takes} | {_cell(option['description'])} |"


def _permissions(payload: Payload) -> str:
    """The names of the permissions that Discord asks for, as it shows them; empty: none."""
    bits = discord.Permissions(int(payload.get("default_member_permissions") or 0))
    return ", ".join(_title(name) for name, is_needed in bits if is_needed)


def _title(name: str) -> str:
    return {"manage_guild": "Manage Server"}.get(name, name.replace("_", " ").title())


def _places(payload: Payload) -> str:
    numbers = payload.get("contexts")
    places = [_PLACES[number] for number in (_BY_DEFAULT if numbers is None else numbers)]
    return " and ".join([", ".join(places[:-1]), places[-1]] if len(places) > 1 else places)


def _sentence(text: str) -> str:
    return _cell(text if text.endswith((".", "?", "!")) else f"{text}.")


def _cell(text: str) -> str:
    """Text that Markdown shows as it is."""
    for letter in "\\`*_[]<|":
        text = text.replace(letter, f"\\{letter}")
    return text
