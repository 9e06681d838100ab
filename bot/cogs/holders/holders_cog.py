"""`/holders`: who holds a collection in this server, for its moderators; private, but for `top` with `share`.

/holders check member           how a member stands; also in a member's menu → Apps → *Check holder*
/holders list collection        members who hold it, those with most first
/holders top collection share?  a leaderboard of those who share what they hold; everybody else is counted
/holders find account           which member shares that account here
/holders changes collection since   who joined and left, holds more or less
/holders stats gate?            how the gates stand; of one gate with distribution and trend
/holders gap collection         holders in all, linked here, missing; and who here has not linked
/holders export, schedule, diff   snapshots: see `snapshot_group`

Each full view of members is recorded in the audit log and reported in the server's log channel before it is shown.
"""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.gates.gate_embeds import GateSentences
from bot.cogs.holders.account_finder import find_account, found_embed
from bot.cogs.holders.changes_pages import ChangesPages
from bot.cogs.holders.chart_buttons import ChartDesk, GateCharts, change_buttons
from bot.cogs.holders.gap_embeds import GapPages
from bot.cogs.holders.holder_desk import HolderDesk
from bot.cogs.holders.member_check import MemberCheck
from bot.cogs.holders.missing_members import find_missing
from bot.cogs.holders.read_now import HolderListing
from bot.cogs.holders.snapshot_desk import SnapshotDesk
from bot.cogs.holders.snapshot_group import SnapshotGroup
from bot.cogs.holders.stats_pages import StatsPages, one_gate_embed
from bot.cogs.holders.top_board import board_embed, make_board
from bot.cogs.servers.admin_rights import guild_of
from bot.errors import InputError, StoreError
from bot.holders.since import parse_since
from bot.messages import Message
from bot.pictures.studio import Studio
from bot.sources.askers import Asker
from bot.sync.holder_gaps import HolderGaps
from bot.ui import sending
from bot.ui.client import Bot

_JUDGING = Message("Looking at every member")
_LISTING = Message("Reading the list of holders")
_COLLECTION = "A name, a number such as 254, or a contract"


