"""Avatars for a card: those that are there in time, each fetched once; the others are missing, and nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.pictures.avatars import Avatars
from bot.pictures.drawing_process import DrawingProcess
from bot.pictures.guarded_fetcher import GuardedFetcher, Reach
from sandbox.pictures.hostile import HostilePictures
from tests.pictures.test_drawing_process import CHART, HANGS, IS_PNG, Clock, misbehaving


@asynccontextmanager
async def avatars(
    process: DrawingProcess, clock: Clock | None = None, deadline: float = 30
) -> AsyncIterator[tuple[Avatars, HostilePictures, str]]:
    """Over a server on this machine, which is the operator's own gateway."""
    hostile = HostilePictures()
    runner = web.AppRunner(hostile.app(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        fetcher = GuardedFetcher(Reach(gateways=(url,)))
        found = Avatars(fetcher, process, deadline=deadline, clock=clock or Clock())
        try:
            yield found, hostile, url
        finally:
            await found.close()
    finally:
        await runner.cleanup()


async def test_those_that_are_pictures_are_there_and_the_others_are_missing(process: DrawingProcess) -> None:
    async with avatars(process) as (found, _, url):
        names = ("good.png", "half.png", "drawing.svg", "animated.gif", "huge.png", "missing.png")
        got = await found.get([url + names[0], None, *(url + name for name in names[1:])])
        assert [each is not None for each in got] == [True, False, False, False, True, False, False]
        assert all(each.startswith(IS_PNG) for each in got if each)


async def test_none_is_waited_for_longer_than_the_one_deadline(process: DrawingProcess) -> None:
    async with avatars(process) as (found, _, url):
        assert all(await found.get([url + "good.png"]))
    async with avatars(process, deadline=0.3) as (found, hostile, url):
        silent = [f"{url}silent.png?{n}" for n in range(12)]
        assert await found.get(silent) == [None] * 12
        assert 0 < len(hostile.asked) <= 4  # at once; the others wait for their turn, and nobody for them


async def test_each_is_fetched_once_and_then_remembered_also_that_there_is_none(process: DrawingProcess) -> None:
    clock = Clock()
    async with avatars(process, clock) as (found, hostile, url):
        wanted = [url + "good.png", url + "good.png", url + "half.png"]
        first = await found.get(wanted)
        assert await found.get(wanted) == first
        assert sorted(path for path, _ in hostile.asked) == ["good.png", "half.png"]
        clock.seconds += 301  # a server that had none may have one now
        await found.get(wanted)
        assert sorted(path for path, _ in hostile.asked) == ["good.png", "half.png", "half.png"]
        clock.seconds += 3600
        await found.get(wanted)
        assert sorted(path for path, _ in hostile.asked) == ["good.png", "good.png", *["half.png"] * 3]


async def test_one_that_came_while_much_was_drawn_is_not_taken_for_missing() -> None:
    async with misbehaving(HANGS) as drawing, avatars(drawing) as (found, hostile, url):
        many = [asyncio.create_task(drawing.draw(CHART)) for _ in range(16)]
        await asyncio.sleep(0)  # each has come to its place in the queue
        for times in (1, 2):
            assert await found.get([url + "good.png"]) == [None]
            assert [path for path, _ in hostile.asked] == ["good.png"] * times
        for task in many:
            task.cancel()
        await asyncio.gather(*many, return_exceptions=True)
