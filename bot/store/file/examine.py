"""Whether the file at the store's path is a store that may be opened. This changes nothing and needs no lock.

A file that is damaged or gone must never be treated as an empty one: that would mean "nobody linked anything".
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from bot.config.private_files import refuse_shared_folders
from bot.errors import ConfigError, DamagedStoreError
from bot.messages import Message
from bot.store.file import backup_files
from bot.store.file.file_owners import refuse_other_owners, refuse_unopenable
from bot.store.file.lock import ENDING
from bot.store.schema import MIGRATIONS
from bot.store.store_errors import OF_A_LOCK, OF_DAMAGE, OF_THE_DISK

_NO_BACKUPS = Message("{folder}: backups cannot be written there: {reason}. Set [store] backup_folder.")
CANNOT_WRITE = Message("{path}: the store cannot be written: {reason}. Set [store] path.")
_IN_USE = Message("{path}: the store is in use by another program. End that one first.")
_WAS_KILLED = Message("{path}: a program was killed while it wrote; the next start repairs that.")
_CANNOT_USE = Message("{path}: the store cannot be used: {reason}. Look at the disk, or set [store] path.")
_IS_A_FOLDER = Message("{path}: the store cannot be written: Is a directory. Set [store] path.")
_CANNOT_READ = Message("{path}: the store cannot be read: {reason}. Set [store] path.")
_GONE_WITH_LOG = Message(
    "{path}: the store is gone or empty, but its log {log} is there. Put the file back; it was not touched. {restore}"
)
_GONE_WITH_BACKUPS = Message(
    "{path}: the store is gone or empty, but there are backups of it in {backups}. Move that folder away to "
    "start again, and members must link again. {restore}"
)
_NOT_A_STORE = Message("{path}: not a store that Tessera can use: {reason}. It was not touched.")
_RESTORE = Message("{fault} {restore}")
_DAMAGED_FILE = Message("{path}: the store is damaged ({verdict}). It was not touched. {restore}")
_OTHER_PROGRAM = Message("{path}: the database of another program. Set [store] path; it was not touched.")
_NEWER = Message("{path}: written by a newer Tessera ({step}). Run that version, or use another file.")

LOCK_TIMEOUT = 5.0  # a backup program's lock, or a shell's, has ended by then; a person waits no longer


@dataclass(frozen=True)
class Findings:
    """What a store holds.

    Attributes:
        rows: How many rows each table has.
        pending: The migrations that are still to be applied, in order.
    """

    rows: Mapping[str, int]
    pending: tuple[str, ...]


def examine(path: Path, backups: Path, *, lock_timeout: float = LOCK_TIMEOUT) -> Findings | None:
    """Read the state of the store at `path`, even while a bot uses it. None: there is none yet.

    Args:
        path: The store's file.
        backups: The folder of its backups.
        lock_timeout: Seconds to wait for another program's lock.

    Raises:
        DamagedStoreError: it is damaged, or gone while its log or backups are there.
        ConfigError: it cannot be read, is in use, belongs to another program, or was written by a newer Tessera.
    """
    if not _size(path):
        _refuse_lost_store(path, backups)
        return None
    with explaining(path, backups):
        connection = connect_to_read(path, lock_timeout=lock_timeout)
        try:
            return _findings(path, backups, Database(connection))
        finally:
            connection.close()


def inspect(path: Path, backups: Path) -> Findings | None:
    """`examine`, and whether a store could be opened or made there, as far as that can be found out without doing it.

    Raises:
        DamagedStoreError, ConfigError: as `examine`, or nothing can be written there, or no backups where they are to
            be, or others can replace the file, or a file is of another user.
    """
    try:
        path.parent.stat()
    except OSError as error:
        raise ConfigError(CANNOT_WRITE, path=path, reason=error.strerror) from error
    refuse_replaceable(path, backups)
    found = examine(path, backups)
    for place in (path.parent, path) if path.exists() else (path.parent,):
        if not os.access(place, os.W_OK):
            raise ConfigError(CANNOT_WRITE, path=path, reason=os.strerror(errno.EACCES))
    refuse_other_owners(path, backups, (*backup_files.COMPANIONS, ENDING), user=os.geteuid())
    _refuse_unusable_backups(backups)
    return found


def _refuse_unusable_backups(folder: Path) -> None:
    """The folder is made by the first backup; those above it are not."""
    place = folder if os.path.lexists(folder) else folder.parent
    fault = 0
    if not place.is_dir():
        fault = errno.ENOTDIR if os.path.lexists(place) else errno.ENOENT
    elif not os.access(place, os.W_OK | os.X_OK):
        fault = errno.EACCES
    if fault:
        raise ConfigError(_NO_BACKUPS, folder=folder, reason=os.strerror(fault))


def refuse_replaceable(path: Path, backups: Path) -> None:
    """Refuse a store, or backups, in whose place other users could put files of theirs: links, and so roles.

    Raises:
        ConfigError: with the command that helps.
    """
    for what, file in ((path, path), (backups, backups / "any")):
        refuse_shared_folders(str(what), file, user=os.geteuid())


def connect_to_read(path: Path, *, lock_timeout: float = LOCK_TIMEOUT) -> sqlite3.Connection:
    """A connection that cannot change the file; when it is closed the log stays as it is, too."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", timeout=lock_timeout, uri=True)


