"""Keep the bot running while Discord refuses or sends an event that cannot be read, until a signal to stop.

discord.py reconnects by itself in most cases, each time when `SessionStarts` allows it. It does not survive three of
them (2.7.1): a gateway that refuses the very first connection, a login while the API is down, and an event of a known
kind with a field missing.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus

import aiohttp
import discord

from bot.app.background import Background
from bot.app.session_pauses import StartBudget
from bot.app.session_starts import NewSessionError, SessionStarts
from bot.errors import ConfigError
from bot.messages import Message, Words
from bot.ui.client import Bot

log = logging.getLogger(__name__)

# Commands finish within this time after SIGTERM; below the 30 seconds that supervisors commonly allow.
_DRAIN_SECONDS = 20.0
_FIRST_PAUSE = 1.0
# What a body that is none of Discord's leads to.
_NO_BUDGET = (LookupError, TypeError, ValueError, ArithmeticError)
_A_DAY = timedelta(days=1)
_LONGEST_PAUSE = 60.0

NO_MEMBERS_INTENT = Message(
    "Discord does not grant this bot the members intent: switch it on in the developer portal (Bot → Server "
    "Members Intent), or set members_intent = false."
)
# The close codes after which every further attempt is pointless (Discord's documentation, gateway close event codes).
_FATAL_CLOSE = {
    4004: Message("Discord refuses DISCORD_TOKEN. Copy the token again from the developer portal (Bot → Reset Token)."),
    4011: Message("Discord wants this bot sharded: it is in more than 2,500 servers, which Tessera does not support."),
    4012: Message("Discord no longer supports the version of its API that this Tessera knows: update Tessera."),
    4013: Message("Discord does not know the intents that this Tessera asks for: update Tessera."),
    4014: NO_MEMBERS_INTENT,
}
_CLOSED_FOR_GOOD = Message("Discord closed the connection for good (code {code}).")
_REFUSED_AT_START = Message("Discord refuses what this bot asks for at its start: {reason}")


async def run_until(
    stop: asyncio.Event,
    bot: Bot,
    token: str,
    background: Background,
    starts: SessionStarts | None = None,
    *,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Log in and stay connected until `stop` is set; then let running commands finish, and close.

    The background jobs run from the start, and have ended before the client closes.

    Args:
        stop: Ends it.
        bot: The client.
        token: Of the bot.
        background: The jobs.
        starts: Paces the connections; by default one that forgets with the process.
        sleep: Waits so many seconds, where Discord cannot be reached.

    Raises:
        ConfigError: Discord refuses the token, or will never accept us as configured.
    """
    bot.gate = starts = starts or SessionStarts()
    bot.add_listener(starts.alive, "on_connect")
    bot.add_listener(starts.alive, "on_resumed")
    connection = asyncio.create_task(_stay_connected(bot, token, starts, sleep), name="gateway")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    background.start()
    try:
        await asyncio.wait((connection, stopping), return_when=asyncio.FIRST_COMPLETED)
        if connection.done():
            connection.result()  # it ends only with an error
        log.info("stopping")
        if bot.ws and bot.ws.open:
            await starts.stopped()
        await asyncio.gather(bot.drain(_DRAIN_SECONDS), background.stop())
    finally:
        for task in (connection, stopping):
            task.cancel()
        await asyncio.gather(connection, stopping, background.stop(), return_exceptions=True)
        await bot.close()


def reload_on_signal() -> asyncio.Event:
    """An event that SIGHUP sets; without this, that signal would end the process."""
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, asked.set)
    return asked


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _stay_connected(
    bot: Bot, token: str, starts: SessionStarts, sleep: Callable[[float], Awaitable[object]]
) -> None:
    pause = _FIRST_PAUSE
    logged_in = False
    while True:
        is_waiting = True
        try:
            if not logged_in:
                await bot.login(token)
                logged_in = True
            await starts.turn(lambda: _start_budget(bot))
            is_waiting = False
            await bot.connect()
        except NewSessionError:
            pass  # the next turn waits for it
        except Exception as error:  # an event may raise any error inside discord.py: it must not end the bot
            if why := _fatal_reason(error):
                raise ConfigError(why) from error
            _log_failure(error, gateway_refused=not is_waiting and not bot.ws)
        if logged_in:
            if bot.ws:
                # connect() opens a new session; the old one must stop sending heartbeats.
                await bot.ws.close()
            if is_waiting:  # a defect in what paces the attempts must not take their pauses away
                await sleep(_LONGEST_PAUSE)
            continue
        await _forget_session(bot)
        log.info("next attempt in %.0f s", pause)
        await sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _start_budget(bot: Bot) -> StartBudget | None:
    """How many sessions may still be started today; None: Discord does not say."""
    try:
        _shards, _url, limit = await bot.http.get_bot_gateway()
        total, remaining, reset_after = (int(limit[key]) for key in ("total", "remaining", "reset_after"))
        return StartBudget(total, remaining, min(max(timedelta(milliseconds=reset_after), timedelta()), _A_DAY))
    except (discord.DiscordException, aiohttp.ClientError, OSError, *_NO_BUDGET) as error:
        log.info("how many sessions may be started today is not known: %s", type(error).__name__)
        return None


def _fatal_reason(error: Exception) -> Words | None:
    """Why every further attempt would fail, too; None when waiting may help."""
    if isinstance(error, discord.LoginFailure):
        return _FATAL_CLOSE[4004]()
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return _FATAL_CLOSE[4014]()
    if isinstance(error, discord.ConnectionClosed):
        # Only codes that are fatal get here; discord.py reconnects after the others.
        message = _FATAL_CLOSE.get(error.code)
        return message() if message else _CLOSED_FOR_GOOD(code=error.code)
    if isinstance(error, discord.HTTPException):
        our_fault = HTTPStatus.BAD_REQUEST <= error.status < HTTPStatus.INTERNAL_SERVER_ERROR
        if our_fault and error.status != HTTPStatus.TOO_MANY_REQUESTS:
            return _REFUSED_AT_START(reason=_summary(error))
    return None


def _log_failure(error: Exception, *, gateway_refused: bool) -> None:
    if isinstance(error, discord.HTTPException):
        log.warning("Discord cannot be reached: %s: %s", type(error).__name__, _summary(error))
    elif isinstance(error, discord.GatewayNotFound | aiohttp.ClientError | OSError):
        log.warning("Discord cannot be reached: %s", type(error).__name__)
    elif gateway_refused:
        log.warning("Discord cannot be reached: its gateway refuses")  # discord.py 2.7.1 raises an unrelated error then
    else:
        log.error("the connection to Discord broke on something unexpected", exc_info=error)


def _summary(error: discord.HTTPException) -> str:
    """Status and text of the answer on one line, also if a proxy sent it."""
    words = " ".join("".join(char if char.isprintable() else " " for char in error.text).split())
    return f"HTTP {error.status}: {words[:200]}" if words else f"HTTP {error.status}"


async def _forget_session(bot: Bot) -> None:
    """Close what a failed login opened: discord.py 2.7.1 makes a new session at each, and leaves the old one open."""
    await bot.http.close()
    bot.http.connector = discord.utils.MISSING
