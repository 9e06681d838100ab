"""A server that answers as a test says, and clients of the shared HTTP client that ask it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.errors import SourceError
from bot.sources.askers import Asker, Askers
from bot.sources.http import Answer, JsonClient
from bot.sources.pace import Clock, Pace
from tests.sources.virtual_time import JumpingClock

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """A server that answers with each handler in turn, and with the last one ever after."""

    def __init__(self) -> None:
        self.handlers: list[Handler] = []
        self.requests: list[web.Request] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        handler = self.handlers[min(len(self.requests), len(self.handlers)) - 1]
        return await handler(request)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    scripted = Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", scripted.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    scripted.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield scripted
    await runner.cleanup()


@pytest.fixture
async def make_client(server: Server) -> AsyncIterator[Callable[..., JsonClient]]:
    clients: list[JsonClient] = []
    async with aiohttp.ClientSession() as session:

        def make(
            *,
            timeout: float = 30.0,
            check_answer: Callable[[Answer], None] = lambda _: None,
            pace: Pace | None = None,
            clock: Clock | None = None,
        ) -> JsonClient:
            client = JsonClient(
                session,
                name="Upstream",
                base_url=server.url,
                headers={"X-API-KEY": "k"},
                pace=pace or Pace(1000),
                timeout=timedelta(seconds=timeout),
                check_answer=check_answer,
                clock=clock or JumpingClock().clock,
            )
            clients.append(client)
            return client

        yield make
        for client in clients:
            await client.close()


class Tokens(Pace):
    """A pace that lets as many requests go as a test gives tokens."""

    def __init__(self, tokens: int) -> None:
        super().__init__(requests_per_second=1)
        self.tokens = asyncio.Semaphore(tokens)

    async def take_token(self) -> None:
        await self.tokens.acquire()


def answers(body: object = None, *, status: int = 200, **headers: str) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return web.json_response(body if body is not None else {"ok": True}, status=status, headers=headers)

    return handle


def sends(data: bytes, content_type: str = "application/json", **headers: str) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(body=data, content_type=content_type, headers=headers)

    return handle


async def resets(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


async def hangs(_request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def tears(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"collections": [')
    assert request.transport
    request.transport.abort()
    return response


async def fetch(client: JsonClient) -> Answer:
    return await client.fetch("/x", {"a": "1"}, Askers(Asker.job("test")))


async def ask(client: JsonClient, path: str) -> Answer:
    return await client.fetch(path, {}, Askers(Asker.job("test")))


async def ask_at_once(client: JsonClient, questions: int) -> list[str]:
    """The errors of so many different requests at the same time; "" for those that got an answer."""
    asked = (client.fetch(f"/{number}", {}, Askers(Asker.job("test"))) for number in range(questions))
    sentences = await asyncio.gather(*asked, return_exceptions=True)
    return [answer.sentence if isinstance(answer, SourceError) else "" for answer in sentences]
