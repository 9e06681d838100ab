"""What an operator's command reads or changes in a store that a running bot may have open.

The bot's lock keeps out a second *bot*: two of them would each act in Discord on the other's changes. A command acts in
Discord on nothing, so it needs no lock of ours. It makes one short transaction as a second process, and SQLite lets the
bot and the command wait for each other. The bot's next read finds the change: it retains nothing of it in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from bot.errors import ConfigError, StoreError
from bot.messages import Message
from bot.store.file.examine import connect_to_read, examine, explaining, refuse_newer
from bot.store.file.open_store import make_safe
from bot.store.schema import MIGRATIONS
from bot.store.thread import run_in_transaction

T = TypeVar("T")

_NO_STORE = Message("{path}: there is no store yet. Start the bot once, or set [store] path; nothing was created.")
_OLDER = Message(
    "{path}: its tables are those of an older Tessera ({step} is missing). "
    "Start the bot once with this version, which updates them; nothing was changed."
)
_BUSY = Message(
    "{path}: another program has been writing to the store for {seconds:g} s. Nothing was changed: try again."
)

# Longer than the bot ever writes; who types a command waits, the bot does not: its own transactions are short.
PATIENCE = 30.0


def change_beside_bot(path: Path, backups: Path, work: Callable[[Database], T], *, patience: float = PATIENCE) -> T:
    """Do all of `work` in one transaction, or nothing of it, as `Writer.transaction` does; the bot may be running.

    Args:
        path: The store's real path. No file is ever created there.
        backups: The folder of its backups.
        work: Short: the bot waits for it.
        patience: Seconds to wait for a transaction of the bot.

    Raises:
        DamagedStoreError: it is damaged, or gone while its log or backups are there.
        ConfigError: there is none, or it cannot be used, or another Tessera made its tables.
        StoreError: another program was writing for all of that time.
    """
    _require_store(path, backups, patience)
    uri = f"{path.as_uri()}?mode=rw"  # never creates a file, should it disappear meanwhile
    with explaining(path, backups), closing(sqlite3.connect(uri, timeout=patience, uri=True)) as connection:
        db = Database(connection)
        make_safe(db, path, beside_bot=True)

        def checked(db: Database) -> T:
            _require_same_tables(path, db)  # now nobody else can change them
            return work(db)

        try:
            return run_in_transaction(db, checked)
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise
            raise StoreError(_BUSY, path=path, seconds=patience) from error


def read_beside_bot(path: Path, backups: Path, work: Callable[[Database], T], *, patience: float = PATIENCE) -> T:
    """What `work` reads, all of one moment, by a connection that cannot change the file.

    Raises:
        DamagedStoreError, ConfigError: as `change_beside_bot`.
    """
    _require_store(path, backups, patience)
    with explaining(path, backups), closing(connect_to_read(path, lock_timeout=patience)) as connection:
        connection.execute("BEGIN")
        db = Database(connection)
        _require_same_tables(path, db)
        return work(db)


def _require_store(path: Path, backups: Path, patience: float) -> None:
    if examine(path, backups, lock_timeout=patience) is None:
        raise ConfigError(_NO_STORE, path=path)


def _require_same_tables(path: Path, db: Database) -> None:
    refuse_newer(path, db)
    if pending := MIGRATIONS.pending(db):
        raise ConfigError(_OLDER, path=path, step=pending[0].name)
