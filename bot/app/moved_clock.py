"""The clocks of the running bot; for demonstrations they can be ahead, as far as a sandbox says.

The wall clock and the clock that nobody sets are moved by the same, at one moment. So it is time that has passed, and
no clock that somebody set, after which `bot.sync` would take nothing for a while. What was read before is then as old
as it would be, and is read again; nothing follows from it until then. The event loop, and so every timeout, is in real
time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp

from bot.errors import ConfigError
from bot.messages import Message, Words
from bot.sources.session import open_session

log = logging.getLogger(__name__)

# As far ahead as a sandbox may say, so that no date is beyond what can be written.
MOST = timedelta(days=400)
_TIMEOUT = aiohttp.ClientTimeout(total=5)
_MOVED = Message("time is moved by {url}: for demonstrations only.")
_NO_ANSWER = Message("[discord] clock_url: {url} does not answer. Start the sandbox first, or take the setting out.")
_NO_NUMBER = Message(
    "[discord] clock_url: {url} does not say how far time is ahead: a number of seconds up to {most} is accepted."
)


class MovedClock:
    """The present. Without a `follow` it is that of this machine."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead of this machine's clocks."""
        return self._ahead

    def now(self) -> datetime:
        """The present as an aware datetime."""
        return datetime.now(UTC) + self._ahead

    def monotonic(self) -> float:
        """A clock that nobody sets, in seconds."""
        return time.monotonic() + self._ahead.total_seconds()

    def move(self, ahead: timedelta) -> None:
        """Be as far ahead as this, or as before if that is farther: time does not run backwards."""
        self._ahead = max(self._ahead, ahead)


class ClockFollower:
    """Moves a clock as a sandbox says.

    Args:
        clock: The clock.
        session: Sends the requests.
        url: Answers with `{"seconds": …}`.
    """

    def __init__(self, clock: MovedClock, session: aiohttp.ClientSession, url: str) -> None:
        self._clock = clock
        self._session = session
        self._url = url

    async def follow(self) -> None:
        """Ask once.

        Raises:
            ConfigError: there is no usable answer; the clock stays as far ahead as it was.
        """
        try:
            async with self._session.get(self._url, timeout=_TIMEOUT, allow_redirects=False) as response:
                answer = await response.json() if response.ok else None
        except (aiohttp.ContentTypeError, ValueError):
            answer = None
        except (aiohttp.ClientError, TimeoutError):
            raise ConfigError(_NO_ANSWER, url=self._url) from None
        seconds = answer.get("seconds") if isinstance(answer, dict) else None
        most = MOST.total_seconds()
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds <= most:
            raise ConfigError(_NO_NUMBER, url=self._url, most=f"{most:.0f}")
        self._clock.move(timedelta(seconds=seconds))


def moved_time_warning(url: str) -> Words:
    """What is said at each start, and by `tessera check`."""
    return _MOVED(url=url)


@asynccontextmanager
async def open_follower(clock: MovedClock, url: str) -> AsyncIterator[ClockFollower]:
    """Warn, and ask before anything is dated: after a restart, time must not be earlier than what is stored.

    Raises:
        ConfigError: the sandbox does not say how far time is ahead.
    """
    log.warning("%s", moved_time_warning(url))
    async with open_session() as session:
        follower = ClockFollower(clock, session, url)
        await follower.follow()
        yield follower
