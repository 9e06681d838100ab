"""Members are notified before the time of a contest ends; and the planned jobs really run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.app.background import Background, Job
from bot.app.schedule import contest_run, schedule
from bot.config.settings import StoreSettings
from bot.errors import StoreError
from bot.messages import Message
from tests.app.virtual_clock import VirtualClock
from tests.linking.harness import ANN, BEN, CONTEST, LinkingHarness, open_linking, owner_of
from tests.store.fixtures import Place, make_store

ACCOUNT = "loopring:10001"
KEY = "a wallet"
HOURS = timedelta(hours=3)


@pytest.fixture
async def harness() -> AsyncIterator[LinkingHarness]:
    """The services of linking, where Ben claims what Ann has, shortly after a run."""
    async with open_linking() as harness:
        await harness.prove(ANN, ACCOUNT, KEY)
        await harness.settle()
        await harness.prove(BEN, ACCOUNT, KEY)
        yield harness


def contest_job(harness: LinkingHarness, *, ready: bool = True, failing: bool = False) -> Job:
    """The job over the real store; with `failing`, no notification can be sent."""

    async def notify() -> None:
        if failing:
            raise StoreError(Message("The disk is full."))
        for notification in await harness.notifications.pending():
            await harness.notifications.mark_notified(notification)

    return contest_run(lambda: ready, notify, harness.settle)


async def ends_at(harness: LinkingHarness) -> datetime:
    """When the contest ends now."""
    [contest] = await harness.store.contests.held_by(ANN)
    return contest.ends_at


async def test_a_holder_notified_by_the_run_in_which_a_contest_is_due_has_the_whole_time_from_then_on(
    harness: LinkingHarness,
) -> None:
    harness.pass_time(CONTEST)
    await contest_job(harness)()
    assert await harness.store.links.holder(owner_of(KEY)) == ANN
    assert await ends_at(harness) >= harness.now + CONTEST
    assert await harness.pending_kinds(ANN) == []


async def test_no_time_runs_out_before_the_bot_is_ready(harness: LinkingHarness) -> None:
    await contest_job(harness)()
    before = await ends_at(harness)
    for _ in range(36):
        harness.pass_time(HOURS / 36)
        await contest_job(harness, ready=False)()
    await contest_job(harness)()
    assert await ends_at(harness) == before + HOURS


async def test_a_run_that_cannot_notify_ends_nothing(harness: LinkingHarness) -> None:
    await contest_job(harness)()
    end = await ends_at(harness)
    while harness.now < end:
        harness.pass_time(min(timedelta(minutes=5), end - harness.now))
        with pytest.raises(StoreError):
            await contest_job(harness, failing=True)()
    assert await harness.store.links.holder(owner_of(KEY)) == ANN


async def test_contests_run_every_half_minute_once_the_bot_is_ready_and_purges_every_hour(tmp_path: Path) -> None:
    clock, notified, settled, purged = VirtualClock(), list[timedelta](), list[timedelta](), list[timedelta]()
    ready_at, asked = timedelta(seconds=7), list[timedelta]()

    async def notify() -> None:
        notified.append(clock.ran)

    async def settle() -> None:
        settled.append(clock.ran)

    async def purge() -> None:
        purged.append(clock.ran)

    async def ask() -> None:
        asked.append(clock.ran)

    background = Background(now=clock.now, sleep=clock.sleep)
    settings = StoreSettings(path=tmp_path / "t.db", backup_days=0)
    schedule(
        background,
        settings,
        clock.now,
        is_ready=lambda: clock.ran >= ready_at,
        notify=notify,
        settle=settle,
        ask=ask,
        purge=purge,
    )
    background.start()
    await clock.advance(timedelta(hours=2))
    await background.stop()
    assert settled == notified == [ready_at + number * timedelta(seconds=30) for number in range(240)]
    assert asked == [number * timedelta(seconds=30) for number in range(1, 241)]  # never before it is ready
    assert purged == [number * timedelta(hours=1) for number in range(3)]
    assert not settings.backups.exists()


async def test_a_backup_is_made_at_the_start_unless_none_are_wanted(tmp_path: Path) -> None:
    place = Place(tmp_path / "tessera.db", tmp_path / "backups")
    await make_store(place.path)
    has_saved = asyncio.Event()
    clock = VirtualClock()

    async def nothing() -> None:
        """There are no members here."""

    async def sleep(pause: timedelta) -> None:
        if pause == timedelta(minutes=45):  # until 03:00
            has_saved.set()
        await clock.sleep(pause)

    clock.jump(timedelta(hours=14, minutes=15))
    background = Background(now=clock.now, sleep=sleep)
    settings = StoreSettings(path=place.path)
    jobs = {"notify": nothing, "settle": nothing, "ask": nothing, "purge": nothing}
    schedule(background, settings, clock.now, is_ready=lambda: False, **jobs)
    background.start()
    await asyncio.wait_for(has_saved.wait(), 20)
    await background.stop()
    assert [path.name for path in place.backups.iterdir()] == ["tessera-2026-11-25.db"]
