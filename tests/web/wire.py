"""Bytes over sockets, for what no well-behaved client sends; and what must be the same after it was refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from bot.config.web_table import WebSettings
from bot.store import Store
from bot.web.connection import Timeouts
from bot.web.server import start_server
from bot.web.verify_page import VerifyPage
from tests.process import free_port
from tests.web.harness import Browser, PageHarness

PATIENCE = 60.0
# So that only what a test is about ends a connection, however slow this machine is.
PATIENT = Timeouts(head=PATIENCE, idle=PATIENCE)
# Everything that a refusal may not touch; sessions and their texts may be used up.
TABLES = ("links", "proofs", "contests", "refusals", "notices", "shares", "codes")


_SAID = {
    "There is no such page. Run /verify in Discord for a link.": "not_found",
    "This page has another address. Run /verify in Discord for a link.": "host",
    "Too many requests. Try again in a minute.": "rate",
    "Something went wrong inside Tessera. Try again in a minute.": "fault",
}


@dataclass(frozen=True)
class Raw:
    """One answer as it came, names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def closes(self) -> bool:
        """Whether the server hangs up after it."""
        return self.headers.get("connection") == "close"

    @property
    def error(self) -> str:
        """The code of the error; to a GET, which a person may have sent, only the sentence is said."""
        if self.headers["content-type"].startswith("text/plain"):
            return _SAID[self.body.decode()]
        return str(orjson.loads(self.body)["error"]["code"])


def head(target: str, headers: Mapping[str, str], *, method: str = "GET", version: str = "1.1") -> bytes:
    """The head of a request, as it is said: nothing is added."""
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def scripted(url: str, name: str, body: bytes, **headers: str) -> bytes:
    """A POST as the page's script sends it; `headers` with underscores for dashes, "" for none, replace its own."""
    sent = {
        "Host": url.removeprefix("http://"),
        "Origin": url,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    sent |= {header.replace("_", "-"): value for header, value in headers.items()}
    return head(f"/v/{name}", {name: value for name, value in sent.items() if value}, method="POST") + body


class Line:
    """A connection on which anything may be sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, content: bytes) -> None:
        """Send bytes."""
        self._writer.write(content)
        await self._writer.drain()

    async def answer(self, *, without_body: bool = False) -> Raw:
        """The next answer; one to a HEAD has no body, whatever its length says."""
        async with asyncio.timeout(PATIENCE):
            first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            length = 0 if without_body else int(headers.get("content-length", 0))
            body = await self._reader.readexactly(length)
            return Raw(int(first.split()[1]), headers, body)

    async def ends(self) -> bytes:
        """What is still said, once the server has hung up."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""

    async def hang_up(self) -> None:
        """Hang up."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return


@asynccontextmanager
async def line_to(url: str, source: str = "") -> AsyncIterator[Line]:
    """A connection to a server on this machine, from one of this machine's addresses."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    local = (source, 0) if source else None
    line = Line(*await asyncio.open_connection(host.strip("[]"), int(port), local_addr=local))
    try:
        yield line
    finally:
        await line.hang_up()


async def ask(url: str, content: bytes) -> Raw:
    """The answer to bytes."""
    async with line_to(url) as line:
        await line.send(content)
        return await line.answer()


async def ask_each(url: str, contents: Iterable[bytes]) -> list[Raw]:
    """The answers to one request after the other, on one connection as long as it stays open."""
    answers: list[Raw] = []
    pending = iter(contents)
    content = next(pending, None)
    while content is not None:
        async with line_to(url) as line:
            while content is not None:
                await line.send(content)
                answers.append(await line.answer())
                content = next(pending, None)
                if answers[-1].closes:
                    break
    return answers


@asynccontextmanager
async def serving(
    store: Store,
    page: VerifyPage | None = None,
    *,
    public_url: str = "",
    gateway_state: Callable[[], str] = lambda: "ready",
    background_state: Callable[[], str] = lambda: "ok",
) -> AsyncIterator[str]:
    """The bot's server as it is reached under a public URL, or under none; where it listens."""
    port = free_port()
    settings = WebSettings(port=port, public_url=public_url)
    server = await start_server(settings, store, gateway_state, page, background_state=background_state)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await server.close()


@asynccontextmanager
async def serving_page(
    harness: PageHarness,
    *,
    body_seconds: float = 10,
    timeouts: Timeouts = PATIENT,
    request_seconds: float = 25,
    proxies: tuple[str, ...] = (),
) -> AsyncIterator[str]:
    """The page once more, under other limits; where it is."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = WebSettings.model_validate({"port": port, "public_url": url, "trusted_proxies": proxies})
    page = VerifyPage(harness.verification, url, body_seconds=body_seconds)
    server = await start_server(
        settings, harness.store, lambda: "ready", page, timeouts=timeouts, request_seconds=request_seconds
    )
    try:
        yield url
    finally:
        await server.close()


async def stored_rows(harness: PageHarness) -> dict[str, list[Any]]:
    """All that is saved about anybody's accounts."""
    return await harness.store.writer.run(
        lambda db: {name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in TABLES}  # noqa: S608 - names of ours
    )


@asynccontextmanager
async def unharmed(harness: PageHarness, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """Whatever happens meanwhile: nobody has linked anything, and nothing of ours broke."""
    before = await stored_rows(harness)
    with caplog.at_level(logging.DEBUG):
        yield
    assert await stored_rows(harness) == before
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def at_wallet(harness: PageHarness, username: str = "ada") -> Browser:
    """A browser in which somebody has logged in, so that a wallet may be connected."""
    browser = harness.browser()
    await browser.open((await harness.begin(username)).url)
    assert await browser.log_in(str((await harness.person(username)).user_id)) == "/v#in"
    return browser
