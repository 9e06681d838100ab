"""A View that belongs to one person, and what it is made of: the answers with buttons are all such.

Who may press: only the person who asked; below a shared answer others get a copy of their own. When it ends: after
`expires` seconds without a press its buttons are disabled. What if it fails: the person gets a private error message,
and the buttons go on working. After a restart: buttons of an earlier process are recognised by `RUN` in their ids, and
`bot.ui.client` answers what to do, with *Run again* where `bot.ui.run_again` finds the command.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol, Self

import aiohttp
import discord
from discord.ui.select import BaseSelect

from bot.ui import run_again, sending
from bot.ui.lasting_buttons import LastingButton
from bot.ui.pressed import ID_PREFIX, RUN, action_of, custom_id_of, of_command
from bot.ui.typed_input import check_input

log = logging.getLogger(__name__)

# A token is valid for fifteen minutes (interactions/receiving-and-responding); this leaves time for the last edit.
TOKEN_SECONDS = 14 * 60

Action = Callable[[discord.Interaction[Any]], Awaitable[None]]


@lru_cache(256)  # thousands of live buttons share these few texts
def custom_id(action: str) -> str:
    """The id of something that can be pressed."""
    return f"{ID_PREFIX}:{RUN}:{action}"


def is_press_of(interaction: discord.Interaction[Any], action: str) -> bool:
    """Whether an interaction is the press of a button of this process."""
    pressed = custom_id_of(interaction)
    is_of_this_process = pressed.startswith(custom_id(""))
    return interaction.type is discord.InteractionType.component and is_of_this_process and action_of(pressed) == action


class Host(Protocol):
    """What a panel needs of the client."""

    async def accept(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether a press may be handled now; a refusal is answered here."""

    def acknowledge(
        self, interaction: discord.Interaction[Any], *, ephemeral: bool = False, thinking: bool = False
    ) -> asyncio.Task[None]:
        """Begin to defer a press; done when the work on it may begin."""

    async def answer_error(self, interaction: discord.Interaction[Any], error: Exception) -> None:
        """Turn an exception into words for the person; never raises."""


class Panel(discord.ui.View):
    """Buttons and menus for one person.

    Args:
        interaction: Of the command or the press, answered or deferred already.
        expires: Seconds without a press until everything is disabled.
        host: Accepts each press, and answers its errors.
    """

    def __init__(self, interaction: discord.Interaction[Any], *, expires: float, host: Host) -> None:
        super().__init__(timeout=expires)
        self._user_id = interaction.user.id
        self._latest = interaction  # each press has a token that is valid for fifteen more minutes
        self._expires = expires
        self._host = host
        self._expired = False
        self._is_deciding = False
        self._command = run_again.name_alone(interaction)
        self.restart_timer()

    def add_item(self, item: discord.ui.Item[Any]) -> Self:
        """Add a button or a menu; where its command can be run again from its name alone, its id has that name."""
        if self._command and isinstance(item, discord.ui.Button | BaseSelect) and item.custom_id:
            item.custom_id = of_command(item.custom_id, self._command)
        return super().add_item(item)

    def lay_out(self, items: Sequence[discord.ui.Item[Any]]) -> None:
        """Show these and no others. Those that stay are the same objects, so that no press is lost."""
        self.clear_items()
        for item in items:
            self.add_item(item)

    def restart_timer(self) -> None:
        """Start the timer again, as each edit does; but no longer than the token that disables the buttons is valid."""
        age = (discord.utils.utcnow() - self._latest.created_at).total_seconds()
        self.timeout = max(1.0, min(self._expires, TOKEN_SECONDS - age))

    def disable(self) -> None:
        """Disable all buttons and menus; the message is not edited by this."""
        for item in self.children:
            is_answered_elsewhere = isinstance(item, LastingButton)
            is_link = isinstance(item, discord.ui.Button) and item.url  # which needs no answer
            if not (is_link or is_answered_elsewhere):
                item.disabled = True  # type: ignore[attr-defined] # buttons and menus, which all can be

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        """Only the person who asked may press, and nothing that must not be typed is used.

        Raises:
            InputError: such a thing was typed.
        """
        if interaction.user.id == self._user_id:
            accepted = await self._host.accept(interaction)
            if accepted:
                check_input(interaction)
            return accepted
        await run_again.turn_away(interaction)
        return False

    def once(self, act: Action) -> Action:
        """What is decided once: another press meanwhile, or after the panel has ended, does nothing."""

        async def decide(interaction: discord.Interaction[Any]) -> None:
            if self._is_deciding or self.is_finished():
                await self._host.acknowledge(interaction)
                return
            self._is_deciding = True
            try:
                await act(interaction)
            finally:
                self._is_deciding = False

        return decide

    async def on_error(
        self, interaction: discord.Interaction[Any], error: Exception, item: discord.ui.Item[Any]
    ) -> None:
        """Answer the person."""
        log.debug("%s failed", type(item).__name__)  # what it shows may have been typed
        await self._host.answer_error(interaction, error)

    async def on_timeout(self) -> None:
        """Disable everything, so that no press stays unanswered."""
        self._expired = True
        self.disable()
        if self.children:
            try:
                await sending.edit_answer(self._latest, view=self)
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.info("buttons stay as they are: %s", error)  # the message was dismissed, or the token has expired
            except RuntimeError:
                if not self._latest.client.is_closed():  # aiohttp's "Session is closed": the bot is stopping
                    raise


class ActionButton(discord.ui.Button[Any]):
    """A button of a panel; `act` answers the press."""

    def __init__(
        self,
        action: str,
        label: str,
        act: Action,
        *,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        row: int | None = None,
    ) -> None:
        super().__init__(label=label, custom_id=custom_id(action), style=style, row=row)
        self._act = act

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a press."""
        await self._act(interaction)


class Modal(discord.ui.Modal):
    """A modal that a panel opens, with fields to fill in.

    Args:
        panel: Where it was opened: decides who may send it, and answers errors.
        action: Its name in ids.
        title: Above the fields; 45 letters at most.
    """

    def __init__(self, panel: Panel, action: str, title: str) -> None:
        # discord.py finds open modals by this id alone, so each needs its own; and Discord does not report one that is
        # dismissed, so each needs a timeout.
        super().__init__(title=title, custom_id=custom_id(f"{action}:{secrets.token_hex(8)}"), timeout=TOKEN_SECONDS)
        self._panel = panel

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        """Those who may press may send."""
        return await self._panel.interaction_check(interaction)

    async def on_error(  # type: ignore[override] # discord.py's own Modal drops the item in the same way
        self, interaction: discord.Interaction[Any], error: Exception
    ) -> None:
        """Answer the person."""
        await self._panel.on_error(interaction, error, self.children[0])


class PromptModal(Modal):
    """A modal with one field; `act` gets what was typed in it."""

    def __init__(
        self,
        panel: Panel,
        action: str,
        title: str,
        field: discord.ui.TextInput[Any],
        act: Callable[[discord.Interaction[Any], str], Awaitable[None]],
    ) -> None:
        super().__init__(panel, action, title)
        self._field = field
        self._act = act
        self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Pass on what was typed."""
        await self._act(interaction, self._field.value)
