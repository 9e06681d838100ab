"""Acknowledging goes before work, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.ui.acknowledgements import Acknowledgements

HOUR = 3600.0


class Discord:
    """Confirms acknowledgements when the test says so, and records whose work started."""

    def __init__(self, acknowledgements: Acknowledgements) -> None:
        self.worked: list[str] = []
        self.work_started = asyncio.Event()
        self._acknowledgements = acknowledgements
        self._confirmed: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def arrives(self, name: str) -> None:
        """An interaction arrives, and is acknowledged."""
        self._confirmed[name] = asyncio.Event()

        async def handle() -> None:
            await self._acknowledgements.start(self._confirmed[name].wait())
            self.worked.append(name)
            self.work_started.set()

        self._tasks[name] = asyncio.create_task(handle())

    async def confirms(self, *names: str) -> None:
        """Discord answers these acknowledgements; returns when everything that follows has happened."""
        for name in names:
            self._confirmed[name].set()
        await _idle()

    async def cancels(self, name: str) -> None:
        """The task of an interaction is cancelled, as when the bot stops."""
        self._tasks[name].cancel()
        await _idle()


async def _idle() -> None:
    """Let everything run that can run now; each turn of the loop runs whatever is ready, and what is due."""
    for _ in range(30):
        await asyncio.sleep(0)


async def test_one_alone_is_worked_on_as_soon_as_it_is_acknowledged() -> None:
    discord = Discord(Acknowledgements(quiet=HOUR, max_wait=HOUR))
    discord.arrives("alone")
    await discord.confirms("alone")
    assert discord.worked == ["alone"]
    discord.arrives("later")
    await discord.confirms("later")
    assert discord.worked == ["alone", "later"]


async def test_nothing_is_worked_on_while_another_is_to_be_acknowledged() -> None:
    discord = Discord(Acknowledgements(quiet=0, max_wait=HOUR))
    for name in ("first", "second", "third"):
        discord.arrives(name)
    await _idle()
    await discord.confirms("second")
    await discord.confirms("first")
    assert discord.worked == []
    await discord.confirms("third")
    assert discord.worked == ["second", "first", "third"]  # as they were acknowledged


async def test_what_arrives_meanwhile_goes_before_those_that_still_wait() -> None:
    discord = Discord(Acknowledgements(quiet=0, max_wait=HOUR))
    burst = [str(number) for number in range(20)]
    for name in burst:
        discord.arrives(name)

    async def arrive_once_work_has_started() -> None:
        await discord.work_started.wait()
        discord.arrives("late")

    coming = asyncio.create_task(arrive_once_work_has_started())
    await discord.confirms(*burst)
    await coming
    started = discord.worked.copy()
    assert started == burst[: len(started)]
    assert 1 <= len(started) < 10  # a few turns of the loop go by until the late one blocks the others
    await discord.confirms("late")
    assert discord.worked == [*burst, "late"]


async def test_one_is_pending_from_the_call_on() -> None:
    acknowledgements = Acknowledgements()
    confirmed = asyncio.Event()
    acknowledging = acknowledgements.start(confirmed.wait())
    assert acknowledgements.pending == 1  # a command looks at this before any task has had its turn
    confirmed.set()
    await acknowledging
    assert acknowledgements.pending == 0


async def test_a_pause_between_two_pieces_of_a_burst_does_not_start_the_work() -> None:
    discord = Discord(Acknowledgements(quiet=HOUR, max_wait=HOUR))
    discord.arrives("first")
    discord.arrives("second")
    await discord.confirms("first", "second")
    assert discord.worked == []
    await discord.cancels("first")
    await discord.cancels("second")


async def test_nobody_waits_longer_than_max_wait_however_many_arrive() -> None:
    discord = Discord(Acknowledgements(quiet=HOUR, max_wait=0))
    discord.arrives("waits")
    discord.arrives("never acknowledged")
    await discord.confirms("waits")
    assert discord.worked == ["waits"]
    await discord.cancels("never acknowledged")
    # And those that waited too long no longer block anybody.
    discord.arrives("alone")
    await discord.confirms("alone")
    assert discord.worked == ["waits", "alone"]


async def test_a_failed_acknowledgement_delays_nobody_and_raises() -> None:
    acknowledgements = Acknowledgements(quiet=0, max_wait=HOUR)
    discord = Discord(acknowledgements)

    async def refused() -> None:
        raise ConnectionResetError

    failing = acknowledgements.start(refused())
    discord.arrives("other")
    await discord.confirms("other")
    with pytest.raises(ConnectionResetError):
        await failing
    assert discord.worked == ["other"]
    assert acknowledgements.pending == 0


async def test_one_that_is_cancelled_while_it_waits_delays_nobody() -> None:
    discord = Discord(Acknowledgements(quiet=0, max_wait=HOUR))
    for name in ("cancelled", "stays", "last"):
        discord.arrives(name)
    await discord.confirms("cancelled", "stays")
    await discord.cancels("cancelled")
    await discord.confirms("last")
    assert discord.worked == ["stays", "last"]


def test_every_deferral_of_the_bot_goes_through_acknowledgements() -> None:
    modules = (Path(__file__).parents[2] / "bot").rglob("*.py")
    assert [path.name for path in modules if ".defer(" in path.read_text(encoding="utf-8")] == ["client.py"]
