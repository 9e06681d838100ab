"""Opening a store: lock it, look at it, save it before its tables change, and bring them up to date."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import ExitStack
from pathlib import Path

from sqlite_utils import Database

from bot.errors import ConfigError, StoreError
from bot.messages import Message
from bot.store.file import backup_files
from bot.store.file.backup import copy
from bot.store.file.examine import Findings, connect_to_read, examine, explaining
from bot.store.file.lock import Lock
from bot.store.schema import MIGRATIONS

log = logging.getLogger(__name__)

_CANNOT_WRITE = Message("{path}: the store cannot be written: {reason}. Set [store] path.")
_NOT_SAVED_FIRST = Message(
    "{path}: the store's tables must change for this Tessera, and saving it first to {backups} failed: "
    "{reason} Nothing was changed."
)

# trusted_schema: SQL functions with effects cannot be smuggled in by a file that somebody else made.
# secure_delete: what a member had deleted shall not stand in the file's free pages.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF", "secure_delete=ON")


def open_memory(closing: ExitStack) -> Database:
    """A new store that is gone when it is closed."""
    db = Database(memory=True)
    closing.callback(db.close)
    db.execute("PRAGMA foreign_keys=ON").fetchall()
    MIGRATIONS.apply(db)
    return db


def open_file(path: Path, backups: Path, patience: float, closing: ExitStack) -> Database:
    """Open the store at `path`, or create it with mode 0600. Its lock and connection are put on `closing`.

    Raises:
        DamagedStoreError, ConfigError: as `examine`, or it is in use, cannot be written, or could not be saved before
            its tables change. Nothing was changed.
    """
    if not path.is_dir():  # that is for examine() to say, and no place for a lock beside it
        closing.enter_context(Lock.take(path))
    with explaining(path, backups):
        _undo_what_was_killed(path, patience)
        found = examine(path, backups, patience=patience)
        _keep_private(path)
        db = Database(sqlite3.connect(path, timeout=patience))
        closing.callback(db.close)
        for pragma in _PRAGMAS:
            db.execute(f"PRAGMA {pragma}").fetchall()
        _migrate(path, backups, db, found)
        # A file that cannot be written is found out now, not at the first save.
        db.execute("BEGIN IMMEDIATE")
        db.rollback()
        return db


def open_to_read(path: Path, backups: Path, patience: float, closing: ExitStack) -> Database:
    """Open the store at `path`, which is open for writing, once more: a connection that cannot change it.

    Raises:
        DamagedStoreError, ConfigError: as `examine`.
    """
    with explaining(path, backups):
        db = Database(connect_to_read(path, patience=patience))
        closing.callback(db.close)
        db.execute("PRAGMA trusted_schema=OFF").fetchall()
        db.table_names()
        return db


def _undo_what_was_killed(path: Path, patience: float) -> None:
    """Let SQLite roll back what a rollback journal tells of; one is only written before the log is switched on."""
    journal = Path(f"{path}-journal")
    if path.is_file() and journal.is_file() and journal.stat().st_size:
        with Database(sqlite3.connect(path, timeout=patience)) as db:
            db.table_names()


def _keep_private(path: Path) -> None:
    """SQLite gives its log the mode of the file."""
    try:
        # By O_EXCL: closing a file of an open store would give up SQLite's locks on it (sqlite.org/howtocorrupt.html).
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        for file in (path, *(Path(f"{path}{ending}") for ending in backup_files.COMPANIONS)):
            _tighten(file)
    except OSError as error:
        raise ConfigError(_CANNOT_WRITE, path=path, reason=error.strerror) from error


def _tighten(file: Path) -> None:
    try:
        if file.exists() and file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except OSError as error:
        log.warning("%s: others may read it, and that cannot be changed: %s", file, error.strerror)


def _migrate(path: Path, backups: Path, db: Database, found: Findings | None) -> None:
    if found and found.pending and _holds_anything(found):
        target = backups / backup_files.of_step(path, found.pending[0])
        try:
            backups.mkdir(mode=0o700, exist_ok=True)
            copy(path, target, replace=True)  # an earlier one is of a start that did not get any further
        except (OSError, StoreError, ConfigError) as error:
            reason = f"{error.strerror}." if isinstance(error, OSError) else error.words
            raise ConfigError(_NOT_SAVED_FIRST, path=path, backups=backups, reason=reason) from error
        log.info("store: saved to %s before its tables change (%s)", target, ", ".join(found.pending))
    with db.atomic():
        MIGRATIONS.ensure_migrations_table(db)
    MIGRATIONS.apply(db)


def _holds_anything(found: Findings) -> bool:
    return any(rows for table, rows in found.rows.items() if table != MIGRATIONS.migrations_table)