@contextmanager
def explaining(path: Path, backups: Path) -> Iterator[None]:
    """Turn errors of SQLite at start into messages for the operator.

    Raises:
        DamagedStoreError: the file is damaged.
        ConfigError: any other error of SQLite.
    """
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(OF_A_LOCK):
            raise ConfigError(_IN_USE, path=path) from error
        if name == "SQLITE_READONLY_ROLLBACK":
            raise ConfigError(_WAS_KILLED, path=path) from error
        if name.startswith(OF_THE_DISK):
            refuse_unopenable(path)
            raise ConfigError(_CANNOT_USE, path=path, reason=error) from error
        refused = _NOT_A_STORE(path=path, reason=error)
        if not name.startswith(OF_DAMAGE):
            raise ConfigError(refused) from error
        if name == "SQLITE_NOTADB" and not backup_files.find(path, backups):  # as likely the path of another file
            raise DamagedStoreError(refused) from error
        raise DamagedStoreError(_RESTORE, fault=refused, restore=backup_files.how_to_restore(path, backups)) from error


def _size(path: Path) -> int:
    """In bytes; 0 also when there is no such file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
    if stat.S_ISDIR(found.st_mode):
        raise ConfigError(_IS_A_FOLDER, path=path)
    if not stat.S_ISREG(found.st_mode):  # SQLite would wait at a pipe for ever
        raise ConfigError(_CANNOT_READ, path=path, reason="it is no file")
    return found.st_size


def _refuse_lost_store(path: Path, backups: Path) -> None:
    log = Path(f"{path}-wal")
    if _size(log):  # SQLite would delete it
        raise DamagedStoreError(
            _GONE_WITH_LOG, path=path, log=log.name, restore=backup_files.how_to_restore(path, backups)
        )
    if backup_files.find(path, backups):
        raise DamagedStoreError(
            _GONE_WITH_BACKUPS, path=path, backups=backups, restore=backup_files.how_to_restore(path, backups)
        )


def _findings(path: Path, backups: Path, db: Database) -> Findings:
    if (verdict := db.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
        raise DamagedStoreError(
            _DAMAGED_FILE, path=path, verdict=verdict, restore=backup_files.how_to_restore(path, backups)
        )
    applied = [step.name for step in MIGRATIONS.applied(db)]
    if not applied and set(db.table_names()) - {MIGRATIONS.migrations_table}:
        raise ConfigError(_OTHER_PROGRAM, path=path)
    refuse_newer(path, db)
    return Findings(count_rows(db), tuple(step.name for step in MIGRATIONS.pending(db)))


def refuse_newer(path: Path, db: Database) -> None:
    """Refuse tables that a newer Tessera made.

    Raises:
        ConfigError: they are.
    """
    with Database(memory=True) as blank:
        known = {step.name for step in MIGRATIONS.pending(blank)}
    if newer := [step.name for step in MIGRATIONS.applied(db) if step.name not in known]:
        raise ConfigError(_NEWER, path=path, step=newer[-1])


def count_rows(db: Database) -> dict[str, int]:
    """How many rows each table has."""
    return {name: db.table(name).count for name in db.table_names() if not name.startswith("sqlite_")}
