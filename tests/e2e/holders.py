"""Holders of Harbour Lights and their admins, at the real bot: what a story about roles consists of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from tests.sandbox_client import Answer, Person, SandboxClient

# Roles of the first server: one that is below Tessera's, and one that some members have from elsewhere.
WHALE, MOSAICIST = "910000000000000005", "910000000000000007"
LOG_CHANNEL = "910000000000000105"
HARBOUR_LIGHTS = "254"
# Whose account holds some of it, each with a key of its own.
HOLDERS = {"ada": "10001", "brunowaves": "10007", "kestrel": "10010", "lanternfish": "10014", "soren": "10017"}
# A pass every half second, and a removal after three misses within a second.
FAST = {
    "sync": "interval_minutes = 0.01\nremoval_misses = 3\nremoval_minutes = 0.01",
    "loopring": "requests_per_second = 1000",
}
Found = TypeVar("Found")
_READING = "user/collection/details"


async def until(find: Callable[[], Awaitable[Found | None]], seconds: float = 60) -> Found:
    """What is found, once there is something."""
    async with asyncio.timeout(seconds):
        while not (found := await find()):  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.05)
    return found


async def saved(admin: Person, name: str, **options: Any) -> Answer:
    """Propose something, look at the preview, and press Save."""
    answer = await admin.press(await admin.run(name, **options), "save")
    assert answer.embeds[0]["title"] == "Saved", answer.text
    return answer


async def prove(person: Person, account: str) -> Answer:
    """Prove an account with a pasted signature; the answer, once it says what that brought."""
    sandbox = person.sandbox
    started = await person.run("verify", account=account)
    text = str(started.message["content"]).removeprefix("```text\n").removesuffix("\n```")
    signature = await sandbox.signature(text, account)
    ended = await person.submit(await person.press(started, "paste"), signature=signature)

    async def looked_at() -> Answer | None:
        current = await sandbox.current(ended)
        return None if "Looking at what it earns" in current.text else current

    return await until(looked_at)


async def holders_of(sandbox: SandboxClient, role: str = "Whale") -> set[str]:
    """Who has a role of the first server, by username, of those who hold something."""
    return {name for name in HOLDERS if role in await (await sandbox.person(name)).roles()}


async def all_prove(sandbox: SandboxClient) -> None:
    """Every holder proves their account."""
    for name, account in HOLDERS.items():
        await prove(await sandbox.person(name), account)


async def passes(sandbox: SandboxClient, count: int, accounts: int = 1) -> None:
    """Return when each of so many accounts was asked about so many times more, and judged."""
    before = await _readings(sandbox)

    async def asked() -> bool:
        return await _readings(sandbox) > before + count * accounts

    await until(asked)


async def _readings(sandbox: SandboxClient) -> int:
    return sum(count for route, count in (await sandbox.counts("loopring")).items() if _READING in route)


async def has(person: Person, role: str) -> None:
    """Return when a member has a role."""

    async def given() -> bool:
        return role in await person.roles()

    await until(given)


async def lost(person: Person, role: str) -> None:
    """Return when a member does not have a role any more."""

    async def taken() -> bool:
        return role not in await person.roles()

    await until(taken)


async def posted(admin: Person, words: str) -> dict[str, Any]:
    """The first message in the log channel that says something, once it is there."""

    async def find() -> dict[str, Any] | None:
        seen = await admin.sandbox.get("/_client/messages", user=admin.user, channel=LOG_CHANNEL)
        return next((each for each in seen if words in str(each["embeds"])), None)

    return await until(find)
