"""Sessions of the gateway: how they begin, break and are resumed."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from sandbox.discord.interactions import Deadlines
from sandbox.world import APPLICATION_ID, BOT_TOKEN, Guild
from tests.sandbox.discord_client import ADA, BEN, GUILD, STRANGER, DiscordHarness, Json, harness, online, until
from tests.sandbox.raw_gateway import GUILDS, connect

Interaction = discord.Interaction[Any]
MEMBERS = 2


def register(tree: app_commands.CommandTree[Any]) -> None:
    @tree.command(description="Answers")
    async def ping(interaction: Interaction) -> None:
        await interaction.response.send_message("pong")


@pytest.mark.parametrize("compress", ["", "zlib-stream", "zstd-stream"])
async def test_every_compression_carries_the_same_session(compress: str) -> None:
    async with harness() as on:
        raw = await connect(on, compress)
        ready = await raw.identify(shard=[0, 1])
        assert ready["shard"] == [0, 1]
        assert ready["guilds"] == [{"id": str(GUILD), "unavailable": True}]
        assert ready["resume_gateway_url"].endswith("/gateway/")
        created = await raw.receive()
        assert (created["t"], created["s"]) == ("GUILD_CREATE", 2)
        assert created["d"]["member_count"] == 4
        assert [member["user"]["id"] for member in created["d"]["members"]] == [str(APPLICATION_ID)]
        await raw.send(1, 2)
        assert (await raw.receive())["op"] == 11
        await raw.socket.close()


async def test_a_zlib_frame_ends_with_the_mark_of_a_flush() -> None:
    async with harness() as on:
        url = f"{on.address}/gateway/?compress=zlib-stream"
        async with on.session.ws_connect(url) as socket:
            frame = await socket.receive_bytes()
            assert frame.endswith(b"\x00\x00\xff\xff")


@pytest.mark.parametrize(
    ("opcode", "body", "code"),
    [
        pytest.param(2, {"token": "other", "intents": 1}, 4004, id="wrong token"),
        pytest.param(2, {"token": BOT_TOKEN, "intents": "x"}, 4013, id="invalid intents"),
        pytest.param(2, {"token": BOT_TOKEN, "intents": GUILDS | MEMBERS}, 4014, id="disallowed intent"),
        pytest.param(2, {"token": BOT_TOKEN, "intents": 1, "shard": [2, 2]}, 4010, id="no such shard"),
        pytest.param(8, {"guild_id": GUILD}, 4003, id="not authenticated"),
        pytest.param(2, {"token": BOT_TOKEN, "pad": "x" * 5000}, 4002, id="too long"),
    ],
)
async def test_the_gateway_closes_on_what_it_does_not_accept(opcode: int, body: Json, code: int) -> None:
    async with harness() as on:
        raw = await connect(on)
        await raw.send(opcode, body)
        assert await raw.closed_with() == code


async def test_a_wrong_version_is_closed_with_4012() -> None:
    async with harness() as on, on.session.ws_connect(f"{on.address}/gateway/?v=3") as socket:
        await socket.receive()
        assert socket.close_code == 4012


@pytest.mark.parametrize("action", ["drop", "reconnect"])
async def test_after_a_break_the_library_resumes(action: str) -> None:
    async with harness() as on, online(on, register) as bot:
        await on.discord.gateway_action(action, {})
        await until(lambda: bot.moments == ["connect", "resumed"])
        assert (await on.type("ping"))["message"]["content"] == "pong"
        assert on.discord.gateway.identifies == 1


async def away(on: DiscordHarness) -> str:
    """A session whose bot saw READY and GUILD_CREATE and then lost the connection; returns its id."""
    raw = await connect(on)
    session: str = (await raw.identify())["session_id"]
    await raw.receive()
    await on.discord.gateway_action("drop", {})
    assert await raw.closed_with() == 4000
    await until(lambda: not on.discord.connected())
    return session


async def test_what_was_missed_is_replayed_in_order_before_resumed() -> None:
    async with harness() as on:
        session = await away(on)
        for name in ("FIRST", "SECOND"):
            on.discord.gateway.dispatch(GUILD, name, {})
        raw = await connect(on)
        await raw.send(6, {"token": BOT_TOKEN, "session_id": session, "seq": 2})
        events = [await raw.receive() for _ in range(3)]
        assert [(event["t"], event["s"]) for event in events] == [("FIRST", 3), ("SECOND", 4), ("RESUMED", 5)]
        assert isinstance(events[2]["d"], dict)
        await raw.socket.close()


async def test_a_session_that_missed_too_much_cannot_be_resumed() -> None:
    async with harness() as on:
        session = await away(on)
        for _ in range(1200):
            on.discord.gateway.dispatch(GUILD, "ANY", {})
        raw = await connect(on)
        await raw.send(6, {"token": BOT_TOKEN, "session_id": session, "seq": 2})
        assert (await raw.receive())["op"] == 9
        await raw.socket.close()


async def test_an_invalid_session_that_can_be_resumed_is() -> None:
    async with harness() as on, online(on, register) as bot:
        await on.discord.gateway_action("invalid_session", {"resumable": True})
        await until(lambda: "resumed" in bot.moments)
        assert (await on.type("ping"))["state"] == "answered"
        assert on.discord.gateway.identifies == 1


async def test_an_invalid_session_starts_again_and_loses_what_was_sent_meanwhile() -> None:
    async with harness(deadlines=Deadlines(first_response=0.3)) as on, online(on, register) as bot:
        await on.discord.gateway_action("invalid_session", {"resumable": False})
        lost = await on.type("ping")
        assert lost["state"] == "failed"
        await until(lambda: bot.moments == ["connect", "connect"])
        assert on.discord.gateway.identifies == 2
        await until(on.discord.connected)
        assert (await on.type("ping"))["state"] == "answered"


async def test_an_unknown_session_cannot_be_resumed() -> None:
    async with harness() as on:
        raw = await connect(on)
        await raw.send(6, {"token": BOT_TOKEN, "session_id": "none", "seq": 1})
        answer = await raw.receive()
        assert (answer["op"], answer["d"]) == (9, False)
        assert (await raw.identify())["v"] == 10
        await raw.socket.close()


async def test_a_session_closed_by_the_bot_is_over() -> None:
    async with harness() as on:
        raw = await connect(on)
        session = (await raw.identify())["session_id"]
        await raw.socket.close(code=1000)
        await until(lambda: not on.discord.connected())
        again = await connect(on)
        await again.send(6, {"token": BOT_TOKEN, "session_id": session, "seq": 1})
        assert (await again.receive())["op"] == 9
        await again.socket.close()


async def test_refused_connections_are_counted_down() -> None:
    async with harness() as on:
        await on.discord.gateway_action("refuse", {"times": 1})
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await connect(on)
        raw = await connect(on)
        await raw.socket.close()


async def test_a_zombie_no_longer_acknowledges_heartbeats() -> None:
    async with harness() as on:
        raw = await connect(on)
        await raw.identify()
        await raw.receive()
        await on.discord.gateway_action("zombie", {})
        await raw.send(1, 2)
        with pytest.raises(TimeoutError):
            await raw.socket.receive(timeout=0.1)
        await raw.socket.close()


async def test_a_silent_bot_is_disconnected() -> None:
    async with harness(heartbeat_ms=60) as on:
        raw = await connect(on)
        assert await raw.closed_with() == 4009


async def test_a_malformed_event_lacks_a_name() -> None:
    async with harness() as on:
        raw = await connect(on)
        await raw.identify()
        await raw.receive()
        await on.discord.gateway_action("malformed", {})
        event = await raw.receive()
        assert event["t"] == "GUILD_MEMBER_UPDATE"
        assert "username" not in event["d"]["user"]
        await raw.socket.close()


async def test_an_unknown_action_is_an_error() -> None:
    async with harness() as on:
        with pytest.raises(ValueError, match="no such gateway action"):
            await on.discord.gateway_action("explode", {})


async def test_members_are_found_by_id_and_by_name() -> None:
    async with harness() as on, online(on, register) as bot:
        guild = bot.get_guild(GUILD)
        assert guild is not None
        found = await guild.query_members(user_ids=[ADA, BEN, STRANGER])
        assert [member.name for member in found] == ["ada", "ben"]
        assert [member.id for member in await guild.query_members("be", limit=5)] == [BEN]


async def test_missing_members_are_listed() -> None:
    async with harness() as on:
        raw = await connect(on)
        await raw.identify()
        await raw.receive()
        await raw.send(8, {"guild_id": str(GUILD), "user_ids": [ADA, 7], "limit": 0, "nonce": "n1"})
        chunk = (await raw.receive())["d"]
        assert chunk["not_found"] == ["7"]
        assert chunk["nonce"] == "n1"
        assert (chunk["chunk_index"], chunk["chunk_count"]) == (0, 1)
        await raw.send(8, {"guild_id": str(GUILD)})
        assert await raw.closed_with() == 4001


async def test_the_whole_list_needs_the_intent_and_comes_once_in_thirty_seconds() -> None:
    async with harness(privileged_intents=MEMBERS) as on:
        raw = await connect(on)
        await raw.identify(intents=GUILDS | MEMBERS)
        created = await raw.receive()
        assert len(created["d"]["members"]) == 4
        whole = {"guild_id": str(GUILD), "query": "", "limit": 0, "nonce": "n"}
        await raw.send(8, whole)
        assert len((await raw.receive())["d"]["members"]) == 4
        await raw.send(8, whole)
        limited = await raw.receive()
        assert limited["t"] == "RATE_LIMITED"
        assert 29 < limited["d"]["retry_after"] <= 30
        await raw.socket.close()
    async with harness() as on:
        raw = await connect(on)
        await raw.identify()
        await raw.receive()
        await raw.send(8, whole)
        with pytest.raises(TimeoutError):
            await raw.socket.receive(timeout=0.1)
        await raw.socket.close()


async def test_announced_guilds_carry_their_members() -> None:
    async with harness() as on:
        on.discord.announce(guilds=3, members=5)
        async with online(on, register) as bot:
            assert len(bot.guilds) == 4
            extra = [guild for guild in bot.guilds if guild.id != GUILD]
            assert {guild.member_count for guild in extra} == {6}
            assert all(guild.me is not None for guild in extra)
            assert (await on.type("ping"))["state"] == "answered"


async def test_too_many_guilds_need_shards() -> None:
    async with harness() as on:
        on.discord.announce(guilds=2500, members=0)
        raw = await connect(on)
        await raw.send(2, {"token": BOT_TOKEN, "intents": GUILDS, "properties": {}})
        assert await raw.closed_with() == 4011


async def test_clients_are_notified_when_the_bot_connects_and_disconnects() -> None:
    async with harness() as on, on.session.ws_connect(f"{on.address}/_client/events?user={BEN}") as events:
        async with online(on, register):
            received = [await events.receive_json(timeout=60) for _ in range(2)]
            assert {"type": "bot", "online": True} in received
            assert {"type": "commands"} in received
        assert await events.receive_json(timeout=60) == {"type": "bot", "online": False}


async def test_clients_are_notified_of_the_line_below_the_bots_name() -> None:
    async with harness() as on, on.session.ws_connect(f"{on.address}/_client/events?user={BEN}") as events:
        raw = await connect(on)
        await raw.identify()
        assert await events.receive_json(timeout=60) == {"type": "bot", "online": True}
        activity = {"type": 4, "name": "Custom Status", "state": "Hello"}
        for activities, line in (([activity], "Hello"), ([{"type": 0, "name": "Chess"}], "")):
            await raw.send(3, {"activities": activities, "status": "online", "since": None, "afk": False})
            assert await events.receive_json(timeout=60) == {"type": "presence", "line": line}


async def test_more_than_a_hundred_and_twenty_events_a_minute_are_too_many() -> None:
    async with harness() as on:
        raw = await connect(on)
        for n in range(121):
            await raw.send(1, n)
        assert await raw.closed_with() == 4008


async def test_the_bot_is_notified_of_guilds_that_are_added_and_removed() -> None:
    async with harness() as on, online(on, register) as bot:
        other = Guild(200 << 22, "Other", 500)
        other.members = on.guild.members
        on.discord.world.guilds[other.id] = other
        on.discord.refresh_guilds()
        await until(lambda: bot.get_guild(other.id) is not None)
        del on.discord.world.guilds[other.id]
        on.discord.refresh_guilds()
        await until(lambda: bot.get_guild(other.id) is None)
        assert bot.get_guild(GUILD) is not None
