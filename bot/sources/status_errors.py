"""What an HTTP status and its headers mean, whatever the API: the error, and the pause that the source asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from bot.errors import RefusedError, SourceError, TesseraError, ThrottledError, UnavailableError, WithheldError
from bot.messages import Advice, Message, Words
from bot.sources.advice import IN_A_MINUTE, LATER, try_in
from bot.sources.refusals import Refusal, is_challenge, is_plan_used_up, refusal_of
from bot.sources.retry_after import parse_pause

_THROTTLED = Message("{name} gets too many requests right now.")
_FAULT = Message("{name} has an internal error (HTTP {status}).")
_REFUSED = Message("{name} refuses this bot (HTTP {status}): its operator must check the API key.")
_WITHHELD = Message("{name} gives no answers about this (HTTP {status}): what it would say stays unknown.")
_CHALLENGE = Message(
    "{name} is behind a gate that lets only browsers pass (HTTP {status}): this bot's operator must ask for access, "
    "or use another base URL."
)
_PLAN_USED_UP = Message(
    "{name} answers no more requests of this bot: the plan of its API key is used up. Its operator must wait until it "
    "is renewed, or take a larger one."
)
_NOTHING_THERE = Message("{name} has nothing at that address (HTTP 404): this bot's operator must check the base URL.")
_UNUSABLE = Message("{name} sent an answer that cannot be used ({kind}).")
_A_REDIRECT = Message("a redirect, HTTP {status}")
_HTML = Message("HTML instead of JSON")
_SOMETHING_ELSE = Message("something else instead of JSON")

# Loopring's 429 answers have no Retry-After as far as we have seen; its documented limits are per second.
THROTTLED_PAUSE = timedelta(seconds=1)
# A plan is renewed each day or month; an operator who takes a larger one waits at most so long.
PLAN_PAUSE = timedelta(minutes=15)


class UnclearRefusalError(RefusedError):
    """HTTP 403 without a reason: it may be about the key, or about the one question."""


class UnconfirmedError(TesseraError):
    """An answer that may be wrong: who asked decides whether it is believed, and rejects it if it is not."""


class GateError(RefusedError):
    """A gate in front of the API asks for a browser: of everybody, or because of something in the one question."""


def status_error(
    name: str, status: int, headers: Mapping[str, str], media: str, now: datetime
) -> tuple[SourceError, timedelta | None] | None:
    """The error of an answer that is no JSON with a status below 500, and the pause that it asks for, if any."""
    if is_challenge(headers):
        return GateError(_CHALLENGE, name=name, status=status), None
    retry_after = parse_pause(headers, now)
    advice = try_in(retry_after.total_seconds() if retry_after else None)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        if is_plan_used_up(headers):
            return ThrottledError(_PLAN_USED_UP, name=name), PLAN_PAUSE
        return throttled(name, advice), retry_after or THROTTLED_PAUSE
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnavailableError(_FAULT, name=name, status=status, advice=advice), retry_after
    is_redirect = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    if not is_redirect and (media == "application/json" or media.endswith("+json")):
        return None
    found = _A_REDIRECT(status=status) if is_redirect else _HTML() if media == "text/html" else _SOMETHING_ELSE()
    return meaning_of(name, status) or unusable(name, found), None


def meaning_of(name: str, status: int) -> SourceError | None:
    """The error that a status means by itself: firewalls and proxies send no code in their bodies."""
    if status == HTTPStatus.UNAUTHORIZED:
        return RefusedError(_REFUSED, name=name, status=status)
    if status == HTTPStatus.FORBIDDEN:
        return UnclearRefusalError(_REFUSED, name=name, status=status)
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return RefusedError(_PLAN_USED_UP, name=name)
    if status == HTTPStatus.NOT_FOUND:
        # Never `NotFoundError`: the endpoint is missing, and the account may well exist.
        return UnavailableError(_NOTHING_THERE, name=name)
    return None


def refusal_error(name: str, refusal: Refusal | None, status: int) -> SourceError | None:
    """The error of a refusal whose reason is the same at every API; None: the API's own sentence is better."""
    if refusal is Refusal.ADDRESS:
        return WithheldError(_WITHHELD, name=name, status=status)
    return RefusedError(_PLAN_USED_UP, name=name) if refusal is Refusal.PLAN else None


def raise_meaning(name: str, status: int, body: Any, check: Callable[[], None]) -> None:
    """Raise the error that an answer in JSON means; where its own code is not certain, its status decides.

    Args:
        name: The source's.
        status: Of the answer.
        body: Of the answer.
        check: Raises what the API's own codes mean.
    """
    refusal = refusal_of(status, body)
    if refused := refusal_error(name, refusal, status):
        raise refused
    try:
        check()
    except RefusedError as error:
        if refusal is Refusal.UNCLEAR:
            raise UnclearRefusalError(error.words) from error
        raise
    except UnavailableError as error:
        if meant := meaning_of(name, status):
            raise meant from error
        raise
    if meant := meaning_of(name, status):
        raise meant


def throttled(name: str, advice: Advice = IN_A_MINUTE) -> ThrottledError:
    """Too many requests were sent."""
    return ThrottledError(_THROTTLED, name=name, advice=advice)


def unusable(name: str, kind: Words) -> UnavailableError:
    """An answer came that is of no use."""
    return UnavailableError(_UNUSABLE, name=name, kind=kind, advice=LATER)
