"""The modal of `/gate add` without a rule: role, collection, how many, and what is counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.gates.typed_collection import written
from bot.messages import Message
from bot.ui.panel import Modal, Panel

# Gets the role and the rule as it would be typed.
Act = Callable[[discord.Interaction[Any], int, str], Awaitable[None]]

_LEAST, _COPIES, _EXACTLY, _MOST = "least", "copies", "exactly", "most"

_TITLE = Message("A role for holders")
_EXAMPLES = Message("254, eip155:1:0x… or a name")
_EXAMPLES_KNOWN = Message("254, eip155:1:0x… or a name, such as {example}")
_COUNTED = {
    _LEAST: Message("At least this many different NFTs"),
    _COPIES: Message("At least this many copies"),
    _EXACTLY: Message("Exactly this many different NFTs"),
    _MOST: Message("At least one, and at most this many"),
}
_ROLE = Message("Role")
_ABOUT_ROLE = Message("Members who qualify get it, and lose it when they no longer do.")
_COLLECTION = Message("Collection")
_ABOUT_COLLECTION = Message("Its number, its contract on a chain, or its name.")
_HOW_MANY = Message("How many")
_WHAT = Message("What is counted")


class AddModal(Modal):
    """Asks what a rule of the simplest kind consists of.

    Args:
        panel: Decides who may send it, and answers errors.
        role: The role that was named already.
        example: A collection that members hold; "": none is known.
        act: Shows the preview.
    """

    def __init__(self, panel: Panel, role: discord.Role | None, example: str, act: Act) -> None:
        super().__init__(panel, "gate-add", _TITLE().render())
        self._act = act
        self._role: discord.ui.RoleSelect[Any] = discord.ui.RoleSelect(
            custom_id="role", required=True, default_values=[role] if role else []
        )
        examples = _EXAMPLES_KNOWN(example=example) if example else _EXAMPLES()
        self._collection: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="collection", placeholder=examples.render()[:100], max_length=120
        )
        self._count: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="count", default="1", max_length=9)
        self._what: discord.ui.RadioGroup[Any] = discord.ui.RadioGroup(
            custom_id="what",
            options=[
                discord.RadioGroupOption(label=label().render(), value=value, default=value == _LEAST)
                for value, label in _COUNTED.items()
            ],
        )
        for text, item, description in (
            (_ROLE, self._role, _ABOUT_ROLE),
            (_COLLECTION, self._collection, _ABOUT_COLLECTION),
            (_HOW_MANY, self._count, None),
            (_WHAT, self._what, None),
        ):
            about = description().render() if description else None
            self.add_item(discord.ui.Label(text=text().render(), component=item, description=about))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Make a rule of it, and pass it on."""
        role = self._role.values[0]
        await self._act(
            interaction, role.id, rule_of(self._collection.value, self._count.value, self._what.value or _LEAST)
        )


def rule_of(collection: str, count: str, what: str) -> str:
    """The rule as it would be typed; the parser says what is wrong with it."""
    named, number = written(collection), count.strip()
    return {
        _COPIES: f"copies {named} >= {number}",
        _EXACTLY: f"{named} between {number} and {number}",
        _MOST: f"{named} between 1 and {number}",
    }.get(what, f"{named} >= {number}")
