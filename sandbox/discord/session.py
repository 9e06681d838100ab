"""A gateway session: numbers its events, stores them for a resume, and hands them to the current connection."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import orjson

# Discord's buffer is not documented; a thousand missed events are more than any break of a minute holds here.
REPLAY_EVENTS = 1000
OnSent = Callable[[], None]
Outgoing = tuple[bytes, OnSent | None]


class Session:
    """One identified session.

    It outlives its connection: while `outgoing` is None the bot is disconnected, and events wait in the replay buffer.

    Args:
        shard: (shard id, number of shards).
        intents: the bit set of the identify.
    """

    def __init__(self, shard: tuple[int, int], intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.intents = intents
        self.sequence = 0
        self.guilds: set[int] = set()  # announced to the bot
        self.outgoing: asyncio.Queue[Outgoing] | None = None
        self.left_at: float | None = None
        self._events: deque[tuple[int, bytes, OnSent | None]] = deque(maxlen=REPLAY_EVENTS)
        self._replayable_after = 0

    def sees(self, guild_id: int) -> bool:
        """Whether this shard is the one for a guild (Discord's sharding formula)."""
        shard_id, count = self.shard
        return (guild_id >> 22) % count == shard_id

    def dispatch(self, event: str, body: Any, on_sent: OnSent | None = None) -> None:
        """Send an event, or store it until the bot reconnects; `on_sent` is called as it goes on the wire."""
        message = self.number(event, orjson.dumps(body))
        if len(self._events) == REPLAY_EVENTS:
            self._replayable_after = self._events[0][0]
        self._events.append((self.sequence, message, on_sent))
        if self.outgoing is not None:
            self.outgoing.put_nowait((message, on_sent))

    def number(self, event: str, body: bytes) -> bytes:
        """The next message with this event, from a body already encoded."""
        self.sequence += 1
        return b'{"op":0,"t":"%b","s":%d,"d":%b}' % (event.encode(), self.sequence, body)

    def forget_events(self) -> None:
        """Drop everything up to here: a resume from before it is no longer possible."""
        self._events.clear()
        self._replayable_after = self.sequence

    def can_resume(self, sequence: int) -> bool:
        """Whether every event after `sequence` is still here."""
        return self._replayable_after <= sequence <= self.sequence

    def missed_since(self, sequence: int) -> Iterator[Outgoing]:
        """The events after `sequence`, oldest first."""
        return ((message, on_sent) for number, message, on_sent in self._events if number > sequence)
