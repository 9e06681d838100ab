"""The session of the bot's own requests: it takes no cookie, and there is no other session that could."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yarl
from aiohttp import web

import bot
from bot.sources.session import open_session


@pytest.fixture
async def tracker() -> AsyncIterator[yarl.URL]:
    """A server that sets a cookie and answers with the cookies that it got, under a name, as browsers want it."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response(text=request.headers.get("Cookie", ""), headers={"Set-Cookie": "track=everyone; Path=/"})

    app = web.Application()
    app.router.add_get("/", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield yarl.URL(f"http://localhost:{runner.addresses[0][1]}/")
    await runner.cleanup()


async def test_a_cookie_is_not_sent_back(tracker: yarl.URL) -> None:
    async with open_session() as session:
        for _ in range(2):
            async with session.get(tracker) as response:
                assert response.cookies["track"].value == "everyone"
                assert await response.text() == ""


def test_no_other_session_is_opened_in_the_bot() -> None:
    opened = {
        str(path.relative_to(Path(bot.__file__).parent))
        for path in sorted(Path(bot.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("ClientSession")
    }
    assert opened == {"sources/session.py"}
