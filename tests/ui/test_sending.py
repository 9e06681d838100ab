"""Sending is tried a bounded number of times, and all sending goes through one module."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.errors import NotFoundError
from bot.messages import Message
from bot.ui import sending, waiting_notice
from bot.ui.client import Bot
from bot.ui.draft import Parts
from bot.ui.panel import ActionButton
from tests.cogs.gates.live_bot import LiveBot, live_bot
from tests.process import PATIENCE

BOT = Path(__file__).parents[2] / "bot"
PICTURES = [*(f"https://refused.example/{n}.png" for n in range(8)), "https://another.example/8.png"]
_SENDS = {"send_message", "edit_message", "edit_original_response"}
_SENDS_WITH_PARTS = {"send", "edit"}


def sends_of(module: Path) -> Iterator[str]:
    """Where a module sends a message itself."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, given = node.func.attr, {keyword.arg for keyword in node.keywords}
        if name in _SENDS or (name in _SENDS_WITH_PARTS and given & Parts.__annotations__.keys()):
            yield f"{module.relative_to(BOT)}:{node.lineno}: {name}"


def test_all_messages_go_out_through_one_module() -> None:
    others = [module for module in BOT.rglob("*.py") if module != BOT / "ui" / "sending.py"]
    assert [found for module in others for found in sends_of(module)] == []
    assert list(sends_of(BOT / "ui" / "sending.py"))  # so that this would be seen


class ButtonCog(commands.Cog):
    """`/button`: a message with a picture and a button, which counts its presses."""

    def __init__(self) -> None:
        self.presses = 0
        self.ended = asyncio.Event()
        self.view = discord.ui.View(timeout=None)
        self.view.add_item(ActionButton("count", "Count", self.count))
        self.view.add_item(ActionButton("fail", "Fail", self.fail))

    @app_commands.command(name="button", description="A button")
    async def button(self, interaction: discord.Interaction[Bot]) -> None:
        """Show it."""
        embed = discord.Embed(title="Picture").set_image(url=PICTURES[0])
        try:
            await sending.respond(interaction, embed=embed, view=self.view, ephemeral=True)
        finally:
            self.ended.set()

    async def count(self, press: discord.Interaction[Any]) -> None:
        """Show how often it was pressed."""
        self.presses += 1
        await sending.edit_pressed(press, content=f"Pressed {self.presses}", view=self.view)

    async def fail(self, press: discord.Interaction[Bot]) -> None:
        """Acknowledge the press, and find that nothing can be done."""
        await press.client.acknowledge(press)
        await press.client.answer_error(press, ZeroDivisionError())


@pytest.mark.parametrize("reset", [False, True], ids=["a server on the way fails", "the connection is reset"])
async def test_buttons_of_an_answer_whose_response_was_lost_can_be_pressed(*, reset: bool) -> None:
    cog = ButtonCog()
    async with live_bot(cog) as live:
        ada = await live.sandbox.person("ada")
        await live.fault("lost", "/callback", times=1, reset=reset)
        answer = await ada.run("button")
        await asyncio.wait_for(cog.ended.wait(), PATIENCE)
        assert answer.message["ephemeral"]
        assert cog.view.timeout == 900  # as where discord.py has had the response
        for text in ("Pressed 1", "Pressed 2"):
            await live.fault("lost", "/callback", times=1, reset=reset)
            pressed = await ada.press(answer, "count")
            assert pressed.message["content"] == text
        assert len(await ada.messages()) == 1
        assert not live.bot.other_process.is_there


async def test_an_error_after_a_lost_acknowledgement_of_a_press_leaves_the_message_as_it_is() -> None:
    async with live_bot(ButtonCog()) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("button")
        await live.fault("lost", "/callback", times=1)
        await ada.press(answer, "fail", wait="acknowledged")
        async with asyncio.timeout(PATIENCE):
            while len(messages := await ada.messages()) < 2:  # noqa: ASYNC110 - as in the sandbox's client
                await asyncio.sleep(0.02)
        assert messages[0]["embeds"][0]["title"] == "Picture"
        assert "Something went wrong inside Tessera" in str(messages[1])


@pytest.mark.parametrize("is_refused_first", [False, True])
async def test_nothing_follows_the_answer_of_another_process(*, is_refused_first: bool) -> None:
    cog = ButtonCog()
    async with live_bot(cog) as live:
        ada = await live.sandbox.person("ada")
        if is_refused_first:
            await live.fault("status", "/callback", times=1, status=400, body={"code": 50035, "message": "no"})
        taken = {"code": 40060, "message": "Interaction has already been acknowledged."}
        await live.fault("status", "/callback", times=1, status=400, body=taken)
        interaction = await ada.start("button")
        await asyncio.wait_for(cog.ended.wait(), PATIENCE)
        assert await live.sent("/messages/@original") == []
        assert live.bot.other_process.has_answered(int(interaction))


