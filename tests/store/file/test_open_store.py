"""A store is opened safely, privately, and saved before it changes; looking changes nothing."""

import asyncio
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import ConfigError, DamagedStoreError
from bot.store import Store
from bot.store.file.backup import backup_file
from bot.store.file.examine import inspect
from bot.store.file.open_store import make_safe
from tests.store.fixtures import OLDEST, SECOND, Place, damage, make_old_store, make_store, owners, read_owners, save


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("trusted_schema", 0),
        ("secure_delete", 1),
    ],
)
async def test_the_connection_is_a_safe_one(place: Place, pragma: str, value: object) -> None:
    store = await Store.open(place.path)
    assert await store.writer.run(lambda db: db.execute(f"PRAGMA {pragma}").fetchone()) == (value,)
    await store.close()


@pytest.mark.parametrize("before", [None, 0o644], ids=["a new one", "one that others could read"])
async def test_the_file_and_its_log_are_the_operators_alone(place: Place, before: int | None) -> None:
    if before:
        await make_store(place.path)
        place.path.chmod(before)
    store = await Store.open(place.path)
    await save(store, 1)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in place.path.parent.iterdir() if file.is_file()}
    await store.close()
    assert modes == dict.fromkeys(["t.db", "t.db-wal", "t.db-shm", "t.db.lock"], 0o600)


@pytest.mark.parametrize("looks", ["a pipe", "too long a name"])
async def test_what_cannot_be_a_file_is_reported_at_once(place: Place, looks: str) -> None:
    path = place.path
    if looks == "a pipe":
        os.mkfifo(path)
    else:
        path = path.with_name("x" * 300)
    with pytest.raises(ConfigError, match=r"the store cannot be (read|written): (it is no file|File name too long)"):
        await Store.open(path)
    with pytest.raises(ConfigError, match=r"it is no file|File name too long"):
        await asyncio.to_thread(inspect, path, place.backups)


async def test_a_store_is_saved_before_its_tables_change(place: Place) -> None:
    make_old_store(place.path)
    await (await Store.open(place.path)).close()
    saved = place.backups / f"t-before-{SECOND}.db"
    assert (read_owners(saved), read_owners(place.path)) == (owners(3), owners(3))
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    with closing(sqlite3.connect(saved)) as db:
        assert db.execute("SELECT name FROM _sqlite_migrations").fetchall() == [(OLDEST,)]
    saved.unlink()
    await (await Store.open(place.path)).close()
    assert not saved.exists()  # nothing changed any more


async def test_a_store_that_cannot_be_saved_is_not_changed(place: Place) -> None:
    make_old_store(place.path)
    place.backups.write_text("not a folder")
    with pytest.raises(ConfigError, match=r"saving it first to .*/backups failed: File exists. Nothing was changed"):
        await Store.open(place.path)
    with closing(sqlite3.connect(place.path)) as db:
        assert db.execute("SELECT name FROM _sqlite_migrations").fetchall() == [(OLDEST,)]


async def test_an_empty_store_needs_no_backup(place: Place) -> None:
    make_old_store(place.path, rows=0)
    await (await Store.open(place.path)).close()
    assert not place.backups.exists()


async def test_examining_a_store_changes_nothing_and_needs_no_lock(place: Place) -> None:
    assert await Store.inspect(place.path) is None
    assert not list(place.path.parent.iterdir())
    make_old_store(place.path)
    found = await Store.inspect(place.path)
    assert found
    assert (found.rows["owners"], found.pending[0]) == (3, SECOND)
    with closing(sqlite3.connect(place.path)) as db:
        assert db.execute("SELECT name FROM _sqlite_migrations").fetchall() == [(OLDEST,)]
    store = await Store.open(place.path)
    await save(store, 100)
    found = await Store.inspect(place.path)
    assert found
    assert (found.rows["owners"], found.pending) == (4, ())
    await save(store, 101)
    await store.close()
    shutil.rmtree(place.backups)
    assert len(read_owners(place.path)) == 5


