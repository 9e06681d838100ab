"""The one polite and careful HTTP client that all sources share: GET, JSON, nothing else.

It never raises anything but `SourceError`s, never follows a redirect, never reads more than 2 MiB, and never sends
the same question twice while the first is under way.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential_jitter

from bot.errors import RefusedError, SourceError, TesseraError, ThrottledError, UnavailableError
from bot.sources.pace import Breaker, Pace, Priority

log = logging.getLogger(__name__)

# A page of 50 collections with the longest descriptions seen is below 200 KiB; ten times that is a fault or an attack.
MAX_BODY = 2 * 1024 * 1024
MAX_ATTEMPTS = 3
# Longest pause that a waiting person is made to sit through; a longer Retry-After is told instead of waited for.
MAX_RETRY_WAIT = 5.0
# A garbled or malicious Retry-After must not silence a source for days.
MAX_RETRY_AFTER = timedelta(minutes=15)
# Nobody mends a refused key within seconds; asking on could get the operator's account suspended.
REFUSED_PAUSE = timedelta(minutes=5)

# A 429 of Loopring's was never seen with a Retry-After; its documented limits are per second.
THROTTLED_PAUSE = timedelta(seconds=1)

_CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer with a status below 500: the source spoke; what it means is the caller's to read."""

    status: int
    body: Any


@dataclass(slots=True)
class Health:
    """What is known about a source's service; None: not yet."""

    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_failure: str = ""


