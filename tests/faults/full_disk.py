"""A process whose disk is full after so many bytes, and has room again an hour later: what Discord was asked for.

A limit of the whole process, so it is one of its own: `python -m tests.faults.full_disk FOLDER BYTES…`.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.errors import StoreError
from tests.faults.watched_discord import WatchedDiscord
from tests.sync.sync_harness import TEN_MINUTES, SyncHarness, open_sync

_HOLDERS = 4


async def run(path: Path, room: int) -> dict[str, Any]:
    """One sells and one buys while the disk is full.

    Args:
        path: Of the store.
        room: How many more bytes the largest file of the store may have.
    """
    async with open_sync(path) as harness:
        discord = WatchedDiscord(harness.discord.servers, path=path)
        harness.discord = discord
        harness.start()
        await harness.gate()
        await harness.members(_HOLDERS)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(3 * TEN_MINUTES)
        await harness.member(9)
        size = max(each.stat().st_size for each in path.parent.iterdir())
        _limit(size + room)
        before = len(discord.writes)
        refused = [not await turn(harness) for _ in range(6)]
        meanwhile = len(discord.writes) - before
        _limit(resource.RLIM_INFINITY)
        await harness.pass_time(8 * TEN_MINUTES)
        said = [line for line in harness.said() if "Gave" in line or "Took" in line]
        grants = await harness.rows("SELECT user_id FROM role_grants")
        return {
            "refused": sum(refused),
            "meanwhile": meanwhile,
            "unwritten": discord.unwritten,
            "holders": harness.holders(),
            "grants": len(grants),
            "intents": len(await harness.rows("SELECT 1 FROM role_intents")),
            "said": len(said),
            "said_once": len(set(said)) == len(said),
        }


async def turn(harness: SyncHarness) -> bool:
    """Take one turn, ten minutes later; whether the store took everything."""
    harness.advance(TEN_MINUTES)
    is_whole = True
    for step in (harness.sync.read_due, harness.sync.run_due, harness.sync.idle, harness.post):
        try:
            await step()
        except StoreError:
            is_whole = False
    return is_whole


def _limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def main(folder: Path, rooms: Sequence[int]) -> None:
    """Print what came of each."""
    found = []
    for room in rooms:
        place = folder / str(room)
        place.mkdir()
        found.append(await run(place / "t.db", room))
    with suppress(BrokenPipeError):
        print(json.dumps(found))  # noqa: T201  # for the test that started this


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), [int(room) for room in sys.argv[2:]]))
