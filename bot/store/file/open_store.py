"""Opening a store: lock it, examine it, back it up before its tables change, and migrate them."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlite_utils import Database

from bot.errors import ConfigError, StoreError
from bot.messages import Message
from bot.store.file import backup_files
from bot.store.file.backup import copy
from bot.store.file.examine import Findings, connect_to_read, examine, explaining, refuse_replaceable
from bot.store.file.lock import Lock
from bot.store.rows import first
from bot.store.schema import MIGRATIONS

log = logging.getLogger(__name__)

_CANNOT_WRITE = Message("{path}: the store cannot be written: {reason}. Set [store] path.")
_NOT_SAVED_FIRST = Message(
    "{path}: the store's tables must change for this Tessera, and saving it first to {backups} failed: "
    "{reason} Nothing was changed."
)

_NOT_SAFE = Message(
    "{path}: SQLite does not accept {setting}, without which the store is not safe. Use another SQLite."
)

# What is set, and what SQLite then says: it ignores, silently, what it does not know or cannot do.
_WAL = ("journal_mode=WAL", "wal")
_FULL = ("synchronous=FULL", 2)
# A share must go with its link, and a contest with its proof.
_FOREIGN_KEYS = ("foreign_keys=ON", 1)
# A file made by somebody else cannot run SQL functions with side effects.
_NO_TRUST = ("trusted_schema=OFF", 0)
# A member's deleted data must not remain in the file's free pages.
_SECURE_DELETE = ("secure_delete=ON", 1)
# 16 MB instead of 2: with 100,000 accounts what a pass reads again and again would not fit.
_CACHE = ("cache_size=-16000", -16000)
_FOR_WRITING = (_WAL, _FULL, _FOREIGN_KEYS, _NO_TRUST, _SECURE_DELETE, _CACHE)


def open_memory(closing: ExitStack) -> Database:
    """A new store in memory, which is lost when it is closed."""
    db = Database(memory=True)
    closing.callback(db.close)
    _set(db, (_FOREIGN_KEYS, _NO_TRUST), ":memory:")
    MIGRATIONS.apply(db)
    return db


def open_file(path: Path, backups: Path, lock_timeout: float, closing: ExitStack) -> Database:
    """Open the store at `path`, or create it with mode 0600. Its lock and connection are put on `closing`.

    Raises:
        DamagedStoreError, ConfigError: as `examine`, or it is in use, cannot be written, can be replaced by others, or
            could not be saved before its tables change. Nothing was changed.
    """
    refuse_replaceable(path, backups)
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise ConfigError(_CANNOT_WRITE, path=path, reason=error.strerror) from error
    if not is_folder:  # examine() reports that; no lock is made beside it
        closing.enter_context(Lock.take(path))
    with explaining(path, backups):
        _roll_back_interrupted_write(path, lock_timeout)
        found = examine(path, backups, lock_timeout=lock_timeout)
        _restrict_access(path)
        db = Database(sqlite3.connect(path, timeout=lock_timeout))
        closing.callback(db.close)
        make_safe(db, path)
        _migrate(path, backups, db, found)
        # So that a file that cannot be written is reported now, not at the first write.
        db.execute("BEGIN IMMEDIATE")
        db.rollback()
        return db


def open_to_read(path: Path, backups: Path, lock_timeout: float, closing: ExitStack) -> Database:
    """Open the store at `path`, which is open for writing, once more: a connection that cannot change it.

    Raises:
        DamagedStoreError, ConfigError: as `examine`.
    """
    with explaining(path, backups):
        db = Database(connect_to_read(path, lock_timeout=lock_timeout))
        closing.callback(db.close)
        _set(db, (_NO_TRUST,), path)
        db.table_names()
        return db


def make_safe(db: Database, path: Path, *, beside_bot: bool = False) -> None:
    """Set up a connection that writes: what is acknowledged is on the disk, and what is deleted is gone from the file.

    Beside a bot the journal mode is left as the bot set it.

    Raises:
        ConfigError: this SQLite, or what the file is on, does not do one of these.
    """
    _set(db, _FOR_WRITING[1:] if beside_bot else _FOR_WRITING, path)


def _set(db: Database, pragmas: Sequence[tuple[str, object]], path: Path | str) -> None:
    for setting, expected in pragmas:
        db.execute(f"PRAGMA {setting}").fetchall()
        if first(db, f"PRAGMA {setting.partition('=')[0]}") != (expected,):
            raise ConfigError(_NOT_SAFE, path=path, setting=setting)


def _roll_back_interrupted_write(path: Path, lock_timeout: float) -> None:
    """Let SQLite roll back a rollback journal; there is one only if a process was killed before WAL mode was set."""
    journal = Path(f"{path}-journal")
    if path.is_file() and journal.is_file() and journal.stat().st_size:
        with Database(sqlite3.connect(path, timeout=lock_timeout)) as db:
            db.table_names()


def _restrict_access(path: Path) -> None:
    """Make the file and its log private (0600); SQLite creates the log with the mode of the file."""
    try:
        # O_EXCL: closing a file of an open store would release SQLite's locks on it (sqlite.org/howtocorrupt.html).
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        for file in (path, *(Path(f"{path}{ending}") for ending in backup_files.COMPANIONS)):
            _restrict_file(file)
    except OSError as error:
        raise ConfigError(_CANNOT_WRITE, path=path, reason=error.strerror) from error


def _restrict_file(file: Path) -> None:
    try:
        if file.exists() and file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except OSError as error:
        log.warning("%s: other users may read it, and that cannot be changed: %s", file, error.strerror)


def _migrate(path: Path, backups: Path, db: Database, found: Findings | None) -> None:
    if found and found.pending and _has_rows(found):
        target = backups / backup_files.of_step(path, found.pending[0])
        try:
            backups.mkdir(mode=0o700, exist_ok=True)
            # An earlier one is from a start that failed at this point.
            copy(path, target, backups=backups, replace=True)
        except (OSError, StoreError, ConfigError) as error:
            reason = f"{error.strerror}." if isinstance(error, OSError) else error.words
            raise ConfigError(_NOT_SAVED_FIRST, path=path, backups=backups, reason=reason) from error
        log.info("store: saved to %s before its tables change (%s)", target, ", ".join(found.pending))
    with db.atomic():
        MIGRATIONS.ensure_migrations_table(db)
    MIGRATIONS.apply(db)


def _has_rows(found: Findings) -> bool:
    return any(rows for table, rows in found.rows.items() if table != MIGRATIONS.migrations_table)
