"""`/holders export`, `schedule`, `diff`: snapshots of who holds what in a server, for those who may configure it.

/holders export rule? snapshot? format …   makes a snapshot, or takes one that there is, and sends it as a file
/holders schedule rule? every? retain? …   snapshots that are made by themselves; without a rule: which there are
/holders diff first? second?               what changed between two; without numbers: between the newest two

All answers are private. Rights are asked again at every press, and each export and each comparison is in the audit log
and in the server's log channel. Addresses are in a file as far as the server (`/settings visibility`) or their member
lets them be seen.
"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.holders.diff_pages import DiffPages
from bot.cogs.holders.schedule_panel import SchedulePanel
from bot.cogs.holders.snapshot_desk import SnapshotDesk
from bot.cogs.holders.snapshot_exports import ExportChoice
from bot.cogs.servers.admin_rights import guild_of
from bot.errors import InputError, LimitError
from bot.holders.export_view import Layout
from bot.holders.snapshot import MOST_MINIMUM, Every, Weight
from bot.messages import Message
from bot.store.holders.schedule_table import MOST_SCHEDULES
from bot.ui.client import Bot
from bot.ui.paginator import Paginator

_RULE_OR_SNAPSHOT = Message(
    "Give a `rule` (such as `254` or `254 >= 3`) for a new snapshot, or the number of a `snapshot` that there is: one "
    "of the two."
)
_OF_NEW_ONES = Message("`minimum` and `weight` are for a new snapshot: one that there is has its own.")
_TOO_MANY = Message("A server can have {most} schedules: end one first. Nothing was added.")
_ADDED = Message("Added. The first one is made within a minute.")

_RULE = "What has to be held, as for a gate: 254, 254 >= 3, “Moody Mights” and not 261"
_MINIMUM = "Leave out members who certainly hold fewer"
_WEIGHT = "Count distinct NFTs, or units (default: distinct NFTs)"
_NUMBER = "The number of a snapshot"
_FORMATS = [
    app_commands.Choice(name="CSV", value=Layout.CSV.value),
    app_commands.Choice(name="JSON", value=Layout.JSON.value),
    app_commands.Choice(name="Airdrop: address,amount", value=Layout.DROP.value),
    app_commands.Choice(name="Addresses alone", value=Layout.ADDRESSES.value),
]
_WEIGHTS = [
    app_commands.Choice(name="Kinds (distinct NFTs)", value=Weight.KINDS.value),
    app_commands.Choice(name="Copies (units)", value=Weight.COPIES.value),
]
_TIMES = [
    app_commands.Choice(name="Daily", value=Every.DAY.value),
    app_commands.Choice(name="Weekly", value=Every.WEEK.value),
    app_commands.Choice(name="Monthly", value=Every.MONTH.value),
]
_MOST_RETAINED = 60
_RETAINED = 12

Minimum = app_commands.Range[int, 0, MOST_MINIMUM]
Number = app_commands.Range[int, 1]
Retain = app_commands.Range[int, 1, _MOST_RETAINED]
Interaction = discord.Interaction[Bot]


class SnapshotGroup(commands.Cog):
    """These commands, for the group `/holders`.

    Args:
        snapshots: What they are built from.
    """

    def __init__(self, snapshots: SnapshotDesk) -> None:
        self._snapshots = snapshots

    @app_commands.command(name="export", description="Who holds something here, as a file: CSV, JSON, airdrop")
    @app_commands.rename(layout="format")
    @app_commands.choices(layout=_FORMATS, weight=_WEIGHTS)
    @app_commands.describe(
        rule=_RULE,
        snapshot=f"{_NUMBER} that there is, in place of a rule",
        layout="Default: CSV",
        minimum=_MINIMUM,
        weight=_WEIGHT,
        one_row_per_member="Else one row for each account",
        members_only="Without those who left the server since the snapshot was made",
    )
    async def export(
        self,
        interaction: Interaction,
        rule: str | None = None,
        snapshot: Number | None = None,
        layout: str = Layout.CSV.value,
        minimum: Minimum | None = None,
        weight: str | None = None,
        one_row_per_member: bool = False,  # noqa: FBT001, FBT002 - a slash command's option
        members_only: bool = False,  # noqa: FBT001, FBT002 - likewise
    ) -> None:
        """Make or find a snapshot, and send it; where it is not complete, ask first."""
        await self._snapshots.bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._snapshots.require(interaction)
        if (rule is None) == (snapshot is None):
            raise InputError(_RULE_OR_SNAPSHOT)
        if rule is None:
            if minimum is not None or weight is not None:
                raise InputError(_OF_NEW_ONES)
            number = snapshot or 0
        else:
            request = await self._snapshots.request(interaction, rule, minimum, weight)
            number = (await self._snapshots.maker.make(guild_of(interaction).id, request)).snapshot_id
        choice = ExportChoice(number, Layout(layout), by_member=one_row_per_member, only_present=members_only)
        await self._snapshots.exports.offer(interaction, choice)

    @app_commands.command(name="schedule", description="Snapshots that are made by themselves")
    @app_commands.choices(every=_TIMES, weight=_WEIGHTS)
    @app_commands.describe(
        rule=f"{_RULE}. Empty: show the schedules that there are",
        every="Default: weekly",
        retain=f"How many of them are retained (default: {_RETAINED}); older ones are deleted",
        minimum=_MINIMUM,
        weight=_WEIGHT,
    )
    async def schedule(
        self,
        interaction: Interaction,
        rule: str | None = None,
        every: str = Every.WEEK.value,
        retain: Retain = _RETAINED,
        minimum: Minimum | None = None,
        weight: str | None = None,
    ) -> None:
        """Add a schedule, or show those that there are."""
        await self._snapshots.bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._snapshots.require(interaction)
        table, guild_id, done = self._snapshots.store.snapshot_schedules, guild_of(interaction).id, None
        if rule is not None:
            request = await self._snapshots.request(interaction, rule, minimum, weight)
            if await table.add(guild_id, request, Every(every), retain, self._snapshots.maker.now()) is None:
                raise LimitError(_TOO_MANY, most=MOST_SCHEDULES)
            done = _ADDED()
        schedules = await table.of_guild(guild_id)
        its = self._snapshots
        panel = SchedulePanel(
            interaction, schedules, its.end_schedule, its.maker.now, expires=its.expires, host=its.bot
        )
        await panel.show(schedules, done)

    @app_commands.command(name="diff", description="What changed between two snapshots")
    @app_commands.describe(first=_NUMBER, second=f"{_NUMBER}; empty: the newest of the same rule")
    async def diff(self, interaction: Interaction, first: Number | None = None, second: Number | None = None) -> None:
        """Compare two snapshots."""
        await self._snapshots.bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._snapshots.require_moderator(interaction)
        guild_id = guild_of(interaction).id
        numbers = await self._snapshots.two(guild_id, first, second)
        pages = DiffPages.of(await self._snapshots.compare(interaction, *numbers))
        await Paginator(
            pages,
            interaction,
            expires=self._snapshots.expires,
            host=self._snapshots.bot,
            live=self._snapshots.bot.live_answers,
            require=self._snapshots.require_moderator,
        ).show()

    @export.autocomplete("rule")
    @schedule.autocomplete("rule")
    async def suggest_snapshot_rules(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Collections by name, while nothing else is typed yet."""
        return await self._snapshots.suggest_rules(interaction, typed)

    @export.autocomplete("snapshot")
    @diff.autocomplete("first")
    @diff.autocomplete("second")
    async def suggest_snapshots(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
        """The newest snapshots."""
        return await self._snapshots.suggest_snapshots(interaction, typed)
