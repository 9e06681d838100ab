"""Requests under way, each shared by all who need its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.sources.askers import Askers
from bot.sources.fair_queue import Ticket

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class _Request(Generic[T]):
    ticket: Ticket
    task: asyncio.Task[T]


class SharedRequests(Generic[T]):
    """One request for all who need the same answer; it ends when none of them waits any more."""

    def __init__(self) -> None:
        self._requests: dict[Hashable, _Request[T]] = {}
        self._tasks: set[asyncio.Task[T]] = set()

    async def fetch(self, key: Hashable, askers: Askers, send: Callable[[Ticket], Coroutine[Any, Any, T]]) -> T:
        """The answer of the request under way for `key`, or of a new one.

        Args:
            key: Requests with the same key have the same answer.
            askers: Those who need the answer.
            send: Waits for the turn of a ticket, and returns the answer.
        """
        request = self._requests.get(key)
        if request is None:
            request = self._requests[key] = self._start(Ticket(askers), send)
        else:
            request.ticket.join(askers)
        try:
            # Shielded: a caller who stops waiting must not cancel the request for the others.
            return await asyncio.shield(request.task)
        finally:
            request.ticket.leave(askers)
            if request.ticket.abandoned:
                if self._requests.get(key) is request:  # first: nobody may join a request that is being cancelled
                    del self._requests[key]
                request.task.cancel()

    async def close(self) -> None:
        """Cancel all of them."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, ticket: Ticket, send: Callable[[Ticket], Coroutine[Any, Any, T]]) -> _Request[T]:
        task = asyncio.create_task(send(ticket), name="shared request")
        self._tasks.add(task)
        task.add_done_callback(self._on_finished)
        return _Request(ticket, task)

    def _on_finished(self, task: asyncio.Task[T]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # marked as retrieved: the waiters received it, and if none is left, nobody needs it
