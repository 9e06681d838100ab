"""Decides when this process may connect to Discord's gateway, and remembers how that went, over restarts too.

discord.py repeats a connection that was closed before HELLO without any pause, and starts a new session every five
seconds while Discord says "invalid session". So each of its connections passes here before it is opened
(`bot.ui.request_trace`). A session is resumed within `Bot.connect()`; a new one is only started by a new call of it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol

from bot.app import session_pauses
from bot.app.session_pauses import StartBudget
from bot.errors import StoreError
from bot.store.gateway_table import SessionStreak
from bot.ui.connection_gate import Gate

log = logging.getLogger(__name__)

# discord.py gives up a connection that is not there after a minute; Discord lets a session be resumed hardly longer.
_LONGEST_INSIDE = timedelta(seconds=30)
# Shorter pauses are nothing that an operator has to know.
_WORTH_A_LINE = timedelta(seconds=1)
# After a longer one members ask why the bot is away.
_WORTH_A_WARNING = timedelta(seconds=30)
# What is left of a pause is no other pause, although starts are spread over a rest of the day that becomes shorter.
_SAME_PAUSE = _WORTH_A_WARNING
_SAME_PART = 4


class NewSessionError(Exception):
    """The connection is not opened: there is no session to resume, or not soon; `Bot.connect()` is called again."""


class Memory(Protocol):
    """Where the streak is retained."""

    async def streak(self) -> SessionStreak:
        """What was saved last."""

    async def save(self, streak: SessionStreak) -> None:
        """Replace it."""


class ShortMemory:
    """A memory that ends with the process."""

    def __init__(self) -> None:
        self._streak = SessionStreak()

    async def streak(self) -> SessionStreak:
        """What was saved last."""
        return self._streak

    async def save(self, streak: SessionStreak) -> None:
        """Replace it."""
        self._streak = streak


def _now() -> datetime:
    return datetime.now(UTC)


async def _sleep(pause: timedelta) -> None:
    await asyncio.sleep(pause.total_seconds())


class SessionStarts(Gate):
    """Paces the connections of one process.

    Args:
        memory: Retains how it went.
        now: The wall clock: pauses go on over restarts.
        monotonic: Seconds that only grow: within this process nobody sets the clock.
        sleep: Waits.
        random: Draws the jitter.
    """

    def __init__(
        self,
        memory: Memory | None = None,
        *,
        now: Callable[[], datetime] = _now,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[timedelta], Awaitable[None]] = _sleep,
        random: Random | None = None,
    ) -> None:
        self._memory = memory or ShortMemory()
        self._wall = now
        self._monotonic = monotonic
        self._began, self._began_at = monotonic(), now()
        self._sleep = sleep
        self._random = random or Random()  # noqa: S311 - spreads attempts
        self._streak: SessionStreak | None = None
        self._started_at: datetime | None = None  # by this process
        self._may_connect = False
        self._may_identify = False

    async def turn(self, ask_budget: Callable[[], Awaitable[StartBudget | None]]) -> None:
        """Return when a session may be started, by a call of `Bot.connect()`.

        Args:
            ask_budget: Asks Discord how many starts are left; None: it does not answer.
        """
        reported: tuple[datetime, timedelta] | None = None
        while True:
            streak, budget, now = await self._recall(), await ask_budget(), self._now()
            moments = [session_pauses.due(streak, now)]
            if self._started_at:
                moments.append(self._started_at + session_pauses.SPACING)
            if budget:
                moments.append(budget.due(streak, now))
            pause = max(moments) - now
            if pause <= timedelta():
                break
            if pause >= _WORTH_A_LINE and not (reported and _is_same(*reported, now + pause)):
                self._report(pause, streak, budget)
                reported = (now + pause, pause)
            # Asked again meanwhile: there may be more starts by then, or less time than was said.
            await self._sleep(min(pause, session_pauses.LONGEST))
        self._may_connect = self._may_identify = True
        await self._begin()

    async def before_connection(self, *, can_resume: bool) -> None:
        """Let the connection pass for which `turn()` has waited, and another one to resume a session after a pause.

        Raises:
            NewSessionError: this one is not to be opened.
        """
        if self._may_connect:
            self._may_connect = False
            return
        streak, now = await self._recall(), self._now()
        pause = session_pauses.due(streak, now) - now
        if not can_resume or pause > _LONGEST_INSIDE:
            raise NewSessionError
        if pause > timedelta():
            self._report(pause, streak, None)
            await self._sleep(pause)
        self._may_identify = False
        await self._begin()

    async def before_identify(self) -> None:
        """Count a start.

        Raises:
            NewSessionError: this connection was to resume a session.
        """
        if not self._may_identify:
            raise NewSessionError
        self._may_identify = False
        self._started_at = self._now()
        await self._save(replace(await self._recall(), identified_at=self._started_at))

    async def alive(self) -> None:
        """There is a session: Discord has sent READY or RESUMED."""
        await self._save(replace(await self._recall(), alive_since=self._now()))

    async def stopped(self) -> None:
        """An operator stops this process while its session is alive."""
        await self._save(session_pauses.stopped(await self._recall(), self._now()))

    def _now(self) -> datetime:
        """The present by a clock that nobody has set since this process began."""
        return self._began_at + timedelta(seconds=self._monotonic() - self._began)

    async def _begin(self) -> None:
        await self._save(session_pauses.attempted(await self._recall(), self._now(), self._random.random()))

    async def _recall(self) -> SessionStreak:
        if self._streak is None:
            try:
                self._streak = await self._memory.streak()
            except StoreError as error:
                log.warning("how earlier sessions went is not known: %s", error.sentence)
                self._streak = SessionStreak()
            self._streak = session_pauses.not_in_future(self._streak, self._now())
        return self._streak

    async def _save(self, streak: SessionStreak) -> None:
        self._streak = streak
        try:
            # The next process knows the clock on the wall alone.
            await self._memory.save(session_pauses.moved(streak, self._wall() - self._now()))
        except StoreError as error:
            log.warning("how this session goes is not stored: %s", error.sentence)

    def _report(self, pause: timedelta, streak: SessionStreak, budget: StartBudget | None) -> None:
        if pause < _WORTH_A_LINE:
            return
        is_spread = budget is not None and budget.spread > timedelta()
        log.log(
            logging.WARNING if is_spread or pause > _WORTH_A_WARNING else logging.INFO,
            "next attempt in %.0f s: %s",
            pause.total_seconds(),
            "; ".join([*_short_lives(streak), *_left(budget)]),
        )


def _is_same(due: datetime, pause: timedelta, now_due: datetime) -> bool:
    """Whether a pause is the rest of one that was reported."""
    return abs(now_due - due) <= max(_SAME_PAUSE, pause / _SAME_PART)


def _short_lives(streak: SessionStreak) -> list[str]:
    """What is known of the attempts before: how short they were, and not by whom they were ended."""
    minutes = session_pauses.LASTING // timedelta(minutes=1)
    if streak.attempts == 0:
        return []
    if streak.attempts == 1:
        return [f"the last session with Discord's gateway did not last {minutes} minutes, or never began"]
    words = (
        f"the last {streak.attempts} attempts in a row gave no session with Discord's gateway that lasted {minutes} "
        "minutes; Discord, the network, or an end of this process without a stop may be why"
    )
    return [words]


def _left(budget: StartBudget | None) -> list[str]:
    if budget is None:
        return []
    hours = budget.reset_after.total_seconds() / 3600
    return [f"{budget.remaining} of {budget.total} starts of sessions are left for {hours:.1f} h"]
