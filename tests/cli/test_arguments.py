"""What is typed, configured or interrupted before there is anything to show."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import signal
from pathlib import Path

import pytest

from bot import __version__
from bot.app.log import log_again
from bot.cli.main import main
from bot.config.settings import load
from tests.process import PATIENCE, start
from tests.sandbox_client import SandboxClient

ACCOUNT = "10001"


@pytest.mark.parametrize("command", ["run", "check", "collections"])
def test_a_configuration_that_is_named_must_exist(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = [ACCOUNT] if command == "collections" else []
    missing = tmp_path / "absent.toml"
    assert main([command, "--config", str(missing), *account]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"tessera: {missing}: no such file. Copy config.example.toml there, or name another with --config.\n"


@pytest.mark.parametrize("command", ["run", "check", "collections"])
def test_an_unknown_key_is_reported_with_the_nearest_known_one(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = [ACCOUNT] if command == "collections" else []
    path = tmp_path / "config.toml"
    path.write_text("[display]\ncache_secods = 5\n", encoding="utf-8")
    assert main([command, "--config", str(path), *account]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"tessera: {path}: unknown key display.cache_secods: did you mean cache_seconds?\n"


def test_a_token_pasted_where_the_name_of_its_file_belongs_is_not_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "canary.token.pasted")
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("tessera: DISCORD_TOKEN_FILE: ")
    assert err.count("\n") == 1
    assert "canary.token.pasted" not in err


@pytest.mark.parametrize("command", [[], ["run"], ["check"], ["collections"]], ids=" ".join)
def test_help_is_printed_and_exits_0(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    out, err = capsys.readouterr()
    assert ended.value.code == 0
    assert err == ""
    assert out.startswith(" ".join(["usage: tessera", *command]))


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert [name for name in ("run", "check", "collections") if name not in out] == []


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"tessera {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        (["collections"], "the following arguments are required: account"),
        (["collections", ACCOUNT, "--sort", "price"], "invalid choice: 'price'"),
        (["check", "--fast"], "unrecognized arguments: --fast"),
    ],
    ids=" ".join,
)
def test_an_invalid_command_line_exits_2_with_the_usage(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    assert ended.value.code == 2
    assert out == ""
    assert err.startswith("usage: tessera")
    assert complaint in err.splitlines()[-1]


async def test_an_interrupted_command_ends_without_output(sandbox: SandboxClient, config: Path, tmp_path: Path) -> None:
    await sandbox.fault("slow", seconds=60)
    async with start("collections", ACCOUNT, "--config", config, folder=tmp_path) as command:
        async with asyncio.timeout(PATIENCE):
            while (await sandbox.get("/_sandbox/faults"))[0]["struck"] == 0:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
        code, _ = await command.stop(signal.SIGINT)
    assert code == 130
    assert command.output == ""  # it did not wait for the answer, which it would have printed


async def test_a_terminal_with_only_ascii_gets_the_table_too(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    async with start("collections", ACCOUNT, "--config", config, folder=tmp_path) as command:
        code = await command.exit_code()
    assert "Traceback" not in command.output
    assert "30 collections, 94 different NFTs" in command.output
    assert code == 0


async def test_a_closed_pipe_causes_no_traceback(config: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        async with start("collections", ACCOUNT, "--config", config, folder=tmp_path, stdout=nobody) as command:
            await command.exit_code()
    assert command.output == ""


def test_what_is_loaded_at_the_start_is_left_out_of_garbage_collection(
    config: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(gc.unfreeze)
    monkeypatch.delenv("DISCORD_TOKEN")
    assert gc.get_freeze_count() == 0
    assert main(["run", "--config", str(config)]) == 2  # it begins to serve, and finds no token
    assert gc.get_freeze_count() > 10_000


# ---------------------------------------------------------------- keys and seed phrases

KEYS = ["c0ffee00" * 8, "0x" + "c0ffee00" * 8, "loopring:0x" + "c0ffee00" * 8, " ".join(["coffee"] * 12)]
PLACES = [
    ["collections", "KEY"],
    ["collections", ACCOUNT, "--contract", "KEY"],
    ["collections", ACCOUNT, "--contract=KEY"],
    ["collections", ACCOUNT, "--sort", "KEY"],
    ["collections", ACCOUNT, "KEY"],
    ["KEY"],
    ["--KEY"],
    ["archive", "show", "archive.gz", "KEY"],
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_a_key_or_seed_phrase_is_refused_wherever_it_is_and_never_printed(
    place: list[str], key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([argument.replace("KEY", key) for argument in place]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tessera: That looks like a private key or a seed phrase: consider it exposed")
    assert "c0ffee" not in err
    assert "coffee" not in err


def test_a_file_may_be_named_like_a_hash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / ("c0ffee00" * 8)
    assert main(["check", "--config", str(missing)]) == 2
    assert "no such file" in capsys.readouterr().err


def test_a_secret_that_was_changed_stays_one_in_the_log_until_a_restart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[log]\nformat = "json"\n', encoding="utf-8")
    running, new = (load(path, {"DISCORD_TOKEN": token}) for token in ("canary.running", "canary.new"))
    log_again(running, new)
    logging.getLogger("bot").warning("%s and %s", "canary.running", "canary.new")
    assert json.loads(capsys.readouterr().err)["message"] == "[redacted] and [redacted]"
