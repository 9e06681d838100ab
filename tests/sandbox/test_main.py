"""`python -m sandbox` as a person runs it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.archive.reader import Archive
from bot.config.settings import load
from bot.config.source_tables import ArchiveTable
from sandbox.__main__ import SECRETS
from sandbox.options import USUAL_PORT
from sandbox.wallets import WALLET_FACTORY
from tests.sandbox_client import SandboxClient

PROJECT = Path(__file__).resolve().parents[2]


class SandboxProcess:
    """A running `python -m sandbox`."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self.process = process
        self.address = address

    async def get(self, path: str) -> Any:
        async with aiohttp.ClientSession() as session, session.get(self.address + path) as answer:
            assert answer.status == 200
            return await answer.json(content_type=None)

    async def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 60)

    async def line(self) -> str:
        assert self.process.stdout is not None
        return (await asyncio.wait_for(self.process.stdout.readline(), 60)).decode()


@contextlib.asynccontextmanager
async def sandbox(*arguments: str, port: int | None = 0, umask: int = -1) -> AsyncIterator[SandboxProcess]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", *(() if port is None else ("--port", str(port))), *arguments),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        umask=umask,
    )
    started = SandboxProcess(process, "")
    try:
        first = await started.line()
        address = re.search(r"http://(?:[\d.]+|\[[0-9a-f:]+\]):\d+", first)
        assert address is not None, first
        started.address = address[0]
        yield started
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_says_where_it_is_and_ends_cleanly_when_asked(number: signal.Signals) -> None:
    async with sandbox("--no-bot", "--no-archive") as started:
        assert (await started.get("/_sandbox/bot"))["managed"] is False
        assert await started.end(number) == 0


async def test_nobody_else_may_write_its_configuration_whatever_the_umask() -> None:
    async with sandbox("--no-bot", "--no-archive", umask=0) as started:
        await started.line()
        path = Path((await started.line()).split()[-1])
        assert path.stat().st_mode & 0o777 == 0o600  # noqa: ASYNC240 - nothing else runs here
        assert load(path, SECRETS).web.public_url
        await started.end(signal.SIGTERM)


async def test_the_configuration_points_at_the_sandbox_and_goes_away_with_it() -> None:
    async with sandbox("--no-bot", "--no-archive") as started:
        browser = (await started.line()).split()[-1]
        path = Path((await started.line()).split()[-1])
        config = tomllib.loads(path.read_text(encoding="utf-8"))  # noqa: ASYNC240 - likewise
        await started.end(signal.SIGTERM)
    port = started.address.rsplit(":", 1)[1]
    assert config["discord"] == {
        "api_url": f"http://127.0.0.1:{port}/api/v10",
        "gateway_url": f"ws://127.0.0.1:{port}/gateway/",
        "authorize_url": f"http://127.0.0.1:{port}/oauth2/authorize",
        "moderation_intent": True,
        "clock_url": f"http://127.0.0.1:{port}/_sandbox/clock",
    }
    assert config["sync"] == {"interval_minutes": 0.05, "removal_misses": 3, "removal_minutes": 0.2}
    assert config["web"]["public_url"] + "/" == browser
    assert config["linking"]["wallet_factories"] == [WALLET_FACTORY]
    assert config["display"] == {
        "cache_seconds": 3,
        "image_gateways": [f"http://127.0.0.1:{port}/ipfs/"],
        "collection_infos": f"http://127.0.0.1:{port}/nftinfos/",
    }
    assert {source["name"]: source["base_url"] for source in config["source"]} == {
        "loopring": f"http://127.0.0.1:{port}/loopring",
        "ethereum": f"http://127.0.0.1:{port}/blockscout/1/api/v2",
    }
    assert not path.parent.exists()


async def test_a_seed_makes_the_community_larger() -> None:
    async with sandbox("--no-bot", "--no-archive", "--seed", "3") as started:
        assert len(await started.get("/_client/people")) == 199


