"""`/settings`: everything can be set, only by who may, and what cannot work is refused with a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.gates.rule import CollectionRef
from bot.holdings import Account
from bot.store import Store
from tests.cogs.gates.live_bot import without_own_member
from tests.cogs.servers.admin_bot import DEFAULTS, AdminBot, open_admin_bot
from tests.sandbox_client import Person, SandboxClient, open_sandbox

LIGHTKEEPER = "910000000000000006"


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxClient]:
    """A new community: some of these tests change it."""
    async with open_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def admin(sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[AdminBot]:
    """The bot in the Mosaic Society, which is Rosalind's."""
    store = await Store.open(None)
    async with open_admin_bot(sandbox, tmp_path, store) as admin:
        yield admin
    await store.close()


@pytest.fixture
async def rosalind(admin: AdminBot) -> Person:
    """The owner of the server."""
    return await admin.sandbox.person("rosalind")


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until the gateway has reported something."""
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - the gateway reports it
            await asyncio.sleep(0.01)


def here(person: Person) -> int:
    """The server."""
    return int(person.guild or 0)


async def test_everything_is_shown_with_the_command_that_changes_it(rosalind: Person) -> None:
    shown = await rosalind.run("settings show")
    assert shown.message["ephemeral"]
    for name in ("log", "grace", "cool-down", "protect", "exclude", "visibility", "admin-role"):
        assert f"`/settings {name}`" in shown.text
    assert "9 hours, after it is certain" in shown.text


@pytest.mark.parametrize(
    ("command", "options", "changes"),
    [
        ("grace", {"hours": 1.5}, {"grace": timedelta(minutes=90)}),
        ("cool-down", {"hours": 0}, {"cool_down": timedelta(0)}),
        ("protect", {"role": LIGHTKEEPER}, {"protected_roles": frozenset({int(LIGHTKEEPER)})}),
        ("exclude", {"account": "10001"}, {"excluded_accounts": frozenset({Account("loopring", "10001")})}),
        ("exclude", {"collection": "254"}, {"excluded_collections": frozenset({CollectionRef("loopring", "254")})}),
        ("visibility", {"requirements": False}, {"shows_requirements": False}),
        ("visibility", {"addresses": True}, {"shows_addresses": True}),
        (
            "visibility",
            {"addresses": True, "requirements": False},
            {"shows_addresses": True, "shows_requirements": False},
        ),
        ("admin-role", {"role": LIGHTKEEPER}, {"admin_role_id": int(LIGHTKEEPER)}),
    ],
)
async def test_what_is_set_is_stored_shown_and_lets_members_be_judged_again(
    admin: AdminBot, rosalind: Person, command: str, options: dict[str, Any], changes: dict[str, Any]
) -> None:
    answer = await rosalind.run(f"settings {command}", **options)
    assert answer.embeds[0]["title"] == "Settings of this server"
    assert await admin.store.guild_settings.of(here(rosalind), DEFAULTS) == replace(DEFAULTS, **changes)
    assert admin.changed == [here(rosalind)]


async def test_a_member_is_protected_and_no_longer(admin: AdminBot, rosalind: Person) -> None:
    hana = await admin.sandbox.person("hana")
    answer = await rosalind.run("settings protect", member=hana.user)
    assert f"Nothing is ever taken from <@{hana.user}>." in answer.text
    assert (await admin.store.guild_settings.of(here(rosalind))).protected_members == {int(hana.user)}
    await rosalind.run("settings unprotect", member=hana.user)
    assert (await admin.store.guild_settings.of(here(rosalind))).protected_members == frozenset()
    again = await rosalind.run("settings unprotect", member=hana.user)
    assert "Neither is protected here: nothing was changed." in again.text


async def test_a_protected_role_that_was_deleted_is_forgotten_though_discord_offers_it_nowhere(
    admin: AdminBot, rosalind: Person
) -> None:
    made = await admin.sandbox.control("roles", action="make", guild=rosalind.guild, name="Temp", position=1)
    guild = admin.bot.get_guild(here(rosalind))
    assert guild
    await until(lambda: guild.get_role(int(made["role"])) is not None)
    await rosalind.run("settings protect", role=made["role"])
    await rosalind.run("settings protect", role=LIGHTKEEPER)
    assert "Name a member or a role" in (await rosalind.run("settings unprotect")).text
    await admin.sandbox.control("roles", action="delete", guild=rosalind.guild, role=int(made["role"]))
    await until(lambda: guild.get_role(int(made["role"])) is None)
    assert "Roles that were deleted" in (await rosalind.run("settings unprotect")).text
    assert (await admin.store.guild_settings.of(here(rosalind))).protected_roles == {int(LIGHTKEEPER)}


async def test_while_it_is_not_known_which_roles_there_are_none_counts_as_deleted(
    admin: AdminBot, rosalind: Person
) -> None:
    await rosalind.run("settings protect", role=LIGHTKEEPER)
    await without_own_member(admin.sandbox, admin.bot, here(rosalind))
    refused = await rosalind.run("settings unprotect")
    assert "has not yet reported which roles this server has. Nothing was changed" in refused.text
    assert (await admin.store.guild_settings.of(here(rosalind))).protected_roles == {int(LIGHTKEEPER)}


async def test_the_log_channel_is_set_where_the_bot_can_post(admin: AdminBot, rosalind: Person) -> None:
    answer = await rosalind.run("settings log", channel=rosalind.channel)
    assert f"posted in <#{rosalind.channel}>" in answer.text
    assert (await admin.store.guild_settings.of(here(rosalind))).log_channel_id == int(rosalind.channel)
    assert "nowhere any more" in (await rosalind.run("settings log")).text


async def test_a_log_channel_in_which_the_bot_cannot_post_is_refused(admin: AdminBot, rosalind: Person) -> None:
    for name in ("Tessera", "@everyone"):
        role = await admin.sandbox.role(rosalind.guild or "", name)
        await admin.sandbox.control("roles", action="change", guild=rosalind.guild, role=role, permissions=1 << 10)
    refused = await rosalind.run("settings log", channel=rosalind.channel)
    assert f"cannot post in <#{rosalind.channel}>: it lacks Send Messages, Embed Links there" in refused.text
    assert await admin.store.guild_settings.of(here(rosalind), DEFAULTS) == DEFAULTS


async def test_while_it_is_not_known_what_the_bot_may_do_no_log_channel_is_set(
    admin: AdminBot, rosalind: Person
) -> None:
    await without_own_member(admin.sandbox, admin.bot, here(rosalind))
    refused = await rosalind.run("settings log", channel=rosalind.channel)
    assert "has not yet reported what Tessera may do in this server. Nothing was changed" in refused.text
    assert await admin.store.guild_settings.of(here(rosalind), DEFAULTS) == DEFAULTS


@pytest.mark.parametrize("command", ["show", "log", "grace", "protect", "admin-role"])
async def test_who_may_not_configure_is_refused_though_the_server_lets_them_see_the_command(
    admin: AdminBot, command: str
) -> None:
    hana = await admin.sandbox.person("hana")
    options: dict[str, dict[str, Any]] = {"grace": {"hours": 1}, "protect": {"role": LIGHTKEEPER}}
    refused = await as_if_allowed(hana, command, options.get(command, {}))
    assert "may manage this server" in refused.text
    assert await admin.store.guild_settings.of(here(hana), DEFAULTS) == DEFAULTS
    assert admin.changed == []


async def test_the_role_that_may_configure_may_not_extend_itself(admin: AdminBot, rosalind: Person) -> None:
    priya = await admin.sandbox.person("priya")  # a lightkeeper
    assert "may manage this server" in (await as_if_allowed(priya, "grace", {"hours": 3})).text
    await rosalind.run("settings admin-role", role=LIGHTKEEPER)
    assert "Grace: 3 hours" in (await as_if_allowed(priya, "grace", {"hours": 3})).text
    refused = await as_if_allowed(priya, "admin-role", {})
    assert "can decide which role may configure" in refused.text
    stored = await admin.store.guild_settings.of(here(rosalind), DEFAULTS)
    assert stored == replace(DEFAULTS, grace=timedelta(hours=3), admin_role_id=int(LIGHTKEEPER))


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("protect", "Name a member or a role, or both."),
        ("unprotect", "Name a member or a role, or both."),
        ("exclude", "Name an account or a collection, or both."),
        ("include", "Name an account or a collection, or both."),
    ],
)
async def test_a_command_without_what_it_is_about_is_refused(rosalind: Person, command: str, sentence: str) -> None:
    assert sentence in (await rosalind.run(f"settings {command}")).text


async def test_everyone_can_neither_be_protected_nor_configure(admin: AdminBot, rosalind: Person) -> None:
    for command in ("protect", "admin-role"):
        refused = await rosalind.run(f"settings {command}", role=rosalind.guild)
        assert "@everyone cannot be used here" in refused.text.replace("\N{ZERO WIDTH SPACE}", "")
    assert await admin.store.guild_settings.of(here(rosalind), DEFAULTS) == DEFAULTS


async def test_what_is_no_account_is_refused_and_nothing_is_changed(admin: AdminBot, rosalind: Person) -> None:
    refused = await rosalind.run("settings exclude", account="not an account", collection="254")
    assert refused.embeds[0]["title"] == "Please check your request"
    assert await admin.store.guild_settings.of(here(rosalind), DEFAULTS) == DEFAULTS


async def as_if_allowed(person: Person, command: str, options: dict[str, Any]) -> Any:
    """A command of somebody to whom Discord does not offer it."""
    kinds = {"hours": 10, "role": 8}
    given = [{"name": name, "type": kinds[name], "value": value} for name, value in options.items()]
    resolved: dict[str, Any] = {}
    if "role" in options:
        resolved = {"resolved": {"roles": {options["role"]: role_of(options["role"])}}}
    data = {
        "id": "1",
        "type": 1,
        "name": "settings",
        "options": [{"name": command, "type": 1, "options": given}],
        **resolved,
    }
    return await person.send_handmade(2, data)


def role_of(role_id: str) -> dict[str, Any]:
    """A role as Discord sends it along."""
    return {
        "id": role_id,
        "name": "Lightkeeper",
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 1,
        "permissions": "0",
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


async def test_the_panel_below_the_settings_changes_them(admin: AdminBot, rosalind: Person) -> None:
    shown = await rosalind.run("settings show")
    channel = rosalind.channel
    posted = await rosalind.press(shown, "log", channel)
    assert f"Role changes and alerts are posted in <#{channel}>." in posted.text
    named = await rosalind.press(posted, "admin-role", LIGHTKEEPER)
    assert f"<@&{LIGHTKEEPER}> may configure Tessera." in named.text
    hidden = await rosalind.press(named, "visibility")
    assert "Members see only the roles that they have." in hidden.text
    assert hidden.component("visibility")["label"] == "Show what unlocks roles"
    spans = await rosalind.submit(await rosalind.press(hidden, "grace"), hours="1,5")
    assert "Grace: 90 minutes" in spans.text
    cooled = await rosalind.submit(await rosalind.press(spans, "cool-down"), hours="24")
    settings = await admin.store.guild_settings.of(here(rosalind), DEFAULTS)
    assert (settings.log_channel_id, settings.admin_role_id, settings.shows_requirements) == (
        int(channel),
        int(LIGHTKEEPER),
        False,
    )
    assert (settings.grace, settings.cool_down) == (timedelta(minutes=90), timedelta(hours=24))
    await rosalind.submit(await rosalind.press(cooled, "grace"), hours="nan")
    assert "“nan” is not a number of hours: use one from 0 to 720" in str((await rosalind.messages())[-1]["embeds"])
    assert await admin.store.guild_settings.of(here(rosalind), DEFAULTS) == settings


async def test_who_lost_the_right_meanwhile_changes_nothing_by_the_panel(admin: AdminBot, rosalind: Person) -> None:
    mateo = await admin.sandbox.person("mateo")
    await rosalind.run("settings admin-role", role=LIGHTKEEPER)
    data = {"id": "1", "type": 1, "name": "settings", "options": [{"name": "show", "type": 1, "options": []}]}
    shown = await mateo.send_handmade(2, data)
    assert shown.embeds[0]["title"] == "Settings of this server"
    await mateo.press(shown, "admin-role", LIGHTKEEPER)
    assert "Only members who may manage this server can decide" in str((await mateo.messages())[-1]["embeds"])
    await rosalind.run("settings admin-role")
    before = await admin.store.guild_settings.of(here(rosalind), DEFAULTS)
    await mateo.press(shown, "visibility")
    assert "Only members who may manage this server" in str((await mateo.messages())[-1]["embeds"])
    assert await admin.store.guild_settings.of(here(rosalind), DEFAULTS) == before


@pytest.mark.parametrize("minutes", [1, 2, 4, 5, 43_199])
async def test_whatever_span_is_set_can_be_changed_in_the_modal(
    admin: AdminBot, rosalind: Person, minutes: int
) -> None:
    shown = await rosalind.run("settings grace", hours=minutes / 60)
    opened = await rosalind.press(shown, "grace")
    (label,) = opened["modal"]["components"]
    (field,) = label["components"] if "components" in label else [label["component"]]
    await rosalind.submit(opened, hours=field["value"])
    assert (await admin.store.guild_settings.of(here(rosalind))).grace == timedelta(minutes=minutes)


async def edits(admin: AdminBot) -> int:
    """How often an answer was changed."""
    traffic = await admin.sandbox.get("/_sandbox/traffic", service="discord")
    return sum(one["method"] == "PATCH" and "@original" in one["path"] for one in traffic["exchanges"])


async def test_the_panel_goes_on_after_an_edit_that_failed(admin: AdminBot, rosalind: Person) -> None:
    shown = await rosalind.run("settings show")
    fault = {"service": "discord", "path": "@original", "kind": "status", "status": 400, "body": {"code": 0}}
    await admin.sandbox.post("/_sandbox/faults", fault | {"times": 1})
    failed = await rosalind.press(shown, "visibility")
    assert "Something went wrong" in failed.text + str((await rosalind.messages())[-1]["embeds"])
    assert not (await admin.store.guild_settings.of(here(rosalind))).shows_requirements
    assert admin.changed == [here(rosalind)]  # what is set counts, whoever has seen it
    again = await rosalind.press(shown, "visibility")
    assert "Members see what unlocks" in again.text
    assert again.component("visibility")["label"] == "Hide what unlocks roles"


async def test_what_was_refused_does_not_stay_chosen(admin: AdminBot, rosalind: Person) -> None:
    shown = await rosalind.run("settings show")
    before = await edits(admin)
    await rosalind.press(shown, "admin-role", rosalind.guild or "")
    assert "@everyone cannot be used here" in str((await rosalind.messages())[-1]["embeds"]).replace(
        "\N{ZERO WIDTH SPACE}", ""
    )
    async with asyncio.timeout(60):
        while await edits(admin) == before:  # noqa: ASYNC110 - it follows the answer
            await asyncio.sleep(0.01)
    assert (await admin.sandbox.current(shown)).component("admin-role").get("default_values", []) == []
