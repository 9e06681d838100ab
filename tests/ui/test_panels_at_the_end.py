"""A view that expires while the bot stops is silent: its buttons stay as they are."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.client import Bot
from bot.ui.panel import ActionButton, Panel
from tests.cogs.gates.live_bot import live_bot


class PanelCog(commands.Cog):
    """`/panel`."""

    panel: Panel

    @app_commands.command(name="panel", description="A button")
    async def show(self, interaction: discord.Interaction[Bot]) -> None:
        """Show it."""
        await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
        self.panel = Panel(interaction, expires=600, host=interaction.client)
        self.panel.lay_out([ActionButton("do", "Do", interaction.client.acknowledge)])
        await interaction.edit_original_response(content="A panel", view=self.panel)


async def test_a_view_that_expires_disables_its_buttons() -> None:
    cog = PanelCog()
    async with live_bot(cog) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("panel")
        await cog.panel.on_timeout()
        assert (await live.sandbox.current(answer)).component("do")["disabled"]


async def test_a_view_that_expires_after_the_bot_has_closed_raises_nothing() -> None:
    cog = PanelCog()
    async with live_bot(cog) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("panel")
        await live.bot.close()
        await cog.panel.on_timeout()
        assert not (await live.sandbox.current(answer)).component("do").get("disabled")