async def test_a_press_whose_answer_takes_long_is_not_called_stale() -> None:
    async with live_bot(ButtonCog()) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("button")
        await live.fault("slow", "/callback", times=1, seconds=2)
        pressed = await ada.press(answer, "count")
        assert pressed.message["content"] == "Pressed 1"
        assert len(await live.sent("/callback")) == 2


class PicturesCog(commands.Cog):
    """`/pictures`: nine of them, eight of one host."""

    def __init__(self, urls: Sequence[str] = PICTURES) -> None:
        self._urls = urls

    @app_commands.command(name="pictures", description="Nine pictures")
    async def pictures(self, interaction: discord.Interaction[Bot]) -> None:
        """Show them."""
        embeds = [discord.Embed(title=f"Picture {n}").set_image(url=url) for n, url in enumerate(self._urls)]
        await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
        await sending.edit_answer(interaction, embeds=embeds)


async def tries(live: LiveBot) -> int:
    """How often the answer was sent."""
    return len([each for each in await live.sent("/messages/@original") if each.startswith("PATCH")])


@pytest.mark.parametrize(
    ("urls", "pictures", "sent"),
    [
        pytest.param(["refused.example"], 1, 3, id="all of one host, whose others go with the second"),
        pytest.param(["refused.example", "another.example"], 0, 4, id="of two hosts"),
    ],
)
async def test_where_one_picture_after_another_is_refused_those_of_its_host_are_left_out(
    urls: list[str], pictures: int, sent: int
) -> None:
    async with live_bot(PicturesCog()) as live:
        await live.sandbox.control("refusals", urls=urls, shape="first")
        answer = await (await live.sandbox.person("ada")).run("pictures")
        assert [embed["title"] for embed in answer.embeds] == [f"Picture {n}" for n in range(9)]
        assert sum("image" in embed for embed in answer.embeds) == pictures
        assert await tries(live) == sent


async def test_where_one_part_after_another_is_refused_all_pictures_are_left_out_after_a_few_tries() -> None:
    urls = [f"https://{n}.refused.example/" for n in range(9)]
    async with live_bot(PicturesCog(urls)) as live:
        await live.sandbox.control("refusals", urls=["refused.example"], shape="first")
        answer = await (await live.sandbox.person("ada")).run("pictures")
        assert not any("image" in embed for embed in answer.embeds)
        assert await tries(live) == 6


async def test_a_title_that_is_refused_costs_that_title_alone() -> None:
    async with live_bot(PicturesCog()) as live:
        await live.sandbox.control("refusals", words=["Picture 3"])
        answer = await (await live.sandbox.person("ada")).run("pictures")
        assert [n for n, embed in enumerate(answer.embeds) if embed["title"] != f"Picture {n}"] == [3]
        assert answer.embeds[3]["title"] == "(Discord does not accept these words.)"
        assert await tries(live) == 2