class JsonClient:
    """GETs JSON from one service, paced, retried, shared and bounded.

    Args:
        session: Opened and closed by the caller.
        name: The service's name as people know it; it starts the sentences of errors.
        base_url: Without a trailing slash.
        headers: Sent with each request; may hold a key, and is never logged.
        requests_per_second: Of the token bucket.
        timeout: Longest time for one attempt, from connecting to the last byte.
        judge: Reads an answer's own error codes, and raises what they mean. An `UnavailableError` of it is retried
            like a fault of the transport; errors that are no `SourceError` are answers, and pass.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        name: str,
        base_url: str,
        headers: Mapping[str, str],
        requests_per_second: float,
        timeout: timedelta,
        judge: Callable[[Answer], None],
    ) -> None:
        self.name = name
        self.health = Health()
        self._session = session
        self._base_url = base_url
        self._headers = dict(headers)
        self._seconds = timeout.total_seconds()
        self._timeout = aiohttp.ClientTimeout(total=self._seconds, connect=min(_CONNECT_SECONDS, self._seconds))
        self._pace = Pace(requests_per_second)
        self._breaker = Breaker(time.monotonic)
        self._judge = judge
        self._last_error: SourceError = UnavailableError(f"{name} has not been asked yet.")
        self._in_flight: dict[tuple[str, tuple[tuple[str, str], ...], Priority], asyncio.Task[Answer]] = {}

    async def fetch(self, path: str, params: Mapping[str, str], priority: Priority) -> Answer:
        """The JSON answer to `GET base_url + path?params`.

        Raises:
            SourceError: no usable answer; nothing may be concluded from it.
        """
        key = (path, tuple(sorted(params.items())), priority)
        task = self._in_flight.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch_with_retries(path, params, priority), name=f"GET {path}")
            self._in_flight[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        # Shielded: whoever gives up waiting must not take the answer away from the others.
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Cancel what is under way. The session stays the caller's."""
        tasks = list(self._in_flight.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _finished(self, key: tuple[str, tuple[tuple[str, str], ...], Priority], task: asyncio.Task[Answer]) -> None:
        self._in_flight.pop(key, None)
        if not task.cancelled():
            task.exception()  # marked as seen: the waiters got it, and if all have left nobody needs it

    async def _fetch_with_retries(self, path: str, params: Mapping[str, str], priority: Priority) -> Answer:
        if (wait := self._breaker.wait_seconds()) > MAX_RETRY_WAIT:
            why = self._last_error
            raise type(why)(f"{why.sentence} Tessera asks again in {in_words(wait)}.")
        started = time.monotonic()

        def stop(state: RetryCallState) -> bool:
            # A request that took its whole time once will not do better while a person waits.
            spent = time.monotonic() - started >= self._seconds
            return spent or state.attempt_number >= MAX_ATTEMPTS or self._breaker.wait_seconds() > MAX_RETRY_WAIT

        # Retry-After is obeyed by holding the breaker, so that every request obeys it, not only the one that was told.
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type((UnavailableError, ThrottledError)),
            stop=stop,
            wait=wait_exponential_jitter(multiplier=0.25, max=4, jitter=0.25),
            reraise=True,
        ):
            with attempt:
                return await self._attempt(path, params, priority)
        raise AssertionError("tenacity ends by returning or raising")  # pragma: no cover

    async def _attempt(self, path: str, params: Mapping[str, str], priority: Priority) -> Answer:
        await asyncio.sleep(self._breaker.wait_seconds())
        await self._pace.wait_turn(priority)
        try:
            answer = await self._get(path, params)
            self._judge(answer)
        except SourceError as error:
            self._failed(error)
            raise
        except TesseraError:
            self._succeeded()
            raise
        self._succeeded()
        return answer

    def _succeeded(self) -> None:
        self._breaker.succeeded()
        self.health.last_success_at = datetime.now(UTC)

    def _failed(self, error: SourceError) -> None:
        self._breaker.failed()
        if isinstance(error, RefusedError):
            self._breaker.hold(REFUSED_PAUSE.total_seconds())
        if isinstance(error, ThrottledError):
            self._breaker.hold((error.retry_after or THROTTLED_PAUSE).total_seconds())
        self._last_error = error
        self.health.last_failure_at = datetime.now(UTC)
        self.health.last_failure = error.sentence
        log.warning("%s", error.sentence)

    async def _get(self, path: str, params: Mapping[str, str]) -> Answer:
        try:
            async with self._session.get(
                self._base_url + path,
                params=params,
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                self._refuse_status(response)
                return Answer(response.status, orjson.loads(await self._read(response)))
        except TimeoutError as error:
            raise UnavailableError(
                f"{self.name} did not answer within {in_words(self._seconds)}. Try again in a minute."
            ) from error
        except aiohttp.ClientError as error:
            # Type only: the text of some of them quotes the URL.
            log.debug("%s: %s", self.name, type(error).__name__)
            raise UnavailableError(
                f"{self.name} cannot be reached, or broke off in the middle. Try again in a minute."
            ) from error
        except orjson.JSONDecodeError as error:
            raise self._nonsense("not JSON") from error

    def _refuse_status(self, response: aiohttp.ClientResponse) -> None:
        status = response.status
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            retry_after = parse_retry_after(response.headers.get("Retry-After"))
            when = in_words(retry_after.total_seconds()) if retry_after else "a minute"
            raise ThrottledError(f"{self.name} gets too many requests right now. Try again in {when}.", retry_after)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UnavailableError(f"{self.name} has a fault of its own (HTTP {status}). Try again in a minute.")
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise self._nonsense(f"a redirect, HTTP {status}")
        media = response.content_type
        if media != "application/json" and not media.endswith("+json"):
            if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                raise RefusedError(
                    f"{self.name} refuses this bot (HTTP {status}): its operator must check the API key."
                )
            raise self._nonsense(f"{media} instead of JSON")

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(64 * 1024):  # decompressed already, so bombs count in full
            body += chunk
            if len(body) > MAX_BODY:
                raise self._nonsense("more than 2 MiB")
        return bytes(body)

    def _nonsense(self, what: str) -> UnavailableError:
        return UnavailableError(f"{self.name} sent an answer that cannot be used ({what}). Try again later.")


def parse_retry_after(value: str | None) -> timedelta | None:
    """`Retry-After` in seconds, at most fifteen minutes; None for a date, garbage, zero or less (RFC 9110 §10.2.3)."""
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    if not seconds > 0:
        return None
    return min(timedelta(seconds=min(seconds, 1e6)), MAX_RETRY_AFTER)


def in_words(seconds: float) -> str:
    """A waiting time for people: `"7 seconds"`, `"3 minutes"`."""
    whole = max(1, round(seconds))
    if whole >= 120:  # noqa: PLR2004 - below two minutes, seconds read better
        return f"{round(whole / 60)} minutes"
    return f"{whole} second{'s' if whole > 1 else ''}"
