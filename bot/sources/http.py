"""The one polite and careful HTTP client that all sources share: GET, JSON, nothing else.

It never follows a redirect, never reads more than 2 MiB, and never quotes what a server sent. A request that is under
way is shared by all who need its answer, and goes at the first turn of any of them. The retries are from tenacity; no
library that we know has fair turns and sharing.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential_jitter

from bot.errors import RefusedError, SourceError, TesseraError, ThrottledError, UnavailableError
from bot.messages import Message, Words
from bot.sources.advice import IN_A_MINUTE, LATER, asks_again_in, span_words, try_in
from bot.sources.askers import Askers
from bot.sources.bodies import read_body
from bot.sources.fair_queue import Ticket
from bot.sources.health import Health
from bot.sources.pace import REAL_CLOCK, Breaker, Clock, Pace
from bot.sources.retry_after import parse_pause, parse_used_up
from bot.sources.shared_requests import SharedRequests

log = logging.getLogger(__name__)

_NOT_ASKED = Message("{name} has not been asked yet.")
_TOO_SLOW = Message("{name} did not answer within {span}.")
_UNREACHABLE = Message("{name} cannot be reached, or broke off in the middle.")
_THROTTLED = Message("{name} gets too many requests right now.")
_FAULT = Message("{name} has an internal error (HTTP {status}).")
_REFUSED = Message("{name} refuses this bot (HTTP {status}): its operator must check the API key.")
_NOTHING_THERE = Message("{name} has nothing at that address (HTTP 404): this bot's operator must check the base URL.")
_UNUSABLE = Message("{name} sent an answer that cannot be used ({kind}).")
_NOT_JSON = Message("not JSON")
_A_REDIRECT = Message("a redirect, HTTP {status}")
_HTML = Message("HTML instead of JSON")
_SOMETHING_ELSE = Message("something else instead of JSON")
_TOO_LARGE = Message("more than 2 MiB")

# A page of 50 collections with the longest descriptions seen is below 200 KiB; ten times as much is a fault or an
# attack.
MAX_BODY = 2 * 1024 * 1024
MAX_ATTEMPTS = 3
# The longest pause that a person has to wait; a longer Retry-After is reported in the error instead.
MAX_RETRY_WAIT = 5.0
# A refused key is not fixed within seconds, and more requests could get the operator's account suspended.
REFUSED_PAUSE = timedelta(minutes=5)

# Loopring's 429 answers have no Retry-After as far as we have seen; its documented limits are per second.
THROTTLED_PAUSE = timedelta(seconds=1)

_CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer with a status below 500; the caller interprets it.

    `path` is the path of the request: the same error code can have another meaning there.
    """

    status: int
    body: Any
    path: str = field(default="", compare=False)


