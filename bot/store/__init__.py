"""What must survive a restart, in one SQLite file.

All SQL runs on one thread that owns the connection: one writer, no locks of ours. WAL with `synchronous=FULL`, so
what was acknowledged is on the disk. A file that is corrupt or from a newer Tessera is refused, never recreated.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from bot.errors import ConfigError, StoreError
from bot.holdings import Account
from bot.store.schema import MIGRATIONS

log = logging.getLogger(__name__)

T = TypeVar("T")


class Store:
    """The open store. Every method raises `StoreError` when SQLite fails; nothing is ever half-saved."""

    def __init__(self, thread: ThreadPoolExecutor, db: Database) -> None:
        self._thread = thread
        self._db = db

    @classmethod
    async def open(cls, path: Path | None) -> Store:
        """Open the file at `path`, or create it with mode 0600, and bring its tables up to date.

        Without a path the store lives in memory only, for commands that must not touch the bot's file.

        Raises:
            ConfigError: the file cannot be opened or written, is in use or corrupt, belongs to another program, or
                was written by a newer Tessera.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        try:
            db = await asyncio.get_running_loop().run_in_executor(thread, _open, path)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(thread, db)

    async def close(self) -> None:
        """Finish what is under way, and close the file."""
        await self._run(lambda: self._db.close())  # noqa: PLW0108 - the attribute is read on the store's thread
        self._thread.shutdown()

    async def ping(self) -> None:
        """Prove that the file still answers."""
        await self._run(lambda: self._db.execute("SELECT 1").fetchone())

    async def get_owner(self, account: Account) -> str | None:
        """The address that owns an account, if it was ever learnt."""
        row: tuple[Any, ...] | None = await self._run(
            lambda: self._db.execute("SELECT owner FROM owners WHERE account = ?", [str(account)]).fetchone()
        )
        return str(row[0]) if row else None

    async def save_owner(self, account: Account, owner: str, seen_at: datetime) -> None:
        """Remember the address that owns an account."""
        row = {"account": str(account), "owner": owner, "seen_at": seen_at.isoformat(timespec="seconds")}
        await self._run(lambda: self._db.table("owners").upsert(row, pk="account"))

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.Error, RuntimeError) as error:  # RuntimeError: the store was closed, as the bot stops
            log.warning("store: %s", error)
            raise StoreError(
                "Tessera cannot use its own store right now: its operator must look at the disk."
            ) from error


def _open(path: Path | None) -> Database:
    if path is None:
        db = Database(memory=True)
        MIGRATIONS.apply(db)
        return db
    try:
        # Created by us with a tight mode; SQLite would take the umask's.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path)
    except OSError as error:
        raise ConfigError(f"{path}: the store cannot be written: {error.strerror}. Set [store] path.") from error
    except sqlite3.Error as error:
        raise ConfigError(f"{path}: the store cannot be opened: {error}. Set [store] path.") from error
    try:
        return _prepare(path, Database(connection))
    except sqlite3.Error as error:
        connection.close()
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            raise ConfigError(f"{path}: the store is in use by another program. End that one first.") from error
        raise ConfigError(f"{path}: not a store that Tessera can use: {error}. It was not touched.") from error
    except ConfigError:
        connection.close()
        raise


def _prepare(path: Path, db: Database) -> Database:
    _check(path, db)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    MIGRATIONS.apply(db)
    db.execute("BEGIN IMMEDIATE")  # a file that cannot be written is found out now, not at the first save
    db.execute("ROLLBACK")
    return db


def _check(path: Path, db: Database) -> None:
    """Only reads: a file that is refused stays as it was."""
    if (verdict := db.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
        raise ConfigError(f"{path}: the store is damaged ({verdict}). Put a backup in its place; it was not touched.")
    applied = [step.name for step in MIGRATIONS.applied(db)]
    if not applied and set(db.table_names()) - {MIGRATIONS.migrations_table}:
        raise ConfigError(f"{path}: the database of another program. Set [store] path; it was not touched.")
    known = {step.name for step in MIGRATIONS.pending(Database(memory=True))}
    if newer := [name for name in applied if name not in known]:
        raise ConfigError(f"{path}: written by a newer Tessera ({newer[-1]}). Run that version, or use another file.")
