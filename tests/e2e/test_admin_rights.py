"""Who may use the commands of admins, whatever Discord shows: each of them asks by itself, and so does each press."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.two_servers import running
from tests.sandbox_client import Answer, Person, SandboxClient

MOSAIC = 910000000000000000
WHALE, LIGHTKEEPER = str(MOSAIC + 5), str(MOSAIC + 6)
OF_ADMINS = ("gate", "sync", "settings", "panel", "webhooks", "health")
REFUSED = ("Only members who may manage this server", "decide which role may configure")
# What an option gets, by its type: text, whole number, true or false, role, number.
VALUES: dict[int, Any] = {3: "254", 4: 1, 5: True, 8: WHALE, 10: 1.0}
ROLE = {
    "id": WHALE,
    "name": "Whale",
    "color": 0,
    "permissions": "0",
    "position": 1,
    "flags": 0,
    "hoist": False,
    "managed": False,
    "mentionable": False,
}


@pytest.fixture
async def both(bare_sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[SandboxClient]:
    """A bot in two servers."""
    async with running(bare_sandbox, tmp_path, loopring="requests_per_second = 1000"):
        yield bare_sandbox


def filled(command: dict[str, Any]) -> list[dict[str, Any]]:
    """Values for the options that a command needs."""
    needed = [option for option in command.get("options", ()) if option.get("required")]
    return [{"name": each["name"], "type": each["type"], "value": VALUES[each["type"]]} for each in needed]


async def commands_of_admins(admin: Person) -> dict[str, dict[str, Any]]:
    """Each command of admins as it is registered, as a program would send it: also one that is added later."""
    registered = await admin.sandbox.get("/_client/commands", user=admin.user, guild=admin.guild)
    found = {}
    for command in (each for each in registered if each["name"] in OF_ADMINS):
        subcommands = [option for option in command.get("options", ()) if option["type"] == 1]
        for each in subcommands or [command]:
            options = filled(each)
            if subcommands:
                options = [{"name": each["name"], "type": 1, "options": options}]
            data = {"id": command["id"], "name": command["name"], "type": 1, "options": options}
            found[f"{command['name']} {each['name']}"] = data | {"resolved": {"roles": {WHALE: ROLE}}}
    return found


def is_refused(answer: Answer) -> bool:
    """Whether it was refused for who asked."""
    return bool(answer["message"]) and any(words in answer.text for words in REFUSED)


async def test_every_command_of_admins_asks_by_itself_who_may(both: SandboxClient) -> None:
    ada, hana = await both.person("ada"), await both.person("hana")
    commands = await commands_of_admins(ada)
    assert len(commands) > 30
    for name, data in commands.items():
        answer = await hana.send_handmade(2, data)
        assert is_refused(answer), (name, answer["state"])
        assert answer.message["ephemeral"], name
    own = await hana.run("help")
    for name, data in commands.items():  # nor does a button that runs a command again lead around it
        called = name if any(option["type"] == 1 for option in data["options"]) else data["name"]
        answer = await hana.send_handmade(3, {"custom_id": f"tessera-run:open:{called}", "component_type": 2}, own)
        assert is_refused(answer) or "does not understand that" in answer.text, (name, answer.text)
    for called in ("gate list", "health", "panel post", "settings log", "settings show", "sync status"):
        answer = await hana.send_handmade(3, {"custom_id": f"tessera-run:open:{called}", "component_type": 2}, own)
        assert is_refused(answer), called
    named = await ada.run("settings admin-role", role=LIGHTKEEPER)
    assert "Server Settings → Integrations → Tessera" in named.text
    await both.control("roles", action="give", guild=ada.guild, user=hana.user, role=LIGHTKEEPER)
    refused = [name for name, data in commands.items() if is_refused(await hana.send_handmade(2, data))]
    # It may not extend itself, nor have anything sent out of Discord.
    assert refused == [name for name in commands if name == "settings admin-role" or name.startswith("webhooks ")]
    assert len(refused) == 9
    await both.control("roles", action="take", guild=ada.guild, user=hana.user, role=LIGHTKEEPER)
    for name, data in commands.items():
        assert is_refused(await hana.send_handmade(2, data)), name


async def test_a_role_that_rose_above_the_admin_is_not_saved(both: SandboxClient) -> None:
    """Hana's own role is above Whale at the preview, and below it at the press; then she may manage no roles at all."""
    ada = await both.person("ada")
    named = await ada.run("settings admin-role", role=LIGHTKEEPER)
    assert "may configure Tessera" in named.text
    hana = await both.person("hana")
    permissions = str(1 << 28)  # Manage Roles
    made = await both.control(
        "roles", action="make", guild=ada.guild, name="Keeper", position=5, permissions=permissions
    )
    for role in (made["role"], LIGHTKEEPER):
        await both.control("roles", action="give", guild=ada.guild, user=hana.user, role=role)
    commands = await commands_of_admins(ada)
    gate = commands["gate list"]["id"]
    options = [
        {"name": "role", "type": 8, "value": WHALE},
        {"name": "rule", "type": 3, "value": "254"},
    ]
    data = {"id": gate, "name": "gate", "type": 1, "options": [{"name": "add", "type": 1, "options": options}]}
    preview = await hana.send_handmade(2, data | {"resolved": {"roles": {WHALE: ROLE}}})
    assert "Nothing is saved yet" in preview.text
    await both.control("roles", action="change", guild=ada.guild, role=made["role"], position=1)
    await hana.press(preview, "save")
    assert "Whale is not below your own highest role" in str([each["embeds"] for each in await hana.messages()])
    assert "No gates yet" in (await ada.run("gate list")).text
    await both.control("roles", action="take", guild=ada.guild, user=hana.user, role=made["role"])
    await hana.press(preview, "save")
    assert "Only members who may manage roles here can put" in str([each["embeds"] for each in await hana.messages()])
    assert "No gates yet" in (await ada.run("gate list")).text


async def test_what_a_gate_is_earned_by_is_changed_only_by_who_may_give_its_role(both: SandboxClient) -> None:
    """With an alias a worthless collection would earn a role that its admin may not give."""
    ada, hana = await both.person("ada"), await both.person("hana")
    await ada.run("settings admin-role", role=LIGHTKEEPER)
    await both.control("roles", action="give", guild=ada.guild, user=hana.user, role=LIGHTKEEPER)
    await ada.press(await ada.run("gate add", role=WHALE, rule="254"), "save")
    commands = await commands_of_admins(ada)
    options = [{"name": "collection", "type": 3, "value": "254"}, {"name": "same_as", "type": 3, "value": "261"}]
    data = {"id": commands["gate list"]["id"], "name": "gate", "type": 1}
    alias = data | {"options": [{"name": "alias", "type": 1, "options": options}]}
    assert "Only members who may manage roles here" in (await hana.send_handmade(2, alias)).text
    await ada.press(await ada.run("gate alias", collection="254", same_as="261"), "save")
    taking_back = [{"name": "take_back", "type": 4, "value": 3}]
    history = data | {"options": [{"name": "history", "type": 1, "options": taking_back}]}
    assert "Only members who may manage roles here" in (await hana.send_handmade(2, history)).text
