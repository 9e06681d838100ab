"""An operator's command changes a store that a bot has open, and nothing else."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import ConfigError, DamagedStoreError, StoreError
from bot.store import Store
from bot.store.file.beside_bot import change_beside_bot
from bot.store.thread import Rollback
from tests.store.fixtures import (
    NOW,
    Place,
    account,
    damage,
    make_old_store,
    make_saved_store,
    make_store,
    owner,
    owners,
    read_owners,
    save,
    stored_owner,
)

_FUTURE = """
    INSERT INTO _sqlite_migrations (migration_set, name, applied_at)
    SELECT migration_set, 'm999_future', applied_at FROM _sqlite_migrations LIMIT 1
"""


def insert(number: int, db: Database) -> str:
    """Save the owner of an account."""
    row = {"account": str(account(number)), "owner": owner(number), "seen_at": NOW.isoformat()}
    db.table("owners").insert(row)
    return "done"


def insert_seven(db: Database) -> str:
    """One change."""
    return insert(7, db)


async def test_a_change_is_seen_by_the_bot_that_has_the_store_open(place: Place) -> None:
    bot = await Store.open(place.path)
    await save(bot, 0, 1, 2)
    assert await Store.change_beside_bot(place.path, insert_seven) == "done"
    sql = "SELECT owner FROM owners WHERE account = ?"
    assert await stored_owner(bot, account(7)) == owner(7)
    row = await bot.reader.run(lambda db: db.execute(sql, [str(account(7))]).fetchone())
    assert row == (owner(7),)
    await save(bot, 8)  # and it can still write
    await bot.close()
    assert read_owners(place.path) == owners(3) | {str(account(n)): owner(n) for n in (7, 8)}


async def test_a_change_without_a_bot_leaves_one_whole_file(place: Place) -> None:
    await make_store(place.path)
    await Store.change_beside_bot(place.path, insert_seven)
    assert sorted(file.name for file in place.path.parent.iterdir()) == ["t.db", "t.db.lock"]
    assert read_owners(place.path) == owners(3) | {str(account(7)): owner(7)}


async def test_it_does_not_keep_a_bot_out(place: Place) -> None:
    await make_store(place.path)

    def start_bot(_: Database) -> None:
        asyncio.run(open_and_close(place.path))

    async def open_and_close(path: Path) -> None:
        await (await Store.open(path)).close()

    # Within a command's read: its transaction is open.
    await Store.read_beside_bot(place.path, start_bot)


async def test_a_write_of_the_bot_only_delays_it(place: Place) -> None:
    bot = await Store.open(place.path)
    order: list[str] = []
    writing, release = threading.Event(), threading.Event()

    def long_write(db: Database) -> None:
        insert(1, db)
        writing.set()
        release.wait()
        order.append("bot")

    def change(db: Database) -> None:
        order.append("command")
        insert(7, db)

    def begin() -> None:
        threading.Timer(0.3, release.set).start()
        change_beside_bot(place.path, place.backups, change)

    written = asyncio.create_task(bot.writer.transaction(long_write))
    await asyncio.to_thread(writing.wait)
    with pytest.raises(StoreError, match=r"writing to the store for 0 s\. Nothing was changed: try again\."):
        await asyncio.to_thread(change_beside_bot, place.path, place.backups, change, patience=0)
    await asyncio.to_thread(begin)
    await written
    assert order == ["bot", "command"]
    await bot.close()
    assert read_owners(place.path) == {str(account(n)): owner(n) for n in (1, 7)}


async def test_a_write_of_the_bot_waits_for_the_command(place: Place) -> None:
    bot = await Store.open(place.path)
    changing, release = threading.Event(), threading.Event()

    def change(db: Database) -> None:
        insert(7, db)
        changing.set()
        release.wait()

    changed = asyncio.create_task(Store.change_beside_bot(place.path, change))
    await asyncio.to_thread(changing.wait)
    saved = asyncio.create_task(save(bot, 1))
    assert await bot.reader.run(lambda db: db.table("owners").count) == 0  # reading never waits
    release.set()
    await asyncio.gather(changed, saved)
    await bot.close()
    assert read_owners(place.path) == {str(account(n)): owner(n) for n in (1, 7)}


async def test_a_change_is_made_as_a_whole_or_not_at_all(place: Place) -> None:
    await make_store(place.path)

    def fail(db: Database) -> None:
        insert(7, db)
        raise KeyError("fault")

    def undo(db: Database) -> str:
        insert(7, db)
        raise Rollback("refused")

    with pytest.raises(KeyError, match="fault"):
        await Store.change_beside_bot(place.path, fail)
    assert await Store.change_beside_bot(place.path, undo) == "refused"
    assert read_owners(place.path) == owners(3)


async def test_a_read_cannot_change_anything(place: Place) -> None:
    await make_store(place.path)
    with pytest.raises(ConfigError, match="readonly"):
        await Store.read_beside_bot(place.path, insert_seven)
    assert await Store.read_beside_bot(place.path, lambda db: db.table("owners").count) == 3


async def test_deleted_bytes_are_overwritten_as_the_bot_does(place: Place) -> None:
    await make_store(place.path)
    pragmas = ("secure_delete", "foreign_keys", "synchronous", "trusted_schema")
    found = await Store.change_beside_bot(
        place.path, lambda db: {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas}
    )
    assert found == {"secure_delete": 1, "foreign_keys": 1, "synchronous": 2, "trusted_schema": 0}


# ---------------------------------------------------------------- what it refuses


async def test_a_store_that_is_not_there_is_not_made(place: Place) -> None:
    for refused in (Store.change_beside_bot, Store.read_beside_bot):
        with pytest.raises(ConfigError, match=r"no store yet\. Start the bot once, .*nothing was created"):
            await refused(place.path, insert_seven)
    assert list(place.path.parent.iterdir()) == []


async def test_an_empty_file_is_no_store(place: Place) -> None:
    place.path.touch()
    with pytest.raises(ConfigError, match="no store yet"):
        await Store.change_beside_bot(place.path, insert_seven)
    assert place.path.read_bytes() == b""


async def test_tables_of_an_older_tessera_are_left_to_the_bot(place: Place) -> None:
    make_old_store(place.path)
    before = place.path.read_bytes()
    for refused in (Store.change_beside_bot, Store.read_beside_bot):
        with pytest.raises(ConfigError, match=r"of an older Tessera \(m002_links is missing\)\. Start the bot once"):
            await refused(place.path, insert_seven)
    assert place.path.read_bytes() == before


async def test_tables_of_a_newer_tessera_are_refused(place: Place) -> None:
    await make_store(place.path)
    with closing(sqlite3.connect(place.path)) as db, db:
        db.execute(_FUTURE)
    for refused in (Store.change_beside_bot, Store.read_beside_bot):
        with pytest.raises(ConfigError, match=r"written by a newer Tessera \(m999_future\)"):
            await refused(place.path, insert_seven)
    assert read_owners(place.path) == owners(3)


async def test_tables_that_change_after_they_were_examined_are_refused(place: Place) -> None:
    """A newer bot starts while the command waits for its turn."""
    await make_store(place.path)
    with closing(sqlite3.connect(place.path, isolation_level=None, check_same_thread=False)) as newer:
        newer.execute("BEGIN IMMEDIATE")
        newer.execute(_FUTURE)

        def commit() -> None:
            newer.execute("COMMIT")

        timer = threading.Timer(0.3, commit)
        timer.start()
        with pytest.raises(ConfigError, match=r"written by a newer Tessera \(m999_future\)"):
            await Store.change_beside_bot(place.path, insert_seven)
        timer.join()
    assert read_owners(place.path) == owners(3)


async def test_a_damaged_store_is_reported_with_how_to_restore_it(place: Place) -> None:
    await make_saved_store(place, rows=5000)
    before = damage(place.path)
    for refused in (Store.change_beside_bot, Store.read_beside_bot):
        with pytest.raises(DamagedStoreError, match="2026-11-24"):
            await refused(place.path, insert_seven)
    assert place.path.read_bytes() == before


async def test_a_store_that_is_gone_is_not_taken_for_a_first_start(place: Place) -> None:
    await make_saved_store(place)
    place.path.unlink()
    with pytest.raises(DamagedStoreError, match="the store is gone or empty"):
        await Store.change_beside_bot(place.path, insert_seven)
    assert not place.path.exists()


async def test_the_database_of_another_program_is_refused(place: Place) -> None:
    with closing(sqlite3.connect(place.path)) as db, db:
        db.execute("CREATE TABLE owners (account TEXT, owner TEXT, seen_at TEXT)")
    with pytest.raises(ConfigError, match="another program"):
        await Store.change_beside_bot(place.path, insert_seven)
    assert read_owners(place.path) == {}
