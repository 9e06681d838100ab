"""The attacker owns a server that the bot asks, and answers with kilobytes that become megabytes."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.config.settings import DiscordSettings
from bot.errors import UnavailableError, UndecidedError
from bot.linking.ethereum import Nodes
from bot.linking.oauth import DiscordLogin
from bot.sources.bodies import read_body

INFLATED = 50_000_000
BOMBS = {"gzip": gzip.compress(bytes(INFLATED)), "deflate": zlib.compress(bytes(INFLATED))}
MOST = 64 * 1024
# aiohttp inflates up to 1 MiB ahead of what is asked for.
AHEAD = 2 * 1024 * 1024


@asynccontextmanager
async def answering(coding: str, *, status: int = 200) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that answers everything with a bomb; its URL, and the paths that it was asked for."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
        return web.Response(status=status, body=BOMBS[coding], headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """The client that everything outside is asked with."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.mark.parametrize("coding", BOMBS)
async def test_of_a_bomb_no_more_is_inflated_than_may_be_read(session: aiohttp.ClientSession, coding: str) -> None:
    async with answering(coding) as (url, _), session.get(url) as response:
        with pytest.raises(ValueError, match=f"more than {MOST} bytes"):
            await read_body(response, MOST)
    assert MOST < response.content.total_bytes < AHEAD


@pytest.mark.parametrize("coding", BOMBS)
async def test_of_a_bomb_that_nobody_reads_nothing_is_inflated_afterwards(
    session: aiohttp.ClientSession, coding: str
) -> None:
    async with answering(coding, status=500) as (url, _), session.get(url) as response:
        pass
    assert response.content.total_bytes < AHEAD


async def test_a_login_that_answers_with_a_bomb_did_not_work(session: aiohttp.ClientSession) -> None:
    async with answering("gzip") as (url, asked):
        settings = DiscordSettings(api_url=url, client_secret=SecretStr("x"))
        login = DiscordLogin(session, settings, redirect_uri=f"{url}/oauth/cb", client_id=lambda: 1)
        with pytest.raises(UnavailableError):
            await login.fetch_person("code", "verifier")
    assert asked == ["/oauth2/token"]


async def test_a_node_that_answers_with_a_bomb_has_not_answered(session: aiohttp.ClientSession) -> None:
    async with answering("gzip") as (url, asked):
        with pytest.raises(UndecidedError):
            await Nodes(session, [url]).code("0x" + 40 * "0")
    assert asked == ["/"]
