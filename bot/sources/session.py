"""The HTTP session of every request that the bot sends on its own: to sources, nodes, and Discord's login."""

from __future__ import annotations

import aiohttp

from bot import __version__

# Gates in front of APIs refuse what a library sends by default, and operators of APIs want to know who asks.
USER_AGENT = f"Tessera/{__version__}"


def open_session() -> aiohttp.ClientSession:
    """A session that stores no cookies: no server can recognise the bot by one, nor get another server's.

    Discord's gateway and REST API are discord.py's own.
    """
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": USER_AGENT})


def open_session_to_strangers(
    connector: aiohttp.BaseConnector, *, accept: str = "*/*", timeout: aiohttp.ClientTimeout | None = None
) -> aiohttp.ClientSession:
    """The same for servers that somebody else chose: nothing is decompressed, and no proxy of the environment is used.

    Args:
        connector: Connects to what may be connected to, and is closed with the session.
        accept: The types that are wanted.
        timeout: Of each request; None: its caller watches the time.
    """
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=timeout or aiohttp.ClientTimeout(total=None),
        headers={"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "identity"},
    )
