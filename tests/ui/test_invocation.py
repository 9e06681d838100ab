"""A command in the id of a button: read as it was written, and refused where nobody made it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.errors import InputError
from bot.ui.invocation import Invocation, Purpose
from bot.ui.run_again import name_alone
from bot.ui.typed_input import check_again

PHRASE = "zebra wink vivid unveil tuna swarm rhythm quiz pluck oxygen nephew maze"
SHORT_PHRASE = "act add age aim air all any arm art ask bar boy"  # there is room for it in an id
ADDRESS, CONTRACT = "0x" + "19e7" * 10, "0x" + "bc4c" * 10


@pytest.fixture
def tree() -> app_commands.CommandTree[discord.Client]:
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))

    @tree.command(description="What an account holds")
    @app_commands.choices(sort=[app_commands.Choice(name="by name", value="NAME")])
    async def collections(
        interaction: discord.Interaction,
        account: str | None = None,
        contract: str | None = None,
        search: str | None = None,
        sort: str = "NAME",
        spam: bool = False,  # noqa: FBT001, FBT002 - a slash command's option
        most: int = 1,
    ) -> None: ...

    tree.add_command(app_commands.Group(name="gate", description="Gates"))

    @tree.command(description="What has limits")
    async def limits(
        interaction: discord.Interaction,
        count: app_commands.Range[int, 1, 5],
        hours: app_commands.Range[float, 0, 720] = 0,
        name: app_commands.Range[str, 2, 3] = "ab",
        rate: float = 1.0,
        rule: str = "",
    ) -> None: ...

    return tree


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"account": "10001", "sort": "NAME", "spam": True, "most": 7},
        {"account": ADDRESS, "contract": CONTRACT},
        {"account": f"eip155:1:{ADDRESS}", "spam": False},
        {"search": "50% & more = ~x", "account": "<@920001048583001117>"},
        {"account": "жук.eth"},
    ],
    ids=str,
)
def test_what_is_written_is_read(
    options: Mapping[str, str | int | bool], tree: app_commands.CommandTree[discord.Client]
) -> None:
    invocation = Invocation("collections", options)
    custom_id = invocation.custom_id(Purpose.REFRESH, tree)
    assert 0 < len(custom_id) <= 100
    assert Invocation.parse(custom_id, tree) == invocation


def test_what_is_too_long_or_of_no_command_has_no_button(tree: app_commands.CommandTree[discord.Client]) -> None:
    assert Invocation("collections", {"account": "x" * 90}).custom_id(Purpose.AGAIN, tree) == ""
    assert Invocation("gate", {}).custom_id(Purpose.AGAIN, tree) == ""


@pytest.mark.parametrize(
    ("command", "option", "value"),
    [
        ("collections", "account", "0x" + "9f" * 32),
        ("collections", "search", PHRASE),
        ("limits", "rule", f"254 or {SHORT_PHRASE}"),
        ("limits", "rule", "0x" + "9f" * 32),
    ],
)
def test_what_may_be_a_secret_has_no_button(
    command: str, option: str, value: str, tree: app_commands.CommandTree[discord.Client]
) -> None:
    assert Invocation(command, {option: value}).custom_id(Purpose.AGAIN, tree) == ""
    assert Invocation(command, {option: "254"}).custom_id(Purpose.AGAIN, tree) != ""


def test_who_sees_an_answer_is_not_asked_for_again(tree: app_commands.CommandTree[discord.Client]) -> None:
    shared = Invocation("collections", {"account": "10001", "share": True})
    assert shared.custom_id(Purpose.AGAIN, tree) == "tessera-run:again:collections?ac=10001"


@pytest.mark.parametrize(
    "custom_id",
    [
        "tessera-run:again:unknown",
        "tessera-run:again:gate",
        "tessera-run:again:collections?walrus=1",
        "tessera-run:again:collections?s=1",  # which of them is not said
        "tessera-run:again:collections?mo=many",
        "tessera-run:never:collections",
    ],
)
def test_an_id_that_no_version_made_is_refused(custom_id: str, tree: app_commands.CommandTree[discord.Client]) -> None:
    with pytest.raises(InputError, match="does not understand"):
        Invocation.parse(custom_id, tree)


@pytest.mark.parametrize(("option", "value"), [("sort", "WALRUS"), ("account", "0x" + "9f" * 32)])
def test_its_options_are_checked_as_typed_ones_are(
    option: str, value: str, tree: app_commands.CommandTree[discord.Client]
) -> None:
    command = tree.get_command("collections")
    assert isinstance(command, app_commands.Command)
    with pytest.raises(InputError) as refused:
        check_again(command, {option: value})
    assert value not in refused.value.sentence


@pytest.mark.parametrize(
    "options",
    [
        {},  # one of them is required
        {"count": 0},
        {"count": 6},
        {"count": 1, "hours": 720.5},
        {"count": 1, "hours": float("nan")},
        {"count": 1, "hours": float("inf")},
        {"count": 1, "rate": float("nan")},
        {"count": 1, "rate": float("-inf")},
        {"count": 1, "name": "a"},
        {"count": 1, "name": "abcd"},
    ],
    ids=str,
)
def test_what_discord_would_not_have_sent_is_refused(
    options: Mapping[str, str | int | float], tree: app_commands.CommandTree[discord.Client]
) -> None:
    command = tree.get_command("limits")
    assert isinstance(command, app_commands.Command)
    check_again(command, {"count": 5, "hours": 720.0, "name": "abc", "rate": -1e9, "rule": "254"})
    with pytest.raises(InputError, match="does not understand"):
        check_again(command, options)


@pytest.mark.parametrize(
    ("invocation", "name"),
    [
        (Invocation("verify"), "verify"),
        (Invocation("verify", {"account": "10001"}), ""),  # without it, another account would be proven
        (Invocation("settings log"), ""),  # without a channel it ends the log
    ],
    ids=str,
)
def test_what_is_run_again_by_its_name_alone_had_no_options_and_changes_nothing(
    invocation: Invocation, name: str
) -> None:
    interaction: Any = SimpleNamespace(extras={})
    invocation.remember(interaction)
    assert name_alone(interaction) == name
