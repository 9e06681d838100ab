"""More answers than can be pressed at the same time, as members meet them; here that is two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.app.background import Background
from bot.app.run import run_until
from bot.app.serve import open_lookup
from bot.cogs.holdings.collections_cog import Collections
from bot.config.settings import load
from bot.linking import Accounts, ProvenHere, Shares
from bot.store import Store
from bot.store.pseudonyms import pseudonyms
from bot.ui.client import Bot, point_at
from bot.ui.live_answers import LiveAnswers
from sandbox.world import BOT_TOKEN
from tests.sandbox_client import SECRETS, SandboxClient, open_sandbox, write_config

TOO_MANY = "Too many answers are open, so the oldest no longer work. Use the command again."


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def crowded(tmp_path: Path) -> AsyncIterator[SandboxClient]:
    """A sandbox whose bot lets two answers be pressed at the same time."""
    async with open_sandbox() as sandbox:
        settings = load(write_config(tmp_path, sandbox, loopring="requests_per_second = 1000"), SECRETS)
        point_at(settings.discord)
        store = await Store.open(None)
        async with open_lookup(settings, store) as lookup:
            bot = Bot(settings.discord, cancel_reads=lookup.close, live_answers=LiveAnswers(at_most=2))
            linking: Any = SimpleNamespace(  # the commands about holdings need no more of it
                accounts=Accounts(store, lookup, pseudonyms(BOT_TOKEN), _now),
                shares=Shares(store),
                proven=ProvenHere(store, vouching=False),
            )
            await bot.add_cog(Collections(bot, lookup, linking, gateways=(), expires=600))
            stop = asyncio.Event()
            running = asyncio.create_task(run_until(stop, bot, BOT_TOKEN, Background()))
            try:
                await sandbox.online()
                yield sandbox
            finally:
                stop.set()
                await running
        await store.close()


async def test_a_press_on_the_oldest_says_why_it_no_longer_works(crowded: SandboxClient) -> None:
    ada = await crowded.person("ada")
    oldest, *others = [await ada.run("collections", account="10001") for _ in range(3)]
    refused = await ada.press(oldest, "next")
    assert refused.text == TOO_MANY
    assert refused.message["ephemeral"]
    for answer in others:
        assert (await ada.press(answer, "next")).component("jump")["label"] == "2 / 6"


async def test_an_answer_that_is_used_outlives_one_that_is_not(crowded: SandboxClient) -> None:
    ada = await crowded.person("ada")
    used = await crowded.settled(await ada.run("collections", account="10001"))
    left = await crowded.settled(await ada.run("collections", account="10001"))
    used = await ada.press(used, "next")
    await ada.run("collections", account="10001")
    assert (await ada.press(used, "next")).component("jump")["label"] == "3 / 6"
    assert (await ada.press(left, "next")).text == TOO_MANY


async def test_a_list_that_still_arrives_when_it_ends_is_shown_whole_without_buttons(crowded: SandboxClient) -> None:
    ada = await crowded.person("ada")
    account = await crowded.new_account(collections=132)
    await crowded.fault("slow", seconds=1.0, after=1)
    first = await ada.run("collections", account=account)
    assert first.component("jump")["label"] == "1 / 10"
    for _ in range(2):
        await ada.run("collections", account="10001")
    settled = await crowded.settled(first)
    assert "**132 collections**" in settled.text
    assert settled.components() == []
