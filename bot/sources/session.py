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
