"""Charts below what moderators see: a picture with its description and its numbers, for them alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cogs.members.role_bot import RoleBot, open_role_bot
from tests.sandbox_client import Answer, Person

IS_PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def role_bot(tmp_path: Path) -> AsyncIterator[RoleBot]:
    """The bot."""
    async with open_role_bot(tmp_path) as role_bot:
        yield role_bot


@pytest.fixture
async def hana(role_bot: RoleBot) -> Person:
    """A member who proved an account with 12 kinds of Harbour Lights."""
    hana = await role_bot.sandbox.person("hana")
    await role_bot.prove(hana, "10001")
    return hana


@pytest.fixture
async def uma(role_bot: RoleBot) -> Person:
    """A moderator."""
    return await role_bot.sandbox.person("uma")


async def charted(uma: Person, answer: Answer, action: str) -> dict[str, Any]:
    """The message that a press brings."""
    known = {message["id"] for message in await uma.messages()}
    await uma.press(answer, action)
    (message,) = [each for each in await uma.messages() if each["id"] not in known]
    return message


async def test_the_charts_of_a_gate_are_pictures_with_their_numbers(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    gate = await role_bot.gate(hana, "254 >= 3 and 261 >= 1")
    shown = await uma.run("holders stats", gate=str(gate.gate_id))
    expected = {
        "chart-trend": ("Gate #1: holders over time", "Members who are here now: 1 on "),
        "chart-kinds": ("Gate #1: how many kinds members hold", "11–25: 1."),
        "chart-both": ("How many members hold both", "Harbour Lights: 1."),
    }
    for action, (title, line) in expected.items():
        message = await charted(uma, shown, action)
        assert message["ephemeral"]
        assert message["embeds"][0]["title"] == title
        assert line in message["embeds"][0]["description"]
        assert "As of 20" in message["embeds"][0]["description"]
        (attachment,) = message["attachments"]
        assert attachment["description"].startswith(f"{title}. ")
        assert (await role_bot.sandbox.content(attachment)).startswith(IS_PNG)
    assert hana.user not in str(await uma.messages())


async def test_a_gate_of_one_collection_has_no_chart_of_both(role_bot: RoleBot, hana: Person, uma: Person) -> None:
    gate = await role_bot.gate(hana, "254 >= 3")
    shown = await uma.run("holders stats", gate=str(gate.gate_id))
    labels = [item["label"] for item in shown.components()]
    assert labels == ["Chart over time", "Chart of kinds"]


async def test_changes_have_charts_over_time_and_of_who_still_holds(
    role_bot: RoleBot, hana: Person, uma: Person
) -> None:
    role_bot.clock.ahead = timedelta(days=2)  # another day, at whatever time this runs
    await role_bot.sandbox.trade("10001", None, "254")
    await hana.run("refresh")
    shown = await uma.run("holders changes", collection="254", since="7d")
    over_time = await charted(uma, shown, "chart-trend")
    assert over_time["embeds"][0]["title"] == "Harbour Lights: holders over time"
    assert re.search(r"here now: 1 on [0-9-]+, 0 on [0-9-]+", over_time["embeds"][0]["description"])
    still = await charted(uma, shown, "chart-retention")
    assert "and still does" in still["embeds"][0]["title"]
    assert "1 of 1 (100 %)." in still["embeds"][0]["description"]
    assert "0 of 1 (0 %)." in still["embeds"][0]["description"]
    assert all(message["attachments"] for message in (over_time, still))


async def test_where_nobody_has_looked_there_is_a_sentence_and_no_picture(role_bot: RoleBot, uma: Person) -> None:
    assert role_bot
    shown = await uma.run("holders changes", collection="254", since="7d")
    for action in ("chart-trend", "chart-retention"):
        message = await charted(uma, shown, action)
        assert message["attachments"] == []
        assert "Nobody has looked at these holders here yet" in message["embeds"][0]["description"]


async def test_who_may_not_moderate_any_more_gets_no_chart(role_bot: RoleBot, hana: Person, uma: Person) -> None:
    gate = await role_bot.gate(hana, "254 >= 3")
    shown = await uma.run("holders stats", gate=str(gate.gate_id))
    moderator = await role_bot.sandbox.role(uma.guild or "", "Moderator")
    await role_bot.sandbox.control("roles", action="take", guild=uma.guild, user=uma.user, role=moderator)
    refused = await charted(uma, shown, "chart-kinds")
    assert refused["attachments"] == []
    assert "may manage this server or its roles" in refused["embeds"][0]["description"]
