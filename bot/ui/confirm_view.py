"""Something that is confirmed before it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.messages import Message
from bot.ui import sending
from bot.ui.embeds import done_embed
from bot.ui.panel import ActionButton, Host, Panel

Act = Callable[[discord.Interaction[Any]], Awaitable[discord.Embed]]

_CANCEL = Message("Cancel")
_CANCELLED_TITLE = Message("Cancelled")
_CANCELLED = Message("Nothing was changed.")


class ConfirmView(Panel):
    """Confirm, or cancel: once.

    Args:
        interaction: Answered or deferred already.
        label: Of the button that confirms.
        act: Does it; returns what is shown afterwards. Where that is for admins, it asks first whether the person who
            pressed still may.
        expires: As for every panel.
        host: Likewise.
    """

    def __init__(
        self, interaction: discord.Interaction[Any], label: str, act: Act, *, expires: float, host: Host
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self._act = act
        self.lay_out(
            (
                ActionButton("yes", label, self.once(self._confirm), style=discord.ButtonStyle.danger),
                ActionButton("no", _CANCEL().render(), self.once(self._cancel)),
            )
        )

    async def _confirm(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        embed = await self._act(interaction)
        self.stop()
        await sending.edit_answer(interaction, embed=embed, view=None)

    async def _cancel(self, interaction: discord.Interaction[Any]) -> None:
        self.stop()
        embed = done_embed(_CANCELLED_TITLE().render(), _CANCELLED().render())
        await sending.edit_pressed(interaction, embed=embed, view=None)
