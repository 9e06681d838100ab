"""The demo as a process of its own, for what of the documentation is made from it."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

_ADDRESS = re.compile(rb"sandbox: (http://\S+)/ ")
_SECONDS = 60.0


@dataclass(frozen=True)
class Demo:
    """A running demo.

    Attributes:
        url: Its page.
        session: For requests to it.
        bot_log: What the bot logs.
    """

    url: str
    session: aiohttp.ClientSession
    bot_log: Path

    async def get(self, path: str, /, **query: str) -> Any:
        """GET; the JSON body."""
        async with self.session.get(self.url + path, params=query) as response:
            response.raise_for_status()
            return await response.json()

    async def post(self, path: str, /, **body: Any) -> Any:
        """POST; the JSON body."""
        async with self.session.post(self.url + path, json=body) as response:
            response.raise_for_status()
            return await response.json()

    async def person(self, username: str) -> Person:
        """Somebody of the demo's first server."""
        people = await self.get("/_client/people")
        one = next(each for each in people if each["username"] == username)
        state = await self.get("/_client/state", user=one["id"])
        return Person(self, one["id"], state["guilds"][0])

    async def commands(self) -> list[dict[str, Any]]:
        """All commands, once the bot has registered them: as Discord returns them to an admin of a server."""
        person = (await self.get("/_client/people"))[0]
        found: list[dict[str, Any]] = []

        async def are_there() -> bool:
            found[:] = await self.get("/_client/commands", user=person["id"], guild=person["guilds"][0])
            return bool(found)

        try:
            await until(are_there)
        except TimeoutError as error:
            raise RuntimeError(f"the demo's bot is not ready: {self.bot_log.read_text(encoding='utf-8')}") from error
        return found


@dataclass(frozen=True)
class Person:
    """Somebody who uses the bot beside the one in the browser, or whose command has options that are tedious to type.

    Attributes:
        demo: Where.
        user: Their id.
        guild: Their server, as a client sees it.
    """

    demo: Demo
    user: str
    guild: Mapping[str, Any]

    def named(self, kind: str, name: str) -> str:
        """The id of a role or channel of the server."""
        return str(next(one["id"] for one in self.guild[kind] if one["name"] == name))

    async def run(self, name: str, **options: Any) -> Any:
        """Type a command; its answer."""
        place = {"user": self.user, "guild": self.guild["id"], "channel": self.guild["channels"][0]["id"]}
        return await self._answer(await self.demo.post("/_client/commands", **place, name=name, options=options))

    async def press(self, answer: Any, action: str) -> Any:
        """Press a button of an answer; what it opens or says."""
        message = answer["message"]
        items = [item for row in message["components"] for item in row["components"]]
        pressed = next(item["custom_id"] for item in items if item.get("custom_id", "").endswith(f":{action}"))
        body = {"user": self.user, "message": message["id"], "custom_id": pressed, "values": []}
        return await self._answer(await self.demo.post("/_client/components", **body))

    async def prove(self, account: str) -> None:
        """Prove an account of one's own by a pasted signature."""
        started = await self.press(await self.run("verify", account=account), "elsewhere")
        text = started["message"]["content"].removeprefix("```text\n").removesuffix("\n```")
        signed = await self.demo.post("/_sandbox/sign", account=account, text=text)
        opened = await self.press(started, "paste")
        values = {"signature": signed["signature"]}
        await self._answer(
            await self.demo.post("/_client/modals", user=self.user, interaction=opened["id"], values=values)
        )

    async def roles(self) -> set[str]:
        """The names of their roles."""
        guild = (await self.demo.get("/_sandbox/discord"))["guilds"][self.guild["id"]]
        return {guild["roles"][role]["name"] for role in guild["members"].get(self.user, ())}

    async def _answer(self, sent: Mapping[str, str]) -> Any:
        return await self.demo.get(f"/_client/interactions/{sent['interaction']}", wait="answered", timeout="30")


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Return when something is so in the demo, which is another process."""
    async with asyncio.timeout(_SECONDS):
        while not await is_so():  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.2)


@asynccontextmanager
async def open_demo() -> AsyncIterator[Demo]:
    """The demo on ports that are free; it ends with the block."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "bot.log"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox", "--port", "0", "--browser-port", "0", "--bot-log", str(log)),
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        assert process.stdout is not None  # noqa: S101 - it was asked for a pipe
        try:
            async with asyncio.timeout(_SECONDS):
                while not (found := _ADDRESS.search(line := await process.stdout.readline())):
                    if not line:
                        raise RuntimeError("the demo ended before it was ready")
            async with aiohttp.ClientSession() as session:
                yield Demo(found[1].decode(), session, log)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
