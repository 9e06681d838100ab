"""The bot in two servers that share some members, and pressing what is below any message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.app.serve import serve
from bot.config.settings import load
from tests.sandbox_client import SECRETS, Answer, Person, SandboxClient, write_config


@asynccontextmanager
async def running(sandbox: SandboxClient, folder: Path, **tables: str) -> AsyncIterator[None]:
    """The bot, connected; started again on the same folder it finds its store."""
    stop = asyncio.Event()
    bot = asyncio.create_task(serve(load(write_config(folder, sandbox, **tables), SECRETS), stop))
    try:
        await sandbox.online()
        yield
    finally:
        stop.set()
        await bot


async def at_the_harbour(sandbox: SandboxClient, username: str) -> Person:
    """Somebody in the Harbour Lights Club, which is Soren's; Ada moderates the first server, the Mosaic Society."""
    person = await sandbox.person(username)
    guilds = (await sandbox.get("/_client/state", user=person.user))["guilds"]
    guild = next(guild for guild in guilds if guild["name"] == "Harbour Lights Club")
    return Person(sandbox, person.user, guild["id"], guild["channels"][0]["id"])


def labels(message: dict[str, Any]) -> list[str]:
    """The labels of the buttons below a message."""
    return [item["label"] for row in message["components"] for item in row["components"]]


async def press(person: Person, message: dict[str, Any], label: str) -> Answer:
    """Press a button below any message, by its label."""
    items = [item for row in message["components"] for item in row["components"]]
    custom_id = next(item["custom_id"] for item in items if item["label"] == label)
    body = {"user": person.user, "message": message["id"], "custom_id": custom_id, "values": []}
    return await person.sandbox.answer((await person.sandbox.post("/_client/components", body))["interaction"])


async def question_to(person: Person) -> dict[str, Any]:
    """The latest direct message of the bot to somebody, once it is there."""
    async with asyncio.timeout(60):
        while not (messages := await person.direct_messages()):  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.02)
    return messages[-1]
