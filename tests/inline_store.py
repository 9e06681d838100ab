"""The store without its threads: in memory, and in turns that a seed decides; so the same seed is the same history.

The tables, the transactions and every query are the real ones. What is left out is what days of virtual time do not
test: the file, and waiting for a thread, which takes most of the time of a small query.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from random import Random
from typing import TypeVar

from sqlite_utils import Database

from bot.store import Store
from bot.store.thread import Reader, Writer, run_in_transaction
from tests.new_store import copy_to_memory, serialized_store

T = TypeVar("T")


class InlineWriter(Writer):
    """Does its work at once, after others had their turn."""

    def __init__(self, db: Database, closing: ExitStack, random: Random) -> None:
        self._inline, self._end, self._random = db, closing, random

    async def run(self, work: Callable[[Database], T]) -> T:
        """Read, or make a change with one statement."""
        await self._let_others_go_first()
        result = work(self._inline)
        assert not self._inline.conn.in_transaction
        return result

    async def transaction(self, work: Callable[[Database], T]) -> T:
        """Do all of `work`, or nothing of it."""
        await self._let_others_go_first()
        return run_in_transaction(self._inline, work)

    def reader(self) -> Reader:
        """The same connection."""
        return InlineReader(self)

    async def close(self) -> None:
        """Forget everything."""
        self._end.close()

    async def _let_others_go_first(self) -> None:
        for _ in range(self._random.getrandbits(1) + 1):
            await asyncio.sleep(0)


class InlineReader(Reader):
    """Reads by the writer's connection."""

    def __init__(self, writer: InlineWriter) -> None:
        self._writer = writer

    async def run(self, work: Callable[[Database], T]) -> T:
        """Read."""
        return await self._writer.run(work)

    async def wait(self) -> None:
        """Nothing is under way."""

    async def close(self) -> None:
        """The writer closes."""


def open_inline(seed: int, stored: bytes | None = None) -> Store:
    """A new store, in memory; `stored`: a copy of another one."""
    closing = ExitStack()
    random = Random(seed)  # noqa: S311  # the same turns for the same seed
    return Store(InlineWriter(copy_to_memory(stored or serialized_store(), closing), closing, random))