async def test_examining_reports_a_damaged_store_and_a_missing_folder(place: Place) -> None:
    await make_store(place.path, rows=500)
    damage(place.path)
    with pytest.raises(DamagedStoreError, match=r"damaged|malformed"):
        await Store.inspect(place.path)
    with pytest.raises(ConfigError, match="the store cannot be written: Not a directory"):
        await Store.inspect(place.path / "missing" / "t.db")


def _run_script(script: str, path: Path) -> None:
    subprocess.run([sys.executable, "-c", script, path], check=False)  # noqa: S603 - a script of this file


_HALF_WRITTEN = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode=DELETE")
db.execute("PRAGMA cache_size=1")
db.execute("BEGIN")
db.execute("UPDATE owners SET owner = '0x' || printf('%040d', 0)")
os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_what_a_killed_program_half_wrote_without_a_log_is_rolled_back(place: Place) -> None:
    await make_store(place.path, rows=500)
    _run_script(_HALF_WRITTEN, place.path)
    assert place.path.with_name("t.db-journal").stat().st_size
    with pytest.raises(ConfigError, match="a program was killed while it wrote; the next start repairs that"):
        await Store.inspect(place.path)
    await (await Store.open(place.path)).close()
    assert read_owners(place.path) == owners(500)


async def test_a_link_to_the_store_is_the_store(place: Place) -> None:
    folder = place.path.with_name("volume")
    folder.mkdir()
    place.path.symlink_to(folder / "t.db")
    store = await Store.open(place.path)
    await save(store, *range(3))
    with pytest.raises(ConfigError, match="in use by another Tessera"):
        await Store.open(folder / "t.db")
    assert await Store.inspect(place.path)
    log = (folder / "t.db-wal").read_bytes()
    await backup_file(place.path, folder / "b.db", backups=place.backups)
    await store.close()
    assert read_owners(folder / "b.db") == owners(3)
    assert stat.S_IMODE((folder / "t.db").stat().st_mode) == 0o600
    (folder / "t.db").unlink()
    (folder / "t.db-wal").write_bytes(log)
    with pytest.raises(DamagedStoreError, match=r"its log t\.db-wal is there"):
        await Store.open(place.path)


async def test_a_path_through_a_file_is_reported(place: Place) -> None:
    place.backups.write_text("a file")
    with pytest.raises(ConfigError, match="the store cannot be read: Not a directory"):
        await Store.inspect(place.backups / "t.db")
    with pytest.raises(ConfigError, match="the store cannot be written: Not a directory"):
        await Store.open(place.backups / "t.db")


# ---------------------------------------------------------------- what is set is read back

SAFE = {
    "journal_mode": "DELETE",
    "synchronous": "OFF",
    "foreign_keys": "OFF",
    "trusted_schema": "ON",
    "secure_delete": "OFF",
}


@pytest.mark.parametrize("pragma", SAFE)
def test_a_sqlite_that_ignores_a_setting_is_refused(tmp_path: Path, pragma: str) -> None:
    with closing(sqlite3.connect(tmp_path / "t.db")) as connection:
        connection.execute(f"PRAGMA {pragma}={SAFE[pragma]}").fetchall()

        def ignore(action: int, name: str | None, value: str | None, *_: object) -> int:
            is_it = action == sqlite3.SQLITE_PRAGMA and name == pragma and value is not None
            return sqlite3.SQLITE_IGNORE if is_it else sqlite3.SQLITE_OK

        connection.set_authorizer(ignore)
        with pytest.raises(ConfigError, match=f"t.db: SQLite does not accept {pragma}="):
            make_safe(Database(connection), tmp_path / "t.db")


def test_a_store_where_no_log_can_be_is_refused() -> None:
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(ConfigError, match="journal_mode=WAL"):
        make_safe(Database(connection), Path(":memory:"))


async def test_every_connection_is_made_safe_whatever_sqlite_does_by_default(place: Place) -> None:
    await make_store(place.path)
    with closing(sqlite3.connect(place.path)) as connection:
        for pragma, unsafe in SAFE.items():
            connection.execute(f"PRAGMA {pragma}={unsafe}").fetchall()
        make_safe(Database(connection), place.path)
        found = {pragma: connection.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in SAFE}
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
    }
