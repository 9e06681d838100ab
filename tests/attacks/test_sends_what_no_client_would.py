"""A program in place of Discord's client sends options, choices, menus and ids that nobody can have chosen.

Each gets one sentence, and none a traceback.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import open_bot
from tests.sandbox_client import Answer, Person, SandboxClient

VOUCH = "0123456789abcdef"
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
NOT_UNDERSTOOD = "Tessera does not understand that as it was sent: reload Discord, and use the command again."
STALE = "Tessera no longer knows this answer: it has expired, or Tessera was restarted. Use the command again."
WRONG_VALUE: dict[int, Any] = {3: 5, 4: "x", 5: "yes", 6: 7}


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot that offers every command."""
    async with open_bot(
        tmp_path_factory.mktemp("bot"), loopring="requests_per_second = 1000", linking="manual = true"
    ) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture) -> Any:
    """Nothing is logged as an error, by the bot or by discord.py."""
    with caplog.at_level(logging.INFO):
        yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def sent(command: dict[str, Any], *options: dict[str, Any]) -> dict[str, Any]:
    """A command as an interaction has it."""
    return {**{key: command[key] for key in ("id", "name", "type")}, "options": list(options)}


@pytest.fixture
async def commands(sandbox: SandboxClient, ada: Person) -> list[dict[str, Any]]:
    """The commands that the bot has registered."""
    found: list[dict[str, Any]] = await sandbox.get("/_client/commands", user=ada.user, guild=ada.guild)
    return found


