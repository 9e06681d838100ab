"""The reader: long reads hold nobody up, see one moment, cannot write, and end with the store."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import ConfigError, StoreError
from bot.store import Store
from bot.store.pseudonyms import pseudonyms
from tests.store.fixtures import NOW, account, owner, save, stored_owner

FOREVER = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
COUNT = "SELECT count(*) FROM owners"
SECONDS = 10.0  # how long what is at once may take on a busy machine; what waits for the long read takes for ever


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "t.db")
    yield store
    await store.close()


def count(db: Database) -> int:
    return int(db.execute(COUNT).fetchone()[0])


async def ended(threads: set[threading.Thread]) -> None:
    """Threads that belonged to a store go away by themselves; those of asyncio's own pool stay."""
    for thread in threads:
        if thread.name.startswith("store-"):
            await asyncio.to_thread(thread.join, SECONDS)
            assert not thread.is_alive()


class Held:
    """A read that has its moment, and goes on until it is let go."""

    def __init__(self) -> None:
        self._has_begun = threading.Event()
        self._may_end = threading.Event()

    def __call__(self, db: Database) -> tuple[int, int]:
        before = count(db)
        self._has_begun.set()
        assert self._may_end.wait(SECONDS)
        return before, count(db)

    async def started(self) -> None:
        assert await asyncio.to_thread(self._has_begun.wait, SECONDS)

    def let_go(self) -> None:
        self._may_end.set()


async def test_a_read_without_an_end_delays_neither_a_write_nor_a_read_of_the_writer(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "t.db")
    reading = asyncio.create_task(store.reader.run(lambda db: db.execute(FOREVER).fetchall()))
    async with asyncio.timeout(SECONDS):
        await save(store, *range(50))
        assert await stored_owner(store, account(49)) == owner(49)
        assert not reading.done()
        # Nor does it outlive the store, with whatever waits behind it.
        behind = asyncio.create_task(store.reader.run(count))
        await asyncio.sleep(0)
        await store.close()
        for read in (reading, behind):
            with pytest.raises(StoreError):
                await read


async def test_what_is_read_is_of_one_moment_and_what_was_committed_before_is_in_it(store: Store) -> None:
    await save(store, 1)
    held = Held()
    reading = asyncio.create_task(store.reader.run(held))
    await held.started()
    await save(store, 2)
    held.let_go()
    assert await reading == (1, 1)
    assert await store.reader.run(count) == 2


@pytest.mark.parametrize("name", ["t.db", None])
@pytest.mark.parametrize(
    "sql", ["INSERT INTO owners SELECT 'a', '0x' || hex(zeroblob(20)), 'x'", "CREATE TABLE t (a)", "DELETE FROM owners"]
)
async def test_a_reader_cannot_write_and_a_writer_can_afterwards(tmp_path: Path, name: str | None, sql: str) -> None:
    store = await Store.open(tmp_path / name if name else None)
    await save(store, 1)
    with pytest.raises(StoreError) as caught:
        await store.reader.run(lambda db: db.execute(sql).fetchall())
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
    await save(store, 2)
    assert await store.reader.run(count) == 2
    await store.close()


async def test_the_file_itself_is_opened_for_reading_only(store: Store) -> None:
    """Also where somebody switches back what forbids writing to a connection."""

    def write(db: Database) -> None:
        db.conn.execute("PRAGMA query_only=OFF")
        db.execute("DELETE FROM owners").fetchall()

    with pytest.raises(StoreError) as caught:
        await store.reader.run(write)
    assert "readonly" in str(caught.value.__cause__)


async def test_when_the_store_is_closed_no_connection_and_no_thread_is_left(tmp_path: Path) -> None:
    path, before = tmp_path / "t.db", set(threading.enumerate())
    store = await Store.open(path)
    await save(store, 1)
    assert await store.reader.run(count) == 1
    names = {thread.name for thread in set(threading.enumerate()) - before}
    assert names >= {"store-writer_0", "store-reader_0"}
    await store.close()
    assert not path.with_name("t.db-wal").exists()  # the last connection was one that may put the log away
    await ended(set(threading.enumerate()) - before)
    with pytest.raises(StoreError):
        await store.reader.run(count)


async def test_a_store_that_is_refused_leaves_no_thread_and_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    store = await Store.open(path)
    before = set(threading.enumerate())
    with pytest.raises(ConfigError, match="in use by another Tessera"):
        await Store.open(path)
    await ended(set(threading.enumerate()) - before)
    await store.close()
    await (await Store.open(path)).close()


async def test_a_path_may_hold_what_means_something_in_a_uri(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "t%41?mode=rw#x.db")
    await save(store, 1)
    assert await store.reader.run(count) == 1
    await store.close()


async def test_a_deletion_empties_the_log_once_nobody_reads_from_it_and_holds_up_no_command(
    store: Store, tmp_path: Path
) -> None:
    await save(store, 1)
    held = Held()
    reading = asyncio.create_task(store.reader.run(held))
    await held.started()
    deleting = asyncio.create_task(store.members.delete(1, NOW, pseudonyms("a token"), refused_until=NOW))
    async with asyncio.timeout(SECONDS):
        await save(store, 2)
        await store.ping()
    assert not deleting.done()
    held.let_go()
    assert await reading == (1, 1)
    await deleting
    assert (tmp_path / "t.db-wal").stat().st_size == 0
