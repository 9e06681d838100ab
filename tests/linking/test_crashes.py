"""A link that was acknowledged is there, and half of one never is: killed at random, at each statement, or failing."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot.errors import StoreError
from bot.store import Store
from bot.store.linking.proof_writer import Proved
from bot.store.thread import Writer
from tests.linking.crashes import WHOLE, begin, check, finish, link, parts, verified

# BEGIN; session; two accounts, each asked whose it is, and again with its link, counted and inserted; holder, contest,
# refusal, freeze, earlier claims; proof, what ends a contest, record; COMMIT. An insert by sqlite-utils is five: is it
# a view, is it a table, SAVEPOINT, INSERT, RELEASE.
STATEMENTS = 33


async def _run(*arguments: str) -> Any:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    return json.loads(said)


async def test_every_link_that_was_acknowledged_is_there_whole_after_any_kill() -> None:
    named = ("--write", "tests.linking.crashes:link", "--check", "tests.linking.crashes:check")
    tally = await _run("tests.store.killing", "--kills", "40", "--seed", "11", "--kills-per-store", "8", *named)
    assert tally["kills"] == 40
    assert tally["acknowledged"] > 40


async def test_a_link_that_is_acknowledged_too_early_is_found_missing() -> None:
    """Or the test above might pass because its check finds nothing."""
    named = ("--write", "tests.linking.test_crashes:acknowledge_too_early", "--check", "tests.linking.crashes:check")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.killing", "--kills", "20", *named),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    _, complained = await process.communicate()
    assert process.returncode == 1
    assert b"a link that was acknowledged is lost" in complained


async def acknowledge_too_early(_store: object, number: int) -> str:
    """What a bot would do that thanks before it saves."""
    return str(number)


async def test_killed_before_any_statement_a_link_is_not_there_at_all() -> None:
    left = await _run("tests.linking.crashes")
    # Those of triggers, which make members due, are counted as well.
    assert len(left) > STATEMENTS
    assert not any(left)


class Failing(sqlite3.Connection):
    """A connection to a disk that fails once: at its statement number `left`, counted down."""

    left = 0

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Give a statement to SQLite, or fail."""
        self.left -= 1
        if self.left == 0:
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, parameters)


@pytest.mark.parametrize("point", range(1, STATEMENTS + 1))
async def test_a_disk_that_fails_at_any_statement_saves_nothing_and_the_next_try_saves_all(
    tmp_path: Path, point: int
) -> None:
    await (await Store.open(tmp_path / "t.db")).close()
    disk: list[Failing] = []

    def open_failing(closing: ExitStack) -> Database:
        disk.append(sqlite3.connect(tmp_path / "t.db", factory=Failing))
        closing.callback(disk[0].close)
        disk[0].execute("PRAGMA foreign_keys=ON")
        return Database(disk[0])

    store = Store(await Writer.start(open_failing))
    session = await begin(store, 1)
    disk[0].left = point
    with pytest.raises(StoreError):
        await finish(store, session, verified(1))
    assert await parts(store) == {}
    assert await finish(store, session, verified(1)) == Proved(verified(1))
    assert await parts(store) == {1: WHOLE}
    await store.close()


@pytest.mark.parametrize("lost", ["links WHERE account LIKE 'eip155%'", "proofs", "audit WHERE verb = 'link'"])
async def test_half_a_link_is_noticed(lost: str) -> None:
    store = await Store.open(None)
    await link(store, 1)
    await check(store, ["1"])
    await store.writer.run(lambda db: db.execute(f"DELETE FROM {lost}"))  # noqa: S608 - from the list above
    with pytest.raises(AssertionError, match="half a link"):
        await check(store, ["1"])
    await store.close()
