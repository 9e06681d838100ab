"""A backup every night at 03:00 UTC, and which of the older ones are deleted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.errors import StoreError, TesseraError
from bot.messages import Message
from bot.store.file import backup_files
from bot.store.file.backup import PART, backup_file

log = logging.getLogger(__name__)

_NOT_MADE = Message("no backup of {night} was made: {reason}")

_HOUR = timedelta(hours=3)  # after midnight, UTC

# The clock is checked this often: it may be set, and a machine may sleep. Also the pause after a backup that failed.
_LONGEST_PAUSE = timedelta(hours=1)


def night_of(now: datetime) -> date:
    """The night of the newest backup that can exist: it started at 03:00 UTC of this day."""
    return (now.astimezone(UTC) - _HOUR).date()


def next_check(now: datetime) -> timedelta:
    """How long to wait for the next check: until the next night starts, and at most an hour."""
    next_night = datetime.combine(night_of(now) + timedelta(days=1), datetime.min.time(), UTC) + _HOUR
    return min(next_night - now, _LONGEST_PAUSE)


async def back_up_night(store: Path, folder: Path, now: datetime, *, days: int = 7, weeks: int = 4) -> None:
    """Save the store unless last night's backup is there; older ones are only removed after a new one was made.

    Raises:
        StoreError: no backup was made; the sentence says why.
    """
    night = night_of(now)
    try:
        await _save(store, folder, night, days, weeks)
    except (TesseraError, OSError) as error:
        raise StoreError(_NOT_MADE, night=night, reason=error) from error


async def _save(store: Path, folder: Path, night: date, days: int, weeks: int) -> None:
    target = folder / backup_files.of_day(store, night)
    if not await asyncio.to_thread(_prepare_folder, store, target):
        return
    saved = await backup_file(store, target, backups=folder)
    rows = sum(saved.rows.values())
    log.info("backup: %s, %d rows in %d tables, %d bytes, verified", target, rows, len(saved.rows), saved.size)
    for path in await asyncio.to_thread(_remove_old, store, folder, night, days, weeks):
        log.info("backup: %s was removed", path)


def _prepare_folder(store: Path, target: Path) -> bool:
    """Whether the night's backup is still to be made. Unfinished files of a killed process are removed."""
    if target.exists():
        return False
    target.parent.mkdir(mode=0o700, exist_ok=True)
    for part in target.parent.glob(f".{store.stem}-*{PART}*"):
        part.unlink()
    return True


def _remove_old(store: Path, folder: Path, night: date, days: int, weeks: int) -> list[Path]:
    old = [
        folder / backup_files.of_day(store, day)
        for day in to_delete(backup_files.days(store, folder), night, days=days, weeks=weeks)
    ]
    # These hold deleted members' data too, so they are not retained longer than the nightly ones.
    before = datetime.combine(night, datetime.min.time(), UTC) - retention(days, weeks)
    old += [path for path in backup_files.of_steps(store, folder) if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink()
    return old


def retention(days: int, weeks: int) -> timedelta:
    """The maximum age of a backup: the weekly ones follow the daily ones, each up to a week apart."""
    return timedelta(days=max(days, 1) + (7 * (weeks + 1) if weeks else 0))


def to_delete(existing: Iterable[date], today: date, *, days: int, weeks: int) -> list[date]:
    """The backups to delete, the oldest first.

    Retained: the newest `days`, at least one; of the older ones the first of each of the newest `weeks` weeks; and
    all that are dated after `today`, as the clock may have been wrong.
    """
    past = sorted((day for day in existing if day <= today), reverse=True)
    older = past[max(days, 1) :]
    of_week: dict[tuple[int, int], date] = {}
    for day in older:
        year, week, _ = day.isocalendar()
        of_week[year, week] = day  # the first of a week: with the last, a new week would displace an old backup at once
    stay = set(list(of_week.values())[:weeks])
    return [day for day in reversed(older) if day not in stay]
