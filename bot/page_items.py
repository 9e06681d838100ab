"""What can be pressed below a long answer: the buttons, the menu, and the window that asks for a page number.

They hold no state of the answer: each asks its view, the `Paginator`, what is shown now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import InputError
from bot.panel import Window, custom_id

if TYPE_CHECKING:
    from bot.paginator import Paginator


@dataclass(frozen=True, slots=True)
class Choice:
    """Something on a page that can be opened; texts are safe and short already (limits: 100 each)."""

    value: str
    label: str
    description: str = ""


class TurnButton(discord.ui.Button["Paginator"]):
    """Leads to another page; `target(page, last)` says which."""

    def __init__(self, action: str, emoji: str, target: Callable[[int, int], int]) -> None:
        super().__init__(emoji=emoji, custom_id=custom_id(action), row=0)
        self._target = target

    def adapt(self, page: int, last: int) -> None:
        """Disabled where it would lead nowhere."""
        self.disabled = not 0 <= self._target(page, last) <= last or self._target(page, last) == page

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        assert self.view  # noqa: S101 - a pressed item has its view
        # From the page shown now, not from the one shown when the button was drawn: two quick presses turn two pages.
        await self.view.turn(interaction, self._target(self.view.page, self.view.page_count - 1))


class JumpButton(discord.ui.Button["Paginator"]):
    """Says where we are, and asks where to go."""

    def __init__(self) -> None:
        super().__init__(custom_id=custom_id("jump"), row=0)

    def adapt(self, page: int, last: int) -> None:
        """Says where we are."""
        self.label = f"{page + 1} / {last + 1}"
        self.disabled = False

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        assert self.view  # noqa: S101 - a pressed item has its view
        await interaction.response.send_modal(_JumpWindow(self.view))


class _JumpWindow(Window):
    def __init__(self, paginator: Paginator) -> None:
        super().__init__(paginator, "jump-to", "Go to a page")
        self._paginator = paginator
        self._count = paginator.page_count
        self._number: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=f"Page, from 1 to {self._count}", custom_id="page", max_length=10, placeholder=str(self._count)
        )
        self.add_item(self._number)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        text = self._number.value.strip()
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= self._count:
            raise InputError(f"There is no such page: use a number from 1 to {self._count}.")
        await self._paginator.turn(interaction, int(text) - 1)


class OpenMenu(discord.ui.Select["Paginator"]):
    """Lists what can be opened from the page."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(custom_id=custom_id("open"), placeholder=placeholder or None, row=1)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Let these be chosen."""
        self.disabled = False
        self.options = [
            discord.SelectOption(label=choice.label, value=choice.value, description=choice.description or None)
            for choice in choices
        ]

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        assert self.view  # noqa: S101 - a chosen item has its view
        await self.view.open(interaction, self.values[0])


class TabButton(discord.ui.Button["Paginator"]):
    """Shows the same from another source."""

    def __init__(self, tab: Choice) -> None:
        super().__init__(label=tab.label[:80], custom_id=custom_id(f"tab:{tab.value}"), row=2)
        self._value = tab.value

    def adapt(self, *, current: bool) -> None:
        """The tab that is shown leads nowhere."""
        self.style = discord.ButtonStyle.primary if current else discord.ButtonStyle.secondary
        self.disabled = current

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        assert self.view  # noqa: S101 - a pressed item has its view
        await self.view.switch(interaction, self._value)


class BackButton(discord.ui.Button["Paginator"]):
    """Leads back to the list that something was opened from."""

    def __init__(self) -> None:
        super().__init__(label="Back to the list", emoji="↩", custom_id=custom_id("back"), row=3)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        assert self.view  # noqa: S101 - a pressed item has its view
        await self.view.back(interaction)
