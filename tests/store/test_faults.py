"""A disk that is full and a store that somebody else holds: nothing is half saved, and it works again later."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot.errors import ConfigError, StoreError
from bot.store import Store
from tests.store.fixtures import account, make_store, owner, owners, read_owners, save, stored_owner

_SMALL_DISK = """
import asyncio, json, resource, sys
from pathlib import Path
from bot.errors import StoreError
from bot.store import Store
from tests.store.fixtures import save, stored_owner

async def main():
    path = Path(sys.argv[1])
    store = await Store.open(path)
    size = path.with_name("t.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(size, path.stat().st_size) + 60_000, resource.RLIM_INFINITY))
    saved, said = 0, ""
    try:
        while saved < 1000:
            await save(store, saved)
            saved += 1
    except StoreError as error:
        said = error.sentence
    readable = await stored_owner(store, Account("loopring", "0")) is not None
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await save(store, saved)
    await store.close()
    print(json.dumps([saved, said, readable]))

from bot.holdings import Account
asyncio.run(main())
"""


async def test_a_disk_that_takes_no_more_loses_nothing_and_is_used_again_when_it_does(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SMALL_DISK, path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said, complained = await process.communicate()
    saved, sentence, readable = json.loads(said or "[0, 0, 0]")
    assert (sentence, readable) == (
        "Tessera cannot use its own store right now: its operator must look at the disk.",
        True,
    ), complained
    assert 0 < saved < 1000
    assert read_owners(path) == owners(saved + 1)


_SMALL_AT_START = """
import asyncio, resource, sys
from pathlib import Path
from bot.errors import ConfigError
from bot.store import Store
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    asyncio.run(Store.open(Path(sys.argv[1])))
except ConfigError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


@pytest.mark.parametrize("room", [0, 100, 5000, 20_000, 40_000])
async def test_a_start_on_a_full_disk_is_reported_and_the_next_one_succeeds(tmp_path: Path, room: int) -> None:
    path = tmp_path / "t.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SMALL_AT_START, path, str(room), stdout=subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert f"{path}: the store cannot be " in said.decode()
    await make_store(path)
    assert read_owners(path) == owners(3)


async def test_a_transaction_for_which_there_is_no_room_is_undone_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    await make_store(path)
    store = await Store.open(path)
    pages = await store.writer.run(lambda db: int(db.execute("PRAGMA page_count").fetchone()[0]))

    def allow(more: int) -> Any:
        return lambda db: db.execute(f"PRAGMA max_page_count = {pages + more}").fetchall()

    def much(db: Database) -> None:
        for number in range(3, 2000):
            db.table("owners").insert({"account": str(account(number)), "owner": owner(number), "seen_at": "x"})

    await store.writer.run(allow(2))
    with pytest.raises(StoreError, match="must look at the disk") as caught:
        await store.writer.transaction(much)
    assert "full" in str(caught.value.__cause__)
    assert read_owners(path) == owners(3)
    await store.writer.run(allow(1000))
    await store.writer.transaction(much)
    await store.close()
    assert read_owners(path) == owners(2000)


async def test_a_store_that_another_program_holds_is_waited_for_and_then_given_up(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    await make_store(path)
    store = await Store.open(path, lock_timeout=0.2)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(StoreError):
            await save(store, 3)
        assert time.monotonic() - started > 0.1
        assert await stored_owner(store, account(0)) == owner(0)  # reading goes on
        other.execute("COMMIT")
    assert read_owners(path) == owners(3)
    await save(store, 3)
    await store.close()
    assert read_owners(path) == owners(4)


async def test_a_lock_that_ends_in_time_is_only_a_delay(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    await make_store(path)
    store = await Store.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        saving = asyncio.create_task(save(store, 3))
        await asyncio.sleep(0.05)
        assert not saving.done()
        other.execute("COMMIT")
        await saving
    await store.close()
    assert read_owners(path) == owners(4)


async def test_a_store_that_another_program_locks_exclusively_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    await make_store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ConfigError, match="in use by another program"):
            await Store.open(path, lock_timeout=0.1)
    await (await Store.open(path)).close()
