"""`/gate`: which roles follow which holdings, decided by a server's admins.

/gate add role? rule? accounts?  With a rule, or a list of accounts as a file, or both: the preview. Without, a modal
                                 asks for role, collection and count.
/gate edit gate …                Another role or rule, grace, ladder; its preview.
/gate list, show, preview        What there is, and what would follow.
/gate remove, pause, resume      Taken away (roles stay with the members), and for a while.
/gate adopt                      Members who have the role already come under the gate.
/gate alias, history             See `bot.cogs.gates.gate_decisions`.
/gate export, import             See `bot.cogs.gates.gate_files`.

For members with Manage Server, or with the server's role for configuring Tessera; to put a role under a gate, Discord's
own Manage Roles is needed as well, and a higher role. That is asked again at every press. All answers are private.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.gates.gate_access import GateAccess
from bot.cogs.gates.gate_add import AddModal
from bot.cogs.gates.gate_decisions import GateDecisions
from bot.cogs.gates.gate_files import GateFiles
from bot.cogs.gates.gate_names import CollectionNames
from bot.cogs.gates.gate_options import with_options
from bot.cogs.gates.gate_pages import GatePages
from bot.cogs.gates.gate_proposal import Proposal
from bot.cogs.gates.gate_saving import GateSaving, saving
from bot.cogs.gates.gate_states import GateStates
from bot.errors import InputError
from bot.gates.account_list import among
from bot.gates.gate import Gate, GateDraft
from bot.messages import Message
from bot.store import Store
from bot.sync.ports import Discord
from bot.sync.sync import Sync
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import done_embed

_WHICH_ROLE = Message("Name the role too: `/gate add role: rule:`. Without a rule, Tessera asks for both.")
_NO_GATE = Message("{role} has no gate: name a `rule` too, or choose another role.")

_A_GATE_FOR = Message("A gate for {role}")
_A_GATE = Message("A gate")
_NO_GATES_TITLE = Message("No gates yet")
_NO_GATES = Message("`/gate add` gives a role to those who hold something.")
_GATE_TITLE = Message("Gate #{gate}")
_PREVIEW = Message("Preview")
_REMOVE = Message("Remove the gate of {role}")

_GATE = "The gate, by its role"
_OPTIONS = {
    "grace_hours": "How long members who no longer qualify retain it; default: as the server has set",
    "never_remove": "It is given and never taken",
    "sensitive": "Given only some time after an account was proven",
    "ladder": "Of the gates on the same ladder only the highest gives its role; “none”: off its ladder",
    "rank": "Its place on the ladder; the higher number is the higher role",
}
_Hours = app_commands.Range[float, 0, 720]
_Rank = app_commands.Range[int, 0, 1000]
_Ladder = app_commands.Range[str, 1, 32]


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class GateCog(
    GateStates,
    GateFiles,
    GateDecisions,
    commands.GroupCog,
    name="Gates",
    group_name="gate",
    group_description="Roles for holders",
):
    """Gates as admins handle them."""

    @classmethod
    def over(
        cls,
        bot: Bot,
        store: Store,
        sync: Sync,
        roles: Discord,
        names: CollectionNames,
        *,
        clock: Callable[[], datetime],
        expires: float,
    ) -> GateCog:
        """The commands, with all that they need."""
        return cls(
            bot,
            store,
            GateSaving(store, sync, roles),
            GateAccess(store, roles),
            names,
            clock=clock,
            expires=expires,
        )

    @app_commands.command(name="add", description="A role for those who hold something; without a rule, you are asked")
    @app_commands.describe(
        role="The role",
        rule="What earns it: 254, 254 >= 3, 254 >= 3 and not 261",
        accounts="A file with one account a line: only these qualify, if they also fulfil the rule",
        **_OPTIONS,
    )
    async def add(  # noqa: PLR0913, PLR0917 - the options of a slash command
        self,
        interaction: discord.Interaction[Bot],
        role: discord.Role | None = None,
        rule: str | None = None,
        accounts: discord.Attachment | None = None,
        grace_hours: _Hours | None = None,
        never_remove: bool | None = None,  # noqa: FBT001 - a slash command's option
        sensitive: bool | None = None,  # noqa: FBT001 - likewise
        ladder: _Ladder | None = None,
        rank: _Rank | None = None,
    ) -> None:
        """Propose a gate."""
        with_these = partial(
            with_options,
            grace_hours=grace_hours,
            never_remove=never_remove,
            sensitive=sensitive,
            ladder=ladder,
            rank=rank,
        )

        async def propose(answered: discord.Interaction[Bot], role_id: int, typed: str | None) -> None:
            await self._bot.acknowledge(answered, ephemeral=True, thinking=True)
            guild_id = await self._access.require(answered)
            parsed = None if typed is None else await self._rule(answered, guild_id, typed)
            if accounts is not None:
                parsed = among(parsed, await self._listed(accounts))
            assert parsed  # noqa: S101 - one of them is there
            draft = with_these(GateDraft(role_id, parsed))
            await self._require_no_gate(guild_id, role_id)
            name = self._access.role_name(guild_id, role_id)

            async def add(draft: GateDraft, version: int) -> Gate | None:
                await self._require_no_gate(guild_id, role_id)  # another admin may have made one meanwhile
                now = self._clock()
                return await self._store.gates.add(guild_id, draft, answered.user.id, now, version=version)

            async def make(_: discord.Interaction[Any]) -> Proposal:
                return Proposal(_A_GATE_FOR(role=name).render(), (draft,), saving(add))

            await self._propose(answered, make)

        if role is not None and (rule is not None or accounts is not None):
            await propose(interaction, role.id, rule)
            return
        if rule is not None or accounts is not None:
            await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
            await self._access.require(interaction)
            raise InputError(_WHICH_ROLE)
        example = self._names.example(interaction.guild_id or 0)
        await self._open_modal(interaction, _A_GATE().render(), lambda panel: AddModal(panel, role, example, propose))

    @app_commands.command(name="edit", description="Change a gate: its role, its rule or its options")
    @app_commands.describe(
        gate=_GATE,
        role="Another role",
        rule="Another rule",
        accounts="A file with one account a line, in place of the list that the rule has",
        server_grace="Retained as long as the server has set, again",
        **_OPTIONS,
    )
    async def edit(  # noqa: PLR0913, PLR0917 - the options of a slash command
        self,
        interaction: discord.Interaction[Bot],
        gate: str,
        role: discord.Role | None = None,
        rule: str | None = None,
        accounts: discord.Attachment | None = None,
        grace_hours: _Hours | None = None,
        server_grace: bool | None = None,  # noqa: FBT001 - a slash command's option
        never_remove: bool | None = None,  # noqa: FBT001 - likewise
        sensitive: bool | None = None,  # noqa: FBT001 - likewise
        ladder: _Ladder | None = None,
        rank: _Rank | None = None,
    ) -> None:
        """Propose a change."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        found = await self._access.gate(guild_id, gate)
        with_these = partial(
            with_options,
            rule=await self._rule(interaction, guild_id, rule) if rule is not None else None,
            accounts=await self._listed(accounts) if accounts else None,
            role_id=role.id if role else None,
            grace_hours=grace_hours,
            server_grace=server_grace,
            never_remove=never_remove,
            sensitive=sensitive,
            ladder=ladder,
            rank=rank,
        )

        async def make(asking: discord.Interaction[Any]) -> Proposal:
            return await self._edited(asking, guild_id, str(found.gate_id), with_these)

        await self._propose(interaction, make)

    @app_commands.command(name="list", description="The gates of this server")
    async def list_(self, interaction: discord.Interaction[Bot]) -> None:
        """Show all gates."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        gates = await self._store.gates.of_guild(guild_id)
        if not gates:
            embed = done_embed(_NO_GATES_TITLE().render(), _NO_GATES().render())
            await sending.edit_answer(interaction, embed=embed)
            return
        sets = sorted(set((await self._store.gates.aliases(guild_id)).values()))
        await self._show_pages(interaction, GatePages(gates, sets, self._sentences))

    @app_commands.command(name="show", description="One gate: its rule, and who it is about now")
    @app_commands.describe(gate=_GATE)
    async def show(self, interaction: discord.Interaction[Bot], gate: str) -> None:
        """Show one gate, with its numbers."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        found = await self._access.gate(guild_id, gate)
        title = _GATE_TITLE(gate=found.gate_id).render()
        await self._show_outlook(interaction, title, found.draft, self._sentences.gate(found))

    @app_commands.command(name="preview", description="Who would gain or lose a role by a rule; nothing is saved")
    @app_commands.describe(role="The role", rule="What would earn it; empty: the rule of its gate")
    async def preview(self, interaction: discord.Interaction[Bot], role: discord.Role, rule: str | None = None) -> None:
        """Show what would follow."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        found = await self._gate_of(guild_id, role.id)
        if rule is None and found is None:
            raise InputError(_NO_GATE, role=self._access.role_name(guild_id, role.id))
        parsed = await self._rule(interaction, guild_id, rule) if rule is not None else None
        if found is not None:
            draft = replace(found.draft, rule=parsed or found.rule)
        else:
            assert parsed  # noqa: S101 - see above
            draft = GateDraft(role.id, parsed)
        await self._show_outlook(interaction, _PREVIEW().render(), draft)

    @app_commands.command(name="remove", description="Remove a gate; members keep the role that they have")
    @app_commands.describe(gate=_GATE)
    async def remove(self, interaction: discord.Interaction[Bot], gate: str) -> None:
        """Propose to remove a gate."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild_id = await self._access.require(interaction)
        gate_id = (await self._access.gate(guild_id, gate)).gate_id

        async def save(_: Proposal, version: int) -> list[Gate] | None:
            removed = await self._store.gates.remove(gate_id, interaction.user.id, self._clock(), version=version)
            return None if removed is None else []

        async def make(_: discord.Interaction[Any]) -> Proposal:
            state = await self._store.gates.version(guild_id)
            found = await self._access.gate(guild_id, str(gate_id))
            title = _REMOVE(role=self._access.role_name(guild_id, found.role_id)).render()
            return Proposal(title, (), save, removed=(found,), version=state)

        await self._propose(interaction, make)

    @edit.autocomplete("gate")
    @show.autocomplete("gate")
    @remove.autocomplete("gate")
    async def suggest_gates(self, interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
        """Gates by the name of their role."""
        return await self._suggest_gates(interaction, typed)

    @add.autocomplete("rule")
    @edit.autocomplete("rule")
    @preview.autocomplete("rule")
    async def suggest_rules(self, interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
        """Collections by name, while nothing else is typed yet."""
        return await self._suggest_collections(interaction, typed)

    @add.autocomplete("ladder")
    @edit.autocomplete("ladder")
    async def suggest_ladders(
        self, interaction: discord.Interaction[Bot], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Ladders that there are."""
        return await self._suggest_ladders(interaction, typed)
