"""The retained backups of a store: their names, and how to restore the newest good one.

tessera-2026-11-25.db        made in the night of that day
tessera-before-m002_links.db made before the tables were changed by that step
"""

from __future__ import annotations

import itertools
import os
import re
import shlex
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

from bot.errors import ConfigError
from bot.messages import Message, Words
from bot.store.file.file_owners import chown

_RESTORE = Message("To go back to the backup of {made:%Y-%m-%d %H:%M} UTC:\n  {commands}")
_NO_BACKUP = Message(
    "There is no good backup in {folder}. Put one of your own in its place; "
    "or move the file away to start again, and members must link again."
)
_CANNOT_READ = Message("{folder}: the backups cannot be read: {reason}.")

# SQLite's files beside a store: its log, an index of the log, and (not in our mode of operation) a journal.
COMPANIONS = ("-wal", "-shm", "-journal")


def of_day(store: Path, day: date) -> str:
    """The name of a night's backup."""
    return f"{store.stem}-{day.isoformat()}.db"


def of_step(store: Path, step: str) -> str:
    """The name of the backup that is made before a migration."""
    return f"{store.stem}-before-{step}.db"


def find(store: Path, folder: Path) -> list[Path]:
    """The backups of this store in a folder, the newest first.

    Raises:
        ConfigError: the folder is there and cannot be read: there may be backups in it.
    """
    name = re.compile(re.escape(store.stem) + r"-([0-9]{4}-[0-9]{2}-[0-9]{2}|before-\w+)\.db")
    if not os.path.lexists(folder):
        return []
    try:
        found = [entry for entry in folder.iterdir() if name.fullmatch(entry.name)]
        return sorted(found, key=lambda entry: (entry.stat().st_mtime, entry.name), reverse=True)
    except OSError as error:
        raise ConfigError(_CANNOT_READ, folder=folder, reason=error.strerror) from error


def of_steps(store: Path, folder: Path) -> list[Path]:
    """The backups that were made before migrations."""
    return [path for path in find(store, folder) if path.stem.startswith(f"{store.stem}-before-")]


def days(store: Path, folder: Path) -> list[date]:
    """The days of which there is a backup; a name without a valid date is not one of ours."""
    found = []
    for path in find(store, folder):
        try:
            day = date.fromisoformat(path.stem.removeprefix(f"{store.stem}-"))
        except ValueError:
            continue
        found.append(day)
    return found


def how_to_restore(store: Path, folder: Path) -> Words:
    """A sentence with the commands that put the newest good backup in the store's place, or that there is none."""
    try:
        backups = find(store, folder)
    except ConfigError as error:
        return error.words
    for backup in backups:
        if _is_good(backup):
            made = datetime.fromtimestamp(backup.stat().st_mtime, UTC)
            return _RESTORE(made=made, commands=_commands(store, backup))
    return _NO_BACKUP(folder=folder)


def _commands(store: Path, backup: Path) -> str:
    # The log must go too: SQLite would apply it to the backup.
    there = [path for path in (store, *(Path(f"{store}{ending}") for ending in COMPANIONS)) if path.exists()]
    # Who runs them may be root, and the file must be the bot's: with -p it belongs to whom the backup does.
    commands = [shlex.join(["cp", "-p", str(backup), str(store)])]
    if there:
        aside = str(_unused(f"{store}.damaged"))
        commands = [shlex.join(["mkdir", aside]), shlex.join(["mv", *map(str, there), aside]), *commands]
    owner = (store if store.exists() else store.parent).stat()
    if backup.stat().st_uid != owner.st_uid:
        commands.append(chown(owner.st_uid, owner.st_gid, store))
    return " && ".join(commands)


def _unused(name: str) -> Path:
    """That name, or with a number behind it: what was put aside before stays."""
    numbered = (Path(f"{name}-{number}") for number in itertools.count(2))
    return next(path for path in itertools.chain([Path(name)], numbered) if not os.path.lexists(path))


def _is_good(backup: Path) -> bool:
    try:
        db = sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return bool(db.execute("PRAGMA quick_check").fetchone() == ("ok",))
        finally:
            db.close()
    except sqlite3.Error:
        return False