class Steps:
    """A clock that goes on at each look."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        """The seconds before this look."""
        self.now += self.step
        return self.now


@pytest.mark.parametrize(("step", "sent"), [(0, 3), (29, 2), (30, 1)])
async def test_what_is_refused_in_every_form_is_tried_again_while_there_is_time(step: float, sent: int) -> None:
    async with live_bot(PicturesCog()) as live:
        await live.sandbox.control("refusals", words=["Picture"])
        live.bot.clock = Steps(step)
        answer = await (await live.sandbox.person("ada")).run("pictures")
        assert "Discord does not accept this answer in the form in which Tessera sends it" in answer.text
        # The sentence is an edit of its own, and below the answer.
        assert await tries(live) == sent


@pytest.mark.parametrize(("step", "sent"), [(1.9, 2), (2, 1)])
async def test_an_answer_that_discord_waits_for_is_not_tried_for_longer_than_two_seconds(
    step: float, sent: int
) -> None:
    async with live_bot(ButtonCog()) as live:
        await live.sandbox.control("refusals", words=["Picture"])
        live.bot.clock = Steps(step)
        answer = await (await live.sandbox.person("ada")).run("button")
        assert "Discord does not accept this answer in the form in which Tessera sends it" in answer.text
        assert len(await live.sent("/callback")) == sent + 1


class AskingCog(commands.Cog):
    """`/ask`: a modal, and an option with suggestions."""

    @app_commands.command(name="ask", description="A modal")
    async def ask(self, interaction: discord.Interaction[Bot], about: str = "") -> None:
        """Open it."""
        modal = discord.ui.Modal(title=f"About {about}")
        modal.add_item(discord.ui.TextInput[Any](label="Number"))
        await interaction.response.send_modal(modal)

    @ask.autocomplete("about")
    async def names(self, _interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
        """One."""
        return [app_commands.Choice(name=f"Name {typed}", value=typed)]


REFUSAL = {"code": 50035, "message": "Invalid Form Body", "errors": {"data": {"_errors": [{"code": "BAD"}]}}}


async def test_a_modal_that_is_refused_ends_in_a_sentence_and_the_next_one_opens() -> None:
    async with live_bot(AskingCog()) as live:
        ada = await live.sandbox.person("ada")
        await live.fault("status", "/callback", times=1, status=400, body=REFUSAL)
        refused = await ada.run("ask", about="x")
        assert "Discord does not accept this answer in the form in which Tessera sends it" in refused.text
        assert refused.message["ephemeral"]
        assert refused.components() == []
        assert (await ada.run("ask", about="x"))["modal"]["title"] == "About x"


async def test_suggestions_that_are_refused_are_none_and_the_next_ones_are_shown() -> None:
    async with live_bot(AskingCog()) as live:
        ada = await live.sandbox.person("ada")
        await live.fault("status", "/callback", times=1, status=400, body=REFUSAL)
        with pytest.raises(AssertionError):
            await ada.suggestions("ask", "about", "x")
        assert await ada.suggestions("ask", "about", "y") == ["y"]
        assert await ada.messages() == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"message": "Missing Access", "code": 50001}),
        (400, {"message": "Cannot send an empty message", "code": 50006}),
        (404, {"message": "Unknown Webhook", "code": 10015}),
    ],
)
async def test_an_error_about_something_else_is_not_tried_again(status: int, body: dict[str, Any]) -> None:
    async with live_bot(PicturesCog()) as live:
        await live.fault("status", "/messages/@original", times=1, status=status, body=body)
        answer = await (await live.sandbox.person("ada")).run("pictures")
        assert "Something went wrong inside Tessera" in answer.text
        assert await tries(live) == 1


class SayingCog(commands.Cog):
    """`/say`: says what it does, and fails."""

    @app_commands.command(name="say", description="Fails")
    async def fail(self, interaction: discord.Interaction[Bot]) -> None:
        """Fail."""
        await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
        await waiting_notice.say(interaction, discord.Embed(title="Reading…"))
        raise NotFoundError(Message("There is no such thing."))


async def test_an_error_takes_the_place_of_what_was_being_done() -> None:
    async with live_bot(SayingCog()) as live:
        ada = await live.sandbox.person("ada")
        interaction = await ada.start("say")
        async with asyncio.timeout(PATIENCE):
            while "There is no such thing." not in str(await ada.messages()):  # noqa: ASYNC110 - as in the sandbox's client
                await asyncio.sleep(0.02)
        (message,) = await ada.messages()
        assert "Reading…" not in str(message)
        assert (await live.sandbox.answer(interaction)).message["id"] == message["id"]


class PublicCog(commands.Cog):
    """`/public`: begins an answer for everybody, shows a part of it or nothing, and fails."""

    @app_commands.command(name="public", description="Fails")
    async def fail(self, interaction: discord.Interaction[Bot], shown: bool) -> None:  # noqa: FBT001 - an option of the command
        """Fail."""
        await interaction.client.acknowledge(interaction, thinking=True)
        if shown:
            await sending.edit_answer(interaction, embed=discord.Embed(title="The first page"))
        raise NotFoundError(Message("There is no such thing."))


async def test_what_everybody_saw_of_an_answer_stays_when_the_rest_of_it_fails() -> None:
    async with live_bot(PublicCog()) as live:
        ada, hana = await live.sandbox.person("ada"), await live.sandbox.person("hana")
        await ada.start("public", shown=True)
        async with asyncio.timeout(PATIENCE):
            while "There is no such thing." not in str(await ada.messages()):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)
        (page,) = await hana.messages()
        assert page["embeds"][0]["title"] == "The first page"


@pytest.mark.parametrize("is_refused", [False, True])
async def test_an_error_is_shown_also_where_what_everybody_sees_cannot_be_taken_away(*, is_refused: bool) -> None:
    async with live_bot(PublicCog()) as live:
        ada, hana = await live.sandbox.person("ada"), await live.sandbox.person("hana")
        if is_refused:
            fault = {"service": "discord", "path": "/messages/@original", "method": "DELETE", "kind": "status"}
            await live.sandbox.post("/_sandbox/faults", fault | {"status": 404, "times": 1})
        await ada.start("public", shown=False)
        async with asyncio.timeout(PATIENCE):
            while "There is no such thing." not in str(await ada.messages()):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)
        assert bool(await hana.messages()) == is_refused


class LongCog(commands.Cog):
    """`/long`: more words than Discord accepts in one message."""

    def __init__(self) -> None:
        self.embeds = [discord.Embed(title=f"Part {n}", description="word\n" * 700) for n in range(3)]
        self.embeds[0].add_field(name="Field", value="line\n" * 400)

    @app_commands.command(name="long", description="Many words")
    async def long(self, interaction: discord.Interaction[Bot]) -> None:
        """Show them."""
        await sending.respond(interaction, embeds=self.embeds, ephemeral=True)


async def test_a_message_that_is_too_long_is_cut_before_it_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    cog = LongCog()
    async with live_bot(cog) as live:
        answer = await (await live.sandbox.person("ada")).run("long")
    assert [embed["title"] for embed in answer.embeds] == ["Part 0", "Part 1", "Part 2"]
    assert "longer than Discord accepts" in caplog.text
    assert len(cog.embeds[0].fields[0].value or "") == 2000  # what it was made of stays as it was
