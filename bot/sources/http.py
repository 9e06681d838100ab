"""The one polite and careful HTTP client that all sources share: GET, JSON, nothing else.

It never follows a redirect, never reads more than 2 MiB, and never quotes what a server sent. A request that is under
way is shared by all who need its answer, and goes at the first turn of any of them. Whose trouble a failure is, the
question's or the source's, `bot.sources.charges` decides. The retries are from tenacity; no library that we know has
fair turns and sharing.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential_jitter

from bot.errors import RefusedError, SourceError, TesseraError, ThrottledError, UnavailableError, WithheldError
from bot.messages import Message
from bot.sources.advice import IN_A_MINUTE, span_words
from bot.sources.askers import Askers
from bot.sources.bodies import read_body
from bot.sources.charges import Charges, Question
from bot.sources.fair_queue import Ticket
from bot.sources.health import Health
from bot.sources.pace import REAL_CLOCK, Breaker, Clock, Pace
from bot.sources.request_report import RequestReport
from bot.sources.retry_after import parse_used_up
from bot.sources.session import USER_AGENT
from bot.sources.shared_requests import SharedRequests
from bot.sources.status_errors import PLAN_PAUSE, UnconfirmedError, raise_meaning, status_error, throttled, unusable

log = logging.getLogger(__name__)

_TOO_SLOW = Message("{name} did not answer within {span}.")
_UNREACHABLE = Message("{name} cannot be reached, or broke off in the middle.")
_NOT_JSON = Message("not JSON")
_TOO_LARGE = Message("more than 2 MiB")

# A page of 50 collections with the longest descriptions seen is below 200 KiB; ten times as much is a fault or an
# attack.
MAX_BODY = 2 * 1024 * 1024
MAX_ATTEMPTS = 3
# The longest pause that a person has to wait; a longer Retry-After is reported in the error instead.
MAX_RETRY_WAIT = 5.0
_CONNECT_SECONDS = 5.0
_GROWING_PAUSE = wait_exponential_jitter(multiplier=0.25, max=4, jitter=0.25)


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
            transport error; a `RefusedError` means the key, and stops all requests for a while if different questions
            meet it; an error that is not a `SourceError` is a valid answer, and is passed on.
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
        self._session = session
        self._base_url = base_url
        self._headers = {"User-Agent": USER_AGENT} | dict(headers)
        self._seconds = timeout.total_seconds()
        self._timeout = aiohttp.ClientTimeout(total=self._seconds, connect=min(_CONNECT_SECONDS, self._seconds))
        self._pace = pace
        self._clock = clock
        self._breaker = Breaker(clock.now)
        self.health = Health(waiting=pace.waiting, pause_seconds=self._breaker.wait_seconds)
        self._check_answer = check_answer
        self._charges = Charges(name, clock.now, self._breaker)
        self.end_pauses = self._charges.end_pauses
        self._requests: SharedRequests[Answer] = SharedRequests()

    async def fetch(
        self,
        path: str,
        params: Mapping[str, str],
        askers: Askers,
        *,
        about: frozenset[str] = frozenset(),
        is_probe: bool = False,
    ) -> Answer:
        """The JSON answer to `GET base_url + path?params`.

        Args:
            path: Below the base URL.
            params: Of the query.
            askers: Who waits for the answer.
            about: What the question is about: failures of questions with something in common are not the source's.
            is_probe: Not every server has this path: how it goes says nothing about the source.

        Raises:
            SourceError: no usable answer; nothing may be concluded from it.
            LimitError: all who wait for it have too many questions under way.
            TesseraError: any other error that `check_answer` raised.
        """
        question = Question(path, params, about, askers.members, is_probe=is_probe)
        self._charges.raise_if_remembered(question)
        return await self._requests.fetch(
            question.key, askers, lambda ticket: self._fetch_with_retries(question, ticket)
        )

    def reject(self, error: SourceError) -> SourceError:
        """Record that the source had no success, such as with an answer that is not believed (`UnconfirmedError`)."""
        log.warning("%s", error.sentence)
        self.health.last_failure_at = datetime.now(UTC)
        self.health.failure = error.words
        return error

    async def close(self) -> None:
        """Cancel the requests that are under way. The caller closes the session."""
        await self._requests.close()

    async def _fetch_with_retries(self, question: Question, ticket: Ticket) -> Answer:
        spent = 0.0  # by the attempts themselves: the time in the queue says nothing about the source
        failure: SourceError | None = None

        def stop(state: RetryCallState) -> bool:
            # A request that used up its whole timeout once will hardly be faster while a person waits.
            most = 1 if question.is_probe else MAX_ATTEMPTS
            is_exhausted = spent >= self._seconds or state.attempt_number >= most
            return is_exhausted or max(self._breaker.wait_seconds(), question.hold) > MAX_RETRY_WAIT

        try:
            async for attempt in AsyncRetrying(
                sleep=self._clock.sleep,
                retry=retry_if_exception_type((UnavailableError, ThrottledError)),
                stop=stop,
                wait=lambda state: max(_GROWING_PAUSE(state), question.hold),
                reraise=True,
            ):
                with attempt:
                    async with self._request_turn(question, ticket):
                        started = self._clock.now()
                        try:
                            return await self._ask(question, attempt.retry_state.attempt_number)
                        except SourceError as error:
                            failure = error
                            raise
                        finally:
                            spent += self._clock.now() - started
        except SourceError as error:
            if error is failure:  # and not one that a pause of the source raised
                self._charges.remember(question, error)
            raise
        raise AssertionError("tenacity ends by returning or raising")  # pragma: no cover

    @asynccontextmanager
    async def _request_turn(self, question: Question, ticket: Ticket) -> AsyncIterator[None]:
        """Entered when a request may be sent; while the breaker is half-open, one at a time until one succeeds."""
        async with self._pace.acquire_turn(ticket) as pass_on:
            await self._wait_until_allowed()
            if not self._breaker.half_open or self._charges.is_suspect(question):
                pass_on()  # otherwise the others wait for their turn until this one has an answer
            yield

    async def _wait_until_allowed(self) -> None:
        # Retry-After opens the breaker, so that all requests obey it, not only the one that received it.
        while True:
            await self._clock.sleep(self._charges.raise_if_paused(MAX_RETRY_WAIT))
            await self._pace.take_token()
            if not self._breaker.wait_seconds():  # the breaker may have opened while we waited for the token
                return

    async def _ask(self, question: Question, attempt: int) -> Answer:
        if question.is_probe:
            return self._interpret(await self._send(question, attempt))
        try:
            answer = await self._send(question, attempt)
        except RefusedError as error:
            raise self._charge_refusal(question, error) from None
        except SourceError as error:
            self._record_failure(question, error)
            self._charges.failed(question, error)
            raise
        try:
            self._interpret(answer)
        except RefusedError as error:
            raise self._charge_refusal(question, error) from None
        except WithheldError as error:
            charged = self._charges.withheld(question, error)
            if charged is not error:  # for one address it says nothing of how the source does with others
                self._record_failure(question, charged)
            raise charged from None
        except SourceError as error:
            self._record_failure(question, error)
            self._charges.answered()  # JSON with a status below 500: the source works, whatever the answer says
            raise
        except UnconfirmedError:
            self._charges.answered()  # it works as well; whether it succeeded, only the caller finds out
            raise
        except TesseraError:
            self._record_answer(question)
            raise
        self._record_answer(question)
        return answer

    def _interpret(self, answer: Answer) -> Answer:
        raise_meaning(self.name, answer.status, answer.body, lambda: self._check_answer(answer))
        return answer

    def _charge_refusal(self, question: Question, error: RefusedError) -> SourceError:
        charged = self._charges.refused(question, error)
        self._record_failure(question, charged)
        return charged

    def _record_answer(self, question: Question) -> None:
        self._charges.answered()
        self._charges.forget(question)
        self.health.last_success_at = datetime.now(UTC)

    def _record_failure(self, question: Question, error: SourceError) -> None:
        if self._charges.is_own_trouble(question) or isinstance(error, WithheldError):
            log.warning("%s", error.sentence)  # the source is as well as before
        else:
            self.reject(error)

    async def _send(self, question: Question, attempt: int) -> Answer:
        with RequestReport(self.health, self.name, question.path, attempt) as report:
            return await self._get(question, report)

    async def _get(self, question: Question, report: RequestReport) -> Answer:
        try:
            async with self._session.get(
                self._base_url + question.path,
                params=question.params,
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                report.status = response.status
                self._raise_for_status(response, question)
                self._apply_rate_limit(response.headers)
                return Answer(response.status, orjson.loads(await self._read_body(response)), question.path)
        except TimeoutError as error:
            raise UnavailableError(
                _TOO_SLOW, name=self.name, span=span_words(self._seconds), advice=IN_A_MINUTE
            ) from error
        except aiohttp.ClientError as error:
            # Type only: the text of some of them quotes the URL.
            log.debug("%s: %s", self.name, type(error).__name__)
            raise UnavailableError(_UNREACHABLE, name=self.name, advice=IN_A_MINUTE) from error
        except orjson.JSONDecodeError as error:
            raise unusable(self.name, _NOT_JSON()) from error

    def _apply_rate_limit(self, headers: Mapping[str, str]) -> None:
        """An answer that used up the limit is valid; the next request waits for the next window."""
        if pause := parse_used_up(headers):
            self._charges.used_up(pause.total_seconds(), throttled(self.name))

    def _raise_for_status(self, response: aiohttp.ClientResponse, question: Question) -> None:
        found = status_error(self.name, response.status, response.headers, response.content_type, datetime.now(UTC))
        if found is None:
            return
        error, pause = found
        if pause:
            self._charges.asked_to_wait(question, pause.total_seconds(), error, is_promised=pause is not PLAN_PAUSE)
        raise error

    async def _read_body(self, response: aiohttp.ClientResponse) -> bytes:
        try:
            return await read_body(response, MAX_BODY)
        except ValueError as error:
            raise unusable(self.name, _TOO_LARGE()) from error
