"""A bot that notifies members and shows proofs, over the page's handlers, with a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.background import Background
from bot.app.run import run_until
from bot.app.schedule import contest_run
from bot.cogs.linking.accounts_cog import AccountsCog
from bot.cogs.linking.link_cog import LinkingCog
from bot.cogs.linking.notifications_cog import NotificationsCog
from bot.cogs.linking.proof_messages import ProofMessages
from bot.cogs.linking.verify_cog import VerifyCog
from bot.config.settings import DiscordSettings
from bot.linking.upkeep import settle
from bot.links.proofs import ProofMethod
from bot.ui.client import Bot, point_at
from sandbox.world import BOT_TOKEN
from tests.sandbox_client import Answer, Person, open_sandbox
from tests.web.harness import PageHarness, open_page


async def _nothing_to_cancel() -> None:
    """There are no reads here."""


@pytest.fixture
async def harness(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[PageHarness]:
    """Discord, the page's handlers, and the cogs about proofs; a round about contests is every few milliseconds.

    Beside a page with codes, signatures may be pasted too.
    """
    method = getattr(request, "param", ProofMethod.PASTE)
    async with open_sandbox() as sandbox, open_page(sandbox, tmp_path, method=method) as harness:
        settings = DiscordSettings(
            api_url=f"{sandbox.url}/api/v10", gateway_url=f"{sandbox.url.replace('http', 'ws', 1)}/gateway/"
        )
        point_at(settings)
        bot = Bot(settings, cancel_reads=_nothing_to_cancel)
        proofs = ProofMessages(bot, harness.linking, public_url=harness.url, paste=method is ProofMethod.CODE)
        await bot.add_cog(VerifyCog(harness.linking, proofs))
        await bot.add_cog(LinkingCog(bot, harness.linking, proofs, expires=600))
        await bot.add_cog(AccountsCog(bot, harness.linking, proofs, expires=600))
        notifications = NotificationsCog(bot, harness.linking)
        await bot.add_cog(notifications)
        background = Background()

        async def settle_now() -> None:
            await settle(harness.store, harness.linking.pseudonym, harness.linking.clock())

        round_ = contest_run(bot.is_ready, notifications.deliver, settle_now)
        background.every(timedelta(milliseconds=20), round_, name="contests")
        stop = asyncio.Event()
        running = asyncio.create_task(run_until(stop, bot, BOT_TOKEN, background))
        try:
            await sandbox.online()
            yield harness
        finally:
            stop.set()
            await running


async def until(what: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Return when something has become true."""
    async with asyncio.timeout(seconds):
        while not await what():  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.02)


async def prove(harness: PageHarness, username: str, account: str) -> Answer:
    """Somebody proves an account with a pasted signature; the answer."""
    sandbox = harness.sandbox
    person = await sandbox.person(username)
    answer = await person.run("verify", account=account)
    signature = await sandbox.signature(text_of(answer), account)
    return await person.submit(await person.press(answer, "paste"), signature=signature)


def text_of(answer: Answer) -> str:
    """The text to be signed."""
    content: str = answer.message["content"]
    return content.removeprefix("```text\n").removesuffix("\n```")


async def titles_sent_to(person: Person) -> list[str]:
    """The titles of the direct messages to somebody."""
    return [embed["title"] for message in await person.direct_messages() for embed in message["embeds"]]


async def all_are_notified(harness: PageHarness) -> None:
    """Return when nobody is left to be notified; time that a test lets pass earlier would come too late."""

    async def is_done() -> bool:
        return await harness.linking.notifications.pending() == []

    await until(is_done)


async def has_notifications(person: Person, *titles: str) -> None:
    """Return when somebody has got exactly these direct messages."""

    async def have() -> bool:
        return await titles_sent_to(person) == list(titles)

    await until(have)


def url_of(answer: Answer) -> str:
    """Where the button leads."""
    (button,) = [item for item in answer.components() if "url" in item]
    return str(button["url"])


async def has_become(harness: PageHarness, answer: Answer, title: str) -> Answer:
    """The answer once it has another title."""
    current = answer

    async def has() -> bool:
        nonlocal current
        current = await harness.sandbox.current(answer)
        return bool(current.embeds[0]["title"] == title)

    await until(has)
    return current
