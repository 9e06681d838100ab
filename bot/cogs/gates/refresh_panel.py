"""An answer that can be shown as it is now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.messages import Message
from bot.ui import sending
from bot.ui.panel import ActionButton, Host, Panel

_REFRESH = Message("Refresh")


class RefreshPanel(Panel):
    """Shows the same again; `show` checks who pressed."""

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        show: Callable[[discord.Interaction[Any]], Awaitable[discord.Embed]],
        *,
        expires: float,
        host: Host,
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self._show = show
        self.lay_out((ActionButton("refresh", _REFRESH().render(), self._show_again),))

    async def _show_again(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        embed = await self._show(interaction)
        self._latest = interaction
        self.restart_timer()
        await sending.edit_answer(interaction, embed=embed, view=self)
