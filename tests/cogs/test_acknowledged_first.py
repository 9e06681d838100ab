"""Everything that can be typed, pressed or sent is acknowledged while the store answers nothing at all.

Discord waits three seconds. So nothing but what is in memory may come before an acknowledgement: no right, no setting.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.cogs.gates.hold_buttons import Decision
from bot.store import Store
from tests.cogs.members.role_bot import RoleBot, open_role_bot
from tests.e2e.test_who_sees import COMMANDS
from tests.sandbox_client import Answer, Person

ROLE_MENU, CHANNEL_MENU = 6, 8
WHALE, LIGHTKEEPER = "910000000000000005", "910000000000000006"
MOST_SECONDS = 30
# They answer from memory, and are not in this bot.
FROM_MEMORY = {"help", "about"}
# Tried last or with other options, as what they do is missing afterwards.
OTHERWISE = {"gate add", "gate remove", "unlink", "privacy delete", "verify"}
LASTING = {"save", "yes", "fix", "remove", "keep-out"}
# What is pressed below their answers at least, so that this tries what it says.
PRESSED = {
    "accounts": {"choose", "keep-out", "label", "prove", "remove", "share"},
    "collections": {"jump", "next", "open"},
    "gate add": {"cancel", "modal", "names", "save"},
    "gate adopt": {"no", "yes"},
    "gate history": {"jump", "next"},
    "gate import": {"modal"},
    "gate show": {"keep", "lose", "unknown"},
    "holders check": {"fix"},
    "privacy delete": {"no", "yes"},
    "settings show": {"admin-role", "cool-down", "grace", "log", "visibility"},
    "sync status": {"refresh"},
    "unlink": {"no", "yes"},
    "verify": {"paste"},
}
# What is sent by modals, by the ids of their fields.
SENT: dict[str, Any] = {
    "role": [WHALE],
    "collection": "261",
    "count": "1",
    "what": "least",
    "gates": "role,collection\nWhale,254\n",
    "label": "mine",
    "page": "1",
    "signature": "0x" + "11" * 65,
    "role-name": "Moderator",
    "hours": "2",
}


@pytest.fixture
async def role_bot(tmp_path: Path) -> AsyncIterator[RoleBot]:
    """The bot."""
    async with open_role_bot(tmp_path) as role_bot:
        yield role_bot


@asynccontextmanager
async def silent(store: Store) -> AsyncIterator[None]:
    """The store answers nothing meanwhile, and everything afterwards."""
    goes_on = threading.Event()
    busy = asyncio.create_task(store.writer.run(lambda _: goes_on.wait()))
    try:
        yield
    finally:
        goes_on.set()
        await busy


async def acknowledged(role_bot: RoleBot, interaction: str, what: object) -> None:
    """Return when an interaction is acknowledged."""
    answer = await role_bot.sandbox.answer(interaction, "acknowledged", MOST_SECONDS)
    assert answer["state"] in {"deferred", "answered", "modal"}, what


def fields_of(part: Any) -> list[str]:
    """The ids of all fields of a modal, which are nested."""
    if isinstance(part, list):
        return [each for below in part for each in fields_of(below)]
    below = fields_of(part.get("components", [])) + fields_of([part["component"]] if "component" in part else [])
    return below or [part["custom_id"]]


async def run(role_bot: RoleBot, person: Person, name: str, **options: Any) -> Answer:
    """Type a command while the store is silent; its answer."""
    async with silent(role_bot.store):
        started = await person.start(name, **options)
        await acknowledged(role_bot, started, name)
    return await role_bot.sandbox.answer(started)


async def press(role_bot: RoleBot, person: Person, answer: Answer, item: dict[str, Any], what: object) -> Answer:
    """Press or choose while the store is silent; the answer."""
    of_the_server = {ROLE_MENU: WHALE, CHANNEL_MENU: person.channel}
    chosen = item["options"][0]["value"] if item.get("options") else of_the_server.get(item["type"])
    values = [chosen] if chosen else []
    body = {"user": person.user, "message": answer.message["id"], "custom_id": item["custom_id"], "values": values}
    async with silent(role_bot.store):
        pressed = (await role_bot.sandbox.post("/_client/components", body))["interaction"]
        await acknowledged(role_bot, pressed, what)
    return await role_bot.sandbox.answer(pressed)


async def send(role_bot: RoleBot, person: Person, opened: Answer, what: object) -> Answer:
    """Send a modal while the store is silent; the answer."""
    values = {field: SENT[field] for field in fields_of(opened["modal"]["components"])}
    body = {"user": person.user, "interaction": opened["id"], "values": values}
    async with silent(role_bot.store):
        sent = (await role_bot.sandbox.post("/_client/modals", body))["interaction"]
        await acknowledged(role_bot, sent, what)
    return await role_bot.sandbox.answer(sent)


def items_of(answer: Answer) -> list[dict[str, Any]]:
    """What can be pressed or chosen below an answer."""
    if not answer["message"]:
        return []
    return [item for item in answer.components() if "custom_id" in item and not item.get("disabled")]


def action_of(item: dict[str, Any]) -> str:
    """What a button does, however often its message is made."""
    return str(item["custom_id"]).rpartition(":")[2]


@pytest.fixture
async def ada(role_bot: RoleBot) -> Person:
    """An admin with an account, a gate that could adopt her, and more decisions than a page shows."""
    ada = await role_bot.sandbox.person("ada")
    await role_bot.sandbox.control("roles", action="give", guild=ada.guild, user=ada.user, role=WHALE)
    await role_bot.prove(ada, "10001")
    await ada.press(await ada.run("gate add", role=WHALE, rule="254"), "save")
    for _ in range(3):
        await ada.run("gate pause", gate="1")
        await ada.press(await ada.run("gate resume", gate="1"), "save")
    return ada


async def try_all(role_bot: RoleBot, person: Person, name: str, options: dict[str, Any]) -> set[str]:
    """Type a command, and press everything below its answer, each on an answer of its own; what was pressed."""
    answer = await run(role_bot, person, name, **options)
    if answer["state"] == "modal":
        await send(role_bot, person, answer, (name, "modal"))
        return {"modal"}
    if name.startswith("settings ") and name != "settings show":
        return set()  # the same panel is below all of them, and some can be used only once
    actions = sorted((action_of(item) for item in items_of(answer)), key=lambda action: action in LASTING)
    for action in actions:
        fresh = await person.run(name, **options)
        (item,) = [each for each in items_of(fresh) if action_of(each) == action]
        pressed = await press(role_bot, person, fresh, item, (name, action))
        if pressed["state"] == "modal":
            await send(role_bot, person, pressed, (name, action, "modal"))
    return set(actions)


async def test_nothing_is_looked_up_in_the_store_before_an_acknowledgement(role_bot: RoleBot, ada: Person) -> None:
    moderator = await role_bot.sandbox.role(ada.guild or "", "Moderator")
    commands = [(name, options) for name, options in COMMANDS.items() if name not in FROM_MEMORY | OTHERWISE]
    commands += [
        ("gate add", {}),
        ("gate add", {"role": LIGHTKEEPER, "rule": "254"}),
        ("gate add", {"role": moderator, "rule": "254"}),
        ("gate remove", {"gate": "1"}),
        ("verify", {"account": "10001"}),
        ("unlink", {"account": "10001"}),
        ("privacy delete", {}),
    ]
    tried: dict[str, set[str]] = {}
    for name, options in commands:
        typed = {key: ada.user if value == "{ada}" else value for key, value in options.items()}
        tried.setdefault(name, set()).update(await try_all(role_bot, ada, name, typed))
    for name, actions in PRESSED.items():
        assert tried[name] >= actions, name


async def test_lasting_buttons_look_nothing_up_in_the_store_before_an_acknowledgement(
    role_bot: RoleBot, ada: Person
) -> None:
    posted = await ada.run("panel post")
    (panel,) = [each for each in await ada.messages() if "tessera-start" in str(each["components"])]
    starting = Answer({**posted, "message": panel})
    for item in items_of(starting):
        await press(role_bot, ada, starting, item, item["custom_id"])
    vouch = f"{ada.guild}:{'a' * 16}"
    buttons = [f"tessera-hold:{decision.value}" for decision in Decision]
    for custom_id in (*buttons, f"tessera-vouch:yes:{vouch}", f"tessera-vouch:no:{vouch}"):
        body = {**ada.place, "type": 3, "data": {"custom_id": custom_id, "component_type": 2}, "message": panel["id"]}
        async with silent(role_bot.store):
            pressed = (await role_bot.sandbox.post("/_client/handmade", body))["interaction"]
            await acknowledged(role_bot, pressed, custom_id)
        await role_bot.sandbox.answer(pressed)


async def test_with_the_role_for_configuring_alone_a_button_opens_the_modal(role_bot: RoleBot, ada: Person) -> None:
    """Who has it is in the store, and no modal can follow an acknowledgement."""
    hana = await role_bot.sandbox.person("hana")
    await ada.run("settings admin-role", role=LIGHTKEEPER)
    listed = await role_bot.sandbox.get("/_client/commands", user=ada.user, guild=ada.guild)
    gate = next(command["id"] for command in listed if command["name"] == "gate")
    data = {"id": gate, "name": "gate", "type": 1, "options": [{"name": "add", "type": 1, "options": []}]}
    refused = await hana.send_handmade(2, data)
    assert "Only members who may manage this server" in refused.text
    await role_bot.sandbox.control("roles", action="give", guild=ada.guild, user=hana.user, role=LIGHTKEEPER)
    asked = await hana.send_handmade(2, data)
    (item,) = items_of(asked)
    opened = await press(role_bot, hana, asked, item, "fill-in")
    assert opened["state"] == "modal"
    await role_bot.sandbox.control("roles", action="take", guild=ada.guild, user=hana.user, role=LIGHTKEEPER)
    assert "Only members who may manage this server" in (await send(role_bot, hana, opened, "modal")).text
