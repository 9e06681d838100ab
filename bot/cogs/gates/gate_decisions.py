"""`/gate alias` and `/gate history`: which collections count as the same; who changed what, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from bot.cogs.gates.change_words import paused_by, settings_back, verb_words
from bot.cogs.gates.gate_base import GateBase
from bot.cogs.gates.gate_pages import HistoryPages
from bot.cogs.gates.gate_proposal import Proposal
from bot.cogs.servers.admin_rights import require_manager
from bot.errors import InputError
from bot.gates.gate import Gate
from bot.gates.rule import CollectionRef
from bot.messages import Message
from bot.sources.askers import Asker
from bot.store.gates.gate_history import Change
from bot.ui.client import Bot

_NO_SUCH_CHANGE = Message("There is no change #{number} in this server: `/gate history` lists them.")
_CHANGED_SINCE = Message("Something of change #{number} was changed since: take that back first. Nothing was changed.")
_ITSELF = Message("A collection counts as itself anyway: name two different ones.")
_NO_ALIAS = Message("`{collection}` counts as no other collection here: nothing was changed.")
_SAME = Message("Count as the same")
_PARTED = Message("{collection} counts as itself again")
_TAKE_BACK = Message("Take back change #{number}")
_TAKES_BACK = Message("This sets what was changed by “{verb}” to what it was before.")

_COLLECTION = "A collection: 254, eip155:1:0x…, or choose by name"
_MOST_CHANGES = 100
# Settings that only members with Manage Server may change.
_MANAGERS_ONLY = "setting admin_role_id"


class GateDecisions(GateBase):
    """Aliases and history."""

    @app_commands.command(name="alias", description="Let two collections count as the same; alone: no longer")
    @app_commands.describe(collection=_COLLECTION, same_as="What it counts as; empty: as itself again")
    async def alias(self, interaction: discord.Interaction[Bot], collection: str, same_as: str | None = None) -> None:
        """Propose an alias, or that one ends."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        one = self._names.collection(collection)
        other = self._names.collection(same_as) if same_as is not None else None
        if one == other:
            raise InputError(_ITSELF)
        if other is not None:
            for each in (one, other):
                await self._names.require(guild_id, each, Asker.member(interaction.user.id))

        async def make(asking: discord.Interaction[Any]) -> Proposal:
            if other is None:
                return await self._parted(guild_id, one, asking.user.id)
            return await self._joined(guild_id, one, other, asking.user.id)

        await self._propose(interaction, make)

    async def _joined(self, guild_id: int, one: CollectionRef, other: CollectionRef, by: int) -> Proposal:
        state = await self._store.gates.version(guild_id)
        sets = await self._store.gates.aliases(guild_id)

        async def save(_: Proposal, version: int) -> Sequence[Gate] | None:
            joined = await self._store.gates.set_alias(guild_id, one, other, by, self._clock(), version=version)
            return None if joined is None else []

        joined = tuple(sorted({*sets.get(one, (one,)), *sets.get(other, (other,))}))
        touches = await self._about(guild_id, joined)
        return Proposal(_SAME().render(), (), save, aliases=(joined,), touches=touches, version=state)

    async def _parted(self, guild_id: int, one: CollectionRef, by: int) -> Proposal:
        state = await self._store.gates.version(guild_id)
        sets = await self._store.gates.aliases(guild_id)
        if one not in sets:
            raise InputError(_NO_ALIAS, collection=str(one))

        async def save(_: Proposal, version: int) -> Sequence[Gate] | None:
            if version != await self._store.gates.version(guild_id):
                return None
            await self._store.gates.remove_alias(guild_id, one, by, self._clock())
            return []

        name = (await self._names.shown(guild_id)).get(one, str(one))
        touches = await self._about(guild_id, sets[one])
        title = _PARTED(collection=name).render()
        return Proposal(title, (), save, parted=frozenset({one}), touches=touches, version=state)

    @alias.autocomplete("collection")
    @alias.autocomplete("same_as")
    async def suggest_aliases(
        self, interaction: discord.Interaction[Bot], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Collections by name."""
        return await self._suggest_collections(interaction, typed)

    @app_commands.command(name="history", description="Who changed which gate or setting, and how to take it back")
    @app_commands.describe(take_back="The number of a change to take back, after a preview")
    async def history(
        self, interaction: discord.Interaction[Bot], take_back: app_commands.Range[int, 1, 2**53 - 1] | None = None
    ) -> None:
        """Show the changes, or propose to take one back."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        if take_back is None:
            changes = await self._store.gates.history(guild_id, _MOST_CHANGES)
            names = await self._names.shown(guild_id)
            await self._show_pages(interaction, HistoryPages(changes, self._sentences, names))
            return
        number: int = take_back

        async def make(asking: discord.Interaction[Any]) -> Proposal:
            state = await self._store.gates.version(guild_id)
            change = await self._store.gates.change(guild_id, number)
            if change is None:
                raise InputError(_NO_SUCH_CHANGE, number=number)
            if _MANAGERS_ONLY in change.before.keys() | change.after.keys():
                require_manager(asking)
            return await self._taking_back(change, asking.user.id, state)

        await self._propose(interaction, make)

    async def _taking_back(self, change: Change, by: int, state: int) -> Proposal:
        async def save(_: Proposal, version: int) -> Sequence[Gate] | None:
            done = await self._store.gates.take_back(
                change.guild_id, change.change_id, by, self._clock(), version=version
            )
            if done is False:
                raise InputError(_CHANGED_SINCE, number=change.change_id)
            if done is None:
                return None
            gates = await self._store.gates.of_guild(change.guild_id)
            return [gate for gate in gates if gate.gate_id in change.gates_before]

        added = change.gates_after.keys() - change.gates_before.keys()
        gates = await self._store.gates.of_guild(change.guild_id)
        return Proposal(
            _TAKE_BACK(number=change.change_id).render(),
            tuple(change.gates_before.values()),
            save,
            removed=tuple(gate for gate in gates if gate.gate_id in added),
            aliases=change.aliases_before,
            parted=change.aliased,
            touches=tuple(gate.draft for gate in gates) if change.changes_aliases else (),
            resumes=paused_by(change, paused=False),
            pauses=paused_by(change, paused=True),
            settings=settings_back(change, await self._names.shown(change.guild_id)),
            notes=(_TAKES_BACK(verb=verb_words(change)).render(),),
            version=state,
        )
