"""Where it cannot be found out what a proof brought, the proof is shown, and nothing says that it is looked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.linking.proof_ending import ProofEnding
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.linking.outcome import Outcome, Result
from bot.ui.client import Bot
from tests.cogs.gates.live_bot import live_bot

LOOKED_FOR = "Looking at what it earns"


class Breaking(RoleFollowUp):
    """One that meets a defect, once a test has seen that it looks."""

    def __init__(self) -> None:
        self.seen = asyncio.Event()

    async def after_proof(self, interaction: discord.Interaction[Any], proven_at: datetime) -> Sequence[str]:
        """Break."""
        del interaction, proven_at
        await self.seen.wait()
        raise RuntimeError


class ProofCog(commands.Cog):
    """`/prove`: shows that an account was signed for again."""

    def __init__(self, follow_up: RoleFollowUp) -> None:
        self._follow_up = follow_up

    @app_commands.command(name="prove", description="How a proof ends")
    async def prove(self, interaction: discord.Interaction[Bot]) -> None:
        """Show it."""
        bot = interaction.client
        await bot.acknowledge(interaction, ephemeral=True, thinking=True)
        # It asks for accounts only where something is unlinked.
        ending = ProofEnding(None, self._follow_up, host=bot)  # type: ignore[arg-type]
        await ending.show(interaction, Outcome(Result.KEPT, owner=f"0x{1:040x}", at=datetime.now(UTC)))


async def test_where_what_a_proof_brought_meets_a_defect_it_is_not_looked_for_for_ever() -> None:
    follow_up = Breaking()
    async with live_bot(ProofCog(follow_up)) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("prove")
        assert LOOKED_FOR in str(answer.embeds)
        follow_up.seen.set()
        async with asyncio.timeout(60):
            while len(messages := await ada.messages()) < 2:  # noqa: ASYNC110 - the state is another program's
                await asyncio.sleep(0.02)
        proof, error = (str(message["embeds"]) for message in messages)
        assert LOOKED_FOR not in proof
        assert "0x" in proof
        assert "Something went wrong" in error
