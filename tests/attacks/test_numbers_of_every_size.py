"""Every option that takes a number or a text gets numbers, ages and dates of every size: a sentence, no traceback.

They are found by walking what the bot has registered, so that a new option is tried too; by an administrator, as
others are refused before anything is read.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.conftest import open_bot
from tests.sandbox_client import Answer, Person, SandboxClient
from tests.test_typed_values import HOSTILE

COMMAND, AUTOCOMPLETE = 2, 4
TEXT, WHOLE, BOOLEAN, MEMBER, CHANNEL, ROLE, NUMBER = 3, 4, 5, 6, 7, 8, 10
NOT_UNDERSTOOD = "Tessera does not understand that as it was sent"
# Of Discord's integers, and what a program may send in place of one.
WHOLES = (-(2**53), -1, 0, 2**53 - 1, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**30, -(10**30), True)
NUMBERS = (-1.0, -1e300, 1e300, 1e19, 2**64, 0.0000001, True)
WHALE = "910000000000000005"
USUAL: dict[int, Any] = {TEXT: "254", WHOLE: 1, BOOLEAN: True, ROLE: WHALE, NUMBER: 1.0}
NEEDED = {"role", "rule"}  # without these, `/gate add` asks for them
USUAL_TEXT = {"account": "10001", "since": "7d", "url": "https://example.org/"}
# Discord's own limit of a text; what it cuts nobody types.
LONGEST = 6000


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot that offers every command."""
    async with open_bot(
        tmp_path_factory.mktemp("bot"), loopring="requests_per_second = 1000", linking="manual = true"
    ) as sandbox:
        yield sandbox


