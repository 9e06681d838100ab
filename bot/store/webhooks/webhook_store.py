"""Everything of outgoing webhooks that is stored, behind one object."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.store.audit import record
from bot.store.sync.post_table import NewPost, PostKind, enqueue
from bot.store.thread import Reader, Writer
from bot.store.webhooks import endpoint_table, event_log
from bot.webhooks.values.delivery_failure import Failure
from bot.webhooks.values.endpoint import Endpoint, EndpointState, Standing
from bot.webhooks.values.event import Event, NewEvent


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is to be sent to an endpoint next.

    Attributes:
        endpoint: It.
        events: In order; the first follows its cursor, unless what follows it was deleted.
        earliest: The number of the first event that is retained.
    """

    endpoint: Endpoint
    events: Sequence[Event]
    earliest: int


@dataclass(frozen=True, slots=True)
class Admin:
    """Who changes an endpoint: `user_id` for the log channel, `pseudonym` for the audit table."""

    user_id: int
    pseudonym: bytes


class WebhookStore:
    """Reads and writes them. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def add_event(self, guild_id: int, event: NewEvent) -> int | None:
        """Write an event down; its number. None: that server has no endpoint, so nothing is written.

        What is written together with what it reports calls `event_log.add_event` in that transaction.
        """
        return await self._writer.transaction(lambda db: event_log.add_event(db, guild_id, event))

    async def add_endpoint(
        self, guild_id: int, url: str, salt: bytes, now: datetime, by: Admin, *, most: int
    ) -> Endpoint | None:
        """Add an endpoint, and have that said in the log channel; None: the server has it, or `most` of them."""

        def work(db: Database) -> Endpoint | None:
            added = endpoint_table.add_endpoint(db, guild_id, url, salt, now, most)
            return _recorded(db, added, PostKind.WEBHOOK_ADDED, "webhook_add", now, by)

        return await self._writer.transaction(work)

    async def standings(self, guild_id: int) -> Sequence[Standing]:
        """The endpoints of a server, with what waits for each; a long read."""
        return await self._reader.run(lambda db: endpoint_table.standings(db, guild_id))

    async def endpoint(self, guild_id: int, endpoint_id: int) -> Endpoint | None:
        """One endpoint; None: that server has no such endpoint."""
        return await self._writer.run(lambda db: endpoint_table.endpoint_of(db, guild_id, endpoint_id))

    async def bounds(self, guild_id: int) -> tuple[int, int]:
        """The numbers of the first event that a server's log retains, and of the last one."""
        return await self._writer.run(lambda db: event_log.bounds(db, guild_id))

    async def due(self, now: datetime, *, except_: Collection[int], limit: int) -> Sequence[tuple[int, int]]:
        """Server and endpoint of what is to be delivered to now; see `endpoint_table.due_endpoints`."""
        return await self._writer.run(lambda db: endpoint_table.due_endpoints(db, now, except_, limit))

    async def backlog(self, guild_id: int, endpoint_id: int, limit: int) -> Backlog | None:
        """What waits for an endpoint, at most so much; None: it is not active, or not there any more."""

        def work(db: Database) -> Backlog | None:
            endpoint = endpoint_table.endpoint_of(db, guild_id, endpoint_id)
            if endpoint is None or endpoint.state is not EndpointState.ACTIVE:
                return None
            events = event_log.read_events(db, guild_id, endpoint.cursor, limit)
            return Backlog(endpoint, events, event_log.bounds(db, guild_id)[0])

        return await self._writer.run(work)

    async def delivered(self, endpoint: Endpoint, number: int, now: datetime) -> bool:
        """It confirmed everything up to a number; whether it is still as it was."""
        return await self._writer.transaction(lambda db: endpoint_table.set_delivered(db, endpoint, number, now))

    async def failed(
        self, endpoint: Endpoint, failure: Failure, since: datetime, now: datetime, next_at: datetime | None
    ) -> bool:
        """An attempt failed, see `endpoint_table.set_failed`. Whether the endpoint is as it was."""
        return await self._writer.transaction(
            lambda db: endpoint_table.set_failed(db, endpoint, failure, since, now, next_at)
        )

    async def set_state(self, guild_id: int, endpoint_id: int, state: EndpointState, now: datetime) -> Endpoint | None:
        """Pause an endpoint or let it go on; None: there is none."""
        return await self._writer.transaction(
            lambda db: endpoint_table.set_state(db, guild_id, endpoint_id, state, now)
        )

    async def replay(self, guild_id: int, endpoint_id: int, after: int, now: datetime) -> Endpoint | None:
        """Send everything again that follows a number; None: there is no such endpoint."""
        return await self._writer.transaction(
            lambda db: endpoint_table.set_cursor(db, guild_id, endpoint_id, after, now)
        )

    async def rotate(self, guild_id: int, endpoint_id: int, now: datetime, by: Admin) -> Endpoint | None:
        """Replace an endpoint's secret, and have that said; None: there is no such endpoint."""

        def work(db: Database) -> Endpoint | None:
            changed = endpoint_table.rotate(db, guild_id, endpoint_id, now)
            return _recorded(db, changed, PostKind.WEBHOOK_ROTATED, "webhook_rotate", now, by)

        return await self._writer.transaction(work)

    async def remove(self, guild_id: int, endpoint_id: int, now: datetime, by: Admin) -> Endpoint | None:
        """Delete an endpoint, and have that said; None: there was none."""

        def work(db: Database) -> Endpoint | None:
            removed = endpoint_table.remove_endpoint(db, guild_id, endpoint_id)
            return _recorded(db, removed, PostKind.WEBHOOK_REMOVED, "webhook_remove", now, by)

        return await self._writer.transaction(work)

    async def purge(self, before: datetime, most: int) -> None:
        """Delete events from before a moment, and of each server all but the latest `most`."""
        await self._writer.transaction(lambda db: event_log.purge_events(db, before, most))


def _recorded(
    db: Database, endpoint: Endpoint | None, kind: PostKind, verb: str, now: datetime, by: Admin
) -> Endpoint | None:
    """Write down who changed an endpoint, and have it said where the server's admins read it."""
    if endpoint is not None:
        record(db, now, by.pseudonym, verb)
        enqueue(db, NewPost(kind, endpoint.guild_id, now, user_id=by.user_id, detail=endpoint.host))
    return endpoint
