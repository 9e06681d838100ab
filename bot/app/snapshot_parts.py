"""Builds what makes snapshots of holders, for the commands and for the job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.cogs.gates.gate_names import CollectionNames
from bot.cogs.holders.snapshot_desk import SnapshotDesk
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


def snapshot_desk(
    bot: Bot, settings: Settings, store: Store, lookup: Lookup, names: CollectionNames, clock: Callable[[], datetime]
) -> SnapshotDesk:
    """What the commands about snapshots are built from."""
    token = settings.discord.token
    assert token is not None  # noqa: S101 - the bot does not start without one
    return SnapshotDesk(
        bot,
        store,
        snapshot_maker(settings, store, lookup, clock),
        names,
        pseudonym=pseudonyms(token.get_secret_value()),
        key=settings.snapshots.key,
        expires=settings.discord.buttons_expire_seconds,
    )
