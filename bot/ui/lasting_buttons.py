"""Buttons that are not of one view: their ids say all that a press needs, and a listener answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.messages import Message
from bot.ui.draft import Parts
from bot.ui.invocation import Invocation, Purpose
from bot.ui.typed_input import check_input

_LAST_ROW = 4
_LONGEST_LABEL = 80

_REFRESH = Message("Refresh")
_START_OVER = Message("Start over")


class LastingButton(discord.ui.Button[Any]):
    """A button that works after a restart, and also when the others of its message have expired."""

    def __init__(
        self,
        custom_id: str,
        label: str,
        *,
        emoji: str | None = None,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        row: int | None = None,
    ) -> None:
        super().__init__(label=label, custom_id=custom_id, emoji=emoji, style=style, row=row)

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        """Leave the press to the listener, which calls `check_input`."""
        del interaction
        return False


class RefreshButton(LastingButton):
    """*Refresh*: the same answer as it is now. It can stand for a tab, and then says what that shows."""

    def stand_alone(self, *, is_opened: bool) -> None:
        """Below the list, or below what was opened from it, or another tab: then it leads back as well."""
        self.label = (_START_OVER if is_opened else _REFRESH)().render()
        self.style, self.emoji = discord.ButtonStyle.secondary, "🔄"

    def stand_for(self, label: str) -> None:
        """In place of the tab that is shown: that one is refreshed."""
        self.label = label[:_LONGEST_LABEL]
        self.style, self.emoji = discord.ButtonStyle.primary, "🔄"


async def answer_press(
    interaction: discord.Interaction[Any], act: Callable[[discord.Interaction[Any]], Awaitable[None]]
) -> None:
    """Answer the press of such a button, which is not acknowledged yet: by what it does, or by what went wrong."""
    if interaction.type is not discord.InteractionType.component:
        return
    try:
        if await interaction.client.accept(interaction):
            check_input(interaction)
            await act(interaction)
    except Exception as error:  # noqa: BLE001 - a listener's exceptions end nowhere; here they become an answer
        await interaction.client.answer_error(interaction, error)


def lasting_view(*buttons: LastingButton) -> discord.ui.View:
    """Only such buttons; discord.py keeps nothing of it."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    view.stop()
    return view


def refresh_buttons(
    interaction: discord.Interaction[Any], invocation: Invocation | None = None, row: int = _LAST_ROW
) -> list[RefreshButton]:
    """*Refresh*, below an answer: runs its command again, or another one that is named; none where it has no room."""
    invocation = invocation or Invocation.of(interaction)
    custom_id = invocation.custom_id(Purpose.REFRESH, interaction.client.tree) if invocation else ""
    return [RefreshButton(custom_id, _REFRESH().render(), emoji="🔄", row=row)] if custom_id else []


def open_buttons(interaction: discord.Interaction[Any], label: str, invocation: Invocation) -> list[LastingButton]:
    """A button that runs a command, whose answer comes below; none where it has no room."""
    custom_id = invocation.custom_id(Purpose.OPEN, interaction.client.tree)
    return [LastingButton(custom_id, label)] if custom_id else []


def again_view(interaction: discord.Interaction[Any], label: str, invocation: Invocation | None) -> Parts:
    """What a message gets for a button that runs a command again: `view`, or nothing where it has no room."""
    custom_id = invocation.custom_id(Purpose.AGAIN, interaction.client.tree) if invocation else ""
    primary = discord.ButtonStyle.primary
    if not custom_id:
        return Parts()
    return Parts(view=lasting_view(LastingButton(custom_id, label, emoji="🔄", style=primary)))
