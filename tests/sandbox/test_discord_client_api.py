"""What the people's clients read, and the events they get."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import discord
from discord import app_commands

from sandbox.discord.interactions import Deadlines
from sandbox.world import APPLICATION_ID
from tests.sandbox.discord_client import ADA, BEN, CHANNEL, GUILD, LOW_ROLE, OWNER, STRANGER, harness, online

Interaction = discord.Interaction[Any]


def register(tree: app_commands.CommandTree[Any]) -> None:
    @tree.command(description="Only you see it")
    async def secret(interaction: Interaction) -> None:
        await interaction.response.send_message("psst", ephemeral=True)

    @tree.command(description="Everybody sees it")
    async def shout(interaction: Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="HEY")
        await interaction.delete_original_response()


async def test_people_are_listed_without_bots() -> None:
    async with harness() as on:
        people = await on.get("/people")
        assert [(one["username"], one["guilds"]) for one in people] == [
            ("owner", [str(GUILD)]),
            ("ada", [str(GUILD)]),
            ("ben", [str(GUILD)]),
            ("stranger", []),
        ]


async def test_the_state_shows_servers_roles_and_whether_the_bot_is_there() -> None:
    async with harness() as on:
        on.guild.members[BEN].roles = [LOW_ROLE]
        state = await on.get("/state", user=BEN)
        assert state["application"] == {
            "id": str(APPLICATION_ID),
            "name": "Tessera",
            "avatar_url": state["application"]["avatar_url"],
            "online": False,
            "presence": "",
        }
        [guild] = state["guilds"]
        assert [role["name"] for role in guild["roles"]][:2] == ["Admin", "Tessera"]
        assert guild["roles"][-1]["name"] == "@everyone"
        ben = next(member for member in guild["members"] if member["id"] == str(BEN))
        assert ben["color"] == 0x336699
        assert ben["roles"] == [str(LOW_ROLE)]
        assert (await on.get("/state", user=STRANGER))["guilds"] == []
        async with online(on, register):
            assert (await on.get("/state", user=OWNER))["application"]["online"] is True


async def test_events_reach_those_who_may_see_them() -> None:
    async with (
        harness() as on,
        on.session.ws_connect(f"{on.address}/_client/events?user={BEN}") as bens,
        on.session.ws_connect(f"{on.address}/_client/events?user={ADA}") as adas,
        online(on, register),
    ):
        await on.type("secret")
        await on.type("shout")
        received: dict[str, list[str]] = {"ben": [], "ada": []}
        for name, events in (("ben", bens), ("ada", adas)):
            while "message_delete" not in received[name]:
                event = await events.receive_json(timeout=60)
                if event["type"].startswith("message"):
                    received[name].append(event["type"])
        assert received["ada"] == ["message_create", "message_update", "message_delete"]
        assert received["ben"] == ["message_create", *received["ada"]]
        on.discord.publish({"type": "log", "line": "hello"})
        assert await bens.receive_json(timeout=60) == {"type": "log", "line": "hello"}


async def test_waiting_ends_when_time_is_up() -> None:
    async with harness() as on:
        on.discord.commands.overwrite(None, [{"name": "ping", "description": "d"}])
        body = {"user": str(BEN), "guild": str(GUILD), "channel": str(CHANNEL), "name": "ping"}
        _, sent = await on.post("/commands", body)
        start = time.perf_counter()
        outcome = await on.get(f"/interactions/{sent['interaction']}", wait="answered", timeout=0.1)
        assert outcome["state"] == "pending"
        assert 0.09 < time.perf_counter() - start < 10


async def test_a_failure_is_reported_to_the_person_who_used_the_command() -> None:
    async with (
        harness(deadlines=Deadlines(first_response=0.05)) as on,
        on.session.ws_connect(f"{on.address}/_client/events?user={BEN}") as events,
    ):
        on.discord.commands.overwrite(None, [{"name": "ping", "description": "d"}])
        outcome = await on.type("ping")
        assert outcome["state"] == "failed"
        assert await events.receive_json() == {"type": "commands"}
        event = await events.receive_json(timeout=60)
        assert event["type"] == "interaction_failed"
        assert event["interaction"] == outcome["id"]
        assert event["error"] == "The application did not respond"


async def test_missing_suggestions_are_a_504() -> None:
    async with harness(deadlines=Deadlines(first_response=0.05)) as on:
        option = {"type": 3, "name": "word", "description": "d", "autocomplete": True}
        on.discord.commands.overwrite(None, [{"name": "find", "description": "d", "options": [option]}])
        body = {"user": str(BEN), "guild": str(GUILD), "channel": str(CHANNEL), "name": "find", "focused": "word"}
        assert (await on.post("/autocomplete", body))[0] == 504


async def test_a_reset_forgets_messages_but_not_commands_nor_the_session() -> None:
    async with harness() as on, online(on, register) as bot:
        await on.type("secret")
        on.guild.name = "Renamed"
        on.discord.reset()
        assert await on.messages(BEN) == []
        assert [command["name"] for command in await on.get("/commands", user=BEN, guild=GUILD)] == ["secret", "shout"]
        assert (await on.type("secret"))["state"] == "answered"
        guild = bot.get_guild(GUILD)
        assert guild is not None
        assert guild.name == "Renamed"


async def test_what_makes_no_sense_is_a_sentence_not_a_crash() -> None:
    async with harness() as on:
        for path in ("/commands", "/components", "/modals", "/autocomplete"):
            for body in ({}, {"user": "x"}, {"user": str(BEN), "guild": None}):
                status, answer = await on.post(path, body)
                assert status == 400
                assert answer["error"]
        async with on.session.get(f"{on.address}/_client/interactions/1") as answer:
            assert answer.status == 404


async def test_two_hundred_at_once_are_all_acknowledged_in_time() -> None:
    async with harness() as on, online(on, register):
        outcomes = await asyncio.gather(*(on.type("secret") for _ in range(200)))
        assert {outcome["state"] for outcome in outcomes} == {"answered"}
        assert max(outcome["acknowledged_ms"] for outcome in outcomes) < 3000
