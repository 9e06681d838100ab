"""Delivers events: to each endpoint in order, the next one only after the one before was confirmed.

At least once: that an event was confirmed is written down after the receiver said so, and a process that is killed in
between sends it again, with the same id. Nothing else is remembered: what is due is in the store (`due`), so any
process goes on where the last one stopped.

There are eight places. A server has at most two of them, and an endpoint with more to come gives its place back after a
turn where others wait, to the one that has waited longest: a server with a full log, or with endpoints that answer
nothing, costs the others nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import TesseraError
from bot.store.webhooks.webhook_store import Backlog, WebhookStore
from bot.webhooks.delivery.posting import Attempt
from bot.webhooks.values.endpoint import Endpoint
from bot.webhooks.values.event import Event, Missed
from bot.webhooks.values.retry_pauses import failing_from, gives_up, pause_after
from bot.webhooks.values.webhook_signature import SecretKey

log = logging.getLogger(__name__)

PLACES = 8
PLACES_OF_A_SERVER = 2
# One look at the store for so many; a turn ends with them, or after the time of one that does not answer.
_AT_ONCE = 20
# So many of those that are due: behind eight servers with ten endpoints each that have no place left, others are seen.
_LOOKED_AT = 100
_LONGEST_TURN = timedelta(seconds=10)
_REST = timedelta(minutes=1)


class Posts(Protocol):
    """Sends one request, see `bot.webhooks.delivery.posting.Poster.post`."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Attempt:
        """Send a body; how that ended."""


class Deliveries:
    """Delivers what is due.

    Args:
        store: Knows what is.
        poster: Sends it.
        key: Signs it.
        clock: Returns the present as an aware datetime.
        monotonic: Returns seconds, for the length of a turn.
        spread: Returns a random number from 0 to 1, see `pause_after`.
    """

    def __init__(
        self,
        store: WebhookStore,
        poster: Posts,
        key: SecretKey,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        spread: Callable[[], float],
    ) -> None:
        self._store = store
        self._poster = poster
        self._key = key
        self._clock = clock
        self._monotonic = monotonic
        self._spread = spread
        self._running: dict[int, tuple[int, asyncio.Task[None]]] = {}  # endpoint → its server, and who delivers
        self._resting: dict[int, float] = {}  # endpoint → until when, after a defect or a failing store
        self._is_closed = False

    async def run(self) -> None:
        """Start to deliver what is due, as far as there are places; to be called every second. It waits for nobody.

        Raises:
            StoreError: the next call starts what this one could not.
        """
        if len(self._running) >= PLACES or self._is_closed:
            return
        due = await self._due(_LOOKED_AT)
        of_server = Counter(guild_id for guild_id, _ in self._running.values())
        for guild_id, endpoint_id in due:
            if len(self._running) >= PLACES or self._is_closed:
                return
            if of_server[guild_id] < PLACES_OF_A_SERVER and endpoint_id not in self._running:
                of_server[guild_id] += 1
                task = asyncio.create_task(self._deliver(guild_id, endpoint_id), name=f"webhook {endpoint_id}")
                self._running[endpoint_id] = guild_id, task

    async def drain(self) -> None:
        """Wait until nothing is due any more and nothing is under way."""
        await self.run()
        while tasks := [task for _, task in self._running.values()]:
            await asyncio.wait(tasks)
            await self.run()

    async def close(self) -> None:
        """End what is under way. What was sent and not confirmed yet is sent again after the next start."""
        self._is_closed = True
        tasks = [task for _, task in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, guild_id: int, endpoint_id: int) -> None:
        """Deliver to one endpoint until nothing waits, an attempt fails, or others wait for the place."""
        try:
            while await self._turn(guild_id, endpoint_id) and not await self._others_wait():
                pass
        except TesseraError as error:
            self._rest(endpoint_id)
            log.warning("webhook %d: %s", endpoint_id, error.sentence)
        except Exception:
            self._rest(endpoint_id)
            log.exception("webhook %d: this delivery failed unexpectedly", endpoint_id)
        finally:
            del self._running[endpoint_id]
        await self._hand_over()

    def _rest(self, endpoint_id: int) -> None:
        """What could not be written down must not be sent again and again meanwhile."""
        self._resting[endpoint_id] = self._monotonic() + _REST.total_seconds()

    async def _hand_over(self) -> None:
        """Give the place to the next one, rather than leave it empty until the next call."""
        try:
            await self.run()
        except TesseraError as error:
            log.info("webhooks: what is due is looked for again in a second: %s", error.sentence)

    async def _others_wait(self) -> bool:
        return bool(await self._due(1))

    async def _due(self, limit: int) -> Sequence[tuple[int, int]]:
        """What is due, is not delivered to, and did not fail here a moment ago."""
        now = self._monotonic()
        self._resting = {endpoint_id: until for endpoint_id, until in self._resting.items() if until > now}
        return await self._store.due(self._clock(), except_=[*self._running, *self._resting], limit=limit)

    async def _turn(self, guild_id: int, endpoint_id: int) -> bool:
        """Deliver some events; whether there may be more."""
        backlog = await self._store.backlog(guild_id, endpoint_id, _AT_ONCE)
        if backlog is None:
            return False
        until = self._monotonic() + _LONGEST_TURN.total_seconds()
        endpoint, is_over = backlog.endpoint, True
        for event in _with_missed(backlog, self._clock()):
            is_over, number = False, event.last if isinstance(event, Missed) else event.number
            if not await self._attempt(endpoint, event, number):
                return False
            if self._monotonic() >= until:
                break
            endpoint = replace(endpoint, cursor=number, tries=0, failing_since=None)  # as it is stored now
        return not is_over

    async def _attempt(self, endpoint: Endpoint, event: Event | Missed, number: int) -> bool:
        """Send one; whether it was confirmed, and nobody changed anything meanwhile."""
        body = event.body()
        began = self._clock()
        headers = self._key.headers(endpoint, event.event_id, body, began)
        attempt = await self._poster.post(endpoint.url, headers, body)
        now = self._clock()
        if attempt.failure is None:
            return await self._store.delivered(endpoint, number, now)
        since = failing_from(endpoint.failing_since, endpoint.next_at, began)
        next_at = None
        if not gives_up(attempt.failure, since, now):
            next_at = now + pause_after(endpoint.tries + 1, self._spread(), attempt.asked)
        if await self._store.failed(endpoint, attempt.failure, since, now, next_at):
            again = f"again at {next_at:%H:%M:%S}" if next_at else "paused"
            # Neither its path nor its query: they may contain a password.
            log.info("webhook %d (%s): %s: %s", endpoint.endpoint_id, endpoint.host, attempt.failure.code.value, again)
        return False


def _with_missed(backlog: Backlog, now: datetime) -> Iterator[Event | Missed]:
    """What is to be sent, after what says which events before that are deleted already, if any are."""
    first = backlog.endpoint.cursor + 1
    if first < backlog.earliest:
        yield Missed(backlog.endpoint.guild_id, first, backlog.earliest - 1, now)
    yield from backlog.events
