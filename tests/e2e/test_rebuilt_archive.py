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
from tests.e2e.test_gates_live import FAST, WHALE, has, proven, saved, until
from tests.e2e.two_servers import running
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
    loopring = 'requests_per_second = 1000\ntimeout_seconds = 60\nfallback = "rebuilt"'
    async with open_bot(tmp_path_factory.mktemp("bot"), loopring=loopring, sources=source) as sandbox:
        yield sandbox


async def test_with_loopring_switched_off_a_member_sees_what_the_blocks_say(sandbox: SandboxClient) -> None:
    ada = await sandbox.person("ada")
    await sandbox.fault("reset", path="", times=None)
    answer = await sandbox.settled(await ada.run("collections", account="10001"))
    # Of three of the thirty that share a contract, blocks do not say which of them an NFT is of: they are one.
    assert "Loopring's blocks on Ethereum, block 124 (2021-12-21) answers instead" in answer.text
    assert "**28 collections**" in answer.embeds[0]["description"]
    seen = answer.titles()
    while not answer.component("next")["disabled"]:
        answer = await ada.press(answer, "next")
        seen += answer.titles()
    assert len(seen) == 28
    assert {"Cloud Cabinet", "Cyber Crew Arcade", "Doorways of Lisbon", "Double Dutch"} <= set(seen)


async def test_a_japanese_member_reads_in_japanese_what_answers_instead(sandbox: SandboxClient) -> None:
    hana = await sandbox.person("hana")
    await sandbox.control("locales", user=hana.user, locale="ja")
    await sandbox.fault("reset", path="", times=None)
    answer = await hana.run("collections", account="10007")
    label = "Ethereum上のLoopringのブロック、ブロック124（2021-12-21）"

    async def names_it_twice() -> bool:  # in the head, and where it is said what answers
        return (await sandbox.current(answer)).text.count(label) == 2

    await until(names_it_twice)
    assert "blocks on Ethereum" not in (await sandbox.current(answer)).text


async def test_a_rebuild_that_fails_says_what_the_command_said(tmp_path: Path) -> None:
    async with open_sandbox() as sandbox:
        config, known = write_config(tmp_path, sandbox), tmp_path / "known.csv"
        write_known_collections(load_world(), known)
        await sandbox.control("ethereum", mode="wrong_calldata")
        environment = {"ETH_RPC_URL": f"{sandbox.url}/ethereum/1"}
        with pytest.raises(RebuildError, match="the SHA-256 of its data is"):
            await rebuild(config, environment, known, tmp_path / "new")


async def test_with_loopring_gone_the_archive_gives_no_role_and_takes_none(tmp_path: Path) -> None:
    archive, known = tmp_path / "rebuilt.tessera.gz", tmp_path / "known.csv"
    write_known_collections(load_world(), known)
    async with open_sandbox() as sandbox:
        node = {"ETH_RPC_URL": f"{sandbox.url}/ethereum/1"}
        await rebuild(write_config(tmp_path, sandbox), node, known, archive)
        source = f'[[source]]\nkind = "archive"\nname = "rebuilt"\npath = "{archive}"'
        tables = {
            "linking": "manual = true",
            "sync": FAST,
            "loopring": 'requests_per_second = 1000\nfallback = "rebuilt"',
        }
        async with running(sandbox, tmp_path, sources=source, **tables):
            # The archive has 254 in both accounts. By now Hana holds it alone, and then Loopring is gone.
            await sandbox.trade("10007", None, "254")
            hana, nadia = await proven(sandbox, "hana", "10001"), await proven(sandbox, "nadia_", "10007")
            ada = await sandbox.person("ada")
            await saved(ada, await ada.run("gate add", role=WHALE, rule="254"))
            await until(has(hana, "Whale"))
            await sandbox.fault("status", path="", status=503)
            shown = await sandbox.settled(await ada.run("collections", account="10002"))
            assert "answers instead" in shown.text
            for member in (hana, nadia):
                await member.run("refresh")
            assert "Whale" in await hana.roles()
            assert "Whale" not in await nadia.roles()
            assert [write["user_id"] for write in await sandbox.role_writes()] == [hana.user]
