"""Commands run in this process, against a sandbox."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.cli.result import Command, Rebuild, Result
from tests.sandbox_client import SECRETS, SandboxClient, open_sandbox, write_config


@pytest.fixture(scope="module")
async def module_sandbox() -> AsyncIterator[SandboxClient]:
    """The sandbox of this module's commands."""
    async with open_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(module_sandbox: SandboxClient) -> SandboxClient:
    """The sandbox as at the start."""
    await module_sandbox.reset()
    return module_sandbox


@pytest.fixture
def config(sandbox: SandboxClient, tmp_path: Path) -> Path:
    """A configuration that points at the sandbox."""
    return write_config(tmp_path, sandbox, loopring="requests_per_second = 1000\ntimeout_seconds = 60")


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of somebody who has set everything up."""
    for name in list(os.environ):
        if name.startswith(("DISCORD_", "LOOPRING_")):
            monkeypatch.delenv(name)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def tessera(capsys: pytest.CaptureFixture[str], config: Path) -> Command:
    """Run a command with the sandbox's configuration; in a thread, as it makes a loop of its own."""

    async def run(*arguments: str, config: Path = config) -> Result:
        code = await asyncio.to_thread(main, [arguments[0], "--config", str(config), *arguments[1:]])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Result(code, out, err)

    return run


@pytest.fixture
def rebuild(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rebuild:
    """The command; in a thread, as it makes a loop of its own."""
    monkeypatch.chdir(tmp_path)

    async def run(*arguments: str | Path, command: str = "rebuild") -> Result:
        code = await asyncio.to_thread(main, ["archive", command, *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Result(code, out, err)

    return run
