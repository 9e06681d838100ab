"""What a member reads when SQLite fails: who can help differs for a lock, a disk, a stop, and a defect."""

from __future__ import annotations

import sqlite3

from bot.errors import StoreError
from bot.messages import Message

STOPPING = Message("Tessera is stopping. Try again in a minute.")
_LOCKED = Message("Another program keeps Tessera's store locked. Try again in a minute.")
_DISK = Message("Tessera cannot use its own store right now: its operator must look at the disk.")
_REFUSED = Message("Tessera's own store refused that: its operator can read why in the log.")

# Names of results as in https://sqlite.org/rescode.html; extended ones begin with them.
OF_A_LOCK = ("SQLITE_BUSY", "SQLITE_LOCKED")
OF_THE_DISK = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
OF_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def store_error(error: sqlite3.Error) -> StoreError:
    """What to raise for an error of SQLite."""
    name = getattr(error, "sqlite_errorname", "")  # sqlite3's own errors, as of a closed connection, have none
    if name.startswith(OF_A_LOCK):
        return StoreError(_LOCKED)
    if name.startswith((*OF_THE_DISK, *OF_DAMAGE)):
        return StoreError(_DISK)
    return StoreError(STOPPING if name == "SQLITE_INTERRUPT" else _REFUSED)
