"""`/gate pause`, `resume` and `adopt`: when a gate works, and whose roles it may take."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.cogs.gates.gate_base import GateBase
from bot.cogs.gates.gate_embeds import unanswered_words
from bot.cogs.gates.gate_proposal import Proposal
from bot.errors import InputError, UndecidedError
from bot.gates.gate import Gate, GateState
from bot.messages import Message
from bot.text.plural import plural
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.confirm_view import ConfirmView
from bot.ui.embeds import done_embed

_NOBODY_HAS_IT = Message("No linked member has {role} now: there is nobody to adopt.")
_ALL_ARE_UNDER_IT = Message("Every linked member who has {role} is under its gate already: there is nobody to adopt.")
_NOT_ANSWERED = Message(
    "Discord does not say now who has {role}, so nobody was adopted. Use the command again in a minute."
)
_WORKS = Message("The gate of {role} works already: there is nothing to resume.")

_GATE = "The gate, by its role"


class GateStates(GateBase):
    """Pausing, resuming, adopting."""

    @app_commands.command(name="pause", description="Let a gate give and take nothing for a while")
    @app_commands.describe(gate=_GATE)
    async def pause(self, interaction: discord.Interaction[Bot], gate: str) -> None:
        """Pause a gate at once: nobody gains or loses anything by it."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        found = await self._access.gate(guild_id, gate)
        await self._store.gates.set_state(found.gate_id, GateState.PAUSED, None, interaction.user.id, self._clock())
        await self._saving.changed(guild_id)
        words = f"**#{found.gate_id}** <@&{found.role_id}> gives and takes nothing until `/gate resume`."
        await sending.edit_answer(interaction, embed=done_embed("Paused", words))

    @app_commands.command(name="resume", description="Let a paused gate work again, after a preview")
    @app_commands.describe(gate=_GATE)
    async def resume(self, interaction: discord.Interaction[Bot], gate: str) -> None:
        """Propose to resume a gate."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        gate_id = (await self._access.gate(guild_id, gate)).gate_id

        async def save(_: Proposal, version: int) -> list[Gate] | None:
            if version != await self._store.gates.version(guild_id):
                return None
            resumed = await self._store.gates.set_state(
                gate_id, GateState.ACTIVE, None, interaction.user.id, self._clock()
            )
            return None if resumed is None else [resumed]

        async def make(_: discord.Interaction[Any]) -> Proposal:
            state = await self._store.gates.version(guild_id)
            found = await self._access.gate(guild_id, str(gate_id))
            if found.state is GateState.ACTIVE:
                raise InputError(_WORKS, role=self._access.role_name(guild_id, found.role_id))
            resumes = frozenset({found.role_id})
            return Proposal(f"Resume gate #{gate_id}", (found.draft,), save, resumes=resumes, version=state)

        await self._propose(interaction, make)

    @app_commands.command(name="adopt", description="Put members who have a gate's role already under the gate")
    @app_commands.describe(gate=_GATE)
    async def adopt(self, interaction: discord.Interaction[Bot], gate: str) -> None:
        """Ask, then adopt."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        found = await self._access.gate(guild_id, gate)
        self._access.unconfirmed(interaction, found.draft)
        by_role, unanswered = await self._saving.holders(guild_id, [found.role_id])
        holders = by_role[found.role_id]
        user_ids = (await self._saving.not_under_gates(guild_id, by_role))[found.role_id]
        if not user_ids and unanswered:
            raise UndecidedError(_NOT_ANSWERED, role=self._access.role_name(guild_id, found.role_id))
        if not user_ids:
            why = _ALL_ARE_UNDER_IT if holders else _NOBODY_HAS_IT
            raise InputError(why, role=self._access.role_name(guild_id, found.role_id))

        async def adopt(pressed: discord.Interaction[Bot]) -> discord.Embed:
            await self._access.require(pressed)
            self._access.unconfirmed(pressed, found.draft)
            count = await self._saving.adopt(guild_id, found, user_ids, pressed.user.id)
            done = f"{plural(count, 'member')} came under the gate of <@&{found.role_id}>."
            if others := len(user_ids) - count:
                done += f" {plural(others, 'other')} did not: they have it no longer, or Discord gave no answer."
            return done_embed("Adopted", done)

        words = (
            f"Linked members with <@&{found.role_id}> now: **{len(holders):,}**; not under the gate yet: "
            f"**{len(user_ids):,}**. Under the gate, Tessera may take "
            "it from those who do not qualify, after several readings and the grace. Members who linked nothing are "
            "left alone."
        )
        if unanswered:
            words += f"\n⚠ {unanswered_words(unanswered)}"
        confirm = ConfirmView(interaction, "Adopt them", adopt, expires=self._expires, host=self._bot)
        await sending.edit_answer(interaction, embed=done_embed("Adopt", words), view=confirm)

    @pause.autocomplete("gate")
    @resume.autocomplete("gate")
    @adopt.autocomplete("gate")
    async def suggest_working(
        self, interaction: discord.Interaction[Bot], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Gates by the name of their role."""
        return await self._suggest_gates(interaction, typed)