def plain_options(commands: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every option of every command without subcommands."""
    return [(command, option) for command in commands for option in command.get("options", []) if option["type"] > 2]


async def test_an_unknown_choice_gets_a_sentence_that_names_those_there_are(
    ada: Person, commands: list[dict[str, Any]]
) -> None:
    tried = set()
    for command, option in plain_options(commands):
        if choices := option.get("choices"):
            answer = await ada.send_handmade(
                COMMAND, sent(command, {"name": option["name"], "type": option["type"], "value": "@everyone NAME"})
            )
            names = ", ".join(f"`{choice['name']}`" for choice in choices)
            assert f"`{option['name']}` has no such choice: choose one of {names}." in answer.text
            tried.add(command["name"])
    assert tried


async def test_a_value_of_another_type_gets_a_sentence(ada: Person, commands: list[dict[str, Any]]) -> None:
    for command, option in plain_options(commands):
        wrong = {"name": option["name"], "type": option["type"], "value": WRONG_VALUE[option["type"]]}
        assert NOT_UNDERSTOOD in (await ada.send_handmade(COMMAND, sent(command, wrong))).text


async def test_an_unknown_option_and_a_missing_one_get_a_sentence(ada: Person, commands: list[dict[str, Any]]) -> None:
    unknown = {"name": "nothing", "type": 3, "value": "x"}
    for command in commands:
        if all(option["type"] > 2 for option in command.get("options", [])):
            assert NOT_UNDERSTOOD in (await ada.send_handmade(COMMAND, sent(command, unknown))).text
            if any(option.get("required") for option in command.get("options", [])):
                assert NOT_UNDERSTOOD in (await ada.send_handmade(COMMAND, sent(command))).text


async def test_a_person_whom_discord_does_not_resolve_gets_a_sentence(
    ada: Person, commands: list[dict[str, Any]]
) -> None:
    tried = set()
    for command, option in plain_options(commands):
        if option["type"] == 6:
            given = [{"name": option["name"], "type": 6, "value": "123456789012345678"}]
            given += [
                {"name": each["name"], "type": 3, "value": "10001"}
                for each in command["options"]
                if each["type"] == 3 and each.get("required")
            ]
            assert NOT_UNDERSTOOD in (await ada.send_handmade(COMMAND, sent(command, *given))).text
            tried.add(command["name"])
    assert tried == {"collections", "vouch", "unvouch"}


@pytest.mark.parametrize("name", ["nothing", "privacy"])
async def test_an_unknown_command_gets_a_sentence(ada: Person, name: str) -> None:
    data = {"id": "1", "name": name, "type": 1, "options": [{"name": "nothing", "type": 1, "options": []}]}
    assert NOT_UNDERSTOOD in (await ada.send_handmade(COMMAND, data)).text


@pytest.mark.parametrize("values", [None, [], ["loopring:1", "x"], [5], "text"], ids=repr)
@pytest.mark.parametrize("action", ["open", "choose"])
async def test_a_choice_that_no_menu_offers_gets_a_sentence(
    sandbox: SandboxClient, ada: Person, action: str, values: Any
) -> None:
    if action == "open":
        answer = await sandbox.settled(await ada.run("collections", account="10001"))
    else:
        await ada.run("link", account="10001")
        answer = await ada.run("accounts")
    before = len(await ada.messages())
    menu = answer.component(action)
    data = {"component_type": 3, "custom_id": menu["custom_id"]} | ({} if values is None else {"values": values})
    pressed = await ada.send_handmade(COMPONENT, data, answer)
    assert pressed["state"] == "answered"
    new = (await ada.messages())[before:]
    words = [embed["description"] for message in new for embed in message["embeds"]]
    if values == ["loopring:1", "x"]:  # may have been on the menu a moment ago
        assert words in ([], ["That collection is no longer in the list. Use the command again."])
    else:
        assert words == [NOT_UNDERSTOOD]


@pytest.mark.parametrize("custom_id", ["tessera:0:next", "tessera:", "x", ""])
async def test_a_button_that_there_is_not_gets_a_sentence(sandbox: SandboxClient, ada: Person, custom_id: str) -> None:
    answer = await sandbox.settled(await ada.run("collections", account="10001"))
    assert STALE in (await ada.send_handmade(COMPONENT, {"component_type": 2, "custom_id": custom_id}, answer)).text
    current = answer.component("next")["custom_id"].removesuffix("next")
    for unknown in (f"{current}nothing", f"{current}tab:eip155:5"):
        pressed = await ada.send_handmade(COMPONENT, {"component_type": 2, "custom_id": unknown}, answer)
        assert STALE in pressed.text


@pytest.mark.parametrize("components", [[], [{"type": 1, "components": []}], [{"type": 9}]], ids=repr)
async def test_a_modal_without_its_fields_gets_a_sentence(
    sandbox: SandboxClient, ada: Person, components: list[dict[str, Any]]
) -> None:
    listing = await sandbox.settled(await ada.run("collections", account="10005"))
    modal: Answer = await ada.press(listing, "jump")
    data = {"custom_id": modal["modal"]["custom_id"], "components": components}
    assert "There is no such page: use a number from 1 to 27." in (await ada.send_handmade(MODAL, data, listing)).text


async def test_a_modal_that_there_is_not_gets_a_sentence(sandbox: SandboxClient, ada: Person) -> None:
    listing = await sandbox.settled(await ada.run("collections", account="10005"))
    data = {"custom_id": "tessera:0:label", "components": []}
    assert STALE in (await ada.send_handmade(MODAL, data, listing)).text


@pytest.mark.parametrize(
    "options",
    [
        [],
        [{"name": "account", "type": 3, "value": "1"}],
        [{"name": "account", "type": 3, "value": 1, "focused": True}],
        [{"name": "account", "type": 3, "value": "1", "focused": True}] * 2,
        [{"name": "nothing", "type": 3, "value": "1", "focused": True}],
    ],
    ids=["no option", "none that is typed", "a number", "two", "an unknown one"],
)
@pytest.mark.parametrize("name", ["collections", "nothing"])
async def test_suggestions_for_what_nobody_types_are_none(
    ada: Person, commands: list[dict[str, Any]], name: str, options: list[dict[str, Any]]
) -> None:
    command = next((each for each in commands if each["name"] == name), {"id": "1", "name": name, "type": 1})
    answer = await ada.send_handmade(AUTOCOMPLETE, sent(command, *options))
    assert (answer["state"], answer["error"]) == ("answered", None)


@pytest.fixture
async def about(sandbox: SandboxClient, ada: Person) -> Answer:
    """A message of the bot's that something is pressed on."""
    return await sandbox.settled(await ada.run("collections", account="10001"))


@pytest.mark.parametrize(
    "number",
    ["0", "9223372036854775808", "99999999999999999999", "09", "\u0661\u0662\u0663", "\uff11"],  # Arabic, full width
)
@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_a_vouch_in_a_server_that_there_cannot_be_gets_a_sentence(
    about: Answer, ada: Person, answer: str, number: str
) -> None:
    data = {"component_type": 2, "custom_id": f"tessera-vouch:{answer}:{number}:{VOUCH}"}
    assert STALE in (await ada.send_handmade(COMPONENT, data, about)).text


@pytest.mark.parametrize("number", ["1", "8999999999999999999"])
async def test_a_vouch_that_there_is_not_gets_a_sentence_from_a_button_alone(
    sandbox: SandboxClient, about: Answer, ada: Person, number: str
) -> None:
    custom_id = f"tessera-vouch:yes:{number}:{VOUCH}"
    await ada.send_handmade(COMPONENT, {"component_type": 2, "custom_id": custom_id}, about)
    assert "Please check your request" in (await sandbox.current(about)).text
    menu = {"component_type": 3, "custom_id": custom_id}
    assert NOT_UNDERSTOOD in (await ada.send_handmade(COMPONENT, menu, about)).text
    assert STALE in (await ada.send_handmade(MODAL, {"custom_id": custom_id, "components": []}, about)).text


async def test_what_comes_with_a_vouch_passes_the_door_and_its_ids_stay_out_of_the_log(
    about: Answer, ada: Person, caplog: pytest.LogCaptureFixture
) -> None:
    custom_id = f"tessera-vouch:no:{ada.guild}:{VOUCH}"
    data = {"component_type": 2, "custom_id": custom_id, "values": ["abandon " * 12]}
    with caplog.at_level(logging.INFO):
        refused = await ada.send_handmade(COMPONENT, data, about)
    assert "That looks like a private key or a seed phrase" in refused.text
    assert "tessera-vouch:no: InputError" in [record.getMessage() for record in caplog.records]
    assert f":{ada.guild}" not in caplog.text
    assert VOUCH not in caplog.text
