"""Whom Discord names as a member is passed on to sync: from every kind of interaction, late, and not at each press."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.cogs.members.seen_members import SeenMembers
from bot.errors import StoreError
from bot.messages import Message
from bot.store import Store
from tests.cogs.servers.admin_bot import AdminBot, open_admin_bot
from tests.sandbox_client import open_sandbox

_BROKEN = Message("The disk is full.")


class Ledger:
    """Who was stored; fails as often as it is asked to."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []
        self.failures = 0
        self.stored = asyncio.Event()

    async def see(self, guild_id: int, user_id: int, joined_at: datetime) -> None:
        """As sync would."""
        assert joined_at.tzinfo
        if self.failures:
            self.failures -= 1
            raise StoreError(_BROKEN)
        self.seen.append((guild_id, user_id))
        self.stored.set()

    async def next(self) -> tuple[int, int]:
        """The next one that is stored."""
        async with asyncio.timeout(60):
            await self.stored.wait()
        self.stored.clear()
        return self.seen[-1]


@pytest.fixture
async def admin(tmp_path: Path) -> AsyncIterator[AdminBot]:
    """A connected bot."""
    store = await Store.open(None)
    async with open_sandbox() as sandbox, open_admin_bot(sandbox, tmp_path, store) as admin:
        yield admin
    await store.close()


async def test_a_command_and_a_refused_command_both_say_who_is_a_member(admin: AdminBot) -> None:
    ledger = Ledger()
    members = SeenMembers(ledger.see, delay=0)
    admin.bot.observe(members.notice)
    rosalind, hana = await admin.sandbox.person("rosalind"), await admin.sandbox.person("hana")
    await rosalind.run("settings show")
    assert await ledger.next() == (int(rosalind.guild or 0), int(rosalind.user))
    data = {"id": "1", "type": 1, "name": "panel", "options": [{"name": "post", "type": 1, "options": []}]}
    await hana.send_handmade(2, data)
    assert await ledger.next() == (int(hana.guild or 0), int(hana.user))
    await members.close()


async def test_a_member_who_was_stored_is_not_stored_at_every_press_but_again_after_a_failure(admin: AdminBot) -> None:
    ledger = Ledger()
    members = SeenMembers(ledger.see, delay=0)
    ledger.failures = 1
    admin.bot.observe(members.notice)
    rosalind = await admin.sandbox.person("rosalind")
    for _ in range(3):
        await rosalind.run("settings show")
    await ledger.next()
    await rosalind.run("settings show")
    await members.close()
    assert ledger.seen == [(int(rosalind.guild or 0), int(rosalind.user))]


async def test_an_interaction_is_answered_before_anything_is_stored(admin: AdminBot) -> None:
    release = asyncio.Event()

    async def wait(guild_id: int, user_id: int, joined_at: datetime) -> None:
        del guild_id, user_id, joined_at
        await release.wait()

    members = SeenMembers(wait, delay=0)
    admin.bot.observe(members.notice)
    rosalind = await admin.sandbox.person("rosalind")
    answer = await rosalind.run("settings show")
    assert answer.embeds[0]["title"] == "Settings of this server"
    assert not release.is_set()
    release.set()
    await members.close()
