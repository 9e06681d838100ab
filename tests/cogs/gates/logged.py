"""A server with a log channel, and what is posted in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.cogs.gates.hold_cog import HoldCog
from bot.cogs.gates.log_channel import LogChannel
from bot.gates.gate import GuildSettings
from bot.messages import Message
from bot.store import Store
from tests.cogs.gates.live_bot import (
    ADA,
    BRUNO,
    MOSAIC,
    WHALE,
    LiveBot,
    live_bot,
)
from tests.cogs.gates.sync_in_memory import AT, HELD, InMemoryPost, Kind, OutboxInMemory, SyncInMemory
from tests.sandbox_client import Person

CHANNEL = MOSAIC + 101

_TOOK = Message("Took {role} from {member}: {reason}")

TESTING = Message("It is about you.")

BUTTONS = ["Approve", "Discard", "Fixed: look again"]


@dataclass
class Logging:
    """A bot with its log channel, and an admin who reads it."""

    live: LiveBot
    log: LogChannel
    sync: SyncInMemory
    outbox: OutboxInMemory
    store: Store
    ada: Person

    async def set_channel(self, channel_id: int | None) -> None:
        """Choose another log channel."""
        await self.store.guild_settings.save(MOSAIC, GuildSettings(log_channel_id=channel_id), ADA, AT)

    async def posted(self) -> list[dict[str, Any]]:
        """What the bot wrote to all, oldest first."""
        return [message for message in await self.ada.messages() if not message.get("ephemeral")]


@asynccontextmanager
async def logging(folder: Path, *posts: InMemoryPost) -> AsyncIterator[Logging]:
    """With these posts to send."""
    store = await Store.open(folder / "tessera.db", backups=folder / "backups")
    sync, outbox = SyncInMemory(), OutboxInMemory(list(posts))
    try:
        async with live_bot(lambda bot: HoldCog(bot, sync, store.guild_settings, expires=600)) as live:
            log = LogChannel(live.bot, outbox, sync, store.guild_settings)
            on = Logging(live, log, sync, outbox, store, await live.sandbox.person("ada"))
            await on.set_channel(CHANNEL)
            yield on
    finally:
        await store.close()


def change(post_id: int, reason: str = "holds 0 of 3 of Harbour Lights") -> InMemoryPost:
    """A role was taken."""
    return InMemoryPost(post_id, Kind.CHANGES, [_TOOK(role=f"<@&{WHALE}>", member=f"<@{BRUNO}>", reason=reason)] * 2)


def alert(post_id: int = 1) -> InMemoryPost:
    """Removals wait."""
    return InMemoryPost(post_id, Kind.HOLD, [HELD()])
