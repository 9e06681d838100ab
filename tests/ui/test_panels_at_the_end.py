"""What happens to buttons while the bot stops: a press is answered at once and once, and an expiry is silent."""

from __future__ import annotations

import asyncio

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.ui.client import Bot
from bot.ui.invocation import Invocation
from bot.ui.lasting_buttons import open_buttons
from bot.ui.panel import ActionButton, Panel
from tests.cogs.gates.live_bot import live_bot
from tests.process import PATIENCE

STOPPING = "Tessera is being restarted. Try again in a minute."


class PanelCog(commands.Cog):
    """`/panel`."""

    panel: Panel

    @app_commands.command(name="panel", description="A button")
    async def show(self, interaction: discord.Interaction[Bot]) -> None:
        """Show it."""
        await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
        self.panel = Panel(interaction, expires=600, host=interaction.client)
        another = open_buttons(interaction, "Say hello", Invocation("say", {"words": "hello"}))
        self.panel.lay_out([ActionButton("do", "Do", interaction.client.acknowledge), *another])
        await interaction.edit_original_response(content="A panel", view=self.panel)

    @app_commands.command(name="say", description="Words")
    async def say(self, interaction: discord.Interaction[Bot], words: str) -> None:
        """Say them."""
        await interaction.response.send_message(words, ephemeral=True)


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


@pytest.mark.parametrize("is_stale", [True, False], ids=["of a view that is gone", "of a view that lives"])
@pytest.mark.parametrize("is_earlier", [True, False], ids=["just before the stop", "while it stops"])
async def test_a_press_is_answered_at_once_and_once_before_the_end(*, is_stale: bool, is_earlier: bool) -> None:
    cog = PanelCog()
    async with live_bot(cog) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("panel")
        if is_stale:
            cog.panel.stop()
            await live.fault("slow", "/callback", times=1, seconds=0.5)  # so that a stop has to wait for it
        before = len(await live.sent("/callback"))
        if not is_earlier:
            await live.bot.drain(PATIENCE)
        arrived = asyncio.create_task(live.bot.wait_for("interaction", timeout=PATIENCE))
        pressing = asyncio.create_task(ada.press(answer, "do", wait="acknowledged"))
        await arrived
        await live.bot.drain(PATIENCE)
        assert len(await live.sent("/callback")) == before + 1
        pressed = await pressing
        is_refused = is_stale or not is_earlier
        assert (pressed.text == STOPPING) is is_refused
        assert not is_refused or pressed.components() == []  # what it can open is another command
        await live.bot.close()
        assert len(await live.sent("/callback")) == before + 1


async def test_a_secret_that_arrives_while_the_bot_stops_is_said_to_be_one_and_goes_into_no_button() -> None:
    async with live_bot(PanelCog()) as live:
        ada = await live.sandbox.person("ada")
        await live.bot.drain(PATIENCE)
        for secret in ("0x" + "9f" * 32, "zebra wink vivid unveil tuna swarm rhythm quiz pluck oxygen nephew maze"):
            refused = await ada.run("say", words=secret)
            assert "looks like a private key or a seed phrase" in refused.text
            assert secret not in str(refused.embeds)
            assert refused.components() == []
        late = await ada.run("say", words="hello")
        assert (late.text, [button["label"] for button in late.components()]) == (STOPPING, ["Try again"])
