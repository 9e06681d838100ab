"""Reading one's accounts is limited to once a minute, and a reading that failed is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cogs.members.refreshing import Refreshing
from bot.errors import LimitError, StoreError
from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef
from bot.links import Membership
from bot.messages import Message
from bot.store import Store
from bot.sync.ports import Presence
from bot.sync.results import MemberReport

NOW = datetime(2026, 11, 26, tzinfo=UTC)
HANA = Membership(2, 1, NOW)


class Sync:
    """Reads as often as it is told to fail first."""

    def __init__(self, failures: int) -> None:
        self.failures = failures

    async def seen(self, *_: Any) -> None:
        """Know a member."""

    async def look_at(self, guild_id: int, user_id: int, *_: Any, **__: Any) -> MemberReport:
        """Read, or fail."""
        if self.failures:
            self.failures -= 1
            raise StoreError(Message("The store failed."))
        return MemberReport(guild_id, user_id, Presence.PRESENT)


async def _no_names(_: int) -> Mapping[CollectionRef, str]:
    return {}


async def test_a_reading_that_failed_can_be_tried_again_at_once_and_one_that_did_not_cannot() -> None:
    store = await Store.open(None)
    refreshing = Refreshing(
        Sync(failures=2),  # type: ignore[arg-type] # as much of it as this needs
        store.guild_settings,
        defaults=GuildSettings(),
        names=_no_names,
        clock=lambda: NOW,
    )
    for _ in range(2):
        with pytest.raises(StoreError):
            await refreshing.read(HANA)
    await refreshing.read(HANA)
    with pytest.raises(LimitError, match="read just now"):
        await refreshing.read(HANA)
    await store.close()
