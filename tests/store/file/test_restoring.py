"""A store that was damaged or lost is refused untouched, with the commands that bring its backup back."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import ConfigError, DamagedStoreError
from bot.store import Store
from tests.store.fixtures import (
    Place,
    damage,
    make_saved_store,
    make_store,
    owners,
    read_owners,
    save,
)


def _run_commands(sentence: str) -> None:
    """Do what the sentence tells an operator to do."""
    subprocess.run(["sh", "-ec", sentence.splitlines()[-1]], check=True)  # noqa: S603, S607 - its own words are the test


async def test_a_damaged_store_is_refused_with_the_commands_that_bring_the_backup_back(place: Place) -> None:
    await make_saved_store(place, rows=500)
    store = await Store.open(place.path)
    await save(store, 1000)
    await store.close()
    damaged = damage(place.path)
    with pytest.raises(DamagedStoreError, match=r"It was not touched. To go back to the backup of 20.* UTC:") as caught:
        await Store.open(place.path)
    assert place.path.read_bytes() == damaged
    _run_commands(caught.value.sentence)
    assert (place.path.parent / "t.db.damaged" / "t.db").read_bytes() == damaged
    await (await Store.open(place.path)).close()
    assert read_owners(place.path) == owners(500)


async def test_the_log_of_a_damaged_store_is_not_left_to_be_applied_to_the_backup(place: Place) -> None:
    await make_saved_store(place, rows=500)
    store = await Store.open(place.path)
    await save(store, *range(500, 520))
    crashed = place.path.with_name("crashed")
    crashed.mkdir()
    for name in ("t.db", "t.db-wal"):
        shutil.copy(place.path.with_name(name), crashed)
    await store.close()
    shutil.copytree(place.backups, crashed / "backups")
    place = Place(crashed / "t.db", crashed / "backups")
    damaged, log = damage(place.path), (crashed / "t.db-wal").read_bytes()
    with pytest.raises(DamagedStoreError) as caught:
        await Store.open(place.path)
    assert (place.path.read_bytes(), (crashed / "t.db-wal").read_bytes()) == (damaged, log)
    _run_commands(caught.value.sentence)
    assert not (crashed / "t.db-wal").exists()
    await (await Store.open(place.path)).close()
    assert read_owners(place.path) == owners(500)


async def test_a_backup_that_is_itself_damaged_is_not_the_one_to_go_back_to(place: Place) -> None:
    await make_saved_store(place, rows=500)
    newer = place.backups / "t-2026-11-25.db"
    shutil.copy(place.backups / "t-2026-11-24.db", newer)
    damage(newer)
    damage(place.path)
    with pytest.raises(DamagedStoreError, match=r"t-2026-11-24.db"):
        await Store.open(place.path)
    damage(place.backups / "t-2026-11-24.db")
    with pytest.raises(DamagedStoreError, match=r"There is no good backup in .*/backups. Put one of your own"):
        await Store.open(place.path)


async def test_the_newest_backup_is_the_one_to_go_back_to(place: Place) -> None:
    await make_saved_store(place, rows=500)
    for age, name in enumerate(["t-2026-11-20.db", "t-before-m002_links.db", "t-2026-11-21.db"]):
        shutil.copy(place.backups / "t-2026-11-24.db", place.backups / name)
        os.utime(place.backups / name, (age, age))
    os.utime(place.backups / "t-before-m002_links.db")
    damage(place.path)
    with pytest.raises(DamagedStoreError, match=r"t-before-m002_links\.db"):
        await Store.open(place.path)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda path: path.unlink(), id="deleted"),
        pytest.param(lambda path: os.truncate(path, 0), id="emptied"),
        pytest.param(lambda path: path.write_bytes(b"\x00" * path.stat().st_size), id="zeroed"),
        pytest.param(lambda path: os.truncate(path, path.stat().st_size // 2), id="cut in half"),
        pytest.param(lambda path: path.write_bytes(b"\xff" * 100 + path.read_bytes()[100:]), id="without a header"),
    ],
)
async def test_a_store_that_was_lost_is_not_taken_for_a_first_start(
    place: Place, harm: Callable[[Path], object]
) -> None:
    await make_saved_store(place, rows=500)
    harm(place.path)
    left = place.path.read_bytes() if place.path.exists() else None
    with pytest.raises(DamagedStoreError, match="To go back to the backup of") as caught:
        await Store.open(place.path)
    assert (place.path.read_bytes() if place.path.exists() else None) == left
    _run_commands(caught.value.sentence)
    await (await Store.open(place.path)).close()
    assert read_owners(place.path) == owners(500)


async def test_to_start_again_the_operator_moves_the_backups_away(place: Place) -> None:
    await make_saved_store(place, rows=3)
    place.path.unlink()
    with pytest.raises(DamagedStoreError, match="Move that folder away to start again, and members must link again"):
        await Store.open(place.path)
    place.backups.rename(place.backups.with_name("old"))
    await (await Store.open(place.path)).close()
    assert read_owners(place.path) == {}


async def test_backups_of_another_store_in_the_same_folder_are_not_meant(place: Place) -> None:
    await make_saved_store(place, rows=3)
    other = place.path.with_name("other.db")
    await (await Store.open(other)).close()
    assert read_owners(other) == {}


async def test_the_folder_of_the_backups_can_be_another_one(place: Place, tmp_path: Path) -> None:
    await make_saved_store(place, rows=3)
    place.path.unlink()
    place.backups.rename(tmp_path / "elsewhere")
    with pytest.raises(DamagedStoreError, match=r"there are backups of it in .*/elsewhere"):
        await Store.open(place.path, backups=tmp_path / "elsewhere")


async def test_a_log_without_its_store_is_not_thrown_away(place: Place) -> None:
    store = await Store.open(place.path)
    await save(store, 1)
    log = place.path.with_name("t.db-wal").read_bytes()
    await store.close()
    place.path.unlink()
    place.path.with_name("t.db-wal").write_bytes(log)
    with pytest.raises(DamagedStoreError, match=r"its log t.db-wal is there"):
        await Store.open(place.path)
    assert place.path.with_name("t.db-wal").read_bytes() == log


async def test_backups_that_cannot_be_read_are_not_taken_for_none(place: Place) -> None:
    place.backups.symlink_to(place.backups)
    with pytest.raises(ConfigError, match="the backups cannot be read"):
        await Store.open(place.path)
    assert not place.path.exists()
    place.backups.unlink()
    await make_store(place.path, rows=500)
    damage(place.path)
    place.backups.symlink_to(place.backups)
    with pytest.raises(DamagedStoreError, match="the backups cannot be read"):
        await Store.open(place.path)


async def test_a_backup_without_a_header_is_not_a_good_one(place: Place) -> None:
    await make_saved_store(place, rows=500)
    (place.backups / "t-2026-11-25.db").write_bytes(b"\xff" * 8192)
    damage(place.path)
    with pytest.raises(DamagedStoreError, match=r"t-2026-11-24\.db"):
        await Store.open(place.path)
