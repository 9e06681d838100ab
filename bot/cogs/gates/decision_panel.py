"""A decision that is confirmed before it is made; who may make it is asked again at the press."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.cogs.gates import sync_embeds
from bot.ui.panel import ActionButton, Host, Panel

Decide = Callable[[discord.Interaction[Any]], Awaitable[discord.Embed]]


class DecisionPanel(Panel):
    """Confirm, or cancel.

    Args:
        interaction: Answered or deferred already.
        label: Of the button that confirms.
        decide: Makes the decision, after it has checked who pressed; returns what is shown.
        expires: As for every panel.
        host: Likewise.
    """

    def __init__(
        self, interaction: discord.Interaction[Any], label: str, decide: Decide, *, expires: float, host: Host
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self._decide = decide
        danger = discord.ButtonStyle.danger
        self.lay_out(
            (
                ActionButton("confirm", label, self.once(self._confirm), style=danger),
                ActionButton("cancel", "Cancel", self.once(self._cancel)),
            )
        )

    async def _confirm(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        embed = await self._decide(interaction)
        self.stop()
        await interaction.edit_original_response(embed=embed, view=None)

    async def _cancel(self, interaction: discord.Interaction[Any]) -> None:
        self.stop()
        embed = sync_embeds.done_embed("Cancelled", "Nothing was changed.")
        await interaction.response.edit_message(embed=embed, view=None)


class RefreshPanel(Panel):
    """Shows the same again, as it is now; `show` checks who pressed."""

    def __init__(self, interaction: discord.Interaction[Any], show: Decide, *, expires: float, host: Host) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self._show = show
        self.lay_out((ActionButton("refresh", "Refresh", self._show_again),))

    async def _show_again(self, interaction: discord.Interaction[Any]) -> None:
        await self._host.acknowledge(interaction)
        embed = await self._show(interaction)
        self._latest = interaction
        self.restart_timer()
        await interaction.edit_original_response(embed=embed, view=self)