async def test_the_bot_is_started_read_and_stopped_with_the_sandbox(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    async with sandbox("--bot-log", str(log)) as started:
        async with asyncio.timeout(60):
            while not (lines := (await started.get("/_sandbox/log"))["lines"]):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        state = await started.get("/_sandbox/bot")
        assert state["managed"] is True
        assert await started.end(signal.SIGTERM) == 0
    assert log.read_text(encoding="utf-8").splitlines()[: len(lines)] == lines
    if state["pid"] is not None:
        with pytest.raises(ProcessLookupError):
            os.kill(state["pid"], 0)


async def test_without_an_option_a_port_in_use_gives_way_to_a_free_one() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # somebody's own demo has it: it is in use all the same
            taken.bind(("127.0.0.1", USUAL_PORT))
            taken.listen()
        async with sandbox("--no-bot", "--no-archive", port=None) as started:
            assert not started.address.endswith(f":{USUAL_PORT}")
            assert (await started.get("/_sandbox/bot"))["managed"] is False
            await started.end(signal.SIGTERM)


@pytest.mark.parametrize("option", ["--port", "--browser-port"])
async def test_a_port_in_use_is_one_line_and_status_2(option: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox", "--no-bot", "--port", "0", option, str(port)),
            cwd=PROJECT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert output.decode().splitlines() == [f"Cannot listen on 127.0.0.1:{port}: Address already in use. Try {option}."]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "70000"], "argument --port: a port is a number from 0 to 65535"),
        (["--port", "-1"], "argument --port: a port is a number from 0 to 65535"),
        (["--port", "1" * 5000], "argument --port: a port is a number from 0 to 65535"),
        (["--browser-port", "99999"], "argument --browser-port: a port is a number from 0 to 65535"),
        (["--bodies", "/nope"], "argument --bodies: no folder that can be read"),
        (["--host", "nosuch.invalid"], "Cannot listen on nosuch.invalid: Name or service not known. Try --host."),
        (["--host", "x" * 70], f"Cannot listen on {'x' * 70}: no host has this name. Try --host."),
        (["--host", "192.0.2.1"], "Cannot listen on 192.0.2.1:0: Cannot assign requested address. Try --host."),
        (["--bot-log", "/nope/x"], "Cannot write to /nope/x: No such file or directory. Try another --bot-log."),
    ],
)
async def test_what_cannot_be_had_is_one_sentence_and_status_2(arguments: list[str], sentence: str) -> None:
    ports = [] if "--port" in arguments else ["--port", "0"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--no-bot", "--no-archive", *ports, *arguments),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert output.decode().splitlines()[-1].removeprefix("python -m sandbox: error: ") == sentence
    assert "Traceback" not in output.decode()


async def test_on_another_address_than_its_own_bot_asks_it_answers_both() -> None:
    async with sandbox("--no-bot", "--no-archive", "--host", "::1") as started:
        assert started.address.startswith("http://[::1]:")
        assert (await started.get("/_sandbox/bot"))["managed"] is False
        started.address = started.address.replace("[::1]", "127.0.0.1")
        assert (await started.get("/_sandbox/bot"))["managed"] is False
        assert await started.end(signal.SIGTERM) == 0


async def test_an_archive_of_its_loopring_is_rebuilt_as_its_fallback() -> None:
    async with sandbox("--no-bot") as started:
        await started.line()
        path = Path((await started.line()).split()[-1])
        loopring, ethereum, rebuilt = load(path, SECRETS).sources
        assert (loopring.fallback, ethereum.fallback) == ("rebuilt", "")
        assert isinstance(rebuilt, ArchiveTable)
        archive = Archive.open(rebuilt.path, network="loopring")
        whole = archive.find_account("10001")
        archive.close()
        assert whole is not None
        assert whole.complete
        assert len(whole.holdings) == 28
        await started.end(signal.SIGTERM)


async def test_without_any_option_it_answers_from_the_archive_when_loopring_is_switched_off() -> None:
    async with sandbox() as started, aiohttp.ClientSession() as session:
        demo = SandboxClient(session, started.address, web.Application())
        await demo.online()
        await demo.fault("status", path="", status=503)
        ada = await demo.person("ada")
        answer = await demo.settled(await ada.run("collections", account="10001"))
        assert "Loopring's blocks on Ethereum, block 124 (2021-12-21) answers instead" in answer.text
        assert "**28 collections**" in answer.text
        assert "Harbour Lights" in answer.titles()
        await started.end(signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_asked_to_end_while_it_rebuilds_it_ends_at_once(number: signal.Signals) -> None:
    async with sandbox("--no-bot") as started:  # its address is there before the archive
        await started.line()
        assert await started.end(number) == 0
        assert started.process.stdout is not None
        assert "could not be rebuilt" not in (await started.process.stdout.read()).decode()


async def test_what_was_an_option_once_says_what_took_its_place() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--rebuilt"),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2
    assert "--rebuilt is what the demo always does now: leave it out." in output.decode()
