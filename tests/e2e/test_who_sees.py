"""Who sees what the bot answers, and where each command is: only the person who asked, unless they share it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.ui.run_again import BY_NAME
from docs_site.commands_page import commands_page
from tests.conftest import open_bot
from tests.sandbox_client import Person, SandboxClient

REFERENCE = Path(__file__).parents[2] / "docs" / "commands.md"
# Every command with options that lead to an answer. Of a command with subcommands: each, with a space.
COMMANDS: dict[str, dict[str, Any]] = {
    "collections": {"account": "10001"},
    "collection": {"id": "254"},
    "link": {"account": "10001"},
    "unlink": {"account": "10001"},
    "verify": {},
    "accounts": {},
    "privacy export": {},
    "privacy delete": {},
    "vouch": {"member": "{ada}", "account": "10001"},
    "unvouch": {"member": "{ada}", "account": "10001"},
    "gate add": {"role": "910000000000000005", "rule": "254"},
    "gate edit": {"gate": "1", "rule": "254"},
    "gate list": {},
    "gate show": {"gate": "1"},
    "gate preview": {"role": "910000000000000005", "rule": "254"},
    "gate remove": {"gate": "1"},
    "gate pause": {"gate": "1"},
    "gate resume": {"gate": "1"},
    "gate adopt": {"gate": "1"},
    "gate alias": {"collection": "254", "same_as": "261"},
    "gate history": {},
    "gate export": {},
    "gate import": {"adopt": True},
    "card": {},
    "roles": {},
    "refresh": {},
    "holders check": {"member": "{ada}"},
    "holders list": {"collection": "254"},
    "holders top": {"collection": "254"},
    "holders find": {"account": "10001"},
    "holders changes": {"collection": "254", "since": "7d"},
    "holders stats": {},
    "holders gap": {"collection": "254"},
    "holders export": {"rule": "254"},
    "holders schedule": {"rule": "254"},
    "holders diff": {},
    "panel post": {},
    "settings show": {},
    "settings log": {},
    "settings grace": {"hours": 0},
    "settings cool-down": {"hours": 24},
    "settings protect": {"member": "{ada}"},
    "settings unprotect": {"member": "{ada}"},
    "settings exclude": {"collection": "300"},
    "settings include": {"collection": "300"},
    "settings visibility": {"requirements": True},
    "settings admin-role": {},
    "webhooks list": {},
    "webhooks add": {"url": "https://127.0.0.1/"},
    "webhooks test": {"webhook": 1},
    "webhooks rotate": {"webhook": 1},
    "webhooks pause": {"webhook": 1},
    "webhooks resume": {"webhook": 1},
    "webhooks replay": {"webhook": 1, "from": 1},
    "webhooks remove": {"webhook": 1},
    "health": {},
    "sync status": {},
    "sync now": {},
    "sync hold": {},
    "sync release": {},
    "sync staged": {},
    "sync approve": {},
    "sync discard": {},
    "sync undo": {"run": 1},
    "help": {},
    "about": {},
}
# Entries of a member's menu: tried in the tests of roles, as nobody types them.
MENUS = {"Show collections", "Check holder"}
_GROUPS = ("gate ", "settings ", "panel ", "holders ", "sync ", "webhooks ")
ONLY_IN_SERVERS = {"card", "verify", "vouch", "unvouch", "roles", "refresh", "health"} | MENUS
ONLY_IN_SERVERS |= {name for name in COMMANDS if name.startswith(_GROUPS)}
# What opens a modal first; its answer is in the tests of gates.
MODALS = {"gate import"}


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot with every command."""
    folder: Path = tmp_path_factory.mktemp("bot")
    async with open_bot(folder, linking="manual = true", loopring="requests_per_second = 1000") as sandbox:
        yield sandbox


async def offered(person: Person) -> dict[str, dict[str, Any]]:
    """The commands of a server, as Discord has them, each subcommand by itself."""
    commands = await person.sandbox.get("/_client/commands", user=person.user, guild=person.guild)
    return {
        f"{command['name']} {option['name']}" if option["type"] == 1 else command["name"]: command
        for command in commands
        for option in command.get("options") or [{"type": 0}]
    }


async def test_every_command_is_tried_here(ada: Person) -> None:
    assert (await offered(ada)).keys() == COMMANDS.keys() | MENUS
    assert all(COMMANDS[name] == {} for name in BY_NAME)  # they can be run again without options


async def test_the_reference_of_commands_is_current(ada: Person) -> None:
    registered = await ada.sandbox.get("/_client/commands", user=ada.user, guild=ada.guild)
    assert REFERENCE.read_text(encoding="utf-8") == commands_page(registered), "run `make reference`"


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in MODALS])
async def test_only_the_person_who_asked_sees_the_answer(ada: Person, name: str) -> None:
    options = {
        key: value.format(ada=ada.user) if isinstance(value, str) else value for key, value in COMMANDS[name].items()
    }
    answer = await ada.run(name, **options)
    assert answer.message["ephemeral"]


async def test_what_needs_a_server_is_offered_in_no_direct_message(ada: Person) -> None:
    commands = await offered(ada)
    assert {name for name, command in commands.items() if command["contexts"] == [0]} == ONLY_IN_SERVERS


async def test_only_what_shows_collections_can_be_brought_along_by_a_person(ada: Person) -> None:
    commands = await offered(ada)
    brought = {name: command for name, command in commands.items() if 1 in command["integration_types"]}
    assert set(brought) == {"collections", "collection"}
    assert [command["contexts"] for command in brought.values()] == [[0, 1, 2]] * 2
    assert all(0 in command["integration_types"] for command in commands.values())


async def test_an_error_after_a_press_on_a_shared_answer_is_for_the_person_who_pressed(ada: Person) -> None:
    shared = await ada.run("collections", account="10001", share=True)
    assert not shared.message["ephemeral"]
    await ada.sandbox.fault("status", path="nft/collection/balances", status=500)
    await ada.press(shared, "open", "254")
    (failed,) = (message for message in await ada.messages() if "HTTP 500" in str(message["embeds"]))
    assert failed["ephemeral"]
