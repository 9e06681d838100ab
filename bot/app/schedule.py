"""How often what comes round, of all that the bot does by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.app.background import Background, Work
from bot.config.settings import StoreSettings
from bot.store.file.nightly import back_up_night, next_check

# A contest ends so much too late at the most. The store takes a pause of five minutes for an absence of the bot.
_CONTESTS = timedelta(seconds=30)
_UNTIL_READY = timedelta(seconds=1)
_PURGES = timedelta(hours=1)


def schedule(
    background: Background,
    store: StoreSettings,
    clock: Callable[[], datetime],
    *,
    is_ready: Callable[[], bool],
    notify: Work,
    settle: Work,
    purge: Work,
) -> None:
    """Plan contests (see `contest_round`), the deletion of what was retained for long enough, and nightly backups."""

    def contest_interval(_now: datetime) -> timedelta:
        return _CONTESTS if is_ready() else _UNTIL_READY

    async def back_up() -> None:
        await back_up_night(store.path, store.backups, clock(), days=store.backup_days, weeks=store.backup_weeks)

    background.every(contest_interval, contest_round(is_ready, notify, settle), name="contests")
    background.every(_PURGES, purge, name="purges")
    if store.backup_days:
        background.every(next_check, back_up, name="backups")


def contest_round(is_ready: Callable[[], bool], notify: Work, settle: Work) -> Work:
    """One round about contests: members are notified, and only then contests that are due are ended.

    Neither happens before the bot is ready for the first time: while nobody can be notified or sign, no time runs out.
    A round that cannot notify, because the store fails, ends nothing either.
    """

    async def work() -> None:
        if is_ready():
            await notify()
            await settle()

    return work
