"""Builds what makes snapshots of holders, and adds its commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from discord import app_commands

from bot.cogs.gates.gate_names import CollectionNames
from bot.cogs.holders.snapshot_cog import SnapshotCog
from bot.config.settings import Settings
from bot.gates.gate import GuildSettings
from bot.lookup.lookup import Lookup
from bot.store import Store
from bot.store.pseudonyms import pseudonyms
from bot.sync.rule_holders import Knowledge
from bot.sync.snapshots import SnapshotMaker
from bot.ui.client import Bot

# What is due is looked for this often.
SNAPSHOTS_LOOKED_FOR = timedelta(seconds=30)


def snapshot_maker(settings: Settings, store: Store, lookup: Lookup, clock: Callable[[], datetime]) -> SnapshotMaker:
    """What makes snapshots; it retains nothing, so that there may be several."""
    defaults = GuildSettings(grace=settings.sync.grace)
    return SnapshotMaker(store, lookup.names, defaults, Knowledge.of(settings, lookup.sources), clock)


async def add_snapshot_cog(
    bot: Bot,
    settings: Settings,
    store: Store,
    lookup: Lookup,
    group: app_commands.Group,
    clock: Callable[[], datetime],
) -> None:
    """Add the commands about snapshots to the group of those about holders."""
    token = settings.discord.token
    await bot.add_cog(
        SnapshotCog(
            bot,
            group,
            store,
            snapshot_maker(settings, store, lookup, clock),
            CollectionNames(store, lookup),
            # `serve` refuses to start without one.
            pseudonym=pseudonyms(token.get_secret_value() if token else ""),
            key=settings.snapshots.key,
            expires=settings.discord.buttons_expire_seconds,
        )
    )
