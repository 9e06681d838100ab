"""A store that takes nothing at the moment: Discord is asked for nothing that is not written down before."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.faults.full_disk import turn
from tests.faults.sandboxed import UNTIL_A_SALE_IS_SEEN, SandboxedSync, open_sandboxed
from tests.faults.watched_discord import WatchedDiscord
from tests.sandbox_client import SandboxClient
from tests.sync.sync_harness import TEN_MINUTES

# Bytes: from nothing at all to enough for a turn in which a role is given or taken.
_ROOMS = [0, 240_000, 320_000]


async def test_case_36_on_a_full_disk_discord_is_asked_for_nothing_that_is_not_written_down(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.full_disk", str(tmp_path), *map(str, _ROOMS)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said, complained = await process.communicate()
    assert said, complained.decode()
    found = json.loads(said)
    assert [each["unwritten"] for each in found] == [[]] * len(_ROOMS)
    assert [each["holders"] for each in found] == [[2, 3, 4, 9]] * len(_ROOMS)
    assert {(each["grants"], each["intents"], each["said"], each["said_once"]) for each in found} == {(4, 0, 6, True)}
    assert all(each["refused"] for each in found)
    assert found[0]["meanwhile"] == 0
    assert max(each["meanwhile"] for each in found) == 2


async def _one_sells_one_buys(synced: SandboxedSync) -> None:
    """What is to be written down next."""
    await synced.holders_of(4)
    await synced.sold(1)
    await synced.pass_time(3 * TEN_MINUTES)
    assert await synced.misses() == {1: 3}
    await synced.holder(9)


async def _comes_right(synced: SandboxedSync, discord: WatchedDiscord) -> None:
    """All that was due is done once, and said once."""
    await synced.pass_time(UNTIL_A_SALE_IS_SEEN)
    assert synced.having() == [2, 3, 4, 9]
    assert len(await synced.rows("SELECT 1 FROM role_grants")) == 4
    assert await synced.rows("SELECT 1 FROM role_intents") == []
    assert discord.unwritten == []
    said = [line for line in synced.said() if "Gave" in line or "Took" in line]
    assert len(said) == len(set(said)) == 6


async def test_case_36_a_disk_that_becomes_read_only_while_discord_acts_is_settled_afterwards(
    sandbox: SandboxClient, tmp_path: Path
) -> None:
    discord = WatchedDiscord(path=tmp_path / "t.db")
    async with open_sandboxed(sandbox, path=tmp_path / "t.db", discord=discord) as synced:

        async def allow(*, writing: bool) -> None:
            sql = f"PRAGMA query_only = {int(not writing)}"
            await synced.store.writer.run(lambda db: db.execute(sql).fetchall())

        await _one_sells_one_buys(synced)
        discord.meanwhile = lambda: allow(writing=False)
        before = len(discord.writes)
        for _ in range(3):
            assert not await turn(synced)
        assert len(discord.writes) == before + 1
        discord.meanwhile = None
        await allow(writing=True)
        await _comes_right(synced, discord)


async def test_case_37_while_another_program_locks_the_store_discord_is_asked_for_nothing(
    sandbox: SandboxClient, tmp_path: Path
) -> None:
    discord = WatchedDiscord(path=tmp_path / "t.db")
    async with open_sandboxed(sandbox, path=tmp_path / "t.db", discord=discord) as synced:
        await _one_sells_one_buys(synced)
        before = len(discord.writes)
        with closing(sqlite3.connect(tmp_path / "t.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(2):
                assert not await turn(synced)
            assert len(discord.writes) == before
            other.execute("COMMIT")
        assert await synced.misses() == {1: 3}
        await _comes_right(synced, discord)
