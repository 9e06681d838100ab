"""Keep the bot running: through a Discord that refuses, an event it cannot read, and a signal to stop.

discord.py reconnects by itself in most cases. Three it does not survive (2.7.1): a gateway that refuses the very
first connection, a login while the API is down, and an event of a known kind with a field missing.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time

import aiohttp
import discord

from bot.client import Bot
from bot.errors import ConfigError

log = logging.getLogger(__name__)

# Commands finish within this time after SIGTERM; below the 30 seconds that supervisors commonly grant.
_DRAIN_SECONDS = 20.0
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0

_FATAL_CLOSE = {
    4004: "Discord refuses DISCORD_TOKEN. Copy the token anew from the developer portal (Bot → Reset Token).",
    4011: "Discord wants this bot sharded: it is in more than 2,500 servers, which Tessera does not support.",
}


async def run_until(stop: asyncio.Event, bot: Bot, token: str) -> None:
    """Log in and stay connected until `stop` is set; then let running commands finish, and close.

    Raises:
        ConfigError: Discord refuses the token, or will never accept us as configured.
    """
    connection = asyncio.create_task(_stay_connected(bot, token), name="gateway")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait((connection, stopping), return_when=asyncio.FIRST_COMPLETED)
        if connection.done():
            connection.result()  # it only ends by an error
        log.info("stopping")
        await bot.drain(_DRAIN_SECONDS)
    finally:
        for task in (connection, stopping):
            task.cancel()
        await asyncio.gather(connection, stopping, return_exceptions=True)
        await bot.close()


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _stay_connected(bot: Bot, token: str) -> None:
    pause = _FIRST_PAUSE
    logged_in = False
    while True:
        started = time.monotonic()
        try:
            if not logged_in:
                await bot.login(token)
                logged_in = True
            await bot.connect()
        except discord.LoginFailure as error:
            raise ConfigError(_FATAL_CLOSE[4004]) from error
        except discord.ConnectionClosed as error:
            # Only close codes that make every further attempt pointless get here.
            why = _FATAL_CLOSE.get(error.code, f"Discord closed the connection for good (code {error.code}).")
            raise ConfigError(why) from error
        except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
            log.warning("Discord cannot be reached: %s", type(error).__name__)
        except Exception:  # whatever an event made of the library: it must not end the bot
            log.exception("the connection to Discord broke on something unexpected")
            if bot.ws:
                await bot.ws.close(code=4000)  # any code but 1000 keeps what Discord has queued for us
        if time.monotonic() - started > _LONGEST_PAUSE:
            pause = _FIRST_PAUSE
        log.info("next attempt in %.0f s", pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
