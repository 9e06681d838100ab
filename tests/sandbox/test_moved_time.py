"""The sandbox's clock: it only moves forward, runs where it is to be watched, and dates what people see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.discord.snowflakes import EPOCH_MS, Snowflakes
from sandbox.moved_time import PACE, MovedTime
from tests.sandbox.serving import serving


async def test_time_moves_forward_at_once() -> None:
    async with serving() as sandbox:
        assert await sandbox.get("/_sandbox/clock") == (200, {"seconds": 0, "until": 0})
        moved = await sandbox.post("/_sandbox/clock", {"hours": 1.5, "at_once": True})
        assert moved == (200, {"seconds": 5400, "until": 5400})
        assert await sandbox.get("/_sandbox/clock") == moved
        await sandbox.post("/_sandbox/reset")
        assert await sandbox.get("/_sandbox/clock") == moved  # a bot has stored dates of that time


@pytest.mark.parametrize("hours", [0, -1, "3", None, True, []], ids=str)
async def test_what_is_no_time_to_come_is_refused_in_a_sentence(hours: Any) -> None:
    async with serving() as sandbox:
        status, answer = await sandbox.post("/_sandbox/clock", {"hours": hours})
        assert (status, answer["error"].count(": time only moves forward")) == (400, 1)
        assert await sandbox.get("/_sandbox/clock") == (200, {"seconds": 0, "until": 0})


async def test_it_is_at_most_400_days_in_all() -> None:
    async with serving() as sandbox:
        await sandbox.post("/_sandbox/clock", {"hours": 9500, "at_once": True})
        status, answer = await sandbox.post("/_sandbox/clock", {"hours": 101})
        assert (status, answer["error"]) == (400, "time can be 400 days ahead at most, and is 395.8 now")
        assert (await sandbox.post("/_sandbox/clock", {"hours": 100}))[0] == 200


def test_it_runs_until_it_is_there_and_no_further() -> None:
    running = 50.0
    time = MovedTime(lambda: running)
    time.move({"hours": 1})
    assert time.json() == {"seconds": 0, "until": 3600}
    running += 2
    assert time.ahead() == 2 * PACE
    time.move({"hours": 1})  # on the way
    assert time.json() == {"seconds": 2 * PACE, "until": 7200}
    running += 1000
    assert time.ahead() == 7200


def test_ids_tell_the_moved_time_and_sources_of_two_workers_share_none() -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC).timestamp()
    first, second = Snowflakes(lambda: moment), Snowflakes(lambda: moment, worker=1)
    ids = [each.next() for each in (first, second) for _ in range(3)]
    assert len(set(ids)) == 6
    assert {(each >> 22) + EPOCH_MS for each in ids} == {int(moment * 1000)}
    assert first.moment() == "2030-01-01T00:00:00+00:00"


async def test_who_joins_after_a_move_joined_then() -> None:
    async with serving() as sandbox:
        await sandbox.post("/_sandbox/clock", {"hours": 48, "at_once": True})
        guild = next(iter(sandbox.world.guilds.values()))
        user = next(each for each in guild.members if each != guild.owner_id)
        for action in ("leave", "join"):
            fields = {"action": action, "user": str(user), "guild": str(guild.id)}
            assert (await sandbox.post("/_sandbox/members", fields))[0] == 200
        joined = datetime.fromisoformat(guild.members[user].joined_at)
        assert joined > datetime.now(UTC) + timedelta(hours=47)
