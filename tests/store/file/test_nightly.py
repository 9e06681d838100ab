"""A backup every night, and only the old ones go."""

import asyncio
import logging
import os
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.app.background import Background
from bot.store.file.nightly import back_up_night, next_check, retention, to_delete
from tests.store.fixtures import Place, make_store, read_owners

FIRST = date(2026, 1, 1)  # a Thursday


class Clock:
    """A clock that only moves when somebody waits, and says so when its time has come.

    The first wait ends at `put_back`, if that is given.
    """

    def __init__(self, start: str, end: str, put_back: str = "") -> None:
        self.time = datetime.fromisoformat(start)
        self.end = datetime.fromisoformat(end)
        self.put_back = put_back
        self.pauses: list[timedelta] = []
        self.has_ended = asyncio.Event()

    def now(self) -> datetime:
        return self.time

    async def pause(self, duration: timedelta) -> None:
        self.pauses.append(duration)
        self.time = datetime.fromisoformat(self.put_back) if self.put_back else self.time + duration
        self.put_back = ""
        if self.time >= self.end:
            self.has_ended.set()
            await asyncio.Event().wait()


async def _run(place: Place, start: str, end: str, *, days: int = 7, weeks: int = 4, put_back: str = "") -> Clock:
    """Let the bot's background make backups from one moment to another."""
    clock = Clock(start, end, put_back)

    async def back_up() -> None:
        await back_up_night(place.path, place.backups, clock.now(), days=days, weeks=weeks)

    background = Background(now=clock.now, sleep=clock.pause)
    background.every(next_check, back_up, name="backups")
    background.start()
    await asyncio.wait_for(clock.has_ended.wait(), 30)
    await background.stop()
    return clock


def _names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    place = Place(tmp_path / "tessera.db", tmp_path / "backups")
    await make_store(place.path)
    return place


@pytest.mark.parametrize(
    ("start", "end", "nights"),
    [
        pytest.param("2026-11-25T12:00Z", "2026-11-25T13:00Z", ["25"], id="at the first start"),
        pytest.param("2026-11-25T02:59Z", "2026-11-25T03:00Z", ["24"], id="before three it is still last night's"),
        pytest.param("2026-11-25T12:00Z", "2026-11-28T02:59Z", ["25", "26", "27"], id="then every night"),
        pytest.param("2026-11-25T12:00+14:00", "2026-11-25T13:00+14:00", ["24"], id="nights are those of UTC"),
    ],
)
async def test_one_is_made_every_night(place: Place, start: str, end: str, nights: list[str]) -> None:
    clock = await _run(place, start, end)
    assert _names(place.backups) == [f"tessera-2026-11-{night}.db" for night in nights]
    assert len(read_owners(place.backups / f"tessera-2026-11-{nights[0]}.db")) == 3
    assert max(clock.pauses) <= timedelta(hours=1)
    assert min(clock.pauses) > timedelta()


async def test_what_was_saved_before_an_update_goes_with_the_last_of_the_nightly_ones(place: Place) -> None:
    place.backups.mkdir()
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    for name, age in (("old", retention(7, 4) + timedelta(days=2)), ("young", timedelta(days=20))):
        path = place.backups / f"tessera-before-{name}.db"
        path.touch()
        os.utime(path, ((now - age).timestamp(),) * 2)
    await _run(place, "2026-11-25T12:00Z", "2026-11-25T13:00Z")
    assert _names(place.backups) == ["tessera-2026-11-25.db", "tessera-before-young.db"]


async def test_it_is_made_at_three_o_clock(place: Place) -> None:
    clock = await _run(place, "2026-11-25T00:30Z", "2026-11-25T03:01Z")
    assert clock.pauses[:3] == [timedelta(hours=1), timedelta(hours=1), timedelta(minutes=30)]
    assert _names(place.backups) == ["tessera-2026-11-24.db", "tessera-2026-11-25.db"]


async def test_a_restart_makes_no_second_one(place: Place) -> None:
    folder = place.backups
    await _run(place, "2026-11-25T12:00Z", "2026-11-25T13:00Z")
    first = (folder / "tessera-2026-11-25.db").read_bytes()
    await _run(place, "2026-11-25T20:00Z", "2026-11-25T21:00Z")
    assert (folder / "tessera-2026-11-25.db").read_bytes() == first
    assert _names(folder) == ["tessera-2026-11-25.db"]


