"""One backup: a copy of the store as it is at one moment, in a file that needs nothing beside it.

The copy is read by a connection of its own, in one transaction: with SQLite's log (WAL) that is a snapshot of one
moment, whatever is written meanwhile, and delays nobody. So it may run beside the bot, in its process or in another.
A plain `cp` of a store in use is *not* a backup: what is in the log is missing from it, or only half there.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from bot.errors import ConfigError, InputError, StoreError
from bot.messages import Message
from bot.store.file.backup_files import COMPANIONS
from bot.store.file.examine import connect_to_read, count_rows, examine

_TARGET_EXISTS = Message("{target}: there is a file already. Name one that is not there yet; nothing was written.")
_NO_STORE = Message("{source}: there is no store to back up yet.")
_TARGET_APPEARED = Message("{target}: somebody else made that file meanwhile. Nothing was written.")
_FAILED = Message("{target}: the backup failed: {reason}. Nothing was written.")
_CANNOT_WRITE = Message("{target}: the backup cannot be written there: {reason}.")
_STOPPED = Message("The backup was stopped. Nothing was written.")
_NOT_WHOLE = Message("The copy of the store is not whole: {reason}. Nothing was written.")

PART = ".part"  # the suffix of an unfinished backup; its name starts with a dot

_PAGES = 256  # copied at a time, 1 MiB; stopping is checked in between


@dataclass(frozen=True)
class Summary:
    """What was saved: where, how many rows of each table, and the size in bytes."""

    target: Path
    rows: Mapping[str, int]
    size: int


async def backup_file(source: Path, target: Path, *, backups: Path) -> Summary:
    """Save the store at `source`, which a bot may be using, to the new file `target` (mode 0600).

    The copy is written beside its target, read back as a whole, and only then given its name. Whatever goes wrong,
    a cancellation included, leaves no file.

    Args:
        source: The store's file.
        target: The new one.
        backups: The folder of its backups: what a damaged store is restored from.

    Raises:
        InputError: there is a file at `target` already.
        ConfigError: there is no store at `source`, or it is damaged; or `target` cannot be written there.
        StoreError: the disk is full or fails, or the copy is not what was read.
    """
    stop = threading.Event()
    copying = asyncio.ensure_future(asyncio.to_thread(copy, source, target, backups=backups, stop=stop))
    try:
        return await asyncio.shield(copying)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.gather(copying, return_exceptions=True)  # until it has removed its file
        raise


def copy(
    source: Path, target: Path, *, backups: Path, replace: bool = False, stop: threading.Event | None = None
) -> Summary:
    """`backup_file` on this thread. With `replace` it takes the place of an earlier file; `stop` ends it early."""
    if not replace and os.path.lexists(target):
        raise InputError(_TARGET_EXISTS, target=target)
    source = Path(os.path.realpath(source))  # the log is beside the file, not beside a link to it
    if examine(source, backups) is None:
        raise ConfigError(_NO_STORE, source=source)
    part = _create_part(target, source)
    try:
        rows = _copy(source, part, stop or threading.Event())
        _verify(part, rows)
        _sync(part)
        if not replace and os.path.lexists(target):
            raise InputError(_TARGET_APPEARED, target=target)
        part.rename(target)
        _sync(target.parent)
        return Summary(target, rows, target.stat().st_size)
    except (sqlite3.Error, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StoreError(_FAILED, target=target, reason=reason) from error
    finally:
        for path in (part, *(Path(f"{part}{ending}") for ending in COMPANIONS)):
            path.unlink(missing_ok=True)


def _create_part(target: Path, source: Path) -> Path:
    try:
        file, name = tempfile.mkstemp(PART, f".{target.name}.", target.parent)
        if os.geteuid() == 0:  # then the bot can open it when it is put in the store's place
            owner = source.stat()
            os.fchown(file, owner.st_uid, owner.st_gid)
        os.close(file)
    except OSError as error:
        raise ConfigError(_CANNOT_WRITE, target=target, reason=error.strerror) from error
    return Path(name)


def _copy(source: Path, part: Path, stop: threading.Event) -> dict[str, int]:
    """Returns the rows of each table at the moment that was copied."""

    def check_stop(_status: int, _remaining: int, _total: int) -> None:
        if stop.is_set():
            raise StoreError(_STOPPED)

    with closing(connect_to_read(source)) as reading, closing(sqlite3.connect(part)) as copied:
        reading.execute("BEGIN")
        rows = count_rows(Database(reading))  # the first read of a transaction fixes its moment
        reading.backup(copied, pages=_PAGES, progress=check_stop)
        # Otherwise reading the copy would create a log beside it.
        copied.execute("PRAGMA journal_mode=DELETE").fetchall()
        return rows


def _verify(part: Path, rows: Mapping[str, int]) -> None:
    with closing(connect_to_read(part)) as written:
        verdict = written.execute("PRAGMA integrity_check(1)").fetchone()[0]
        orphans = written.execute("PRAGMA foreign_key_check").fetchall()
        if verdict != "ok" or orphans or count_rows(Database(written)) != rows:
            reason = verdict if verdict != "ok" else "rows are missing or refer to missing rows"
            raise StoreError(_NOT_WHOLE, reason=reason)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
