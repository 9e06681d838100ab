"""`/holders export`, `schedule`, `diff`: snapshots of who holds what in a server, for those who may configure it.

/holders export rule? snapshot? format …   makes a snapshot, or takes one that there is, and sends it as a file
/holders schedule rule? every? retain? …   snapshots that are made by themselves; without a rule: which there are
/holders diff first? second?               what changed between two; without numbers: between the newest two

All answers are private. Rights are asked again at every press, and each export is in the audit log and in the server's
log channel. Addresses are in a file as far as the server (`/settings visibility`) or their member lets them be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.gates.gate_names import CollectionNames
from bot.cogs.holders import snapshot_embeds
from bot.cogs.holders.diff_pages import DiffPages
from bot.cogs.holders.schedule_panel import SchedulePanel
from bot.cogs.holders.snapshot_exports import ExportChoice, SnapshotExports
from bot.cogs.servers.admin_rights import guild_of, require_admin, require_moderator
from bot.errors import InputError, LimitError, StoreError
from bot.gates.gate import GuildSettings
from bot.holders.export_view import Layout
from bot.holders.snapshot import Every, Snapshot, SnapshotRequest, SnapshotSchedule, Weight
from bot.holders.snapshot_changes import compare
from bot.messages import Message
from bot.store import Store
from bot.store.holders.schedule_table import MOST_SCHEDULES
from bot.store.pseudonyms import Pseudonym
from bot.sync.snapshots import SnapshotMaker
from bot.ui.client import Bot
from bot.ui.paginator import Paginator

_RULE_OR_SNAPSHOT = Message(
    "Give a `rule` (such as `254` or `254 >= 3`) for a new snapshot, or the number of a `snapshot` that there is: one "
    "of the two."
)
_OF_NEW_ONES = Message("`minimum` and `weight` are for a new snapshot: one that there is has its own.")
_TWO_NEEDED = Message(
    "There are no two snapshots of the same rule here yet. `/holders export` makes one now, and `/holders schedule` "
    "makes them by themselves."
)
_NONE_BEFORE = Message("No earlier snapshot here is of the same as snapshot {number}.")
_ANOTHER_NEEDED = Message("Name two different snapshots.")
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
_MOST_MINIMUM = 1_000_000
_MOST_RETAINED = 60
_RETAINED = 12
_SUGGESTED = 25
_LOOKED_THROUGH = 100

Minimum = app_commands.Range[int, 0, _MOST_MINIMUM]
Number = app_commands.Range[int, 1]
Retain = app_commands.Range[int, 1, _MOST_RETAINED]
Interaction = discord.Interaction[Bot]
_Command = app_commands.Command[Any, ..., None]


class SnapshotCog(commands.Cog, name="Snapshots"):
    """Adds these commands to the group `/holders`.

    Args:
        bot: The client.
        group: It.
        store: Holds snapshots.
        maker: Makes them.
        names: Reads rules.
        pseudonym: Makes the keyed hashes of the audit log.
        key: Signs files; "": none is signed.
        expires: Seconds without a press until buttons are disabled.
    """

    def __init__(
        self,
        bot: Bot,
        group: app_commands.Group,
        store: Store,
        maker: SnapshotMaker,
        names: CollectionNames,
        *,
        pseudonym: Pseudonym,
        key: str,
        expires: float,
    ) -> None:
        self._bot = bot
        self._group = group
        self._store = store
        self._maker = maker
        self._names = names
        self._expires = expires
        self._exports = SnapshotExports(
            store, maker, self._require, pseudonym=pseudonym, key=key, host=bot, expires=expires
        )
        export: _Command = app_commands.Command(
            name="export", description="Who holds something here, as a file: CSV, JSON, airdrop", callback=self.export
        )
        export.autocomplete("rule")(self._suggest_rules)
        export.autocomplete("snapshot")(self._suggest_snapshots)
        schedule: _Command = app_commands.Command(
            name="schedule", description="Snapshots that are made by themselves", callback=self.schedule
        )
        schedule.autocomplete("rule")(self._suggest_rules)
        diff: _Command = app_commands.Command(name="diff", description="What changed between two snapshots", callback=self.diff)
        diff.autocomplete("first")(self._suggest_snapshots)
        diff.autocomplete("second")(self._suggest_snapshots)
        self._commands = (export, schedule, diff)
        for command in self._commands:
            group.add_command(command)

    async def cog_unload(self) -> None:
        """Take the commands out of the group."""
        for command in self._commands:
            self._group.remove_command(command.name)

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
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._require(interaction)
        if (rule is None) == (snapshot is None):
            raise InputError(_RULE_OR_SNAPSHOT)
        if rule is None:
            if minimum is not None or weight is not None:
                raise InputError(_OF_NEW_ONES)
            number = snapshot or 0
        else:
            request = await self._request(interaction, rule, minimum, weight)
            number = (await self._maker.make(guild_of(interaction).id, request)).snapshot_id
        choice = ExportChoice(number, Layout(layout), by_member=one_row_per_member, only_present=members_only)
        await self._exports.offer(interaction, choice)

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
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._require(interaction)
        table, guild_id, done = self._store.snapshot_schedules, guild_of(interaction).id, None
        if rule is not None:
            request = await self._request(interaction, rule, minimum, weight)
            if await table.add(guild_id, request, Every(every), retain, self._maker.now()) is None:
                raise LimitError(_TOO_MANY, most=MOST_SCHEDULES)
            done = _ADDED()
        schedules = await table.of_guild(guild_id)
        panel = SchedulePanel(interaction, schedules, self._end_schedule, expires=self._expires, host=self._bot)
        await panel.show(schedules, done)

    @app_commands.describe(first=_NUMBER, second=f"{_NUMBER}; empty: the newest of the same rule")
    async def diff(self, interaction: Interaction, first: Number | None = None, second: Number | None = None) -> None:
        """Compare two snapshots."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        await self._require_moderator(interaction)
        one, other = await self._two(guild_of(interaction).id, first, second)
        pages = DiffPages(compare(one, other))
        await Paginator(
            pages,
            interaction,
            expires=self._expires,
            host=self._bot,
            live=self._bot.live_answers,
            require=self._require_moderator,
        ).show()

    async def _two(self, guild_id: int, first: int | None, second: int | None) -> tuple[Snapshot, Snapshot]:
        """The two that are meant: what is not named is the newest one of the same."""
        if first and second:
            if first == second:
                raise InputError(_ANOTHER_NEEDED)
            return await self._maker.get(guild_id, first), await self._maker.get(guild_id, second)
        listed = [each.snapshot for each in await self._store.snapshots.of_guild(guild_id, _LOOKED_THROUGH)]
        if named := first or second:
            one = await self._maker.get(guild_id, named)
            same = [each.snapshot_id for each in listed if each.request == one.request and each.snapshot_id != named]
            if not same:
                raise InputError(_NONE_BEFORE, number=named)
            return one, await self._maker.get(guild_id, same[0])
        for place, newer in enumerate(listed):
            for older in listed[place + 1 :]:
                if newer.request == older.request:
                    pair = older.snapshot_id, newer.snapshot_id
                    return await self._maker.get(guild_id, pair[0]), await self._maker.get(guild_id, pair[1])
        raise InputError(_TWO_NEEDED)

    async def _request(
        self, interaction: Interaction, rule: str, minimum: int | None, weight: str | None
    ) -> SnapshotRequest:
        parsed = await self._names.parse(guild_of(interaction).id, rule)
        return SnapshotRequest(self._maker.text_of(parsed), Weight(weight or Weight.KINDS), minimum or 0)

    async def _end_schedule(
        self, interaction: discord.Interaction[Any], schedule_id: int
    ) -> tuple[bool, Sequence[SnapshotSchedule]]:
        await self._require(interaction)
        table, guild_id = self._store.snapshot_schedules, guild_of(interaction).id
        return await table.remove(guild_id, schedule_id), await table.of_guild(guild_id)

    async def _require(self, interaction: discord.Interaction[Any]) -> GuildSettings:
        """Refuse anyone who may not configure Tessera there; else what the server has set."""
        settings = await self._maker.settings_of(guild_of(interaction).id)
        require_admin(interaction, settings)
        return settings

    async def _require_moderator(self, interaction: discord.Interaction[Any]) -> None:
        require_moderator(interaction, await self._maker.settings_of(guild_of(interaction).id))

    async def _suggest_rules(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Collections by name, while nothing else is typed yet."""
        found = await self._names.suggest(guild_of(interaction).id, typed)
        return [app_commands.Choice(name=name, value=value) for name, value in found]

    async def _suggest_snapshots(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
        """The newest snapshots, for those who may see them."""
        try:
            await self._require_moderator(interaction)
            listed = await self._store.snapshots.of_guild(guild_of(interaction).id, _LOOKED_THROUGH)
        except (InputError, StoreError):
            return []
        wanted = str(typed).casefold()
        choices = [(snapshot_embeds.snapshot_choice(each), each.snapshot.snapshot_id) for each in listed]
        fitting = [
            app_commands.Choice(name=name, value=number) for name, number in choices if wanted in name.casefold()
        ]
        return fitting[:_SUGGESTED]