async def test_only_the_old_ones_of_this_store_go(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    folder = place.backups
    folder.mkdir()
    others = ["tessera-before-m002_links.db", "other-2026-01-01.db", "tessera-2026-01-99.db", "notes.txt"]
    for name in others:
        (folder / name).write_text("retained")
    await _run(place, "2026-11-20T12:00Z", "2026-11-25T04:00Z", days=2, weeks=1)
    # Monday the 23rd is the first of its week; the older week has no place left.
    assert set(_names(folder)) - set(others) == {f"tessera-2026-11-{day}.db" for day in (23, 24, 25)}
    assert set(others) <= set(_names(folder))
    assert "backup: " + str(folder / "tessera-2026-11-20.db") + " was removed" in caplog.text
    assert "verified" in caplog.text


async def test_what_a_killed_backup_left_is_removed(place: Place) -> None:
    folder = place.backups
    folder.mkdir()
    for name in (".tessera-2026-11-24.db.abc.part", ".tessera-2026-11-24.db.abc.part-journal", ".other-1.db.x.part"):
        (folder / name).write_text("half")
    await _run(place, "2026-11-25T12:00Z", "2026-11-25T13:00Z")
    assert _names(folder) == [".other-1.db.x.part", "tessera-2026-11-25.db"]


async def test_the_folder_is_made_and_is_the_operators_alone(place: Place) -> None:
    await _run(place, "2026-11-25T12:00Z", "2026-11-25T13:00Z")
    assert stat.S_IMODE(place.backups.stat().st_mode) == 0o700


async def test_a_backup_that_fails_is_logged_and_tried_again_and_takes_no_older_one_away(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    folder = place.backups
    await _run(place, "2026-11-24T12:00Z", "2026-11-24T13:00Z")
    content = place.path.read_bytes()
    place.path.write_bytes(b"\x00" * len(content))
    clock = await _run(place, "2026-11-25T12:00Z", "2026-11-25T15:00Z", days=1, weeks=0)
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 3
    assert "no backup of 2026-11-25 was made" in caplog.text
    assert clock.pauses == [timedelta(hours=1)] * 3
    assert _names(folder) == ["tessera-2026-11-24.db"]
    place.path.write_bytes(content)
    await _run(place, "2026-11-25T15:00Z", "2026-11-25T16:00Z", days=1, weeks=0)
    assert _names(folder) == ["tessera-2026-11-25.db"]


async def test_a_folder_that_cannot_be_made_is_logged_and_ends_nothing(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.backups.write_text("not a folder")
    await _run(place, "2026-11-25T12:00Z", "2026-11-25T14:00Z")
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 2


async def test_a_fault_that_nobody_thought_of_is_logged_and_ends_nothing(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    await _run(Place(place.path, place.backups / "\x00"), "2026-11-25T12:00Z", "2026-11-25T14:00Z")
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 2
    assert caplog.text.count("backups: this run failed unexpectedly") == caplog.text.count("ValueError") == 2


@pytest.mark.parametrize(
    ("now", "pause"),
    [
        ("2026-11-25T12:00Z", timedelta(hours=1)),
        ("2026-11-25T02:00Z", timedelta(hours=1)),
        ("2026-11-25T02:30Z", timedelta(minutes=30)),
        ("2026-11-25T02:59:59.999Z", timedelta(milliseconds=1)),
        ("2026-11-25T03:00Z", timedelta(hours=1)),
        ("2026-11-25T16:30+14:00", timedelta(minutes=30)),
    ],
)
def test_the_clock_is_looked_at_when_a_night_begins_and_every_hour(now: str, pause: timedelta) -> None:
    assert next_check(datetime.fromisoformat(now)) == pause


async def test_a_clock_that_is_set_back_by_years_is_noticed_within_the_hour(place: Place) -> None:
    clock = await _run(place, "2031-01-01T12:00Z", "2026-11-25T13:00Z", put_back="2026-11-25T12:00Z")
    assert clock.pauses == 2 * [timedelta(hours=1)]
    assert _names(place.backups) == ["tessera-2026-11-25.db", "tessera-2031-01-01.db"]


def _dates(*days: str) -> list[date]:
    return [date.fromisoformat(f"2026-{day}") for day in days]


@pytest.mark.parametrize(
    ("retained", "deleted"),
    [
        pytest.param([], [], id="none"),
        pytest.param(["11-25", "11-24", "11-23"], [], id="few enough"),
        pytest.param(["11-25", "11-24", "11-23", "11-22"], [], id="one of the week before stays"),
        pytest.param(["11-25", "11-24", "11-23", "11-22", "11-16"], ["11-22"], id="it is the first of its week"),
        pytest.param(["11-25", "11-24", "11-23", "11-16", "11-15"], [], id="a Sunday is of the week before"),
        pytest.param(
            ["11-25", "11-24", "11-23", "11-22", "11-15", "11-08"], ["11-08"], id="the third week has no place"
        ),
        pytest.param(
            ["11-25", "05-01", "04-01", "03-01", "02-01", "01-01"], ["01-01"], id="what counts is how many, not how old"
        ),
        pytest.param(["12-01", "11-25", "11-24", "11-23"], [], id="a day to come takes nobody's place"),
        pytest.param(["12-01", "12-02", "12-03", "12-04", "12-05", "12-06"], [], id="and is retained"),
    ],
)
def test_three_days_and_two_weeks_stay(retained: list[str], deleted: list[str]) -> None:
    assert to_delete(_dates(*retained), date(2026, 11, 25), days=3, weeks=2) == _dates(*deleted)


def test_weeks_of_two_years_are_distinguished() -> None:
    retained = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 4), date(2026, 1, 5), date(2026, 1, 6)]
    assert to_delete(retained, date(2026, 1, 6), days=2, weeks=4) == [date(2026, 1, 1), date(2026, 1, 4)]


@pytest.mark.parametrize(("days", "weeks"), [(7, 4), (1, 0), (0, 0), (0, 4), (30, 12)])
def test_over_a_year_the_newest_are_always_there_and_the_number_never_grows(days: int, weeks: int) -> None:
    retained: set[date] = set()
    for number in range(400):
        today = FIRST + timedelta(days=number)
        retained.add(today)
        retained -= set(to_delete(retained, today, days=days, weeks=weeks))
        newest = {today - timedelta(days=back) for back in range(min(max(days, 1), number + 1))}
        assert newest <= retained
        assert len(retained) <= max(days, 1) + weeks
    oldest = (today - min(retained)).days
    assert max(days, 1) + 7 * (weeks - 1) <= oldest < max(days, 1) + 7 * weeks
