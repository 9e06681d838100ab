"""The one door for all that people type, choose or press: nothing of an interaction is used before it passed here.

The tree of commands and every panel (with its modals) call `check_input`, so no new option, field or menu can be
forgotten. Discord checks much of this before it sends anything; a program in place of a client may get around that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import discord
from discord import app_commands

from bot.errors import InputError
from bot.gates.parser import without_own_words
from bot.messages import Message
from bot.names import refuse_secrets
from bot.signing.challenge import PASTE_TITLE, SIGN_IN_WORDS
from bot.signing.pasted import beside_signature, parse_signature

_NO_SUCH_CHOICE = Message("`{option}` has no such choice: choose one of {choices}.")
NOT_UNDERSTOOD = Message("Tessera does not understand that as it was sent: reload Discord, and use the command again.")

# Where a signature is pasted, which is as much hex as several keys. Everywhere else so much hex is refused.
SIGNATURE_FIELD = "signature"
# A rule has words that seed phrases have too: they are left out here, and its parser looks into what is quoted as well.
RULE_FIELD = "rule"
# A file of gates has many such words in all, and few in a line.
GATES_FIELD = "gates"

# What JSON calls a secret that stands beside a signature.
_NAMED_SECRET = re.compile(r'"[^"]*(?:private|mnemonic|seed|secret)[^"]*"\s*:', re.IGNORECASE)

# Of a number in an option, by Discord.
_MOST = 2**53
_Option = discord.AppCommandOptionType
_TYPES: Mapping[discord.AppCommandOptionType, type | tuple[type, ...]] = {
    _Option.string: str,
    _Option.integer: int,
    _Option.boolean: bool,
    _Option.user: str,
    _Option.number: (int, float),
}


def check_input(interaction: discord.Interaction[Any]) -> None:
    """Refuse what must not be typed, and what nobody can have chosen.

    Raises:
        InputError: with a sentence that repeats nothing of it.
    """
    sent = cast("Mapping[str, Any]", interaction.data or {})
    for text, field in _texts(sent):
        if field == SIGNATURE_FIELD:
            _check_signature(text)
            continue
        for part in text.splitlines() if field == GATES_FIELD else [text]:
            refuse_secrets(part, phrases=field != RULE_FIELD)
            if field == RULE_FIELD:
                refuse_secrets(without_own_words(part))
    command = interaction.command
    if isinstance(command, app_commands.Command):
        if interaction.type is discord.InteractionType.autocomplete:
            _check_focused(command, sent)
        else:
            _check_options(command, given_options(sent), sent.get("resolved") or {})
    elif isinstance(command, app_commands.ContextMenu):
        _check_target(sent)
    elif interaction.type is discord.InteractionType.component:
        _check_chosen(sent)


def check_again(command: app_commands.Command[Any, ..., Any], options: Mapping[str, Any]) -> None:
    """Refuse options of a command that is run again by a button which no version made.

    Raises:
        InputError: with a sentence that repeats nothing of it.
    """
    for name, value in options.items():
        refuse_secret_option(name, value)
    _check_options(command, iter(options.items()), {})
    for parameter in command.parameters:
        if parameter.required and parameter.display_name not in options:
            raise InputError(NOT_UNDERSTOOD)


def refuse_secret_option(name: str, value: object) -> None:
    """Refuse a secret in an option of a command.

    Raises:
        InputError: with a sentence that repeats nothing of it.
    """
    if not isinstance(value, str):
        return
    refuse_secrets(value, phrases=name != RULE_FIELD)
    if name == RULE_FIELD:
        refuse_secrets(without_own_words(value))


def _check_limits(parameter: app_commands.Parameter, value: object) -> None:
    """Discord refuses what is out of these before it sends it; a program or a button that nobody made can have any."""
    size = len(value) if isinstance(value, str) else value
    if isinstance(value, bool) or not isinstance(size, int | float):
        return
    low = -_MOST if parameter.min_value is None else parameter.min_value
    high = _MOST if parameter.max_value is None else parameter.max_value
    if not low <= size <= high:  # not a number is not, either
        raise InputError(NOT_UNDERSTOOD)


def _check_signature(text: str) -> None:
    """Refuse a secret beside a signature, or in its place; whether it is one, and what is wrong, its parser says."""
    if not _NAMED_SECRET.search(text):
        # A tool's JSON has 64 digits of hex in it, as a key has, and the text that was signed: what is known there.
        beside = beside_signature(text)
        for value, phrases in beside or []:
            refuse_secrets(value, signature=True, phrases=phrases and not _is_of_our_text(value))
        if beside is not None or _is_signature(text):
            return
    refuse_secrets(text, signature=True, phrases=not _is_of_our_text(text))


def _is_of_our_text(text: str) -> bool:
    """Whether the text to sign is in it, which has as many words as a seed phrase."""
    return SIGN_IN_WORDS in text or PASTE_TITLE in text


def _is_signature(text: str) -> bool:
    try:
        parse_signature(text)
    except InputError:
        return False
    return True


def _texts(sent: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text in an interaction, with the id of its field or the name of its option; both are nested."""
    values = sent.get("values")
    for text in [sent.get("value"), *(values if isinstance(values, list) else [])]:
        if isinstance(text, str):
            yield text, str(sent.get("custom_id") or sent.get("name") or "")
    for name in ("options", "components", "component"):
        below = sent.get(name)
        for each in below if isinstance(below, list) else [below]:
            if isinstance(each, dict):
                yield from _texts(each)


