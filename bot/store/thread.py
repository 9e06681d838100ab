"""The two threads that own the store's connections: one writes, one serves long reads; and how transactions run.

One thread, one connection, one thing at a time: no locks of ours, and no two writers that could meet. What was started
is finished on that thread, so a task that is cancelled while it waits never leaves half a transaction.

Not aiosqlite, which submits single statements: those of another task could run between two of a transaction.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Self, TypeVar, cast

from sqlite_utils import Database

from bot.errors import InputError, StoreError
from bot.messages import Message
from bot.store.store_errors import STOPPING, store_error

log = logging.getLogger(__name__)

T = TypeVar("T")

# Instructions of SQLite's virtual machine, some tens of microseconds: how often a read checks whether to stop.
_STEPS = 10_000

# sqlite3's words for a number that a statement is given and no column can have.
_OUT_OF_RANGE = "SQLite INTEGER"
_TOO_LARGE = Message("No number here is above {most}: use the one that you were shown.")


class Rollback(Exception):  # noqa: N818 - a result, not an error
    """Raised by work to undo its transaction; `transaction` then returns this outcome."""

    def __init__(self, outcome: object) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def _ignore(_seconds: float) -> None:
    pass


class _Connection:
    """A connection on a thread of its own. Work runs in the order in which it was submitted.

    Attributes:
        waiting: How much work waits for the thread or is done there now.
        on_work: Gets the seconds that each took, the wait included.
    """

    def __init__(self, thread: ThreadPoolExecutor, db: Database, closing: ExitStack) -> None:
        self._thread = thread
        self._db = db
        self._closing = closing
        self.waiting = 0
        self.on_work: Callable[[float], None] = _ignore

    @classmethod
    async def start(cls, open_database: Callable[[ExitStack], Database]) -> Self:
        """Open a database on a new thread.

        `open_database` runs there, and puts on the stack what is to be closed with the connection. Its exceptions
        pass through, after what it had put there was closed.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"store-{cls.__name__.lower()}")
        opening = thread.submit(_open, open_database)
        try:
            db, closing = await asyncio.wrap_future(opening)
        except BaseException:
            # Cancelled: its own thread closes the database once it is open.
            thread.submit(_close, opening)
            thread.shutdown(wait=False)
            raise
        return cls(thread, db, closing)

    async def close(self) -> None:
        """Finish the submitted work, and close the connection.

        Raises:
            StoreError: it is closed already, or SQLite failed.
        """
        try:
            await self._do(self._closing.close)
        finally:
            self._thread.shutdown(wait=False)

    async def _do(self, work: Callable[[], T]) -> T:
        try:
            doing = self._thread.submit(work)
        except RuntimeError as error:  # the thread was shut down: the bot is stopping
            raise StoreError(STOPPING) from error
        self.waiting += 1
        began_at = time.monotonic()
        try:
            return await asyncio.wrap_future(doing)
        except sqlite3.Error as error:
            log.warning("store: %s", error)
            raise store_error(error) from error
        except OverflowError as error:
            if _OUT_OF_RANGE not in str(error):
                raise
            raise InputError(_TOO_LARGE, most=2**63 - 1) from error
        finally:
            self.waiting -= 1
            self.on_work(time.monotonic() - began_at)


class Writer(_Connection):
    """The one connection that changes anything."""

    async def run(self, work: Callable[[Database], T]) -> T:
        """Read, or make a change with one statement, which SQLite commits by itself.

        `work` runs on the store's thread and must fetch its rows there: a cursor cannot be used on another thread.

        Raises:
            StoreError: SQLite failed, or the store is closed.
            InputError: a number is larger than any in the store.
            RuntimeError: `work` left a transaction open (as `INSERT … RETURNING` does); it was rolled back.
        """
        return await self._do(lambda: _run_alone(self._db, work))

    async def transaction(self, work: Callable[[Database], T]) -> T:
        """Do all of `work` in one transaction, or nothing of it: committed when this returns.

        Whatever `work` raises rolls back and passes through, but for `Rollback`, whose outcome is returned. When the
        waiting task is cancelled, work that has started is still committed or rolled back as a whole.

        Raises:
            StoreError: SQLite failed, or the store is closed.
            InputError: a number is larger than any in the store.
            RuntimeError: `work` ended the transaction by itself.
        """
        return await self._do(lambda: run_in_transaction(self._db, work))

    def reader(self) -> Reader:
        """A reader on this very connection and thread, for a store in memory: no other connection can see that."""
        return Reader(self._thread, self._db, None)


class Reader(_Connection):
    """A second connection, for long reads: the writer never waits for it."""

    def __init__(self, thread: ThreadPoolExecutor, db: Database, closing: ExitStack | None) -> None:
        super().__init__(thread, db, closing or ExitStack())
        self._is_shared = closing is None
        self._stopping = threading.Event()

    async def run(self, work: Callable[[Database], T]) -> T:
        """Read a snapshot: all that `work` reads is of one moment, and includes all that was committed before.

        `work` runs on the reader's thread and must fetch its rows there: a cursor cannot be used on another thread.

        Raises:
            StoreError: SQLite failed, `work` tried to write, or the store is closed, which also cancels reads.
            InputError: a number is larger than any in the store.
        """
        return await self._do(lambda: self._read(work))

    async def wait(self) -> None:
        """Return when the reads that were submitted before are over.

        Raises:
            StoreError: the store is closed.
        """
        await self._do(lambda: None)

    async def close(self) -> None:
        """Cancel reads, and close the connection; a shared one is closed by its writer.

        Raises:
            StoreError: it is closed already, or SQLite failed.
        """
        if not self._is_shared:
            self._stopping.set()
            await super().close()

    def _read(self, work: Callable[[Database], T]) -> T:
        if self._stopping.is_set():
            raise StoreError(STOPPING)
        self._db.conn.set_progress_handler(self._stopping.is_set, _STEPS)
        self._db.conn.execute("PRAGMA query_only=ON")
        try:
            self._db.conn.execute("BEGIN")
            return _call(work, self._db)
        finally:
            self._db.rollback()
            self._db.conn.execute("PRAGMA query_only=OFF")
            self._db.conn.set_progress_handler(None, 0)


def _open(open_database: Callable[[ExitStack], Database]) -> tuple[Database, ExitStack]:
    with ExitStack() as stack:
        return open_database(stack), stack.pop_all()


def _close(opening: Future[tuple[Database, ExitStack]]) -> None:
    _, closing = opening.result()
    closing.close()


def _run_alone(db: Database, work: Callable[[Database], T]) -> T:
    result = _call(work, db)
    if db.conn.in_transaction:
        db.rollback()
        raise RuntimeError("work on the store left a transaction open: use transaction() for it")
    return result


def run_in_transaction(db: Database, work: Callable[[Database], T]) -> T:
    """Do all of `work` in one transaction on this thread, or nothing of it; see `Writer.transaction`."""
    # sqlite-utils commits by itself only where no transaction is open (Database.execute, Database.atomic), so all until
    # COMMIT belongs to this one. IMMEDIATE: waits for other programs at the start, not in the middle.
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        result = _call(work, db)
        ended = not db.conn.in_transaction
        db.commit()
    except Rollback as rollback:
        db.rollback()
        return cast("T", rollback.outcome)
    except BaseException:
        db.rollback()
        raise
    if ended:
        raise RuntimeError("work on the store ended the transaction by itself")
    return result


def _call(work: Callable[[Database], T], db: Database) -> T:
    try:
        return work(db)
    except StopIteration as error:  # a future that is given one is never done (asyncio of Python 3.11)
        raise RuntimeError("work on the store raised StopIteration") from error