@app_commands.default_permissions(manage_roles=True)
@app_commands.guild_only()
class HoldersCog(
    SnapshotGroup,
    commands.GroupCog,
    name="Holders",
    group_name="holders",
    group_description="Holders of collections, for moderators",
):
    """Who holds what.

    Args:
        desk: What the commands are built from.
        check: How one member stands.
        gaps: Who is missing.
        snapshots: What the commands of `SnapshotGroup` are built from.
        studio: Draws charts.
    """

    def __init__(
        self, desk: HolderDesk, check: MemberCheck, gaps: HolderGaps, snapshots: SnapshotDesk, studio: Studio
    ) -> None:
        super().__init__(snapshots)
        self._desk = desk
        self._charts = ChartDesk(desk, studio)
        self._bot = desk.bot
        self._member_check = check
        self._gaps = gaps
        self._sentences = GateSentences(desk.names.networks)
        self._entry = app_commands.ContextMenu(name="Check holder", callback=self._check)
        app_commands.guild_only(self._entry)
        self._entry.default_permissions = discord.Permissions(manage_roles=True)
        self._bot.tree.add_command(self._entry)

    async def cog_unload(self) -> None:
        """Take the entry out of the menu."""
        self._bot.tree.remove_command(self._entry.name, type=self._entry.type)

    @app_commands.command(name="check", description="Which roles a member has and earns, and why")
    @app_commands.describe(member="Who is checked; which accounts they have only if they share them here")
    async def check(self, interaction: discord.Interaction[Bot], member: discord.User | discord.Member) -> None:
        """Show how a member stands."""
        await self._check(interaction, member)

    async def _check(self, interaction: discord.Interaction[Bot], member: discord.User | discord.Member) -> None:
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._member_check.show(interaction, member)

    @app_commands.command(name="list", description="Which members hold a collection, and how much")
    @app_commands.describe(collection=_COLLECTION)
    async def list_holders(self, interaction: discord.Interaction[Bot], collection: str) -> None:
        """List the members who hold a collection."""
        guild_id = await self._begin(interaction)
        ref = await self._desk.collection(guild_id, collection)
        await self._desk.record(interaction, "list", ref)
        await HolderListing(self._desk, ref).show(interaction)

    @app_commands.command(name="top", description="Who holds most, of members who share it")
    @app_commands.describe(collection=_COLLECTION, share="Let everybody in this channel see it")
    async def top(self, interaction: discord.Interaction[Bot], collection: str, share: bool = False) -> None:  # noqa: FBT001, FBT002 - discord.py passes options by name
        """Show a leaderboard."""
        guild_id = await self._begin(interaction, share=share)
        ref = await self._desk.collection(guild_id, collection)
        board = await make_board(self._desk, guild_id, ref)
        embed = board_embed(await self._desk.titled(guild_id, ref), board)
        await sending.edit_answer(interaction, embed=embed)

    @app_commands.command(name="find", description="Which member shares an account here")
    @app_commands.describe(account="An account id, an address or a name such as vitalik.eth")
    async def find(self, interaction: discord.Interaction[Bot], account: str) -> None:
        """Find the member who shares an account."""
        await self._begin(interaction)
        self._desk.lookup.names.parse_account(account)  # what is none is refused before anything is recorded
        await self._desk.record(interaction, "find", None)
        await sending.edit_answer(interaction, embed=found_embed(await find_account(self._desk, interaction, account)))

    @app_commands.command(name="changes", description="Who joined and left the holders since a date")
    @app_commands.describe(collection=_COLLECTION, since="A date such as 2026-10-01, or 24h, 7d, 2w, 3 months")
    async def changes(self, interaction: discord.Interaction[Bot], collection: str, since: str) -> None:
        """Show what changed since a moment."""
        guild_id = await self._begin(interaction)
        asked = parse_since(since, self._desk.clock())
        ref = await self._desk.collection(guild_id, collection)
        await self._desk.record(interaction, "changes", ref)
        found = await self._desk.holders.history.changes(guild_id, ref, asked)
        pages = ChangesPages(await self._desk.titled(guild_id, ref), asked, found)
        await self._desk.show(interaction, pages, change_buttons(self._charts, guild_id, ref, asked))

    @app_commands.command(name="stats", description="How many earn each role, and how that changed")
    @app_commands.describe(gate="One gate, with how many kinds its members hold, and over time; empty: all gates")
    async def stats(self, interaction: discord.Interaction[Bot], gate: str | None = None) -> None:
        """Show how the gates stand."""
        guild_id = await self._begin(interaction)
        chosen = await self._desk.gate(guild_id, gate) if gate else None
        gate_ids = [chosen.gate_id] if chosen else None
        async with self._desk.progress(interaction, _JUDGING()) as progress:
            stats = await self._desk.holders.stats.of_gates(
                guild_id, progress, gate_ids=gate_ids, in_full=chosen is not None
            )
        await self._desk.require_still(interaction)
        rules = {each.gate.gate_id: self._sentences.rule(each.gate.draft) for each in stats}
        if chosen and stats:
            embed = one_gate_embed(stats[0], rules[chosen.gate_id])
            charts = GateCharts(self._charts, interaction, stats[0])
            await sending.edit_answer(interaction, content=None, embed=embed, view=charts if charts.children else None)
            return
        await self._desk.show(interaction, StatsPages(stats, rules))

    @app_commands.command(name="gap", description="How many holders are not linked here, and who here has not linked")
    @app_commands.describe(collection=_COLLECTION)
    async def gap(self, interaction: discord.Interaction[Bot], collection: str) -> None:
        """Show who is missing."""
        guild_id = await self._begin(interaction)
        ref = await self._desk.collection(guild_id, collection)
        await self._desk.record(interaction, "gap", ref)
        async with self._desk.progress(interaction, _LISTING()) as progress:
            gap = await self._gaps.of(
                guild_id,
                ref,
                Asker.member(interaction.user.id),
                progress,
                server_members=guild_of(interaction).member_count,
            )
            missing = await find_missing(self._desk, guild_of(interaction), progress)
        await self._desk.require_still(interaction)
        await self._desk.show(interaction, GapPages(await self._desk.titled(guild_id, ref), gap, missing))

    async def _begin(self, interaction: discord.Interaction[Any], *, share: bool = False) -> int:
        """Acknowledge a command, and refuse who may not use it; the server."""
        await self._bot.acknowledge(interaction, ephemeral=not share, thinking=True)
        await self._desk.require(interaction)
        return guild_of(interaction).id

    @list_holders.autocomplete("collection")
    @top.autocomplete("collection")
    @changes.autocomplete("collection")
    @gap.autocomplete("collection")
    async def suggest_collections(
        self, interaction: discord.Interaction[Bot], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Collections that members here hold, by name."""
        try:
            await self._desk.require(interaction)
            found = await self._desk.names.suggest(guild_of(interaction).id, typed)
        except (InputError, StoreError):
            return []
        return [app_commands.Choice(name=name, value=value) for name, value in found]

    @stats.autocomplete("gate")
    async def suggest_gates(self, interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
        """Gates by the name of their role."""
        try:
            await self._desk.require(interaction)
            found = await self._desk.gates_like(guild_of(interaction), typed)
        except (InputError, StoreError):
            return []
        return [app_commands.Choice(name=name, value=value) for name, value in found]