@pytest.fixture
async def rosalind(sandbox: SandboxClient) -> Person:
    """An administrator."""
    return await sandbox.person("rosalind")


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is logged as an error, by the bot or by discord.py."""
    with caplog.at_level(logging.INFO):
        yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def leaves(command: dict[str, Any]) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """What can be typed: the names down to a subcommand, and its options."""
    options = command.get("options") or []
    below = [each for each in options if each["type"] == 1]
    if not below:
        yield [], options
    for each in below:
        yield [each], each.get("options") or []


def sent(command: dict[str, Any], path: list[dict[str, Any]], given: list[dict[str, Any]]) -> dict[str, Any]:
    """A command as an interaction has it, with what Discord resolves."""
    options = given
    for each in reversed(path):
        options = [{"name": each["name"], "type": 1, "options": options}]
    role = {"id": WHALE, "name": "Whale", "color": 0, "permissions": "0", "position": 1, "flags": 0}
    role |= dict.fromkeys(("hoist", "managed", "mentionable"), False)
    about = {key: command[key] for key in ("id", "name", "type")}
    return {**about, "options": options, "resolved": {"roles": {WHALE: role}}}


def cases(commands: list[dict[str, Any]], kinds: set[int]) -> Iterator[tuple[str, dict[str, Any], Any, dict[str, Any]]]:
    """Each option of these types with the rest of its command: what is needed as usual, and nothing else."""
    for command in commands:
        for path, options in leaves(command):
            for option in options:
                if option["type"] not in kinds or "choices" in option:
                    continue
                rest = [
                    {"name": each["name"], "type": each["type"], "value": usual(each)}
                    for each in options
                    if each is not option and (each.get("required") or each["name"] in NEEDED) and each["type"] in USUAL
                ]
                yield " ".join([command["name"], *(each["name"] for each in path)]), option, (path, rest), command


def usual(option: dict[str, Any]) -> Any:
    """A value as people type it."""
    if choices := option.get("choices"):
        return choices[0]["value"]
    return USUAL_TEXT.get(option["name"], USUAL[option["type"]])


async def commands_of(person: Person) -> list[dict[str, Any]]:
    """The slash commands that the bot has registered."""
    found = await person.sandbox.get("/_client/commands", user=person.user, guild=person.guild)
    return [each for each in found if each["type"] == 1]


def check(answer: Answer, name: str, option: dict[str, Any], value: object) -> None:
    """It is an answer, and not that something went wrong."""
    if answer["modal"]:
        return
    where = f"/{name} {option['name']}: {str(value)[:40]}: {answer.text[:300]}"
    assert answer["error"] is None, where
    assert "Something went wrong" not in answer.text, where


async def tried(person: Person, kind: int, values: tuple[Any, ...]) -> dict[str, dict[Any, Answer]]:
    """Each option of a type with each value."""
    found: dict[str, dict[Any, Answer]] = {}
    for name, option, (path, rest), command in cases(await commands_of(person), {kind}):
        for value in values:
            given = [*rest, {"name": option["name"], "type": kind, "value": value}]
            answer = await person.send_handmade(COMMAND, sent(command, path, given))
            check(answer, name, option, value)
            found.setdefault(f"{name} {option['name']}", {})[repr(value)] = answer
    return found


async def test_a_whole_number_out_of_its_bounds_is_refused(rosalind: Person) -> None:
    found = await tried(rosalind, WHOLE, WHOLES)
    assert {"holders diff first", "holders export minimum", "sync undo run", "webhooks replay from"} <= found.keys()
    for name, answers in found.items():
        for beyond in (2**53 + 1, 2**63, 2**64, 10**30, -(10**30), True):
            assert NOT_UNDERSTOOD in answers[repr(beyond)].text, (name, beyond)


async def test_a_number_out_of_its_bounds_is_refused(rosalind: Person) -> None:
    found = await tried(rosalind, NUMBER, NUMBERS)
    assert {"settings grace hours", "settings cool-down hours", "gate add grace_hours"} <= found.keys()
    for name, answers in found.items():
        for beyond in (-1.0, 1e300, 2**64, True):
            assert NOT_UNDERSTOOD in answers[repr(beyond)].text, (name, beyond)


async def test_a_text_in_place_of_a_number_an_age_or_a_date_gets_a_sentence(rosalind: Person) -> None:
    found = await tried(rosalind, TEXT, tuple(each[:LONGEST] for each in HOSTILE))
    assert {"holders changes since", "collections account", "collection id", "gate preview rule"} <= found.keys()
    for typed in ("99999y", "0001-01-01T00:00+23:59", "9" * 5000):
        assert "use a date" in found["holders changes since"][repr(typed)].text, typed[:24]


async def test_suggestions_take_what_is_half_typed_of_every_size(rosalind: Person) -> None:
    names = set()
    for name, option, (path, rest), command in cases(await commands_of(rosalind), {TEXT, WHOLE}):
        if not option.get("autocomplete"):
            continue
        for typed in HOSTILE:
            focused = {"name": option["name"], "type": option["type"], "value": typed[:LONGEST], "focused": True}
            answer = await rosalind.send_handmade(AUTOCOMPLETE, sent(command, path, [*rest, focused]))
            assert (answer["state"], answer["error"]) == ("answered", None), (name, typed[:24])
        names.add(f"{name} {option['name']}")
    assert {"holders diff first", "gate edit gate"} & names


@pytest.mark.parametrize("typed", sorted({each[:9] for each in HOSTILE if each}))
async def test_numbers_in_modals_get_a_sentence(rosalind: Person, typed: str) -> None:
    listing = await rosalind.sandbox.settled(await rosalind.run("collections", account="10001"))
    check(await rosalind.submit(await rosalind.press(listing, "jump"), page=typed), "jump", {"name": "page"}, typed)
    settings = await rosalind.run("settings show")
    for button in ("grace", "cool-down"):
        answer = await rosalind.submit(await rosalind.press(settings, button), hours=typed)
        check(answer, f"settings {button}", {"name": "hours"}, typed)
        assert "is not a number of hours: use one from 0 to" in answer.text
    adding = await rosalind.run("gate add")
    answer = await rosalind.submit(adding, role=[WHALE], collection="254", count=typed, what="least")
    check(answer, "gate add", {"name": "count"}, typed)
