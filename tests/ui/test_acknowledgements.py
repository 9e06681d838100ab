"""What acknowledges goes before what works, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.ui.acknowledgements import Acknowledgements

HOUR = 3600.0


class Discord:
    """Takes acknowledgements when the test says so, and writes down who began to work."""

    def __init__(self, gate: Acknowledgements) -> None:
        self.worked: list[str] = []
        self.work_begun = asyncio.Event()
        self._gate = gate
        self._taken: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def comes(self, name: str) -> None:
        """An interaction arrives, and is acknowledged."""
        self._taken[name] = asyncio.Event()

        async def handle() -> None:
            await self._gate.first(self._taken[name].wait())
            self.worked.append(name)
            self.work_begun.set()

        self._tasks[name] = asyncio.create_task(handle())

    async def takes(self, *names: str) -> None:
        """Discord has got these acknowledgements; returns when everything that follows from it has happened."""
        for name in names:
            self._taken[name].set()
        await _idle()

    async def leaves(self, name: str) -> None:
        """The task of an interaction ends, as it does when the bot stops."""
        self._tasks[name].cancel()
        await _idle()


async def _idle() -> None:
    """Let everything run that can run now; each turn of the loop runs whatever is ready, and what is due."""
    for _ in range(30):
        await asyncio.sleep(0)


async def test_one_alone_is_worked_on_as_soon_as_it_is_acknowledged() -> None:
    discord = Discord(Acknowledgements(quiet=HOUR, patience=HOUR))
    discord.comes("alone")
    await discord.takes("alone")
    assert discord.worked == ["alone"]
    discord.comes("later")
    await discord.takes("later")
    assert discord.worked == ["alone", "later"]


async def test_nothing_is_worked_on_while_another_is_to_be_acknowledged() -> None:
    discord = Discord(Acknowledgements(quiet=0, patience=HOUR))
    for name in ("first", "second", "third"):
        discord.comes(name)
    await _idle()
    await discord.takes("second")
    await discord.takes("first")
    assert discord.worked == []
    await discord.takes("third")
    assert discord.worked == ["second", "first", "third"]  # as they were acknowledged


async def test_what_comes_in_meanwhile_holds_those_that_still_wait() -> None:
    discord = Discord(Acknowledgements(quiet=0, patience=HOUR))
    burst = [str(number) for number in range(20)]
    for name in burst:
        discord.comes(name)

    async def comes_once_work_has_begun() -> None:
        await discord.work_begun.wait()
        discord.comes("late")

    coming = asyncio.create_task(comes_once_work_has_begun())
    await discord.takes(*burst)
    await coming
    begun = discord.worked.copy()
    assert begun == burst[: len(begun)]
    assert 1 <= len(begun) < 10  # a few turns of the loop go by until the late one stands in the way
    await discord.takes("late")
    assert discord.worked == [*burst, "late"]


async def test_one_is_pending_from_the_call_on() -> None:
    gate = Acknowledgements()
    taken = asyncio.Event()
    acknowledging = gate.first(taken.wait())
    assert gate.pending == 1  # a command looks at this before any task has had its turn
    taken.set()
    await acknowledging
    assert gate.pending == 0


async def test_a_pause_between_two_pieces_of_a_burst_does_not_let_the_work_in() -> None:
    discord = Discord(Acknowledgements(quiet=HOUR, patience=HOUR))
    discord.comes("first")
    discord.comes("second")
    await discord.takes("first", "second")
    assert discord.worked == []
    await discord.leaves("first")
    await discord.leaves("second")


async def test_nobody_waits_longer_than_patience_however_many_come() -> None:
    discord = Discord(Acknowledgements(quiet=HOUR, patience=0))
    discord.comes("waits")
    discord.comes("never acknowledged")
    await discord.takes("waits")
    assert discord.worked == ["waits"]
    await discord.leaves("never acknowledged")
    # And those whose patience ended are no longer in the way of anybody.
    discord.comes("alone")
    await discord.takes("alone")
    assert discord.worked == ["waits", "alone"]


async def test_one_that_cannot_be_acknowledged_holds_nobody_and_hears_of_it() -> None:
    gate = Acknowledgements(quiet=0, patience=HOUR)
    discord = Discord(gate)

    async def refused() -> None:
        raise ConnectionResetError

    failing = gate.first(refused())
    discord.comes("other")
    await discord.takes("other")
    with pytest.raises(ConnectionResetError):
        await failing
    assert discord.worked == ["other"]
    assert gate.pending == 0


async def test_one_that_goes_away_while_it_waits_holds_nobody() -> None:
    discord = Discord(Acknowledgements(quiet=0, patience=HOUR))
    for name in ("goes away", "stays", "last"):
        discord.comes(name)
    await discord.takes("goes away", "stays")
    await discord.leaves("goes away")
    await discord.takes("last")
    assert discord.worked == ["stays", "last"]


def test_every_deferral_of_the_bot_goes_this_way() -> None:
    modules = (Path(__file__).parents[2] / "bot").rglob("*.py")
    assert [path.name for path in modules if ".defer(" in path.read_text(encoding="utf-8")] == ["client.py"]
