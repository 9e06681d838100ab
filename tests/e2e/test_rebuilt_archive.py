"""Loopring is gone: what its accounts held is rebuilt from Ethereum, and answers in Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli.main import main
from sandbox.community import load_world
from sandbox.rebuilding import RebuildError, rebuild, write_known_collections
from tests.conftest import open_bot
from tests.sandbox_client import SandboxClient, open_sandbox, write_config


@pytest.fixture(scope="module")
async def module_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxClient]:
    """A bot whose Loopring has the archive that was rebuilt from the Ethereum node as its fallback."""
    folder = tmp_path_factory.mktemp("rebuilt")
    archive, known = folder / "rebuilt.tessera.gz", folder / "known.csv"
    write_known_collections(load_world(), known)
    async with open_sandbox() as sandbox:
        arguments = ("--config", str(write_config(folder, sandbox)), "--collections", str(known), "-o", str(archive))
        node = f"{sandbox.url}/ethereum/1"
        assert await asyncio.to_thread(main, ["archive", "rebuild", *arguments, "--rpc", node]) == 0
    source = f'[[source]]\nkind = "archive"\nname = "rebuilt"\npath = "{archive}"'
    loopring = 'requests_per_second = 1000\ntimeout_seconds = 1\nfallback = "rebuilt"'
    async with open_bot(tmp_path_factory.mktemp("bot"), loopring=loopring, sources=source) as sandbox:
        yield sandbox


async def test_with_loopring_switched_off_a_member_sees_what_the_blocks_say(sandbox: SandboxClient) -> None:
    ada = await sandbox.person("ada")
    await sandbox.fault("reset", path="", times=None)
    answer = await sandbox.settled(await ada.run("collections", account="10001"))
    # Of three of the thirty that share a contract, blocks do not say which of them an NFT is of: they are one.
    assert "Archive of Loopring's blocks on Ethereum, up to block 87 (2021-12-21) answers instead" in answer.text
    assert "**28 collections**" in answer.embeds[0]["description"]
    seen = answer.titles()
    while not answer.component("next")["disabled"]:
        answer = await ada.press(answer, "next")
        seen += answer.titles()
    assert len(seen) == 28
    assert {"Cloud Cabinet", "Cyber Crew Arcade", "Doorways of Lisbon", "Double Dutch"} <= set(seen)


async def test_a_rebuild_that_fails_says_what_the_command_said(tmp_path: Path) -> None:
    async with open_sandbox() as sandbox:
        config, known = write_config(tmp_path, sandbox), tmp_path / "known.csv"
        write_known_collections(load_world(), known)
        await sandbox.control("ethereum", mode="wrong_calldata")
        environment = {"ETH_RPC_URL": f"{sandbox.url}/ethereum/1"}
        with pytest.raises(RebuildError, match="the SHA-256 of its data is"):
            await rebuild(config, environment, known, tmp_path / "new")
