"""How a bot process begins: what keeps it from starting is one line, and what will pass is waited for."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import stat
import sys
from pathlib import Path

import pytest

from bot.config.settings import DiscordSettings
from tests.process import AT_ONCE, free_port, running, start
from tests.sandbox_client import SECRETS, SandboxClient, write_config

NO_TOKEN = "tessera: No Discord token: set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to a file that contains it."
EMPTY_TOKEN = "tessera: DISCORD_TOKEN is set, but empty: set it to the secret, or unset it to do without."
ABSENT = "tessera: {folder}/absent/tessera.db: the store cannot be written"
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
SERVE = EXAMPLE.parent / "docs" / "start" / "serve.md"
TESSERA = ".venv/bin/tessera"
# Those that are not to be written there are not listed.
KEYS = [name for name, field in DiscordSettings.model_fields.items() if not field.exclude]
UNKNOWN_KEY = "tessera: {folder}/config.toml: unknown key discord.tokn"
BAD_TOKEN = (
    "tessera: Discord refuses DISCORD_TOKEN. Copy the token again from the developer portal (Bot → Reset Token)."
)


@pytest.mark.parametrize(
    ("tables", "token", "sentence"),
    [
        ({}, None, NO_TOKEN),
        ({}, "", EMPTY_TOKEN),
        ({}, "canary.wrong.token", BAD_TOKEN),
        (
            {},
            "two words",
            "tessera: DISCORD_TOKEN contains spaces or characters that no token has: it was probably pasted wrongly.",
        ),
        (
            {"discord": 'tokn = "canary.wrong.token"'},
            SECRETS["DISCORD_TOKEN"],
            f"{UNKNOWN_KEY}: known here: {', '.join(sorted(KEYS))}.",
        ),
        (
            {"log": 'level = "loud"'},
            SECRETS["DISCORD_TOKEN"],
            "tessera: {folder}/config.toml: log.level: input should be 'debug', 'info', 'warning' or 'error'.",
        ),
        (
            {"store": 'path = "absent/tessera.db"'},
            SECRETS["DISCORD_TOKEN"],
            f"{ABSENT}: No such file or directory. Set [store] path.",
        ),
        (
            {"store": 'path = "."'},
            SECRETS["DISCORD_TOKEN"],
            "tessera: {folder}: the store cannot be written: Is a directory. Set [store] path.",
        ),
        (
            {"web": 'host = "192.0.2.1"'},
            SECRETS["DISCORD_TOKEN"],
            (
                "tessera: [web] host 192.0.2.1: this machine cannot listen there: Cannot assign requested address. "
                "Use one of its own addresses, such as `127.0.0.1`."
            ),
        ),
        (
            {"web": f'host = "{"x" * 70}"'},
            SECRETS["DISCORD_TOKEN"],
            (
                f"tessera: [web] host {'x' * 70}: this machine cannot listen there: no host can have this name. "
                "Use one of its own addresses, such as `127.0.0.1`."
            ),
        ),
    ],
    ids=[
        "no token",
        "an empty token",
        "a token that is refused",
        "a token pasted wrongly",
        "an unknown key",
        "a value out of its range",
        "a store in no folder",
        "a store that is a folder",
        "an address that is not ours",
        "no address",
    ],
)
async def test_a_wrong_setting_is_one_line_and_exit_2(
    bare_sandbox: SandboxClient, tmp_path: Path, tables: dict[str, str], token: str | None, sentence: str
) -> None:
    config = write_config(tmp_path, bare_sandbox, **tables)
    secrets = {name: value for name, value in (SECRETS | {"DISCORD_TOKEN": token}).items() if value is not None}
    async with start("run", "--config", config, folder=tmp_path, secrets=secrets) as bot:
        assert await bot.exit_code() == 2
    assert bot.output_lines == [sentence.format(folder=tmp_path)]
    assert not token or token not in bot.output


def point_the_example_at(sandbox: SandboxClient, folder: Path) -> None:
    """The example, with stand-ins in the places of Discord and Blockscout, and nothing in that of Loopring."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for real, stand_in in {
        'api_url = ""': f'api_url = "{sandbox.url}/api/v10"',
        'gateway_url = ""': f'gateway_url = "{sandbox.url.replace("http", "ws", 1)}/gateway/"',
        "https://api3.loopring.io": f"http://127.0.0.1:{free_port()}",
        'base_url = "https://eth.blockscout.com': f'base_url = "{sandbox.url}/blockscout/1',
        "port = 8080": f"port = {free_port()}",
    }.items():
        assert text.count(real) == 1, real
        text = text.replace(real, stand_in)
    (folder / EXAMPLE.name).write_text(text, encoding="utf-8")


