"""What `/holders export`, `schedule` and `diff` are built from: who may, and which snapshots are meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from bot.cogs.gates.gate_names import CollectionNames
from bot.cogs.holders import snapshot_embeds
from bot.cogs.holders.snapshot_exports import SnapshotExports
from bot.cogs.servers.admin_rights import guild_of, require_admin, require_admin_still, require_moderator
from bot.errors import InputError, StoreError
from bot.gates.gate import GuildSettings
from bot.holders.snapshot import SnapshotRequest, SnapshotSchedule, Weight
from bot.holders.snapshot_changes import SnapshotDiff
from bot.messages import Message
from bot.store import Store
from bot.store.holders.view_record import record_view
from bot.store.pseudonyms import Pseudonym
from bot.sync.snapshots import SnapshotMaker
from bot.ui.client import Bot

_TWO_NEEDED = Message(
    "There are no two snapshots of the same rule here yet. `/holders export` makes one now, and `/holders schedule` "
    "makes them by themselves."
)
_NONE_BEFORE = Message("No other snapshot here is of the same rule, minimum and weight as snapshot {number}.")
_ANOTHER_NEEDED = Message("Name two different snapshots.")

_SUGGESTED = 25

Press = discord.Interaction[Any]


class SnapshotDesk:
    """What they share. Every method may raise `StoreError`.

    Args:
        bot: The client.
        store: Holds snapshots.
        maker: Makes them.
        names: Reads rules.
        pseudonym: Makes the keyed hashes of the audit log.
        key: Signs files; "": none is signed.
        expires: As for every panel.

    Attributes:
        exports: Sends files.
    """

    def __init__(
        self,
        bot: Bot,
        store: Store,
        maker: SnapshotMaker,
        names: CollectionNames,
        *,
        pseudonym: Pseudonym,
        key: str,
        expires: float,
    ) -> None:
        self.bot = bot
        self.store = store
        self.maker = maker
        self.expires = expires
        self._names = names
        self._pseudonym = pseudonym
        self.exports = SnapshotExports(
            store, maker, self.require, self.require_still, pseudonym=pseudonym, key=key, host=bot, expires=expires
        )

    async def require(self, interaction: Press) -> GuildSettings:
        """Refuse anyone who may not configure Tessera there; else what the server has set.

        Raises:
            InputError: they may not.
        """
        settings = await self.maker.settings_of(guild_of(interaction).id)
        require_admin(interaction, settings)
        return settings

    async def require_still(self, interaction: Press) -> None:
        """As `require`, by what Discord says now: for the end of long work.

        Raises:
            InputError: they may no longer.
            UndecidedError: Discord gives no answer.
        """
        await require_admin_still(interaction, await self.maker.settings_of(guild_of(interaction).id))

    async def require_moderator(self, interaction: Press) -> None:
        """Refuse anyone who may not see how a server's holders changed.

        Raises:
            InputError: they may not.
        """
        require_moderator(interaction, await self.maker.settings_of(guild_of(interaction).id))

    async def compare(self, interaction: Press, first: int, second: int) -> SnapshotDiff:
        """What changed between two snapshots, recorded first: it names members, and nothing is shown unrecorded.

        Raises:
            InputError: the server has none with one of these numbers, or they are not comparable.
        """
        guild_id = guild_of(interaction).id
        diff = await self.maker.compare(guild_id, first, second)
        about = f"{diff.before.snapshot_id} {diff.after.snapshot_id}"
        user_id = interaction.user.id
        await record_view(self.store.writer, guild_id, user_id, "diff", about, self.maker.now(), self._pseudonym)
        return diff

    async def request(self, interaction: Press, rule: str, minimum: int | None, weight: str | None) -> SnapshotRequest:
        """What a new snapshot is to be of.

        Raises:
            InputError: the rule is none.
        """
        parsed = await self._names.parse(guild_of(interaction).id, rule)
        return SnapshotRequest(self.maker.text_of(parsed), Weight(weight or Weight.KINDS), minimum or 0)

    async def two(self, guild_id: int, first: int | None, second: int | None) -> tuple[int, int]:
        """The numbers of the two that are meant: what is not named is the newest one of the same.

        Raises:
            InputError: there are no two such.
        """
        if first and second:
            if first == second:
                raise InputError(_ANOTHER_NEEDED)
            return first, second
        snapshots = self.store.snapshots
        if named := first or second:
            await self.maker.get(guild_id, named)
            same = await snapshots.newest_same(guild_id, named)
            if same is None:
                raise InputError(_NONE_BEFORE, number=named)
            return named, same
        pair = await snapshots.newest_pair(guild_id)
        if pair is None:
            raise InputError(_TWO_NEEDED)
        return pair

    async def end_schedule(self, interaction: Press, schedule_id: int) -> tuple[bool, Sequence[SnapshotSchedule]]:
        """End a schedule; whether there was one, and those that are left.

        Raises:
            InputError: the person may not, or may no longer.
        """
        await self.require(interaction)
        table, guild_id = self.store.snapshot_schedules, guild_of(interaction).id
        return await table.remove(guild_id, schedule_id), await table.of_guild(guild_id)

    async def suggest_rules(self, interaction: Press, typed: str) -> list[app_commands.Choice[str]]:
        """Collections by name, while nothing else is typed yet; for those who may see them."""
        try:
            await self.require_moderator(interaction)
            found = await self._names.suggest(guild_of(interaction).id, typed)
        except (InputError, StoreError):
            return []
        return [app_commands.Choice(name=name, value=value) for name, value in found]

    async def suggest_snapshots(self, interaction: Press, typed: str) -> list[app_commands.Choice[int]]:
        """Snapshots that fit what was typed, for those who may see them; nothing typed: the newest of each rule."""
        try:
            await self.require_moderator(interaction)
            found = await self.store.snapshots.suggested(guild_of(interaction).id, str(typed), _SUGGESTED)
        except (InputError, StoreError):
            return []
        return [
            app_commands.Choice(name=snapshot_embeds.snapshot_choice(each), value=each.snapshot.snapshot_id)
            for each in found
        ]
