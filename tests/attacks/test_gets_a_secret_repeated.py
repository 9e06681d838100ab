"""Somebody is talked into typing a key or a seed phrase: no answer, no log line and no row may repeat any of it.

The options are those that the bot has registered, so that a new one is tried as well.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import open_bot
from tests.sandbox_client import Person, SandboxClient

COMMAND, AUTOCOMPLETE, MODAL = 2, 4, 5
SUBCOMMANDS, STRING, USER = (1, 2), 3, 6
WARNED = "That looks like a private key or a seed phrase: consider it exposed"
KEY = "c0ffee11" * 8
WORDS = [
    *("zebra", "wink", "vivid", "unveil", "tuna", "swarm", "rhythm", "quiz", "pluck", "oxygen", "nephew", "maze"),
    *("lizard", "kiwi", "jaguar", "ivory", "hazard", "gospel", "frozen", "eyebrow", "dwarf", "cactus", "bulk", "armor"),
]
KANA = " ".join(["あいこくしん", "あいさつ", "あいだ", "あおぞら", "あかちゃん", "あきる"] * 2)
SECRETS = {
    "a key": KEY,
    "a key with 0x": f"0x{KEY}",
    "a key in capitals": KEY.upper(),
    "a key after a network": f"loopring:0x{KEY}",
    "a key after a chain": f"eip155:1:0x{KEY}",
    "a key in a sentence": f"my key is 0x{KEY}, help!",
    "a key in two lines": f"{KEY[:32]}\n{KEY[32:]}",
    "a key with invisible characters": "\N{ZERO WIDTH SPACE}".join((KEY[:20], KEY[20:])),
    "a key in wide letters": "".join(chr(ord(char) + 0xFEE0) for char in KEY),
    "an L2 key without leading zeros": f"0x{KEY[3:]}",
    **{f"{count} words": " ".join(WORDS[:count]) for count in (12, 15, 18, 21, 24)},
    "words in capitals": " ".join(WORDS[:12]).upper(),
    "words with numbers": " ".join(f"{number}. {word}" for number, word in enumerate(WORDS[:12], 1)),
    "words with commas": ",".join(WORDS[:12]),
    "words of another script": KANA,
}
# What must not be found anywhere; from the middle of a secret, as the start of much is an address or a name.
TRACES = (
    "c0ffee11c0ff",
    "C0FFEE11C0FF",
    "ffee11c0ffee",
    "zebra",
    "ZEBRA",
    "wink",
    "あいさつ",
    "c0ffee11".translate({ord(char): ord(char) + 0xFEE0 for char in "c0ffee11"}),
)


@dataclass(frozen=True)
class Option:
    """A text option of a command."""

    command: dict[str, Any]
    path: tuple[dict[str, Any], ...]
    option: dict[str, Any]
    required: tuple[dict[str, Any], ...]

    def sent_with(self, value: str, *, focused: bool = False) -> dict[str, Any]:
        """The command with this option, as an interaction has it; others that it needs get something."""
        options = [{"name": each["name"], "type": each["type"], "value": "1"} for each in self.required]
        own = {"name": self.option["name"], "type": STRING, "value": value}
        options = [each for each in options if each["name"] != own["name"]] + [
            own | ({"focused": True} if focused else {})
        ]
        for step in reversed(self.path):
            options = [{"name": step["name"], "type": step["type"], "options": options}]
        return {**{key: self.command[key] for key in ("id", "name", "type")}, "options": options}


def text_options(command: dict[str, Any], path: tuple[dict[str, Any], ...] = ()) -> Iterator[Option]:
    """Every text option of a command and its subcommands."""
    options = (path[-1] if path else command).get("options", [])
    for option in options:
        if option["type"] in SUBCOMMANDS:
            yield from text_options(command, (*path, option))
        elif option["type"] == STRING:
            required = tuple(each for each in options if each.get("required"))
            yield Option(command, path, option, required)


@pytest.fixture(scope="module")
async def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the bot's store is."""
    return tmp_path_factory.mktemp("bot")


@pytest.fixture(scope="module")
async def module_sandbox(folder: Path) -> AsyncIterator[SandboxClient]:
    """A bot that offers every command, and proofs by pasting."""
    async with open_bot(folder, loopring="requests_per_second = 1000", linking="manual = true") as sandbox:
        yield sandbox


@pytest.fixture
async def options(sandbox: SandboxClient, ada: Person) -> list[Option]:
    """Every text option; Ada may use all commands."""
    commands = await sandbox.get("/_client/commands", user=ada.user, guild=ada.guild)
    found = [option for command in commands for option in text_options(command)]
    assert {"account", "contract", "id", "signer", "sort"} <= {option.option["name"] for option in found}
    return found


async def assert_no_trace(sandbox: SandboxClient, folder: Path, log: str) -> None:
    """Nothing of a secret is in what the bot sent to anyone, logged, or stored."""
    exchanges = (await sandbox.get("/_sandbox/traffic"))["exchanges"]
    sent = str([(exchange["path"], exchange["query"], exchange["request"]) for exchange in exchanges])
    stored = await asyncio.to_thread(lambda: b"".join(file.read_bytes() for file in folder.glob("tessera.db*")))
    for trace in TRACES:
        assert trace not in sent
        assert trace not in log
        assert trace.encode() not in stored


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
async def test_no_option_of_any_command_repeats_a_secret(
    sandbox: SandboxClient,
    ada: Person,
    options: list[Option],
    folder: Path,
    secret: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, "bot"):
        for option in options:
            answer = await ada.send_handmade(COMMAND, option.sent_with(secret))
            assert WARNED in answer.text
            assert answer.message["ephemeral"]
            if option.option.get("autocomplete"):
                suggested = await ada.send_handmade(AUTOCOMPLETE, option.sent_with(secret, focused=True))
                assert suggested["state"] == "answered"
    await assert_no_trace(sandbox, folder, caplog.text)


async def test_no_modal_repeats_a_secret(
    sandbox: SandboxClient, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Every modal that a member can open here: for a label, a page, and a signature."""
    hana = await sandbox.person("hana")
    await hana.run("link", account="10002")
    accounts = await hana.run("accounts")
    listing = await sandbox.settled(await hana.run("collections", account="10005"))
    verify = await hana.run("verify", account="10002")
    with caplog.at_level(logging.DEBUG, "bot"):
        for answer, action in ((accounts, "label"), (listing, "jump"), (verify, "paste")):
            modal = (await hana.press(answer, action))["modal"]
            fields = [field["custom_id"] for row in modal["components"] for field in row["components"]]
            for secret in SECRETS.values():
                rows = [{"type": 1, "components": [{"type": 4, "custom_id": f, "value": secret}]} for f in fields]
                data = {"custom_id": modal["custom_id"], "components": rows}
                refused = await hana.send_handmade(MODAL, data, answer)
                assert WARNED in refused.text
                assert refused.message["ephemeral"]
    await assert_no_trace(sandbox, folder, caplog.text)


async def test_what_is_no_secret_is_not_taken_for_one(ada: Person) -> None:
    for account in (
        "0x" + "ab" * 20,
        f"eip155:1:0x{'ab' * 20}",
        "a-rather-long-name-of-many-letters-and-words-in-it.eth",
    ):
        assert WARNED not in (await ada.run("collections", account=account)).text


async def test_a_signature_is_no_secret(sandbox: SandboxClient) -> None:
    hana = await sandbox.person("hana")
    answer = await hana.run("verify", account="10002")
    pasted = await hana.submit(await hana.press(answer, "paste"), signature="0x" + "ab" * 65)
    assert WARNED not in pasted.text
