"""The jobs that the bot runs by itself, and how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.app.background import Background, Job
from bot.config.settings import StoreSettings
from bot.store.file.nightly import back_up_night, next_check

# A contest ends at most this much too late. The store takes a pause of five minutes for a time when the bot was down.
_CONTESTS = timedelta(seconds=30)
_ASKS = timedelta(seconds=30)
_UNTIL_READY = timedelta(seconds=1)
_PURGES = timedelta(hours=1)


def schedule(
    background: Background,
    store: StoreSettings,
    clock: Callable[[], datetime],
    *,
    is_ready: Callable[[], bool],
    notify: Job,
    settle: Job,
    ask: Job,
    purge: Job,
) -> None:
    """Add the jobs: contests (see `contest_run`), deletion of what was retained long enough, nightly backups.

    `ask` asks members what moderators vouch for, where that could not be done at once.
    """

    def contest_interval(_now: datetime) -> timedelta:
        return _CONTESTS if is_ready() else _UNTIL_READY

    async def back_up() -> None:
        await back_up_night(store.path, store.backups, clock(), days=store.backup_days, weeks=store.backup_weeks)

    background.every(contest_interval, contest_run(is_ready, notify, settle), name="contests")
    background.every(_ASKS, when_ready(is_ready, ask), name="vouches")
    background.every(_PURGES, purge, name="purges")
    if store.backup_days:
        background.every(next_check, back_up, name="backups")


def when_ready(is_ready: Callable[[], bool], job: Job) -> Job:
    """One run of a job that writes to people; nothing before the bot is ready for the first time."""

    async def run() -> None:
        if is_ready():
            await job()

    return run


def contest_run(is_ready: Callable[[], bool], notify: Job, settle: Job) -> Job:
    """One run about contests: members are notified, and only then are contests ended that are due.

    Neither happens before the bot is ready for the first time: while nobody can be notified or sign, no time runs out.
    A run that cannot notify, because the store fails, ends nothing either.
    """

    async def job() -> None:
        if is_ready():
            await notify()
            await settle()

    return job
