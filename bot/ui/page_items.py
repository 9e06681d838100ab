"""What can be pressed below a long answer: the buttons, the menu, and the modal that asks for a page number.

They have no state of the answer and know no view: what a press does is passed in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.errors import InputError
from bot.messages import Message
from bot.text import read_text
from bot.text.typed_values import typed_number
from bot.ui.panel import Action, Modal, Panel, custom_id

_GO_TO = Message("Go to a page")
_GO_TO_OR_SEARCH = Message("Go to a page, or search")
_PAGE = Message("Page, from 1 to {last}")
_PAGE_OR_NAME = Message("Page, from 1 to {last}, or part of a name")
_BACK = Message("Back")
_NEXT = Message("Next: {what}")
_NO_PAGE_NOR_NAME = Message("There is no page {number}: the last one is {last}. Nothing here has this number or name.")
_NO_SUCH_PAGE = Message("There is no such page: use a number from 1 to {last}.")
_LONGEST_SEARCH = 60
_LONGEST_LABEL = 80

# What a choice does: gets the press, and the value that was chosen.
Choose = Callable[[discord.Interaction[Any], str], Awaitable[None]]
# What turning to a page, from 0, does.
Turn = Callable[[discord.Interaction[Any], int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something on a page that can be opened; texts are safe and short already (limits: 100 each)."""

    value: str
    label: str
    description: str = ""


class TurnButton(discord.ui.Button[Any]):
    """Leads to another page; `target(page, last)` says which.

    Args:
        action: Its name in ids.
        emoji: On the button.
        target: From the page that is shown and the last one to the page that it leads to.
        shown: The page that is shown at the time of a press, and the last one: two quick presses turn two pages.
        turn: Shows a page.
    """

    def __init__(
        self,
        action: str,
        emoji: str,
        target: Callable[[int, int], int],
        *,
        shown: Callable[[], tuple[int, int]],
        turn: Turn,
    ) -> None:
        super().__init__(emoji=emoji, custom_id=custom_id(action), row=0)
        self._target = target
        self._shown = shown
        self._turn = turn

    def adapt(self, page: int, last: int) -> None:
        """Disable it where it would change nothing."""
        self.disabled = not 0 <= self._target(page, last) <= last or self._target(page, last) == page

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        await self._turn(interaction, self._target(*self._shown()))


class JumpButton(discord.ui.Button[Any]):
    """Shows the number of the page, and asks for another; `ask` opens the modal."""

    def __init__(self, ask: Action) -> None:
        super().__init__(custom_id=custom_id("jump"), row=0)
        self._ask = ask

    def adapt(self, page: int, last: int) -> None:
        """Show the number of the page."""
        self.label = f"{page + 1} / {last + 1}"
        self.disabled = False

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        await self._ask(interaction)


class JumpModal(Modal):
    """Asks for one of `count` pages; `turn` shows it. With `search`, something else than a number is looked for."""

    def __init__(self, panel: Panel, count: int, turn: Turn, search: Choose | None = None) -> None:
        super().__init__(panel, "jump-to", (_GO_TO_OR_SEARCH if search else _GO_TO)().render())
        self._turn = turn
        self._search = search
        self._count = count
        label = (_PAGE_OR_NAME if search else _PAGE)(last=self._count).render()
        self._number: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=label,
            custom_id="page",
            max_length=_LONGEST_SEARCH if search else 10,
            placeholder=str(self._count),
        )
        self.add_item(self._number)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Turn to it.

        Raises:
            InputError: there is no such page, or nothing of that name.
        """
        text = read_text(self._number.value)
        if page := typed_number(text, 1, self._count):
            await self._turn(interaction, page - 1)
        elif not self._search or not text:
            raise InputError(_NO_SUCH_PAGE, last=self._count)
        else:
            try:
                await self._search(interaction, text)
            except InputError as error:
                if not text.isdecimal():
                    raise
                raise InputError(_NO_PAGE_NOR_NAME, number=text, last=self._count) from error


class OpenMenu(discord.ui.Select[Any]):
    """Lists what can be opened from the page; `choose` opens it."""

    def __init__(self, placeholder: str, choose: Choose) -> None:
        super().__init__(custom_id=custom_id("open"), placeholder=placeholder or None, row=1)
        self._choose = choose

    def offer(self, choices: Sequence[Choice]) -> None:
        """Let these be chosen."""
        self.disabled = False
        self.options = [
            discord.SelectOption(label=choice.label, value=choice.value, description=choice.description or None)
            for choice in choices
        ]

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a choice."""
        await self._choose(interaction, self.values[0])


class TabButton(discord.ui.Button[Any]):
    """Shows the same from another source; `choose` switches to it."""

    def __init__(self, tab: Choice, choose: Choose) -> None:
        super().__init__(label=tab.label[:_LONGEST_LABEL], custom_id=custom_id(f"tab:{tab.value}"), row=2)
        self._value = tab.value
        self._choose = choose

    def adapt(self, *, current: bool) -> None:
        """Disable the tab that is shown."""
        self.style = discord.ButtonStyle.primary if current else discord.ButtonStyle.secondary
        self.disabled = current

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        await self._choose(interaction, self._value)


class BackButton(discord.ui.Button[Any]):
    """Leads back to what something was opened from; `act` does."""

    def __init__(self, act: Action) -> None:
        super().__init__(label=_BACK().render(), emoji="↩", custom_id=custom_id("back"), row=3)
        self._act = act

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        await self._act(interaction)


class SequelButton(discord.ui.Button[Any]):
    """Leads to what follows in the list that something was opened from; `choose` opens it."""

    def __init__(self, choose: Choose) -> None:
        super().__init__(custom_id=custom_id("sequel"), row=3)
        self._choose = choose
        self._value = ""

    def adapt(self, following: Choice) -> None:
        """Lead there."""
        self.label = _NEXT(what=following.label).render()[:_LONGEST_LABEL]
        self._value = following.value
        self.disabled = False

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        await self._choose(interaction, self._value)
