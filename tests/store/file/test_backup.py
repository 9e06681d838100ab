"""A backup is whole, of one moment, and can be put in the store's place; a failed one leaves nothing."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import ConfigError, DamagedStoreError, InputError, StoreError
from bot.store import Store
from bot.store.file.backup import backup_file
from tests.store.fixtures import account, damage, make_store, owner, owners, read_owners, save


def _files(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.fixture
async def store_path(tmp_path: Path) -> Path:
    """A store of 500 owners, not in use."""
    path = tmp_path / "t.db"
    await make_store(path, rows=500)
    return path


async def test_a_backup_reports_what_it_holds_and_needs_no_other_file(store_path: Path, tmp_path: Path) -> None:
    target = tmp_path / "saved" / "b.db"
    target.parent.mkdir()
    summary = await backup_file(store_path, target, backups=tmp_path / "backups")
    assert (summary.target, summary.rows["owners"], summary.size) == (target, 500, target.stat().st_size)
    assert read_owners(target) == owners(500)
    assert _files(target.parent) == {"b.db"}


async def test_a_backup_is_the_operators_alone(store_path: Path, tmp_path: Path) -> None:
    await backup_file(store_path, tmp_path / "b.db", backups=tmp_path / "backups")
    assert stat.S_IMODE((tmp_path / "b.db").stat().st_mode) == 0o600


async def test_a_backup_in_the_stores_place_is_the_store(store_path: Path, tmp_path: Path) -> None:
    await backup_file(store_path, tmp_path / "b.db", backups=tmp_path / "backups")
    store = await Store.open(tmp_path / "b.db")
    await save(store, 500)
    await store.close()
    assert read_owners(tmp_path / "b.db") == owners(501)


async def test_a_backup_under_constant_writing_is_of_one_moment_and_holds_nobody_up(store_path: Path) -> None:
    """Pairs are written in one transaction each: a moment never shows half a pair, and shows all that went before."""
    store = await Store.open(store_path)
    written = 0

    def add_pair(db: Database) -> None:
        first = 1000 + 2 * written
        for number in (first, first + 1):
            db.table("owners").insert({"account": str(account(number)), "owner": owner(number), "seen_at": "x"})

    async def write() -> None:
        nonlocal written
        while True:
            await store.writer.transaction(add_pair)
            written += 1

    writing = asyncio.create_task(write())
    for number in range(20):
        before = written
        target = store_path.with_name(f"b{number}.db")
        await backup_file(store_path, target, backups=store_path.parent / "backups")
        saved = {int(account.partition(":")[2]) for account in read_owners(target)} - set(range(500))
        assert saved == set(range(1000, 1000 + len(saved)))
        assert len(saved) % 2 == 0
        assert before * 2 <= len(saved) <= written * 2 + 2
    assert written  # it went on meanwhile
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await store.close()


async def test_another_process_can_save_the_store_that_is_in_use(store_path: Path, tmp_path: Path) -> None:
    store = await Store.open(store_path)
    await save(store, 500)  # in the log, not in the file yet
    script = (
        "import asyncio, sys; from pathlib import Path; from bot.store.file.backup import backup_file; "
        "print(asyncio.run(backup_file(Path(sys.argv[1]), Path(sys.argv[2]), backups=Path('backups'))).rows['owners'])"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, store_path, tmp_path / "b.db", stdout=subprocess.PIPE
    )
    said, _ = await process.communicate()
    await save(store, 501)
    await store.close()
    assert said == b"501\n"
    assert read_owners(tmp_path / "b.db") == owners(501)
    assert read_owners(store_path) == owners(502)


async def test_a_file_that_is_there_already_is_never_overwritten(store_path: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.db"
    target.write_text("mine")
    before = _files(tmp_path)
    with pytest.raises(InputError, match="there is a file already"):
        await backup_file(store_path, target, backups=tmp_path / "backups")
    assert target.read_text() == "mine"
    assert _files(tmp_path) == before


async def test_nothing_to_save_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no store to back up yet"):
        await backup_file(tmp_path / "t.db", tmp_path / "b.db", backups=tmp_path / "backups")
    assert _files(tmp_path) == set()


async def test_a_missing_folder_is_reported(store_path: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the backup cannot be written there: No such file or directory"):
        await backup_file(store_path, tmp_path / "missing" / "b.db", backups=tmp_path / "backups")


async def test_a_damaged_store_is_not_saved_as_if_it_were_whole(store_path: Path, tmp_path: Path) -> None:
    damage(store_path)
    before = _files(tmp_path)
    with pytest.raises(DamagedStoreError, match=r"damaged|malformed"):
        await backup_file(store_path, tmp_path / "b.db", backups=tmp_path / "backups")
    assert _files(tmp_path) <= before | {"t.db-wal", "t.db-shm"}


async def test_rows_that_point_nowhere_are_not_saved_as_if_they_were_whole(store_path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as db:
        db.execute("CREATE TABLE notes (account TEXT REFERENCES owners (account)) STRICT")
        db.execute("INSERT INTO notes VALUES ('loopring:99999')")
        db.commit()
    with pytest.raises(StoreError, match="rows are missing or refer to missing rows"):
        await backup_file(store_path, tmp_path / "b.db", backups=tmp_path / "backups")
    assert not (tmp_path / "b.db").exists()


async def test_a_backup_that_is_cancelled_leaves_nothing_or_a_whole_one(store_path: Path, tmp_path: Path) -> None:
    before = _files(tmp_path) | {"t.db-wal", "t.db-shm"}
    stopped = 0
    for number in range(40):
        target = tmp_path / f"b{number}.db"
        saving = asyncio.create_task(backup_file(store_path, target, backups=tmp_path / "backups"))
        await asyncio.sleep(number / 4000)  # another moment each time
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)
        stopped += saving.cancelled()
        if target.exists():
            assert read_owners(target) == owners(500)
            target.unlink()
        assert _files(tmp_path) <= before
    assert stopped


_SMALL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from bot.errors import StoreError
from bot.store.file.backup import backup_file
resource.setrlimit(resource.RLIMIT_FSIZE, (40960, resource.RLIM_INFINITY))
try:
    asyncio.run(backup_file(Path(sys.argv[1]), Path(sys.argv[2]), backups=Path("backups")))
except StoreError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


async def test_a_disk_without_room_leaves_nothing(store_path: Path, tmp_path: Path) -> None:
    before = _files(tmp_path) | {"t.db-wal", "t.db-shm"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SMALL_DISK, store_path, tmp_path / "b.db", stdout=subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert b"b.db: the backup failed: disk I/O error. Nothing was written." in said
    assert _files(tmp_path) <= before
