"""Kill a process that writes to a store, again and again, and look at what it left.

    python -m tests.store.killing --kills 500 --seed 1

A parent that has imported everything forks one child after the other. Each opens the store and writes, reporting
each write through a pipe once it is acknowledged, until it is killed (SIGKILL, which nothing can catch) at a random
moment: one in four within 10 ms of its birth, while it opens and migrates; the others within 40 ms of the first write
that they acknowledged, while they write, commit or report. Then the store is opened again and a checker looks whether
all that was acknowledged is there. A process of its own, with one thread: pytest's have more, and forking those is not
safe.

What is written and checked are arguments, `module:function` each:

    async def write(store: Store, number: int) -> str       a write, and what to report when it is acknowledged
    async def check(store: Store, acknowledged: list[str]) -> None  raises AssertionError when one of these is missing
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.holdings import Account
from bot.store import Store
from bot.store.linking.owner_table import FIRST, OwnerFact

Write = Callable[[Store, int], Awaitable[str]]
Check = Callable[[Store, list[str]], Awaitable[None]]

# Seconds that a child lives: from its birth, or from the first write that it reports.
_YOUNG = 0.010
_OLD = 0.040

_BORN_DEAD = 60.0  # seconds after which a child is not going to write anything
# Where the stores are. The system retains what a killed process wrote, on any kind of disk; this one is quick.
MEMORY = next((folder for folder in ("/dev/shm",) if os.access(folder, os.W_OK)), None)  # noqa: S108 - a new folder in it

_NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass
class Tally:
    """What was done.

    Attributes:
        kills: Children that were killed.
        acknowledged: Writes that were acknowledged before.
        silent: Children that were killed before their first write was acknowledged.
        seconds: How long all of it took.
    """

    kills: int = 0
    acknowledged: int = 0
    silent: int = 0
    seconds: float = 0.0


async def save_owner(store: Store, number: int) -> str:
    """Store the owner of one more account, as the bot does; it is acknowledged by its number."""
    account = Account("loopring", str(number))
    await store.owners.save(OwnerFact(account, _owner(number), (), FIRST, is_confirmed=True, seen_at=_NOW))
    return str(account)


async def check_owners(store: Store, acknowledged: list[str]) -> None:
    """Every owner that was acknowledged is stored; no row is anything but one that was written."""
    rows = dict(await store.writer.run(lambda db: db.execute("SELECT account, owner FROM owners").fetchall()))
    assert not set(acknowledged) - set(rows), "a write that was acknowledged is lost"
    assert all(owner == _owner(int(account.partition(":")[2])) for account, owner in rows.items()), "a row was torn"


def _owner(number: int) -> str:
    return f"0x{number:040x}"


def kill_many(folder: Path, write: Write, check: Check, *, kills: int, seed: int, kills_per_store: int = 25) -> Tally:
    """Kill `kills` writers; a new store is started every `kills_per_store`.

    Raises:
        AssertionError: something that was acknowledged is lost, or the store is not whole.
    """
    rng = random.Random(seed)  # noqa: S311 - moments to kill at, not secrets
    started = time.perf_counter()
    tally = Tally()
    acknowledged: list[str] = []
    path = folder / "t.db"
    for number in range(kills):
        if number % kills_per_store == 0:
            acknowledged = []
            for file in folder.glob("t.db*"):
                file.unlink()
        opening = number % 4 == 0
        after = rng.uniform(0, _YOUNG if opening else _OLD)
        lines = _kill_one(path, write, number * 1_000_000, after, opening=opening)
        acknowledged += lines
        tally.kills += 1
        tally.acknowledged += len(lines)
        tally.silent += not lines
        asyncio.run(_look(path, check, acknowledged))
    tally.seconds = round(time.perf_counter() - started, 2)
    return tally


async def _look(path: Path, check: Check, acknowledged: list[str]) -> None:
    store = await Store.open(path)  # would be refused if the killed process still held the lock
    try:
        verdict = await store.writer.run(lambda db: db.execute("PRAGMA integrity_check").fetchall())
        assert verdict == [("ok",)], verdict
        await check(store, acknowledged)
    finally:
        await store.close()


def _kill_one(path: Path, write: Write, first: int, after: float, *, opening: bool) -> list[str]:
    """Fork a child that writes, kill it after so many seconds of its life or writing; returns what it acknowledged."""
    reading, writing = os.pipe()
    child = fork(lambda: _write_on(path, write, first, writing))
    os.close(writing)
    if not opening:
        select.select([reading], [], [], _BORN_DEAD)
    time.sleep(after)  # the moment is what is random here; nothing waits for it
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, encoding="ascii") as pipe:
        lines = pipe.read().split("\n")
    assert os.WIFSIGNALED(status), f"the writer ended by itself: {lines}"
    return lines[:-1]  # each ends with a line feed: what comes after the last one was not acknowledged


def fork(work: Callable[[], Coroutine[None, None, None]]) -> int:
    """Run `work` in a child, which ends with it: code 0, or 1 after its traceback. Returns the child's id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        asyncio.run(work())
        code = 0
    except BaseException:  # noqa: BLE001 - nothing of the parent's may run on in the child
        traceback.print_exc()
    finally:
        os._exit(code)


async def _write_on(path: Path, write: Write, number: int, writing: int) -> None:
    store = await Store.open(path)
    while True:
        number += 1
        os.write(writing, f"{await write(store, number)}\n".encode("ascii"))


def _find(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def main() -> None:
    """Print the tally as JSON; a check that fails ends with its traceback and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.store.killing")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills-per-store", type=int, default=25)
    parser.add_argument("--write", default="tests.store.killing:save_owner", metavar="MODULE:FUNCTION")
    parser.add_argument("--check", default="tests.store.killing:check_owners", metavar="MODULE:FUNCTION")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        tally = kill_many(
            Path(folder),
            _find(arguments.write),
            _find(arguments.check),
            kills=arguments.kills,
            seed=arguments.seed,
            kills_per_store=arguments.kills_per_store,
        )
    json.dump(asdict(tally), sys.stdout)


if __name__ == "__main__":
    main()
