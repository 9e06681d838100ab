"""What Discord shows of the commands: their names, options, choices and descriptions, as the bot registers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from translating.texts import Text

Payload = Mapping[str, Any]

# Discord's limits (interactions/application-commands).
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_CHOICE = 32, 100, 100
_SLASH = 1
_COMMANDS = frozenset({1, 2})  # subcommands, and groups of them


def texts_of_commands(payloads: Sequence[Payload]) -> Iterator[Text]:
    """All of them.

    Args:
        payloads: Each command as it is sent to Discord.
    """
    for payload in payloads:
        if payload.get("type", _SLASH) == _SLASH:
            has_more = any(option["type"] in _COMMANDS for option in payload.get("options") or ())
            yield from _node("/" + payload["name"], payload, "" if has_more else "command")
        else:
            yield Text(payload["name"], "", "menu", LONGEST_NAME, frozenset({f"Apps → {payload['name']}"}))


def _node(place: str, node: Payload, context: str) -> Iterator[Text]:
    """The texts of a command or an option; `context` "": its name is English (`bot.ui.command_translator` says why)."""
    places = frozenset({place})
    if context:
        yield Text(node["name"], "", context, LONGEST_NAME, places)
    if node.get("description"):
        yield Text(node["description"], "", "", LONGEST_DESCRIPTION, places)
    for choice in node.get("choices") or ():
        yield Text(choice["name"], "", "choice", LONGEST_CHOICE, places)
    for option in node.get("options") or ():
        yield from _node(f"{place} {option['name']}", option, "")
