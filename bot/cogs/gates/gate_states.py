"""`/gate pause`, `resume` and `adopt`: when a gate works, and whose roles it may take."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.cogs.gates.gate_base import GateBase
from bot.cogs.gates.gate_proposal import Proposal
from bot.cogs.gates.gate_warnings import unanswered_words
from bot.errors import InputError, UndecidedError
from bot.gates.gate import Gate, GateState
from bot.messages import Message
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

_PAUSED_TITLE = Message("Paused")
_PAUSED = Message("**#{gate}** {role} gives and takes nothing until `/gate resume`.")
_RESUME = Message("Resume gate #{gate}")
_ADOPTED_TITLE = Message("Adopted")
_ADOPTED = Message(
    "{count:,} member came under the gate of {role}.", "{count:,} members came under the gate of {role}."
)
_LEFT_OUT = Message(
    "{count:,} other did not: they have it no longer, or Discord gave no answer.",
    "{count:,} others did not: they have it no longer, or Discord gave no answer.",
)
_ADOPT_TITLE = Message("Adopt")
_ADOPT_THEM = Message("Adopt them")
_ADOPT = Message(
    "Linked members with {role} now: **{holders:,}**; not under the gate yet: **{others:,}**. Under the gate, Tessera "
    "may take it from those who do not qualify, after several readings and the grace. Members who linked nothing are "
    "left alone."
)

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
        words = _PAUSED(gate=found.gate_id, role=f"<@&{found.role_id}>").render()
        await sending.edit_answer(interaction, embed=done_embed(_PAUSED_TITLE().render(), words))

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
            title = _RESUME(gate=gate_id).render()
            return Proposal(title, (found.draft,), save, resumes=resumes, version=state)

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

        role = f"<@&{found.role_id}>"

        async def adopt(pressed: discord.Interaction[Bot]) -> discord.Embed:
            await self._access.require(pressed)
            self._access.unconfirmed(pressed, found.draft)
            count = await self._saving.adopt(guild_id, found, user_ids, pressed.user.id)
            done = [_ADOPTED(count=count, role=role)]
            if others := len(user_ids) - count:
                done.append(_LEFT_OUT(count=others))
            return done_embed(_ADOPTED_TITLE().render(), " ".join(words.render() for words in done))

        words = _ADOPT(role=role, holders=len(holders), others=len(user_ids)).render()
        if unanswered:
            words += f"\n⚠ {unanswered_words(unanswered)}"
        confirm = ConfirmView(interaction, _ADOPT_THEM().render(), adopt, expires=self._expires, host=self._bot)
        await sending.edit_answer(interaction, embed=done_embed(_ADOPT_TITLE().render(), words), view=confirm)

    @pause.autocomplete("gate")
    @resume.autocomplete("gate")
    @adopt.autocomplete("gate")
    async def suggest_working(
        self, interaction: discord.Interaction[Bot], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Gates by the name of their role."""
        return await self._suggest_gates(interaction, typed)
