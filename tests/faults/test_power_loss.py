"""The power fails: what SQLite had not synced is gone, or half there; what was acknowledged is all there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from random import Random

from bot.store import Store
from tests.sync.sync_harness import GUILD, SyncHarness, open_sync, user

RUNS = 150  # with the fifty of tests/store/file/test_power_loss.py two hundred


def torn(random: Random, before: bytes, after: bytes) -> bytes:
    """What may be on the disk of a write-ahead log, of which all that is in `before` was synced.

    Of what was written since, behind it or over an older part, any beginning; and then what was there, zeros, or pages
    of something else.
    """
    common = range(min(len(before), len(after)))
    first = bisect_left(common, True, key=lambda at: before[: at + 1] != after[: at + 1])  # noqa: FBT003 - what is looked for
    cut = random.randrange(first, len(after) + 1)
    there = before[cut:]
    rest = len(after) - cut - len(there)
    return after[:cut] + there + random.choice((b"", bytes(rest), random.randbytes(rest)))


async def linked(store: Store) -> list[int]:
    """Who has linked an account, by number."""
    sql = "SELECT user_id FROM links ORDER BY user_id"
    rows = await store.writer.run(lambda db: db.execute(sql).fetchall())
    return [user_id - user(0) for (user_id,) in rows]


async def is_whole(store: Store) -> bool:
    """Whether SQLite finds nothing wrong."""
    (answer,) = await store.writer.run(lambda db: db.execute("PRAGMA integrity_check").fetchone())
    foreign = await store.writer.run(lambda db: db.execute("PRAGMA foreign_key_check").fetchall())
    return answer == "ok" and foreign == []


def put(folder: Path, database: bytes, log: bytes) -> None:
    """Write the files of a store."""
    folder.mkdir()
    (folder / "tessera.db").write_bytes(database)
    (folder / "tessera.db-wal").write_bytes(log)


def files(path: Path) -> tuple[bytes, bytes]:
    """The files of a store as they are now: the database, and its log."""
    return path.read_bytes(), Path(f"{path}-wal").read_bytes()


async def found_after(folder: Path, database: bytes, log: bytes) -> Sequence[int]:
    """Who has linked an account after the power has come again."""
    put(folder, database, log)
    store = await Store.open(folder / "tessera.db", backups=folder / "backups")
    try:
        assert await is_whole(store)
        assert len(await store.gates.of_guild(GUILD)) == 1
        return await linked(store)
    finally:
        await store.close()


async def one_link(harness: SyncHarness, number: int) -> None:
    """A member links an account; acknowledged when this returns."""
    sql = "INSERT INTO links (user_id, account, owner, linked_at) VALUES (?, ?, ?, 0)"
    await harness.rows(sql, [user(number), f"loopring:{10_000 + number}", f"0x{number:040x}"])


async def test_case_35_no_acknowledged_link_is_lost_when_the_power_fails(tmp_path: Path) -> None:
    path, random = tmp_path / "tessera.db", Random(35)  # noqa: S311 - a seed, for the same cuts each time
    async with open_sync(path) as harness:
        assert await harness.rows("PRAGMA synchronous") == [(2,)]  # FULL: what is acknowledged was synced
        await harness.gate()
        is_torn = 0
        for number in range(1, RUNS + 1):
            await one_link(harness, number)
            database, before = files(path)
            if number % 2:
                await harness.sync.seen(GUILD, user(number), harness.now)  # more that is under way
            await one_link(harness, number + 1_000)
            later, after = files(path)
            if later != database:
                continue  # a checkpoint in between, which syncs by itself
            is_torn += 1
            found = await found_after(tmp_path / f"run {number}", database, torn(random, before, after))
            acknowledged = {*range(1, number + 1), *(each + 1_000 for each in range(1, number))}
            assert acknowledged <= set(found) <= acknowledged | {number + 1_000}
        assert is_torn > RUNS * 0.9
