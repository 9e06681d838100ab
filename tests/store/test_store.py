"""The store keeps what it acknowledged, and refuses a file that is not safe to use."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import ConfigError, DamagedStoreError, StoreError
from bot.holdings import Account
from bot.store import Store
from tests.store.fixtures import damage, fact, make_store, stored_owner

ACCOUNT = Account("loopring", "10001")
OWNER = "0x" + "ab" * 20


async def test_an_owner_is_stored_over_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    store = await Store.open(path)
    assert await stored_owner(store, ACCOUNT) is None
    await store.owners.save(fact(ACCOUNT, OWNER))
    await store.close()
    store = await Store.open(path)
    assert await stored_owner(store, ACCOUNT) == OWNER
    await store.ping()
    await store.close()


async def test_the_owner_of_an_account_is_the_first_that_was_reported(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "t.db")
    for reported in (OWNER, "0x" + "cd" * 20, OWNER):
        assert (await store.owners.save(fact(ACCOUNT, reported))).owner == OWNER
    assert await stored_owner(store, ACCOUNT) == OWNER
    await store.close()


async def test_what_was_acknowledged_is_on_the_disk_for_others_to_read(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "t.db")
    await store.owners.save(fact(ACCOUNT, OWNER))
    with closing(sqlite3.connect(tmp_path / "t.db")) as other, other:
        assert other.execute("SELECT account, owner FROM owners").fetchall() == [("loopring:10001", OWNER)]
    other.close()
    await store.close()


async def test_the_file_is_the_operators_alone_and_safe_against_power_loss(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    store = await Store.open(path)
    await store.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(path)) as db, db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert "STRICT" in db.execute("SELECT sql FROM sqlite_master WHERE name = 'owners'").fetchone()[0]
    db.close()


async def test_many_at_once_are_written_one_after_the_other(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "t.db")
    accounts = [Account("loopring", str(number)) for number in range(1, 101)]
    await asyncio.gather(*(store.owners.save(fact(account, OWNER)) for account in accounts))
    assert set(await asyncio.gather(*(stored_owner(store, account) for account in accounts))) == {OWNER}
    await store.close()


async def test_a_row_that_breaks_the_rules_is_refused_and_nothing_is_saved(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "t.db")
    with pytest.raises(StoreError, match="store refused that"):
        await store.owners.save(fact(ACCOUNT, "not an address"))
    assert await stored_owner(store, ACCOUNT) is None
    await store.close()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"this is not a database" * 100, "file is not a database", id="another kind of file"),
        pytest.param(b"SQLite format 3\x00" + b"\x00" * 4000, "It was not touched", id="a zeroed one"),
    ],
)
async def test_a_file_that_is_no_store_is_refused_and_not_touched(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "t.db"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=sentence):
        await Store.open(path)
    assert path.read_bytes() == content


async def test_the_database_of_another_program_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()
    content = path.read_bytes()
    with pytest.raises(ConfigError, match="the database of another program"):
        await Store.open(path)
    assert path.read_bytes() == content
    assert not path.with_name("t.db-wal").exists()


async def test_a_store_of_a_newer_tessera_is_not_even_switched_to_another_journal(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    await (await Store.open(path)).close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("UPDATE _sqlite_migrations SET name = 'm999_future' WHERE name = 'm001_owners'")
    db.close()
    content = path.read_bytes()
    with pytest.raises(ConfigError, match="written by a newer Tessera"):
        await Store.open(path)
    assert path.read_bytes() == content


async def test_a_damaged_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    await make_store(path, rows=2000)
    damaged = damage(path)
    with pytest.raises(DamagedStoreError, match=r"damaged|malformed"):
        await Store.open(path)
    assert path.read_bytes() == damaged


async def test_a_store_of_a_newer_tessera_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    await (await Store.open(path)).close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tessera', 'm999_future', 'x')"
        )
    db.close()
    with pytest.raises(ConfigError, match="written by a newer Tessera"):
        await Store.open(path)


@pytest.mark.parametrize("path", [Path("/nonexistent/t.db"), Path("/")])
async def test_a_path_that_cannot_be_written_is_reported_at_once(path: Path) -> None:
    with pytest.raises(ConfigError, match="the store cannot be written"):
        await Store.open(path)
