"""The modal of `/gate add` without a rule: role, collection, how many, and what is counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.gates.typed_collection import written
from bot.ui.panel import Modal, Panel

# Gets the role and the rule as it would be typed.
Act = Callable[[discord.Interaction[Any], int, str], Awaitable[None]]

_LEAST, _COPIES, _EXACTLY, _MOST = "least", "copies", "exactly", "most"


class AddModal(Modal):
    """Asks what a rule of the simplest kind consists of.

    Args:
        panel: Decides who may send it, and answers errors.
        role: The role that was named already.
        suggestion: A collection that members hold, as an example.
        act: Shows the preview.
    """

    def __init__(self, panel: Panel, role: discord.Role | None, suggestion: str, act: Act) -> None:
        super().__init__(panel, "gate-add", "A role for holders")
        self._act = act
        self._role: discord.ui.RoleSelect[Any] = discord.ui.RoleSelect(
            custom_id="role", required=True, default_values=[role] if role else []
        )
        self._collection: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="collection", placeholder=f"254, eip155:1:0x… or a name{suggestion}"[:100], max_length=120
        )
        self._count: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="count", default="1", max_length=9)
        self._what: discord.ui.RadioGroup[Any] = discord.ui.RadioGroup(
            custom_id="what",
            options=[
                discord.RadioGroupOption(label="At least this many different NFTs", value=_LEAST, default=True),
                discord.RadioGroupOption(label="At least this many copies", value=_COPIES),
                discord.RadioGroupOption(label="Exactly this many different NFTs", value=_EXACTLY),
                discord.RadioGroupOption(label="At least one, and at most this many", value=_MOST),
            ],
        )
        for text, item, description in (
            ("Role", self._role, "Members who qualify get it, and lose it when they no longer do."),
            ("Collection", self._collection, "Its number, its contract on a chain, or its name."),
            ("How many", self._count, None),
            ("What is counted", self._what, None),
        ):
            self.add_item(discord.ui.Label(text=text, component=item, description=description))

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
