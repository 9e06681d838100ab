"""A stock client against the stand-in: it logs in, syncs, and people get its answers."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
import pytest
from discord import app_commands

from sandbox.discord.interactions import Deadlines
from tests.sandbox.discord_client import (
    ADA,
    BEN,
    CHANNEL,
    GUILD,
    LOW_ROLE,
    OTHER_CHANNEL,
    OWNER,
    DiscordHarness,
    Json,
    harness,
    online,
    until,
)

Interaction = discord.Interaction[Any]
Tree = app_commands.CommandTree[Any]


def register_greetings(tree: Tree) -> None:
    @tree.command(description="Greets after thinking")
    async def greet(interaction: Interaction, name: str) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(content=f"Hello {name}")

    @tree.command(description="Tells only you")
    async def whisper(interaction: Interaction) -> None:
        await interaction.response.send_message("psst", ephemeral=True)

    @tree.command(description="Thinks where only you see it")
    async def ponder(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)

    @tree.command(description="Takes too long")
    async def dawdle(interaction: Interaction) -> None:
        await asyncio.sleep(0.5)
        await interaction.response.send_message("late")

    @tree.command(description="Answers twice")
    async def stutter(interaction: Interaction) -> None:
        await interaction.response.send_message("one")
        again = discord.InteractionResponse(interaction)
        await again.send_message("two")

    @tree.command(description="Defers, then follows up")
    async def follow(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("first", ephemeral=False)
        await interaction.followup.send("second", ephemeral=False)


async def test_a_deferred_command_is_acknowledged_then_answered() -> None:
    async with harness() as on, online(on, register_greetings) as bot:
        outcome = await on.type("greet", name="Ben")
        assert outcome["state"] == "answered"
        assert outcome["message"]["content"] == "Hello Ben"
        assert 0 < outcome["acknowledged_ms"] < outcome["answered_ms"] < 3000
        [message] = await on.messages(ADA)
        assert message["command_text"] == "/greet name:Ben"
        assert message["interaction_metadata"]["user"]["username"] == "ben"
        assert message["author"]["bot"] is True
        assert message["edited_timestamp"] is None
        assert bot.errors == []


async def test_an_ephemeral_answer_is_seen_by_its_person_only() -> None:
    async with harness() as on, online(on, register_greetings):
        outcome = await on.type("whisper")
        assert outcome["message"]["ephemeral"] is True
        assert [message["content"] for message in await on.messages(BEN)] == ["psst"]
        assert await on.messages(ADA) == []
        status, _ = await on.rest("GET", f"/channels/{CHANNEL}/messages/{outcome['message']['id']}")
        assert status == 404


async def test_a_deferred_answer_shows_that_the_bot_is_thinking() -> None:
    async with harness() as on, online(on, register_greetings):
        outcome = await on.type("ponder", wait="acknowledged")
        assert outcome["state"] == "deferred"
        assert outcome["answered_ms"] is None
        [message] = await on.messages(BEN)
        assert message["thinking"] is True
        assert message["ephemeral"] is True


async def test_the_first_follow_up_of_a_deferral_fills_it_and_keeps_its_visibility() -> None:
    async with harness() as on, online(on, register_greetings):
        await on.type("follow")
        await until(lambda: len(on.discord.messages.of_channel(CHANNEL)) == 2)
        mine, theirs = await on.messages(BEN), await on.messages(ADA)
        assert [(m["content"], m["ephemeral"]) for m in mine] == [("first", True), ("second", False)]
        assert [m["content"] for m in theirs] == ["second"]


async def test_an_answer_after_the_deadline_is_refused_as_unknown() -> None:
    async with harness(deadlines=Deadlines(first_response=0.2)) as on, online(on, register_greetings) as bot:
        outcome = await on.type("dawdle")
        assert outcome["state"] == "failed"
        assert outcome["error"] == "The application did not respond"
        await until(lambda: bool(bot.errors))
        [error] = bot.errors
        assert isinstance(error, discord.NotFound)
        assert error.code == 10062
        assert await on.messages(BEN) == []


async def test_a_second_first_answer_is_refused() -> None:
    async with harness() as on, online(on, register_greetings) as bot:
        await on.type("stutter")
        await until(lambda: bool(bot.errors))
        [error] = bot.errors
        assert isinstance(error, discord.HTTPException)
        assert (error.status, error.code) == (400, 40060)


async def test_a_token_expires_after_fifteen_minutes() -> None:
    now = [0.0]
    async with harness(clock=lambda: now[0]) as on, online(on, register_greetings):
        outcome = await on.type("whisper")
        interaction = on.discord.interactions.find(int(outcome["id"]))
        assert interaction is not None
        path = f"/webhooks/{on.discord.world.application_id}/{interaction.token}/messages/@original"
        assert (await on.rest("GET", path, token=None))[0] == 200
        now[0] = 901.0
        status, body = await on.rest("PATCH", path, {"content": "too late"}, token=None)
        assert (status, body["code"]) == (401, 50027)


async def test_an_interaction_carries_what_the_library_reads() -> None:
    seen: list[Interaction] = []

    def register(tree: Tree) -> None:
        @tree.command(description="Looks")
        async def look(
            interaction: Interaction,
            who: discord.Member,
            role: discord.Role,
            where: discord.TextChannel,
            count: app_commands.Range[int, 1, 5] = 1,
            really: bool = False,  # noqa: FBT001, FBT002 - an option of the command
        ) -> None:
            seen.append(interaction)
            names = f"{who.display_name} {role.name} {where.name} {count} {really}"
            await interaction.response.send_message(names, allowed_mentions=discord.AllowedMentions.none())

    async with harness() as on, online(on, register):
        outcome = await on.type(
            "look", who=str(OWNER), role=str(LOW_ROLE), where=str(CHANNEL), count="3", really="true"
        )
        assert outcome["message"]["content"] == "Owner Holder general 3 True"
        assert outcome["message"]["allowed_mentions"] == {"parse": []}
        await on.type("look", user=ADA, who=str(OWNER), role=str(LOW_ROLE), where=str(CHANNEL))
    bens, adas = seen
    assert bens.guild_id == GUILD
    assert not bens.permissions.manage_roles
    assert adas.permissions.administrator
    assert bens.app_permissions.manage_roles
    assert not bens.app_permissions.administrator
    assert isinstance(bens.channel, discord.TextChannel)
    assert bens.guild is not None
    assert bens.guild.me.top_role.name == "Tessera"


async def test_subcommands_are_named_by_their_path() -> None:
    def register(tree: Tree) -> None:
        gates = app_commands.Group(name="gates", description="Gates")

        @gates.command(description="Adds")
        async def add(interaction: Interaction, name: str) -> None:
            await interaction.response.send_message(f"added {name}")

        tree.add_command(gates)

    async with harness() as on, online(on, register):
        outcome = await on.type("gates add", name="whales")
        assert outcome["message"]["content"] == "added whales"
        assert outcome["message"]["command_text"] == "/gates add name:whales"
        body = {"user": str(BEN), "guild": str(GUILD), "channel": str(CHANNEL), "name": "gates"}
        assert await on.post("/commands", body) == (400, {"error": "/gates needs a subcommand"})


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("nothing", {}, "there is no command /nothing"),
        ("pick", {}, "color is required"),
        ("pick", {"color": "blue"}, "color must be one of the choices"),
        ("pick", {"color": "red", "size": "x"}, "size must be an integer"),
        ("pick", {"color": "red", "size": 11}, "size must be at most 10"),
        ("pick", {"color": "red", "word": "ab"}, "word must have 3 to 6 characters"),
        ("pick", {"color": "red", "who": "77"}, "there is no such user: 77"),
        ("pick", {"color": "red", "other": 1}, "there is no option other"),
        ("admins", {}, "there is no command /admins"),
    ],
)
async def test_a_client_refuses_what_discords_would(name: str, options: Json, sentence: str) -> None:
    def register(tree: Tree) -> None:
        @tree.command(description="Picks")
        @app_commands.choices(color=[app_commands.Choice(name="Red", value="red")])
        async def pick(
            interaction: Interaction,
            color: str,
            size: app_commands.Range[int, 0, 10] = 0,
            word: app_commands.Range[str, 3, 6] = "abc",
            who: discord.Member | None = None,
        ) -> None:
            await interaction.response.send_message(f"{color} {size} {word} {who}")

        @tree.command(description="Only for admins")
        @app_commands.default_permissions()
        async def admins(interaction: Interaction) -> None:
            await interaction.response.send_message("yes")

    async with harness() as on, online(on, register):
        body = {"user": str(BEN), "guild": str(GUILD), "channel": str(CHANNEL), "name": name, "options": options}
        assert await on.post("/commands", body) == (400, {"error": sentence})
        assert [c["name"] for c in await on.get("/commands", user=BEN, guild=GUILD)] == ["pick"]
        assert [c["name"] for c in await on.get("/commands", user=ADA, guild=GUILD)] == ["pick", "admins"]


async def test_the_bot_posts_edits_and_deletes_by_itself() -> None:
    async with harness() as on, online(on, register_greetings) as bot:
        channel = bot.get_channel(OTHER_CHANNEL)
        assert isinstance(channel, discord.TextChannel)
        embed = discord.Embed(title="Granted", timestamp=discord.utils.utcnow()).add_field(name="a", value="b")
        message = await channel.send("hello", embed=embed)
        await message.edit(content="changed")
        [seen] = await on.messages(BEN, OTHER_CHANNEL)
        assert seen["content"] == "changed"
        assert seen["embeds"][0]["fields"] == [{"name": "a", "value": "b", "inline": True}]
        assert seen["edited_timestamp"] is not None
        assert [m.content async for m in channel.history(limit=5)] == ["changed"]
        await message.delete()
        assert await on.messages(BEN, OTHER_CHANNEL) == []


async def test_files_are_stored_and_served() -> None:
    async with harness() as on, online(on, register_greetings) as bot:
        channel = bot.get_channel(OTHER_CHANNEL)
        assert isinstance(channel, discord.TextChannel)
        file = discord.File(io.BytesIO(b"account,count\r\n--1,2\r\n"), filename="holders.csv", description="all")
        embed = discord.Embed(title="x").set_image(url="attachment://holders.csv")
        message = await channel.send(embed=embed, file=file)
        [attachment] = message.attachments
        assert attachment.filename == "holders.csv"
        assert message.embeds[0].image.url == attachment.url
        async with on.session.get(attachment.url) as answer:
            assert await answer.read() == b"account,count\r\n--1,2\r\n"


async def test_a_wrong_token_does_not_log_in() -> None:
    async with harness() as on:
        assert await on.rest("GET", "/users/@me", token="other") == (401, {"message": "401: Unauthorized", "code": 0})
        assert (await on.rest("GET", "/users/@me", token=None))[0] == 401
        assert await on.rest("GET", "/nowhere") == (404, {"message": "404: Not Found", "code": 0})


async def test_json_has_exactly_the_type_that_the_library_expects() -> None:
    async with harness() as on, on.session.get(f"{on.address}/api/v10/gateway") as answer:
        assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("kind", "data"), [(6, None), (7, {"content": "x"}), (8, {"choices": []}), (99, None), (None, None)]
)
async def test_a_first_answer_that_does_not_fit_is_refused_and_can_be_corrected(
    kind: int | None, data: Json | None
) -> None:
    async with harness() as on:
        path, _ = await interaction_without_bot(on)
        callback = path["callback"]
        status, body = await on.rest("POST", callback, {"type": kind, "data": data}, token=None)
        assert (status, body["code"]) == (400, 50035)
        status, body = await on.rest("POST", callback, {"type": 4, "data": {"content": "x" * 2001}}, token=None)
        assert "content" in body["errors"]["data"]
        answer = {"type": 4, "data": {"content": "well"}}
        status, body = await on.rest("POST", callback, answer, token=None, params={"with_response": "1"})
        assert status == 200
        assert body["resource"]["message"]["content"] == "well"
        assert body["interaction"]["response_message_loading"] is False


async def test_the_token_is_no_webhook_before_the_first_answer() -> None:
    async with harness() as on:
        path, _ = await interaction_without_bot(on)
        status, body = await on.rest("POST", path["webhook"], {"content": "x"}, token=None)
        assert (status, body["code"]) == (404, 10015)
        assert (await on.rest("POST", path["callback"], {"type": 5}, token=None))[0] == 204
        status, body = await on.rest("POST", path["webhook"], {"content": "x"}, token=None)
        assert (status, body["content"]) == (200, "x")
        assert (await on.rest("DELETE", f"{path['webhook']}/messages/@original", token=None))[0] == 204
        status, body = await on.rest("GET", f"{path['webhook']}/messages/@original", token=None)
        assert (status, body["code"]) == (404, 10008)


async def test_a_wrong_token_is_an_unknown_interaction() -> None:
    async with harness() as on:
        _, interaction_id = await interaction_without_bot(on)
        path = f"/interactions/{interaction_id}/other/callback"
        status, body = await on.rest("POST", path, {"type": 5}, token=None)
        assert (status, body["code"]) == (404, 10062)


async def test_pictures_from_elsewhere_come_by_the_media_proxy() -> None:
    async with harness() as on:
        embeds = [{"image": {"url": "https://example.org/a.png"}, "thumbnail": {"url": f"{on.address}/ipfs/x"}}]
        _, message = await on.rest("POST", f"/channels/{CHANNEL}/messages", {"embeds": embeds})
        [embed] = message["embeds"]
        assert embed["image"]["proxy_url"] == f"{on.address}/cdn/external/https/example.org/a.png"
        assert embed["thumbnail"]["proxy_url"] == f"{on.address}/ipfs/x"


async def interaction_without_bot(on: DiscordHarness) -> tuple[dict[str, str], str]:
    """An interaction without a bot: the REST paths of its token, and its id."""
    on.discord.commands.overwrite(None, [{"name": "ping", "description": "d"}])
    body = {"user": str(BEN), "guild": str(GUILD), "channel": str(CHANNEL), "name": "ping"}
    _, sent = await on.post("/commands", body)
    interaction = on.discord.interactions.find(int(sent["interaction"]))
    assert interaction is not None
    paths = {
        "callback": f"/interactions/{interaction.id}/{interaction.token}/callback",
        "webhook": f"/webhooks/{on.discord.world.application_id}/{interaction.token}",
    }
    return paths, sent["interaction"]
