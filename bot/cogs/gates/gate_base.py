"""What all commands about gates share: what they are built from, parsing a rule, the preview, suggestions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.gates.attached_file import content_of
from bot.cogs.gates.gate_access import GateAccess
from bot.cogs.gates.gate_embeds import GateSentences, preview_embed
from bot.cogs.gates.gate_names import CollectionNames
from bot.cogs.gates.gate_options import require_change
from bot.cogs.gates.gate_pages import GatePages, HistoryPages, NamePages
from bot.cogs.gates.gate_preview import PreviewPanel
from bot.cogs.gates.gate_proposal import Make, Proposal
from bot.cogs.gates.gate_saving import GateSaving, saving
from bot.cogs.servers.admin_rights import guild_of
from bot.errors import InputError, StoreError
from bot.gates.account_list import read_accounts
from bot.gates.gate import Gate, GateDraft
from bot.gates.rule import AccountIn, CollectionRef, Rule
from bot.gates.rule_needs import asks_about_everything, collections_of
from bot.messages import Message
from bot.sources.askers import Asker
from bot.store import Store
from bot.text import safe_text
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.embeds import done_embed
from bot.ui.paginator import Paginator
from bot.ui.panel import ActionButton, Modal, Panel

_HAS_A_GATE = Message(
    "{role} has a gate already: change it by `/gate edit`, or join both conditions with `or`. Nothing was saved."
)

_GATE_TITLE = Message("Gate #{gate}: {role}")
_NO_CHANGE = Message("Nothing is changed by this.")
_FILL_IN = Message("Fill in…")
_NOT_BEFORE_A_PREVIEW = Message("Nothing is saved before a preview.")

# More are not asked about one by one before a preview: a rule about many was written by somebody who has the list.
_MOST_ASKED = 5


class GateBase(commands.Cog):
    """What the commands are built from.

    Args:
        bot: The client.
        store: Where gates are.
        saving: Previews and saves changes.
        access: Who may make them.
        names: Names of collections.
        clock: Returns the present as an aware datetime.
        expires: As for every panel.
    """

    def __init__(
        self,
        bot: Bot,
        store: Store,
        saving: GateSaving,
        access: GateAccess,
        names: CollectionNames,
        *,
        clock: Callable[[], datetime],
        expires: float,
    ) -> None:
        self._bot = bot
        self._store = store
        self._saving = saving
        self._access = access
        self._names = names
        self._sentences = GateSentences(names.networks)
        self._clock = clock
        self._expires = expires

    async def _rule(self, interaction: discord.Interaction[Any], guild_id: int, typed: str) -> Rule:
        """The rule that was typed, about collections that there are."""
        rule = await self._names.parse(guild_id, typed)
        for collection in collections_of(rule)[:_MOST_ASKED]:
            await self._names.require(guild_id, collection, Asker.member(interaction.user.id))
        return rule

    async def _listed(self, accounts: discord.Attachment) -> AccountIn:
        """The accounts of a file that was attached."""
        return read_accounts(await content_of(accounts), self._names.networks)

    async def _about(self, guild_id: int, collections: Collection[CollectionRef]) -> tuple[GateDraft, ...]:
        """The gates of a server that ask about any of these collections, or about all that there are."""
        drafts = [gate.draft for gate in await self._store.gates.of_guild(guild_id)]
        return tuple(
            draft
            for draft in drafts
            if set(collections).intersection(collections_of(draft.rule)) or asks_about_everything(draft.rule)
        )

    async def _propose(self, interaction: discord.Interaction[Any], propose: Make) -> None:
        """Show the preview of a proposal, if the person may make it; where something is changed, it is made again."""

        async def make(asking: discord.Interaction[Any]) -> Proposal:
            proposal = await propose(asking)
            for draft in (*proposal.drafts, *proposal.touches):
                self._access.unconfirmed(asking, draft)
            return replace(proposal, names=await self._names.shown(asking.guild_id or 0), again=make)

        panel = PreviewPanel(
            interaction,
            await make(interaction),
            self._saving,
            self._access,
            self._sentences,
            expires=self._expires,
            host=self._bot,
            live=self._bot.live_answers,
        )
        await panel.show()

    async def _edited(
        self,
        interaction: discord.Interaction[Any],
        guild_id: int,
        gate: str,
        with_these: Callable[[GateDraft], GateDraft],
    ) -> Proposal:
        version = await self._store.gates.version(guild_id)
        found = await self._access.gate(guild_id, gate)
        draft = with_these(found.draft)
        if not self._access.unconfirmed(interaction, draft):
            require_change(found.draft, draft)
        if draft.role_id != found.role_id:
            await self._require_no_gate(guild_id, draft.role_id)
        save = saving(
            lambda draft, version: self._store.gates.edit(
                found.gate_id, draft, interaction.user.id, self._clock(), version=version
            )
        )
        name = self._access.role_name(guild_id, draft.role_id)
        return Proposal(_GATE_TITLE(gate=found.gate_id, role=name).render(), (draft,), save, version=version)

    async def _gate_of(self, guild_id: int, role_id: int) -> Gate | None:
        gates = await self._store.gates.of_guild(guild_id)
        return next((gate for gate in gates if gate.role_id == role_id), None)

    async def _require_no_gate(self, guild_id: int, role_id: int) -> None:
        if await self._gate_of(guild_id, role_id) is not None:
            raise InputError(_HAS_A_GATE, role=self._access.role_name(guild_id, role_id))

    async def _show_outlook(
        self, interaction: discord.Interaction[Any], title: str, draft: GateDraft, words: str = ""
    ) -> None:
        """What would follow, without buttons that save."""

        async def save(_: Proposal, __: int) -> None:
            return None

        guild_id = interaction.guild_id or 0
        proposal = Proposal(title, (draft,), save, names=await self._names.shown(guild_id))
        outlook = await self._saving.outlook(guild_id, proposal)
        embed = preview_embed(proposal, outlook, self._sentences, can_refresh=False)
        if words:
            embed.description = (embed.description or "").replace(self._sentences.line(draft), words, 1)
        embed.set_footer(text=_NO_CHANGE().render())
        await self._show_pages(interaction, NamePages(outlook.preview, header=embed))

    async def _show_pages(
        self, interaction: discord.Interaction[Any], source: NamePages | GatePages | HistoryPages
    ) -> None:
        require = self._access.require
        live = self._bot.live_answers
        pages = Paginator(source, interaction, expires=self._expires, host=self._bot, live=live, require=require)
        await pages.show()

    async def _open_modal(
        self, interaction: discord.Interaction[Any], title: str, make: Callable[[Panel], Modal]
    ) -> None:
        """Answer a command by a modal, which is its acknowledgement: only what is in memory goes before it.

        Whether the server's own role lets somebody configure is in the store: with that alone they press a button
        first. What sends the modal asks again.
        """
        guild_of(interaction)
        panel = Panel(interaction, expires=self._expires, host=self._bot)
        if interaction.permissions.manage_guild:
            await interaction.response.send_modal(make(panel))
            return
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._access.require(interaction)

        async def open_now(pressed: discord.Interaction[Any]) -> None:
            await pressed.response.send_modal(make(panel))

        panel.lay_out([ActionButton("fill-in", _FILL_IN().render(), open_now, style=discord.ButtonStyle.primary)])
        await sending.edit_answer(interaction, embed=done_embed(title, _NOT_BEFORE_A_PREVIEW().render()), view=panel)

    async def _suggest_gates(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        try:
            guild_id = await self._access.require(interaction)
            found = await self._access.matching(guild_id, typed)
        except (InputError, StoreError):
            return []
        return [app_commands.Choice(name=f"{name} (#{gate.gate_id})", value=str(gate.gate_id)) for gate, name in found]

    async def _suggest_collections(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        try:
            found = await self._names.suggest(await self._access.require(interaction), typed)
        except (InputError, StoreError):
            return []
        return [app_commands.Choice(name=name, value=value) for name, value in found]

    async def _suggest_ladders(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        try:
            gates = await self._store.gates.of_guild(await self._access.require(interaction))
        except (InputError, StoreError):
            return []
        ladders = sorted(
            {gate.draft.ladder for gate in gates if typed.casefold() in gate.draft.ladder.casefold()} - {""}
        )
        return [app_commands.Choice(name=safe_text(each, 90, plain=True), value=each) for each in ladders[:25]]
