"""One REST request to Discord, sent again where that is safe, and its errors as sync knows them.

discord.py 2.7.1 itself repeats 429, 500, 502, 504 and 524. It does not repeat 503, nor, on Linux, a broken connection
(its check of the error's number knows 54 and 10054 only). Everything that is sent here may be sent twice: reads, and
giving or taking one role.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

import aiohttp
import discord

from bot.messages import Message
from bot.sources.pace import Clock
from bot.sync.ports import (
    DiscordError,
    MemberGoneError,
    NotAllowedError,
    OutcomeUnknownError,
    RoleGoneError,
    TokenRefusedError,
)

log = logging.getLogger(__name__)

_NOT_REACHED = Message("Discord cannot be reached right now. Tessera tries again by itself.")
_FAILED = Message("Discord did not do it (HTTP {status}). Tessera tries again by itself.")
_SLOW_DOWN = Message("Discord asks Tessera to slow down. Tessera tries again by itself.")
_UNKNOWN_OUTCOME = Message("Discord did not confirm the change. Tessera looks at the member before anything else.")
_REFUSED = Message("Discord refuses it: {reason} (code {code}).")
_NO_ROLE = Message("There is no such role any more.")
_NO_MEMBER = Message("They are not in this server.")
_TOKEN = Message("Discord refuses the token of this bot. Nothing is sent until Tessera is started with a new one.")

# Seconds before the second, third and fourth attempt.
_PAUSES = (1.0, 3.0, 9.0)
# A request that waits for its rate limit may take minutes, while a connection that is only open takes for ever.
_PATIENCE = 150.0
# What discord.py raises on a 200 that is not what Discord would answer: a parking page, a captive portal.
_UNREADABLE = (TypeError, ValueError, LookupError, AttributeError)
_UNKNOWN_MEMBER, _UNKNOWN_ROLE, _UNKNOWN_USER = 10007, 10011, 10013
_GONE: dict[int, tuple[type[DiscordError], Message]] = {
    _UNKNOWN_MEMBER: (MemberGoneError, _NO_MEMBER),
    _UNKNOWN_USER: (MemberGoneError, _NO_MEMBER),
    _UNKNOWN_ROLE: (RoleGoneError, _NO_ROLE),
}
# Discord's limit for the header, in which most characters count three times (resources/audit-log).
_LONGEST_REASON = 512

Answer = TypeVar("Answer")


class _UnansweredError(Exception):
    """An attempt without an answer of Discord: whether it may have taken effect, and whether to repeat it helps."""

    def __init__(self, *, may_be_done: bool = True, may_repeat: bool = True) -> None:
        super().__init__()
        self.may_be_done = may_be_done
        self.may_repeat = may_repeat


class DiscordRequests:
    """Sends requests.

    Args:
        clock: For the pauses between attempts.
        patience: Seconds after which one attempt is given up.
    """

    def __init__(self, clock: Clock, *, patience: float = _PATIENCE) -> None:
        self._clock = clock
        self._patience = patience
        self._is_token_refused = False

    async def read(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to a request that changes nothing.

        Raises:
            DiscordError: see there; never `OutcomeUnknownError`.
        """
        return await self._send(call, _NOT_REACHED, DiscordError)

    async def write(self, call: Callable[[], Awaitable[object]]) -> None:
        """Send a request that changes something, and that changes nothing more when it is sent twice.

        Raises:
            DiscordError: see there.
        """
        if await self._send(call, _UNKNOWN_OUTCOME, OutcomeUnknownError):
            # Discord confirms by 204 without a body: anything else with a 2xx is somebody else's page.
            raise OutcomeUnknownError(_UNKNOWN_OUTCOME)

    async def _send(
        self, call: Callable[[], Awaitable[Answer]], unanswered: Message, error_class: type[DiscordError]
    ) -> Answer:
        may_be_done = False
        for pause in (*_PAUSES, None):
            try:
                return await self._attempt(call)
            except _UnansweredError as error:
                may_be_done |= error.may_be_done
                final = error
                log.info("Discord gives no answer: %s", type(error.__cause__).__name__)
            if pause is None or not final.may_repeat:
                break
            await self._clock.sleep(pause)
        if may_be_done:
            raise error_class(unanswered) from final
        raise DiscordError(_NOT_REACHED) from final

    async def _attempt(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        if self._is_token_refused:
            raise TokenRefusedError(_TOKEN)
        try:
            async with asyncio.timeout(self._patience):
                return await call()
        except discord.DiscordServerError as error:  # the library has repeated all others
            raise _UnansweredError(may_repeat=error.status == HTTPStatus.SERVICE_UNAVAILABLE) from error
        except discord.DiscordException as error:
            raise self._translated(error) from error
        except aiohttp.ClientConnectorError as error:
            raise _UnansweredError(may_be_done=False) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _UnansweredError from error
        except _UNREADABLE as error:
            raise _UnansweredError(may_repeat=False) from error

    def _translated(self, error: discord.DiscordException) -> DiscordError:
        if not isinstance(error, discord.HTTPException):
            # RateLimited: the pause would be too long to wait in; GatewayNotFound and the like cannot occur here.
            return DiscordError(_SLOW_DOWN)
        if error.status == HTTPStatus.UNAUTHORIZED:
            self._is_token_refused = True
            log.critical("Discord refuses the token: no role is given or taken until Tessera is started with a new one")
            return TokenRefusedError(_TOKEN)
        if error.status == HTTPStatus.TOO_MANY_REQUESTS:
            return DiscordError(_SLOW_DOWN)
        if error.code in _GONE:
            error_class, message = _GONE[error.code]
            return error_class(message)
        if error.status in (HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST):
            return NotAllowedError(_REFUSED, reason=_one_line(error.text), code=error.code)
        return DiscordError(_FAILED, status=error.status)


def audit_reason(text: str) -> str:
    """A reason as the header of a request may have it: one line, and cut where it would be too long when encoded."""
    kept, left = [], _LONGEST_REASON
    for char in _one_line(text):
        left -= 1 if char == " " else len(quote(char, safe="/"))
        if left < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip()


def _one_line(text: str) -> str:
    readable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(readable.encode("utf-8", "ignore").decode().split())