class JsonClient:
    """GETs JSON from one service, paced, retried, shared and bounded.

    Args:
        session: Opened and closed by the caller.
        name: The service's name as people know it; error sentences start with it.
        base_url: Without a trailing slash.
        headers: Sent with each request; they may contain a key, and are never logged.
        pace: The rate limit of this client; not shared with another.
        timeout: Longest time for one attempt, from connecting to the last byte.
        check_answer: Raises the error that an answer's own error code means. An `UnavailableError` is retried like a
            transport error; a `RefusedError` means the key, and stops all requests for a while; an error that is not a
            `SourceError` is a valid answer, and is passed on.
        clock: Decides when pauses end and retries are sent.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        name: str,
        base_url: str,
        headers: Mapping[str, str],
        pace: Pace,
        timeout: timedelta,
        check_answer: Callable[[Answer], None],
        clock: Clock = REAL_CLOCK,
    ) -> None:
        self.name = name
        self.health = Health()
        self._session = session
        self._base_url = base_url
        self._headers = dict(headers)
        self._seconds = timeout.total_seconds()
        self._timeout = aiohttp.ClientTimeout(total=self._seconds, connect=min(_CONNECT_SECONDS, self._seconds))
        self._pace = pace
        self._clock = clock
        self._breaker = Breaker(clock.now)
        self._check_answer = check_answer
        self._last_error: SourceError = UnavailableError(_NOT_ASKED, name=name)
        self._requests: SharedRequests[Answer] = SharedRequests()

    async def fetch(self, path: str, params: Mapping[str, str], askers: Askers) -> Answer:
        """The JSON answer to `GET base_url + path?params`.

        Raises:
            SourceError: no usable answer; nothing may be concluded from it.
            LimitError: all who wait for it have too many questions under way.
            TesseraError: any other error that `check_answer` raised.
        """
        key = path, tuple(sorted(params.items()))
        return await self._requests.fetch(key, askers, lambda ticket: self._fetch_with_retries(path, params, ticket))

    async def close(self) -> None:
        """Cancel the requests that are under way. The caller closes the session."""
        await self._requests.close()

    async def _fetch_with_retries(self, path: str, params: Mapping[str, str], ticket: Ticket) -> Answer:
        spent = 0.0  # by the attempts themselves: the time in the queue says nothing about the source

        def stop(state: RetryCallState) -> bool:
            # A request that used up its whole timeout once will hardly be faster while a person waits.
            is_exhausted = spent >= self._seconds or state.attempt_number >= MAX_ATTEMPTS
            return is_exhausted or self._breaker.wait_seconds() > MAX_RETRY_WAIT

        async for attempt in AsyncRetrying(
            sleep=self._clock.sleep,
            retry=retry_if_exception_type((UnavailableError, ThrottledError)),
            stop=stop,
            wait=wait_exponential_jitter(multiplier=0.25, max=4, jitter=0.25),
            reraise=True,
        ):
            with attempt:
                async with self._request_turn(ticket):
                    started = self._clock.now()
                    try:
                        return await self._ask(path, params)
                    finally:
                        spent += self._clock.now() - started
        raise AssertionError("tenacity ends by returning or raising")  # pragma: no cover

    @asynccontextmanager
    async def _request_turn(self, ticket: Ticket) -> AsyncIterator[None]:
        """Entered when a request may be sent; while the breaker is half-open, one at a time until one succeeds."""
        async with self._pace.acquire_turn(ticket) as pass_on:
            await self._wait_until_allowed()
            if not self._breaker.half_open:
                pass_on()  # otherwise the others wait for their turn until this one has an answer
            yield

    async def _wait_until_allowed(self) -> None:
        # Retry-After opens the breaker, so that all requests obey it, not only the one that received it.
        while True:
            if (wait := self._breaker.wait_seconds()) > MAX_RETRY_WAIT:
                raise type(self._last_error)(self._last_error.fact, advice=asks_again_in(wait))
            await self._clock.sleep(wait)
            await self._pace.take_token()
            if not self._breaker.wait_seconds():  # the breaker may have opened while we waited for the token
                return

    async def _ask(self, path: str, params: Mapping[str, str]) -> Answer:
        try:
            answer = await self._get(path, params)
        except SourceError as error:
            self._breaker.failed()
            self._record_failure(error)
            raise
        self._breaker.succeeded()  # JSON with a status below 500: the service works, whatever the answer says
        try:
            self._interpret(answer)
        except SourceError as error:
            self._record_failure(error)
            raise
        except TesseraError:
            self.health.last_success_at = datetime.now(UTC)
            raise
        self.health.last_success_at = datetime.now(UTC)
        return answer

    def _interpret(self, answer: Answer) -> None:
        """Raise the error that an answer means; where its own code is not certain, its status decides."""
        try:
            self._check_answer(answer)
        except RefusedError:
            self._breaker.open_for(REFUSED_PAUSE.total_seconds())
            raise
        except UnavailableError as error:
            if meant := self._meaning_of(answer.status):
                raise meant from error
            raise
        if meant := self._meaning_of(answer.status):
            raise meant

    def _record_failure(self, error: SourceError) -> None:
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
                self._raise_for_status(response)
                self._apply_rate_limit(response.headers)
                return Answer(response.status, orjson.loads(await self._read_body(response)), path)
        except TimeoutError as error:
            raise UnavailableError(
                _TOO_SLOW, name=self.name, span=span_words(self._seconds), advice=IN_A_MINUTE
            ) from error
        except aiohttp.ClientError as error:
            # Type only: the text of some of them quotes the URL.
            log.debug("%s: %s", self.name, type(error).__name__)
            raise UnavailableError(_UNREACHABLE, name=self.name, advice=IN_A_MINUTE) from error
        except orjson.JSONDecodeError as error:
            raise self._unusable(_NOT_JSON()) from error

    def _apply_rate_limit(self, headers: Mapping[str, str]) -> None:
        """An answer that used up the limit is valid; the next request waits for the next window."""
        if pause := parse_used_up(headers):
            self._breaker.open_for(pause.total_seconds())
            self._last_error = ThrottledError(_THROTTLED, name=self.name, advice=IN_A_MINUTE)

    def _raise_for_status(self, response: aiohttp.ClientResponse) -> None:
        status = response.status
        retry_after = parse_pause(response.headers, datetime.now(UTC))
        advice = try_in(retry_after.total_seconds() if retry_after else None)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self._breaker.open_for((retry_after or THROTTLED_PAUSE).total_seconds())
            raise ThrottledError(_THROTTLED, name=self.name, advice=advice)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            if retry_after:
                self._breaker.open_for(retry_after.total_seconds())
            raise UnavailableError(_FAULT, name=self.name, status=status, advice=advice)
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise self._unusable(_A_REDIRECT(status=status))
        media = response.content_type
        if media != "application/json" and not media.endswith("+json"):
            found = _HTML() if media == "text/html" else _SOMETHING_ELSE()
            raise self._meaning_of(status) or self._unusable(found)

    def _meaning_of(self, status: int) -> SourceError | None:
        """The error that a status means by itself: firewalls and proxies send no code in their bodies."""
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return RefusedError(_REFUSED, name=self.name, status=status)
        if status == HTTPStatus.NOT_FOUND:
            # Never `NotFoundError`: the endpoint is missing, and the account may well exist.
            return UnavailableError(_NOTHING_THERE, name=self.name)
        return None

    async def _read_body(self, response: aiohttp.ClientResponse) -> bytes:
        try:
            return await read_body(response, MAX_BODY)
        except ValueError as error:
            raise self._unusable(_TOO_LARGE()) from error

    def _unusable(self, kind: Words) -> UnavailableError:
        return UnavailableError(_UNUSABLE, name=self.name, kind=kind, advice=LATER)
