"""Kill an opening store before every single statement that it gives to SQLite, and look at what it left.

    python -m tests.store.crash_points

A store is opened by a child that dies (SIGKILL) at its first statement; another copy of it by one that dies at
its second; and so on, until one gets through. What is left must be whole: the tables exactly as they are after some
of the migrations, what was in it still there, and nothing in the way of the next start. That is done with the oldest
store that there is, which goes through all migrations but the first; and with none at all until there are two, as what
follows is what the oldest goes through. Like `killing`, it is a process of its own because it forks.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import takewhile
from pathlib import Path
from types import FrameType
from typing import Any

from sqlite_utils import Database

from bot.store import Store
from bot.store.schema import MIGRATIONS
from tests.store.fixtures import make_old_store, owners, read_owners
from tests.store.killing import MEMORY, fork

_KEPT = 300  # rows of the oldest store: more than one page
_FOUND_IN_BOTH = 2  # migrations: the oldest store has one


def main() -> None:
    """Print as JSON how many crash points there were, and after how many migrations the stores were left."""
    schemas = _schemas()
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        nothing, oldest = Path(folder) / "nothing", Path(folder) / "oldest"
        for old in (nothing, oldest):
            old.mkdir()
        make_old_store(oldest / "t.db", _KEPT)
        beginnings = takewhile(lambda applied: applied < _FOUND_IN_BOTH, _crash_everywhere(nothing, schemas))
        left = [*beginnings, *_crash_everywhere(oldest, schemas)]
    json.dump({"points": len(left), "left": sorted(set(left))}, sys.stdout)


def _schemas() -> list[frozenset[str]]:
    """The tables after each number of migrations."""
    with closing(Database(memory=True)) as blank:
        names = [step.name for step in MIGRATIONS.pending(blank)]
    schemas = []
    for name in [*names, None]:
        with closing(Database(memory=True)) as db:
            MIGRATIONS.apply(db, stop_before=name)
            schemas.append(_schema(db))
    return schemas


def _schema(db: Database) -> frozenset[str]:
    sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name != '_sqlite_migrations'"
    return frozenset(text for (text,) in db.execute(sql))


def _crash_everywhere(old: Path, schemas: list[frozenset[str]]) -> Iterator[int]:
    """Yields after how many migrations each crash left the store."""
    rows = _KEPT if (old / "t.db").exists() else 0
    for point in range(1, 1000):
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            path = Path(shutil.copytree(old, Path(folder) / "store")) / "t.db"
            if not _open_and_die(path, point):
                return
            yield _look(path, schemas, rows)
            asyncio.run(_start_again(path, schemas[-1], rows))
    raise AssertionError("an opening that never ends")


def _open_and_die(path: Path, point: int) -> bool:
    """Whether the child died; false when it got through with fewer statements."""

    async def work() -> None:
        threading.setprofile(_Deadly(point))  # of the store's thread, which is not there yet
        await (await Store.open(path)).close()

    _, status = os.waitpid(fork(work), 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the store could not be opened"
    return os.WIFSIGNALED(status)


class _Deadly:
    """A profiler: it is called for every call, so it meets every connection before that does anything."""

    def __init__(self, point: int) -> None:
        self._left = point
        self._met: list[sqlite3.Connection] = []  # stored, so that no later one has the identity of an earlier one

    def __call__(self, _frame: FrameType, event: str, called: Any) -> None:
        connection = getattr(called, "__self__", None) if event == "c_call" else None
        if isinstance(connection, sqlite3.Connection) and all(connection is not met for met in self._met):
            self._met.append(connection)
            connection.set_trace_callback(self._count)

    def _count(self, statement: str) -> None:
        if statement.startswith(("SELECT", "select", "--")):  # a crash before what follows is a crash before this one
            return
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


def _look(path: Path, schemas: list[frozenset[str]], rows: int) -> int:
    if not path.exists():
        return 0
    with closing(Database(sqlite3.connect(path))) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        applied = len(MIGRATIONS.applied(db))
        assert _schema(db) == schemas[applied], "a migration was half applied"
        assert not rows or db.table("owners").count == rows
        return applied


async def _start_again(path: Path, schema: frozenset[str], rows: int) -> None:
    store = await Store.open(path)
    try:
        assert await store.writer.run(_schema) == schema
    finally:
        await store.close()
    assert read_owners(path) == owners(rows)


if __name__ == "__main__":
    main()
