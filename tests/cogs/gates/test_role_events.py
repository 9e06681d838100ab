"""What Discord reports by itself reaches sync as hints, and only what somebody else did."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.cogs.gates.role_events import RoleEventsCog
from bot.errors import StoreError
from bot.messages import Message
from sandbox.app_keys import DISCORD
from sandbox.discord import Discord
from sandbox.world import APPLICATION_ID
from tests.cogs.gates.live_bot import BRUNO, CHIAMAKA, MOSAIC, MOSAICIST, REASON, WHALE, LiveBot, live_bot, until

FENWICK = 920006291498006702
_FULL = Message("The disk is full.")


@dataclass
class Recorded:
    """What sync would have been given."""

    hints: list[tuple[Any, ...]] = field(default_factory=list)
    fails: bool = False

    async def seen(self, guild_id: int, user_id: int, joined_at: datetime) -> None:
        """Record it."""
        assert joined_at.tzinfo is not None
        self._record("seen", guild_id, user_id)

    async def drifted(self, guild_id: int, user_id: int) -> None:
        """Record it."""
        self._record("drifted", guild_id, user_id)

    async def left(self, guild_id: int) -> None:
        """Record it."""
        self._record("left", guild_id)

    async def in_servers(self, guild_ids: Sequence[int]) -> None:
        """Record it."""
        self._record("in", frozenset(guild_ids))

    def _record(self, *hint: Any) -> None:
        self.hints.append(hint)
        if self.fails:
            raise StoreError(_FULL)


@asynccontextmanager
async def listening(recorded: Recorded, **settings: bool) -> AsyncIterator[tuple[LiveBot, RoleEventsCog]]:
    """A bot with that cog, after its start."""
    async with live_bot(audit_log=True, **settings) as live:
        cog = RoleEventsCog(live.bot, recorded)
        await live.bot.add_cog(cog)
        yield live, cog


async def test_a_role_that_a_moderator_takes_is_known_at_once_and_by_whom() -> None:
    recorded = Recorded()
    async with listening(recorded, moderation_intent=True) as (live, cog):
        fields = {"guild": MOSAIC, "user": BRUNO, "role": MOSAICIST, "by": FENWICK}
        await live.sandbox.post("/_sandbox/roles", {"action": "take", **fields})
        await until(lambda: recorded.hints)
        assert recorded.hints == [("drifted", MOSAIC, BRUNO)]
        assert "fenwick" in cog.taken_by(MOSAIC, MOSAICIST) or str(FENWICK) in cog.taken_by(MOSAIC, MOSAICIST)
        assert cog.taken_by(MOSAIC, WHALE) == ""


async def test_what_the_bot_does_itself_is_no_hint() -> None:
    recorded = Recorded()
    async with listening(recorded, moderation_intent=True) as (live, cog):
        await live.roles.add_role(MOSAIC, BRUNO, WHALE, REASON)
        await live.roles.remove_role(MOSAIC, BRUNO, WHALE, REASON)
        fields = {"guild": MOSAIC, "user": CHIAMAKA, "role": WHALE, "by": FENWICK}
        await live.sandbox.post("/_sandbox/roles", {"action": "give", **fields})
        await until(lambda: recorded.hints)
        assert recorded.hints == [("drifted", MOSAIC, CHIAMAKA)]
        assert cog.taken_by(MOSAIC, WHALE) == ""


async def test_who_joins_is_seen_and_also_who_is_said_to_join_though_they_are_there() -> None:
    recorded = Recorded()
    async with listening(recorded, members_intent=True) as (live, _):
        await live.sandbox.post("/_sandbox/members", {"action": "leave", "guild": MOSAIC, "user": CHIAMAKA})
        await live.sandbox.post("/_sandbox/members", {"action": "join", "guild": MOSAIC, "user": CHIAMAKA})
        await live.sandbox.post("/_sandbox/members", {"action": "announce", "guild": MOSAIC, "user": BRUNO})
        await until(lambda: len(recorded.hints) == 3)
        assert recorded.hints == [("drifted", MOSAIC, CHIAMAKA), ("seen", MOSAIC, CHIAMAKA), ("seen", MOSAIC, BRUNO)]
        guild = live.bot.get_guild(MOSAIC)
        assert guild is not None
        assert [member.id for member in guild.members] == [APPLICATION_ID]  # nobody else is cached


async def test_an_outage_is_no_departure_of_the_bot_but_being_removed_is() -> None:
    recorded = Recorded()
    async with listening(recorded) as (live, _):
        discord: Discord = live.sandbox.app[DISCORD]
        await live.sandbox.post("/_sandbox/guilds", {"guild": MOSAIC, "available": False})
        await until(lambda: MOSAIC not in live.roles.guild_ids())
        await live.sandbox.post("/_sandbox/guilds", {"guild": MOSAIC, "available": True})
        servers = frozenset(guild.id for guild in live.bot.guilds)
        await until(lambda: recorded.hints)
        discord.departures.leave(MOSAIC, APPLICATION_ID)
        await until(lambda: len(recorded.hints) == 2)
        fields = {"action": "invite", "guild": MOSAIC, "user": APPLICATION_ID}
        await live.sandbox.post("/_sandbox/members", fields)
        await until(lambda: len(recorded.hints) == 3)
        assert MOSAIC in servers
        assert recorded.hints == [("in", servers), ("left", MOSAIC), ("in", servers)]


async def test_a_hint_that_cannot_be_stored_ends_nothing() -> None:
    recorded = Recorded(fails=True)
    async with listening(recorded, members_intent=True) as (live, _):
        for _ in range(2):
            await live.sandbox.post("/_sandbox/members", {"action": "announce", "guild": MOSAIC, "user": BRUNO})
        await until(lambda: len(recorded.hints) == 2)
        assert live.bot.is_ready()
