"""The attacker empties or removes a secret, or writes where the bot reads, so that it quietly serves a weaker proof.

Each time the real process must not serve anything: one line that says what to do, exit code 2, and no secret in it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sandbox.discord.oauth import CLIENT_SECRET
from tests.process import start
from tests.sandbox_client import SECRETS, open_sandbox, write_config

PROXY = 'trusted_proxies = ["127.0.0.1/32"]'


@dataclass
class Surroundings:
    """A bot with a page for everybody, as an operator has set it up; an attack changes one thing."""

    folder: Path
    web: list[str] = field(default_factory=lambda: ['public_url = "https://verify.example.org"', PROXY])
    secrets: dict[str, str] = field(default_factory=lambda: SECRETS | {"DISCORD_CLIENT_SECRET": CLIENT_SECRET})
    after: Callable[[Path], None] = lambda config: config.chmod(0o600)

    @property
    def store(self) -> Path:
        """The store's folder."""
        return self.folder / "store"

    def into_file(self, mode: int, text: str = CLIENT_SECRET) -> None:
        """The client secret in a file."""
        file = self.folder / "secret"
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        del self.secrets["DISCORD_CLIENT_SECRET"]
        self.secrets["DISCORD_CLIENT_SECRET_FILE"] = str(file)


def remove_the_secret(it: Surroundings) -> None:
    del it.secrets["DISCORD_CLIENT_SECRET"]


def empty_the_secret(it: Surroundings) -> None:
    it.secrets["DISCORD_CLIENT_SECRET"] = ""


def empty_the_secrets_file(it: Surroundings) -> None:
    it.into_file(0o600, "\n")


def read_the_secrets_file(it: Surroundings) -> None:
    it.into_file(0o644)


def replace_the_secrets_file(it: Surroundings) -> None:
    it.into_file(0o622)


def pretend_to_be_any_visitor(it: Surroundings) -> None:
    it.web[1] = 'trusted_proxies = ["127.0.0.1/32", "0.0.0.0/0"]'


def make_all_visitors_one(it: Surroundings) -> None:
    del it.web[1]


def send_the_token_elsewhere(it: Surroundings) -> None:
    it.after = lambda config: config.chmod(0o666)


def replace_the_store(it: Surroundings) -> None:
    it.store.chmod(0o777)


def cut_a_node_off(it: Surroundings) -> None:
    it.secrets["ETH_RPC_URL"] = "https://a.example/canary,"


Attack = Callable[[Surroundings], None]
ATTACKS: dict[Attack, str] = {
    remove_the_secret: "The page of [web] public_url needs Discord's login",
    empty_the_secret: "DISCORD_CLIENT_SECRET is set, but empty",
    empty_the_secrets_file: "DISCORD_CLIENT_SECRET_FILE: that file is empty",
    read_the_secrets_file: 'run chmod 600 "$DISCORD_CLIENT_SECRET_FILE"',
    replace_the_secrets_file: 'run chmod 600 "$DISCORD_CLIENT_SECRET_FILE"',
    pretend_to_be_any_visitor: "0.0.0.0/0 is too wide",
    make_all_visitors_one: "trusted_proxies does not say which proxy serves it",
    send_the_token_elsewhere: "other users can write this file: run chmod go-w",
    replace_the_store: "other users can write in the folder",
    cut_a_node_off: "a node of ETH_RPC_URL must be a URL",
}


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_the_bot_does_not_start_in_a_weaker_mode(tmp_path: Path, attack: Attack) -> None:
    it = Surroundings(tmp_path)
    it.store.mkdir()
    attack(it)
    async with open_sandbox() as sandbox:
        config = write_config(tmp_path, sandbox, web="\n".join(it.web), store=f'path = "{it.store}/tessera.db"')
        it.after(config)
        async with start("run", "--config", config, folder=tmp_path, secrets=it.secrets) as bot:
            assert await bot.exit_code() == 2
        assert (await sandbox.get("/_sandbox/traffic"))["exchanges"] == []
    (line,) = bot.output_lines
    assert ATTACKS[attack] in line
    assert CLIENT_SECRET not in bot.output
    assert "canary" not in bot.output
    assert os.listdir(it.store) == []  # noqa: PTH208 - names alone
