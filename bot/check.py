"""`tessera check`: is everything there that `run` needs, and if not, what is wrong, in plain words."""

from __future__ import annotations

import time
from collections.abc import Callable

import aiohttp
import discord

from bot.client import point_at
from bot.config import Settings
from bot.errors import ConfigError, NotFoundError, RefusedError, SourceError
from bot.holdings import LOOPRING, Account
from bot.sources.loopring import LoopringSource
from bot.sources.pace import Priority
from bot.store import Store

# Any account does: only the key and the service are asked for, and "no such account" is an answer too.
_SOME_ACCOUNT = Account(LOOPRING, "10001")


async def check(settings: Settings, say: Callable[[str], object]) -> int:
    """Test each thing by itself and say a line on it.

    Returns:
        0: all is well. 1: the source or Discord does not answer now. 2: something must be set right first.
    """
    store = await _check_store(settings, say)
    token = await _check_token(settings, say)
    source = await _check_source(settings, say)
    worst = max(store, token, source)
    silent = "Discord" if token else "the source"
    say({0: "All is well.", 1: f"The bot can start; {silent} does not answer now.", 2: "Not ready yet."}[worst])
    return worst


async def _check_store(settings: Settings, say: Callable[[str], object]) -> int:
    try:
        store = await Store.open(settings.store.path)
    except ConfigError as error:
        say(f"✗ Store: {error.sentence}")
        return 2
    await store.close()
    say(f"✓ Store: {settings.store.path} opens and can be written")
    return 0


async def _check_token(settings: Settings, say: Callable[[str], object]) -> int:
    token = settings.discord.token
    if not token:
        say("✗ Discord: no token. Set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to a file that holds it.")
        return 2
    point_at(settings.discord)
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(token.get_secret_value())
        except discord.LoginFailure:
            say("✗ Discord: refuses DISCORD_TOKEN. Copy the token anew from the developer portal (Bot → Reset Token).")
            return 2
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            say(f"✗ Discord: cannot be reached ({type(error).__name__}); the token could not be tested.")
            return 1
        say(f"✓ Discord: the token is that of {client.user}")
        return 0


async def _check_source(settings: Settings, say: Callable[[str], object]) -> int:
    where = settings.loopring.base_url
    async with aiohttp.ClientSession() as session:
        source = LoopringSource(session, settings.loopring)
        started = time.perf_counter()
        try:
            async for _scan in source.iter_holdings(_SOME_ACCOUNT, None, Priority.INTERACTIVE):
                break
        except RefusedError as error:
            say(f"✗ Loopring: {error.sentence}")
            return 2
        except SourceError as error:
            say(f"✗ Loopring: {where}: {error.sentence}")
            return 1
        except NotFoundError:
            pass  # an answer, and no key was refused
        finally:
            await source.close()
    took = f"{(time.perf_counter() - started) * 1000:.0f} ms"
    if settings.loopring.api_key:
        say(f"✓ Loopring: {where} accepts the key and answered in {took}")
    else:
        say(f"✓ Loopring: {where} answers without a key, in {took}")
    return 0
