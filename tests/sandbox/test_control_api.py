"""The control API: what each route changes, and that a reset restores everything."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import aiohttp
import pytest

from sandbox.app import make_app
from sandbox.app_keys import BOT, DISCORD
from sandbox.bot_process import BotProcess
from sandbox.community import load_world
from sandbox.discord import Discord
from tests.sandbox.discord_client import DiscordHarness
from tests.sandbox.raw_gateway import connect
from tests.sandbox.serving import serving


async def test_reset_puts_everything_back_in_place() -> None:
    world = load_world()
    async with serving(world) as sandbox:
        await sandbox.details(10001)
        await sandbox.post("/_sandbox/faults", {"service": "loopring", "kind": "html"})
        await sandbox.post("/_sandbox/latency", {"service": "discord", "seconds": 1})
        await sandbox.post("/_sandbox/accounts", {"account": 10003, "collections": 3})
        world.accounts[10002].holdings.clear()
        assert await sandbox.post("/_sandbox/reset") == (200, {})
        assert sandbox.world is world
        assert world == load_world()
        assert await sandbox.get("/_sandbox/faults") == (200, [])
        assert await sandbox.get("/_sandbox/latency") == (200, {})
        _, traffic = await sandbox.get("/_sandbox/traffic")
        assert traffic["exchanges"] == []
        assert (await sandbox.details(10002))[1]["totalNum"] == 1


async def test_reset_goes_back_to_the_world_the_application_was_made_with() -> None:
    world = load_world()
    world.accounts[10002].holdings.clear()
    async with serving(world) as sandbox:
        world.accounts[10002].holdings[254] = {}
        await sandbox.post("/_sandbox/reset")
        assert sandbox.world.accounts[10002].holdings == {}
        sandbox.world.accounts[10002].holdings[254] = {}
        await sandbox.post("/_sandbox/reset")
        assert sandbox.world.accounts[10002].holdings == {}


async def test_seed_adds_the_same_community_and_a_reset_removes_it() -> None:
    async with serving() as sandbox:
        first = await sandbox.post("/_sandbox/seed", {"seed": 7})
        again = await sandbox.post("/_sandbox/seed", {"seed": 7})
        other = await sandbox.post("/_sandbox/seed", {"seed": 8})
        assert first == again
        assert other[1]["users"] == first[1]["users"] == 200
        assert other[1]["collections"] != first[1]["collections"]
        await sandbox.post("/_sandbox/reset")
        assert len(sandbox.world.users) == 40


async def test_an_account_can_be_given_collections() -> None:
    async with serving() as sandbox:
        status, made = await sandbox.post("/_sandbox/accounts", {"account": "31337", "collections": 120, "kinds": 2})
        assert (status, made["account"], made["collections"]) == (200, 31337, 120)
        _, page = await sandbox.details(31337, limit=50)
        assert (page["totalNum"], len(page["collections"])) == (120, 50)
        assert {row["count"] for row in page["collections"]} == {2}
        _, account = await sandbox.get("/loopring/api/v3/account", owner=made["owner"])
        assert account["accountId"] == 31337
        await sandbox.post("/_sandbox/accounts", {"account": 31337, "collections": 1})
        assert (await sandbox.details(31337))[1]["totalNum"] == 121


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("accounts", {"account": 1, "collections": 10_000_000}),
        ("accounts", {"collections": 1}),
        ("accounts", {"account": "ten", "collections": 1}),
        ("seed", {}),
        ("seed", {"seed": True}),
        ("announce", {"guilds": -1}),
        ("gateway", {"action": "explode"}),
        ("latency", {"seconds": 1}),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_sentence(path: str, body: dict[str, Any]) -> None:
    async with serving() as sandbox:
        status, answer = await sandbox.post(f"/_sandbox/{path}", body)
    assert status == 400
    assert answer["error"]


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"'])
async def test_a_body_that_is_no_object_is_refused(raw: bytes) -> None:
    async with serving() as sandbox, sandbox.session.post(f"{sandbox.address}/_sandbox/seed", data=raw) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]


async def test_the_gateway_can_be_made_to_refuse() -> None:
    async with serving() as sandbox:
        assert await sandbox.post("/_sandbox/gateway", {"action": "refuse", "times": 1}) == (200, {})
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await sandbox.session.ws_connect(f"{sandbox.address}/gateway/")
        assert refused.value.status == 503
        async with sandbox.session.ws_connect(f"{sandbox.address}/gateway/") as socket:
            assert (await socket.receive_json())["op"] == 10


async def test_announced_guilds_are_passed_to_discord() -> None:
    async with serving() as sandbox:
        await sandbox.post("/_sandbox/announce", {"guilds": 500, "members": 20})
        discord: Discord = sandbox.app[DISCORD]
        assert (discord.extra_guilds.guilds, discord.extra_guilds.members) == (500, 20)


async def test_without_a_bot_of_its_own_the_sandbox_says_so() -> None:
    async with serving() as sandbox:
        assert await sandbox.get("/_sandbox/bot") == (
            200,
            {"online": False, "managed": False, "running": None, "pid": None, "starts": 0},
        )
        assert await sandbox.get("/_sandbox/log") == (200, {"lines": []})
        status, body = await sandbox.post("/_sandbox/bot/restart")
    assert (status, "cannot restart" in body["error"]) == (409, True)


async def test_a_bot_of_its_own_is_seen_and_restarted() -> None:
    printed = asyncio.Event()
    command = [sys.executable, "-c", "import time; print('hello', flush=True); time.sleep(60)"]
    process = BotProcess(command, {}, lambda line: printed.set() if line == "hello" else None, between_starts=0.1)
    app = make_app(load_world())
    app[BOT] = process
    async with serving(app=app) as sandbox:
        process.start()
        try:
            await asyncio.wait_for(printed.wait(), 60)
            _, before = await sandbox.get("/_sandbox/bot")
            assert (before["managed"], before["running"], before["starts"]) == (True, True, 1)
            assert await sandbox.get("/_sandbox/log") == (200, {"lines": ["hello"]})
            printed.clear()
            assert (await sandbox.post("/_sandbox/bot/restart"))[0] == 200
            await asyncio.wait_for(printed.wait(), 60)
            _, after = await sandbox.get("/_sandbox/bot")
            assert (after["running"], after["starts"], after["pid"] != before["pid"]) == (True, 2, True)
        finally:
            await process.stop()
        assert not process.running


async def test_clearing_all_faults_ends_the_waiting_of_a_bot_that_is_online() -> None:
    printed: asyncio.Queue[str] = asyncio.Queue()
    code = (
        "import signal, time\n"
        "signal.signal(signal.SIGHUP, lambda *_: print('tries again', flush=True))\n"
        "print('up', flush=True); time.sleep(60); time.sleep(60)"
    )
    process = BotProcess([sys.executable, "-c", code], {}, printed.put_nowait)
    app = make_app(load_world())
    app[BOT] = process
    async with serving(app=app) as sandbox:
        process.start()
        try:
            assert await asyncio.wait_for(printed.get(), 60) == "up"
            await sandbox.delete("/_sandbox/faults")  # the signal would end one that is not ready for it yet
            bot = await connect(DiscordHarness(app[DISCORD], sandbox.address, sandbox.session))
            await bot.identify()
            await sandbox.delete("/_sandbox/faults?name=one-of-them")
            await sandbox.delete("/_sandbox/faults")
            assert await asyncio.wait_for(printed.get(), 60) == "tries again"
        finally:
            await process.stop()
    assert list(process.lines).count("tries again") == 1


async def test_every_part_is_served_under_one_port() -> None:
    async with serving() as sandbox:
        for path in ("/", "/_client/people", "/_sandbox/bot", "/cdn/embed/avatars/0.png"):
            async with sandbox.session.get(sandbox.address + path) as answer:
                assert answer.status == 200, path
