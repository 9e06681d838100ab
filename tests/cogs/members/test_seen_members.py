"""Whom Discord names as a member is passed on to sync: from every kind of interaction, late, and quick presses once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cogs.members.seen_members import SeenMembers
from bot.errors import StoreError
from bot.links import ProofKind
from bot.messages import Message
from bot.store import Store
from bot.store.linking.link_table import put_proof
from bot.store.pseudonyms import pseudonyms
from tests.cogs.servers.admin_bot import AdminBot, open_admin_bot
from tests.sandbox_client import open_sandbox

_BROKEN = Message("The disk is full.")


class Ledger:
    """Who was stored; fails as often as it is asked to."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []
        self.failures = 0
        self.stored, self.failed = asyncio.Event(), asyncio.Event()

    async def see(self, guild_id: int, user_id: int, joined_at: datetime) -> None:
        """As sync would."""
        assert joined_at.tzinfo
        if self.failures:
            self.failures -= 1
            self.failed.set()
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


async def test_each_later_press_is_passed_on_again_as_it_is_after_a_failure(admin: AdminBot) -> None:
    """Whether somebody is stored may have changed meanwhile, by what happens elsewhere."""
    ledger = Ledger()
    members = SeenMembers(ledger.see, delay=0)
    admin.bot.observe(members.notice)
    rosalind = await admin.sandbox.person("rosalind")
    ledger.failures = 1
    await rosalind.run("settings show")
    async with asyncio.timeout(60):
        await ledger.failed.wait()
    for _ in range(2):
        await rosalind.run("settings show")
        await ledger.next()
    await members.close()
    assert ledger.seen == 2 * [(int(rosalind.guild or 0), int(rosalind.user))]


async def test_presses_that_follow_each_other_quickly_are_one(admin: AdminBot) -> None:
    ledger = Ledger()
    members = SeenMembers(ledger.see, delay=2)
    admin.bot.observe(members.notice)
    rosalind = await admin.sandbox.person("rosalind")
    for _ in range(3):
        await rosalind.run("settings show")
    await ledger.next()
    await members.close()
    assert ledger.seen == [(int(rosalind.guild or 0), int(rosalind.user))]


async def test_a_member_who_was_seen_before_any_proof_is_known_at_the_first_press_after_it(admin: AdminBot) -> None:
    """Also where they had their data deleted since, and proved again."""
    store, now = admin.store, datetime(2026, 11, 25, tzinfo=UTC)
    passed_on = asyncio.Queue[bool]()

    async def see(guild_id: int, user_id: int, joined_at: datetime) -> None:
        passed_on.put_nowait(await store.sync.members.seen(guild_id, user_id, joined_at, now, now))

    members = SeenMembers(see, delay=0)
    admin.bot.observe(members.notice)
    rosalind = await admin.sandbox.person("rosalind")
    user_id, owner = int(rosalind.user), "0x" + "1" * 40

    async def press() -> bool:
        """Somebody uses a command; whether they are known since then."""
        await rosalind.run("settings show")
        async with asyncio.timeout(60):
            await passed_on.get()
        return bool(await store.sync.members.of_user(user_id))

    async def prove() -> None:
        """They prove an account, in another server."""
        await store.writer.transaction(
            lambda db: put_proof(db, owner, user_id, ProofKind.KEY, now=now, text_hash=bytes(32))
        )

    assert not await press()
    await prove()
    assert await press()
    await store.members.delete(user_id, now, pseudonyms("a token"), refused_until=now)
    assert not await press()
    await prove()
    assert await press()
    await members.close()


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