async def test_the_path_to_a_server_typed_line_by_line_answers_a_name_while_loopring_is_gone(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", SERVE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    typed = "".join(text for language, text in blocks if not language).replace(
        "DISCORD_TOKEN=…", f"DISCORD_TOKEN={SECRETS['DISCORD_TOKEN']}"
    )
    assert [line.split()[0] for line in typed.splitlines()] == ["make", "cp", "chmod", "export", TESSERA, "make"]
    point_the_example_at(bare_sandbox, tmp_path)
    # What `make setup` makes is here already.
    (tmp_path / TESSERA).parent.mkdir(parents=True)
    (tmp_path / TESSERA).symlink_to(Path(sys.executable).parent / "tessera")
    (tmp_path / "Makefile").write_text(f"setup:\n\t@true\nrun:\n\t@exec {TESSERA} run\n", encoding="utf-8")
    shell = await asyncio.create_subprocess_exec(
        *("sh", "-c", typed),
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},  # no make above it
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        await bare_sandbox.online()
        answer = await (await bare_sandbox.person("ada")).run("collections", account="vitalik.eth")
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
        said, _ = await shell.communicate()
    assert said.decode().endswith("The bot can start; a source does not answer now.\n")  # as the path says
    assert "Incomplete" not in answer.text
    assert answer.titles()


async def test_a_settings_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with start("run", folder=tmp_path, secrets={}) as bot:
        assert await bot.exit_code() == 2
    assert "WARNING bot.cli.main: there is no config.toml here: each setting has its default" in bot.output
    assert bot.output_lines == [NO_TOKEN]


async def test_a_port_in_use_is_one_line_and_exit_2(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        config = write_config(tmp_path, bare_sandbox, web=f"port = {port}")
        async with start("run", "--config", config, folder=tmp_path) as bot:
            assert await bot.exit_code() == 2
    assert bot.output_lines == [f"tessera: [web] 127.0.0.1:{port} is in use already. Choose another port."]


def state_of(process: int) -> str:
    """What the system says about a process."""
    return Path(f"/proc/{process}/status").read_text(encoding="utf-8")


async def test_everything_that_the_bot_writes_is_for_its_owner_only(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    folder = tmp_path / "its-own"
    folder.mkdir()
    config = write_config(tmp_path, bare_sandbox, store=f'path = "{folder}/tessera.db"')
    before = os.umask(0)  # the bot inherits one that takes nothing away
    try:
        async with start("run", "--config", config, folder=tmp_path) as bot:
            await bot.says("bytes, verified")
            state = state_of(bot.process.pid)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    finally:
        os.umask(before)
    (backup,) = (name for name in modes if name.startswith("tessera-"))
    files = ("tessera.db", "tessera.db-wal", "tessera.db-shm", "tessera.db.lock", backup)
    assert modes == dict.fromkeys(files, 0o600) | {"backups": 0o700}
    assert "Umask:\t0077\n" in state


@pytest.mark.parametrize("path", ["users/@me", "commands"], ids=["at login", "while commands are registered"])
async def test_a_discord_that_is_down_at_the_start_is_waited_for(
    bare_sandbox: SandboxClient, tmp_path: Path, path: str
) -> None:
    fault = {"service": "discord", "path": path, "kind": "status", "status": 503, "times": 1}
    await bare_sandbox.post("/_sandbox/faults", fault)
    async with running(bare_sandbox, tmp_path) as bot:
        assert bot.output.count("WARNING bot.app.run: Discord cannot be reached: DiscordServerError") == 1
        assert (await (await bare_sandbox.person()).run("help"))["state"] == "answered"
        code, seconds = await bot.stop()
    assert code == 0
    assert seconds < AT_ONCE
    assert bot.output_lines == []
    assert "Unclosed" not in bot.output


async def test_a_gateway_that_refuses_the_first_connections_is_waited_for(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    await bare_sandbox.post("/_sandbox/gateway", {"action": "refuse", "times": 2})
    async with running(bare_sandbox, tmp_path) as bot:
        assert bot.output.count("Discord cannot be reached: its gateway refuses") == 2
        assert (await (await bare_sandbox.person()).run("help"))["state"] == "answered"


async def test_a_gateway_that_refuses_is_reported_in_one_line_each_time(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    await bare_sandbox.post("/_sandbox/gateway", {"action": "refuse", "times": 1000})
    async with start("run", "--config", write_config(tmp_path, bare_sandbox), folder=tmp_path) as bot:
        await bot.says("next attempt in ")
        code, seconds = await bot.stop()
    assert code == 0
    assert seconds < AT_ONCE  # nobody waits for Discord when the bot is to end
    assert bot.output_lines == []  # nothing unexpected happened, so there is no traceback


async def test_a_malformed_event_is_survived_with_all_that_was_going_on(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    async with running(bare_sandbox, tmp_path) as bot:
        ada = await bare_sandbox.person()
        listing = await ada.run("collections", account="10001")
        await bare_sandbox.post("/_sandbox/gateway", {"action": "malformed"})
        await bare_sandbox.answers_again()
        assert bot.process.returncode is None
        assert "broke on something unexpected" in bot.output  # else the event was none to this bot
        assert (await ada.press(listing, "next")).component("jump")["label"] == "2 / 6"


async def test_at_its_start_it_says_which_proofs_there_are_and_what_others_lack(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    async with running(bare_sandbox, tmp_path) as bot:
        await bot.stop()
    assert "linking: ✓ Signature pasted in Discord" in bot.output
    assert (
        "linking: · Smart wallets that are deployed: set ETH_RPC_URL to the address of an Ethereum node" in bot.output
    )
