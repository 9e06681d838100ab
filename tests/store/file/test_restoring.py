"""A store that was damaged or lost is refused untouched, with the commands that bring its backup back."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import ConfigError, DamagedStoreError, StoreError
from bot.store import Store
from bot.store.file.backup import backup_file
from bot.store.file.nightly import back_up_night
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


async def test_the_commands_work_again_at_the_next_damage(place: Place) -> None:
    await make_saved_store(place, rows=500)
    damages = []
    for _ in range(3):
        damages.append(damage(place.path))
        with pytest.raises(DamagedStoreError) as caught:
            await Store.open(place.path)
        _run_commands(caught.value.sentence)
        await (await Store.open(place.path)).close()
        assert read_owners(place.path) == owners(500)
    names = ("t.db.damaged", "t.db.damaged-2", "t.db.damaged-3")
    assert [(place.path.parent / name / "t.db").read_bytes() for name in names] == damages


async def test_a_backup_of_a_damaged_store_names_the_backups_of_the_settings(place: Place, tmp_path: Path) -> None:
    await make_saved_store(place, rows=500)
    place = Place(place.path, place.backups.rename(tmp_path / "elsewhere"))
    for harm in (damage, Path.unlink):
        harm(place.path)
        with pytest.raises(DamagedStoreError, match=r"elsewhere/t-2026-11-24\.db"):
            await backup_file(place.path, tmp_path / "b.db", backups=place.backups)
        with pytest.raises(StoreError, match=r"elsewhere/t-2026-11-24\.db"):
            await back_up_night(place.path, place.backups, datetime(2026, 11, 25, 12, tzinfo=UTC))


# ---------------------------------------------------------------- what root leaves to the bot's user

BOT = 12345
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")


@pytest.fixture
def home() -> Iterator[Place]:
    """The folder of the bot's user."""
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, BOT, BOT)
        yield Place(Path(folder) / "t.db", Path(folder) / "backups")


@contextmanager
def as_the_bot() -> Iterator[None]:
    """As the bot's user."""
    os.setegid(BOT)
    os.seteuid(BOT)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@as_root
async def test_what_root_restores_is_the_bots(home: Place) -> None:
    with as_the_bot():
        await make_saved_store(home, rows=500)
        damage(home.path)
        with pytest.raises(DamagedStoreError) as caught:
            await Store.open(home.path)
    _run_commands(caught.value.sentence)
    with as_the_bot():
        await (await Store.open(home.path)).close()
        assert read_owners(home.path) == owners(500)


@as_root
async def test_a_backup_that_root_makes_is_the_bots(home: Place) -> None:
    with as_the_bot():
        await make_store(home.path, rows=500)
    await backup_file(home.path, home.path.with_name("b.db"), backups=home.backups)
    home.path.unlink()
    _run_commands(shlex.join(["cp", "-p", str(home.path.with_name("b.db")), str(home.path)]))
    with as_the_bot():
        await (await Store.open(home.path)).close()
        assert read_owners(home.path) == owners(500)


@as_root
async def test_a_backup_of_roots_is_given_to_the_bot(home: Place) -> None:
    with as_the_bot():
        await make_saved_store(home, rows=500)
    os.chown(home.backups / "t-2026-11-24.db", 0, 0)
    damage(home.path)
    with pytest.raises(DamagedStoreError, match=f"chown {BOT}:{BOT}") as caught:
        await Store.inspect(home.path)
    _run_commands(caught.value.sentence)
    with as_the_bot():
        await (await Store.open(home.path)).close()


@as_root
@pytest.mark.parametrize("name", ["t.db", "t.db.lock", "backups"])
async def test_root_hears_of_a_file_that_the_bot_could_not_open(home: Place, name: str) -> None:
    with as_the_bot():
        await make_saved_store(home, rows=3)
    await Store.inspect(home.path)
    os.chown(home.path.with_name(name), 0, 0)
    with pytest.raises(ConfigError, match="it belongs to another user than the store's folder") as caught:
        await Store.inspect(home.path)
    _run_commands(caught.value.sentence.split("`")[1])
    await Store.inspect(home.path)
    with as_the_bot():
        await (await Store.open(home.path)).close()


@as_root
@pytest.mark.parametrize("name", ["t.db", "t.db.lock"])
async def test_the_bot_names_the_command_for_a_file_of_roots(home: Place, name: str) -> None:
    with as_the_bot():
        await make_store(home.path)
    os.chown(home.path.with_name(name), 0, 0)
    with as_the_bot(), pytest.raises(ConfigError, match="belongs to another user, so the bot cannot open it") as caught:
        await Store.open(home.path)
    _run_commands(caught.value.sentence.split("`")[1])
    with as_the_bot():
        await (await Store.open(home.path)).close()


@as_root
async def test_in_a_folder_of_roots_the_bot_may_write_by_its_group(home: Place) -> None:
    with as_the_bot():
        await make_saved_store(home, rows=3)
    os.chown(home.path.parent, 0, BOT)
    home.path.parent.chmod(0o770)
    await Store.inspect(home.path)


# ---------------------------------------------------------------- where backups are to be


@pytest.mark.parametrize(
    ("folder", "reason"), [("missing/b", "No such file or directory"), ("file", "Not a directory"), ("file/b", "Not a")]
)
async def test_a_folder_that_takes_no_backups_is_found_out_before(place: Place, folder: str, reason: str) -> None:
    await make_store(place.path)
    (place.path.parent / "file").write_text("a file")
    with pytest.raises(ConfigError, match=rf"backups cannot be written there: {reason}.*backup_folder"):
        await Store.inspect(place.path, backups=place.path.parent / folder)


@as_root
async def test_a_folder_of_backups_of_roots_may_be_written_by_its_group(home: Place) -> None:
    with as_the_bot():
        await make_saved_store(home, rows=3)
    os.chown(home.backups, 0, BOT)
    home.backups.chmod(0o770)
    await Store.inspect(home.path)
