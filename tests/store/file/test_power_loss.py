"""What the disk holds after the power went is enough: every write that was acknowledged, and no half of another.

Killing a process does not show this: the system still writes what it was given. So the files are taken as they were
when a write was acknowledged (all of that was synced), and what came later, which a disk may have any part of, is cut,
scrambled or mixed at random (seeded) places.
"""

import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.store import Store
from tests.store.fixtures import owners, read_owners, save

WRITES = 60
SECTOR = 512  # what a disk writes as a whole


@dataclass(frozen=True)
class Moment:
    """The store's two files when `writes` writes were acknowledged."""

    writes: int
    db: bytes
    log: bytes


@pytest.fixture(scope="module")
async def moments(tmp_path_factory: pytest.TempPathFactory) -> list[Moment]:
    """The files after every write, and at last after the log was brought into the store."""
    path = tmp_path_factory.mktemp("power") / "t.db"
    store = await Store.open(path)
    found = []
    for number in range(WRITES):
        await save(store, number)
        found.append(_look(path, number + 1))
    await store.writer.run(lambda db: db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall())
    found.append(_look(path, WRITES))
    await store.close()
    return found


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - where to cut, not a secret


def _look(path: Path, writes: int) -> Moment:
    return Moment(writes, path.read_bytes(), path.with_name("t.db-wal").read_bytes())


async def _power_on(folder: Path, db: bytes, log: bytes) -> dict[str, str]:
    """Start a Tessera on these files; returns the owners it finds."""
    path = folder / "t.db"
    path.write_bytes(db)
    path.with_name("t.db-wal").write_bytes(log)
    store = await Store.open(path)
    assert await store.writer.run(lambda db: db.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]
    await save(store, 1000)
    await store.close()
    found = read_owners(path)
    assert found.pop("loopring:1000")  # it can be written to again
    return found


@pytest.mark.parametrize("seed", range(20))
async def test_no_acknowledged_write_is_lost_whatever_the_disk_has_of_the_next(
    moments: list[Moment], tmp_path: Path, seed: int
) -> None:
    rng = _dice(seed)
    then, last = moments[rng.randrange(WRITES)], moments[WRITES - 1]
    synced = len(then.log)
    later = bytearray(last.log[synced : synced + rng.randrange(len(last.log) - synced + 1)])
    for at in range(0, len(later), SECTOR):  # sectors come to the disk in any order, or not at all
        if rng.random() < seed / 40:
            later[at : at + SECTOR] = rng.choice([b"\x00", b"\xff"]) * len(later[at : at + SECTOR])
    found = await _power_on(tmp_path, then.db, then.log + later)
    assert then.writes <= len(found) <= WRITES
    assert found == owners(len(found))  # all that was acknowledged, then some of the next in their order, nothing else


@pytest.mark.parametrize("seed", range(20))
async def test_a_log_that_is_cut_anywhere_holds_just_the_writes_before_the_cut(
    moments: list[Moment], tmp_path: Path, seed: int
) -> None:
    """A store that was copied by hand, or a disk that lied: what is lost is lost from the end, and nothing is torn."""
    last = moments[WRITES - 1]
    first = len(moments[0].log)
    cut = _dice(seed).randrange(first, len(last.log))
    whole = sum(len(moment.log) <= cut for moment in moments[:WRITES])
    assert await _power_on(tmp_path, last.db, last.log[:cut]) == owners(whole)


@pytest.mark.parametrize("seed", range(10))
async def test_power_may_go_while_the_log_is_brought_into_the_store(
    moments: list[Moment], tmp_path: Path, seed: int
) -> None:
    rng = _dice(seed)
    before, after = moments[WRITES - 1], moments[WRITES]
    mixed = bytearray(after.db)
    for at in range(0, len(mixed), SECTOR):
        if rng.random() < 0.5:
            mixed[at : at + SECTOR] = before.db[at : at + SECTOR].ljust(SECTOR, b"\x00")
    found = await _power_on(tmp_path, bytes(mixed), after.log)
    assert found == owners(WRITES)


async def test_the_files_were_taken_while_the_log_held_what_was_written(moments: list[Moment]) -> None:
    """Or all of the above would show nothing."""
    assert len({len(moment.log) for moment in moments[:WRITES]}) == WRITES
    assert len({moment.db for moment in moments[:WRITES]}) == 1
    assert moments[WRITES].db != moments[0].db


async def test_a_store_that_was_left_with_a_log_is_read_whole_by_sqlite_itself(
    moments: list[Moment], tmp_path: Path
) -> None:
    path = tmp_path / "t.db"
    path.write_bytes(moments[10].db)
    path.with_name("t.db-wal").write_bytes(moments[10].log)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM owners").fetchone() == (11,)
