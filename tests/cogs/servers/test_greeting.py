"""The owner of a new server gets three steps once, and nobody gets them after an update."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.cogs.servers.greeting_cog import GreetingCog
from bot.store import Store
from sandbox.world import JOINED_AT
from tests.cogs.servers.admin_bot import open_admin_bot
from tests.sandbox_client import open_sandbox

JOINED = datetime.fromisoformat(JOINED_AT)


async def test_the_owner_of_a_new_server_is_greeted_once_also_over_a_restart(tmp_path: Path) -> None:
    store = await Store.open(None)
    async with open_sandbox() as sandbox:
        rosalind, hana = await sandbox.person("rosalind"), await sandbox.person("hana")
        for _ in range(2):
            async with open_admin_bot(sandbox, tmp_path, store) as admin:
                await GreetingCog(admin.bot, store, lambda: JOINED + timedelta(days=1)).on_ready()
        (greeting,) = await rosalind.direct_messages()
        assert greeting["embeds"][0]["title"] == "Tessera is in The Mosaic Society"
        for step in ("drag **Tessera** above each role", "`/gate add`", "`/panel post`"):
            assert step in greeting["embeds"][0]["description"]
        assert "lacks the permission" not in greeting["embeds"][0]["description"]
        assert "http" not in str(greeting["embeds"])
        assert await hana.direct_messages() == []
    await store.close()


async def test_a_server_of_long_ago_or_in_which_something_is_set_gets_no_greeting(tmp_path: Path) -> None:
    store = await Store.open(None)
    async with open_sandbox() as sandbox:
        rosalind = await sandbox.person("rosalind")
        async with open_admin_bot(sandbox, tmp_path, store) as admin:
            await GreetingCog(admin.bot, store, lambda: JOINED + timedelta(days=8)).on_ready()
            await rosalind.run("settings grace", hours=1)
            await GreetingCog(admin.bot, store, lambda: JOINED + timedelta(days=1)).on_ready()
        assert await rosalind.direct_messages() == []
    await store.close()


async def test_a_greeting_that_could_not_be_written_is_written_later_and_one_that_is_refused_is_not(
    tmp_path: Path,
) -> None:
    store = await Store.open(None)
    async with open_sandbox() as sandbox:
        rosalind = await sandbox.person("rosalind")
        async with open_admin_bot(sandbox, tmp_path, store) as admin:
            cog = GreetingCog(admin.bot, store, lambda: JOINED + timedelta(days=1))
            fault = {"service": "discord", "path": "/users/@me/channels", "kind": "status", "status": 404, "times": 1}
            await sandbox.post("/_sandbox/faults", fault)
            await cog.on_ready()
            assert await rosalind.direct_messages() == []
            await cog.on_ready()
            assert len(await rosalind.direct_messages()) == 1
    await store.close()


async def test_a_greeting_that_a_stop_broke_off_is_written_at_the_next_start(tmp_path: Path) -> None:
    store = await Store.open(None)
    async with open_sandbox() as sandbox:
        rosalind = await sandbox.person("rosalind")
        slow = {"service": "discord", "path": "/users/@me/channels", "kind": "slow", "seconds": 30, "times": 1}
        async with open_admin_bot(sandbox, tmp_path, store) as admin:
            cog = GreetingCog(admin.bot, store, lambda: JOINED + timedelta(days=1))
            await sandbox.post("/_sandbox/faults", slow)
            greeting = asyncio.create_task(cog.on_ready())
            await sandbox.until_asked("/users/@me/channels")
            greeting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await greeting
            await cog.on_ready()
        assert len(await rosalind.direct_messages()) == 1
    await store.close()


async def test_a_greeting_whose_response_was_lost_is_sent_again_as_the_same_one(tmp_path: Path) -> None:
    store = await Store.open(None)
    async with open_sandbox() as sandbox, open_admin_bot(sandbox, tmp_path, store) as admin:
        cog = GreetingCog(admin.bot, store, lambda: JOINED + timedelta(days=1))
        fault = {"service": "discord", "path": "/messages", "kind": "lost", "reset": True, "times": 1}
        await sandbox.post("/_sandbox/faults", fault)
        guild = admin.bot.guilds[0]
        for _ in range(2):  # the second finds that it was sent
            await cog.on_guild_join(guild)
            exchanges = (await sandbox.get("/_sandbox/traffic", service="discord"))["exchanges"]
            bodies = [each["request"] for each in exchanges if each["path"].endswith("/messages")]
            assert [(body["nonce"], body["enforce_nonce"]) for body in bodies] == 2 * [(f"greet-{guild.id:x}", True)]
    await store.close()


async def test_an_owner_who_accepts_no_direct_messages_is_not_tried_again(tmp_path: Path) -> None:
    store = await Store.open(None)
    async with open_sandbox() as sandbox:
        rosalind = await sandbox.person("rosalind")
        await rosalind.set_direct_messages(accepts=False)
        async with open_admin_bot(sandbox, tmp_path, store) as admin:
            cog = GreetingCog(admin.bot, store, lambda: JOINED + timedelta(days=1))
            await cog.on_ready()
            await rosalind.set_direct_messages(accepts=True)
            await cog.on_ready()
        assert await rosalind.direct_messages() == []
    await store.close()
