"""Killed at any moment, the store keeps what it acknowledged, and opens again."""

import asyncio
import json
import subprocess
import sys
from typing import Any

from sqlite_utils import Database

from bot.store.schema import MIGRATIONS


async def _run(*arguments: str) -> Any:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    return json.loads(said)


async def test_no_acknowledged_write_is_lost_when_the_process_is_killed() -> None:
    tally = await _run("tests.store.killing", "--kills", "40", "--seed", "7", "--kills-per-store", "8")
    assert tally["kills"] == 40
    assert tally["acknowledged"] >= 30  # by those that were not killed while they opened it


async def test_a_check_that_fails_is_reported() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.store.killing", "--kills", "20", "--write", "tests.store.test_kills:acknowledge_too_early"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    _, complained = await process.communicate()
    assert process.returncode == 1
    assert b"a write that was acknowledged is lost" in complained


async def acknowledge_too_early(_store: object, number: int) -> str:
    """What a store would do that acknowledges before it saves."""
    return f"loopring:{number}"


async def test_a_start_that_is_killed_at_any_statement_leaves_a_whole_store_and_nothing_in_the_way() -> None:
    found = await _run("tests.store.crash_points")
    with Database(memory=True) as blank:
        migrations = len(MIGRATIONS.pending(blank))
    assert found["left"] == list(range(migrations + 1))
    assert found["points"] > 10 * migrations