def given_options(sent: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The options of a command, those of a subcommand included."""
    for option in sent.get("options", ()):
        if "options" in option:
            yield from given_options(option)
        elif "value" in option:
            yield option["name"], option["value"]


def _check_options(
    command: app_commands.Command[Any, ..., Any], given: Iterator[tuple[str, Any]], resolved: Mapping[str, Any]
) -> None:
    parameters = {parameter.display_name: parameter for parameter in command.parameters}
    for name, value in given:
        parameter = parameters.get(name)
        if parameter is None or not isinstance(value, _TYPES.get(parameter.type, object)):
            raise InputError(NOT_UNDERSTOOD)
        if isinstance(value, bool) is not (parameter.type is _Option.boolean):  # which Python takes for a number
            raise InputError(NOT_UNDERSTOOD)
        if parameter.type is _Option.user and value not in resolved.get("users", {}):
            raise InputError(NOT_UNDERSTOOD)
        if parameter.choices and value not in [choice.value for choice in parameter.choices]:
            names = ", ".join(f"`{choice.name}`" for choice in parameter.choices)
            raise InputError(_NO_SUCH_CHOICE, option=name, choices=names)
        _check_limits(parameter, value)


def _check_focused(command: app_commands.Command[Any, ..., Any], sent: Mapping[str, Any]) -> None:
    """Suggestions are for the one option that is being typed; the others may be half typed, too."""
    options = sent.get("options", ())
    while options and "options" in options[0]:  # a subcommand
        options = options[0]["options"]
    focused = [(option.get("name"), option.get("value")) for option in options if option.get("focused")]
    suggesting = {parameter.display_name for parameter in command.parameters if parameter.autocomplete}
    if len(focused) != 1 or focused[0][0] not in suggesting or not isinstance(focused[0][1], str):
        raise InputError(NOT_UNDERSTOOD)


def _check_target(sent: Mapping[str, Any]) -> None:
    """An entry of a member's menu is about that member, whom Discord sends along."""
    if sent.get("target_id") not in (sent.get("resolved") or {}).get("users", {}):
        raise InputError(NOT_UNDERSTOOD)


def _check_chosen(sent: Mapping[str, Any]) -> None:
    """A menu sends what was chosen from it; whether that is still on offer, its own code says."""
    if sent.get("component_type") == discord.ComponentType.button.value:
        return
    values = sent.get("values")
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise InputError(NOT_UNDERSTOOD)
