"""`python -m bench.judge_all fill|judge PATH MEMBERS GUILDS`: judges everybody, and prints what it cost.

A process of its own, so that its memory is that of judging alone; another one has filled the store.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bench.filled_store import FIRST_GUILD, NOW, collection, drafts
from bench.filled_store import fill as fill_store
from bench.paced_discord import PacedDiscord
from bench.virtual_pass import PacedSource
from bot.config.sync_table import SyncSettings
from bot.gates.gate import GateDraft
from bot.gates.rule import Holds
from bot.linking.vouching import ProvenHere
from bot.store import Store
from bot.sync.asked_rules import AskedRules
from bot.sync.readings import Readings
from bot.sync.sync import Sync

MB = 1_000_000


async def judge_all(path: Path, guilds: int) -> dict[str, float]:
    """What judging everybody took, and a preview of one more gate in one of the servers."""
    store = await Store.open(path)
    settings = SyncSettings()
    proven = ProvenHere(store, vouching=True)

    def clock() -> datetime:
        return NOW + timedelta(minutes=1)

    asked = AskedRules(store, clock)
    readings = Readings(
        store.readings,
        [PacedSource(1_000, 0)],  # nothing is due there; a network without a source would stop the gates
        proven,
        rates={},
        interval=settings.interval,
        wanted=asked.wanted,
        clock=clock,
        random=Random(1),  # noqa: S311 - it only spreads pauses
    )
    roles = {FIRST_GUILD + guild: [draft.role_id for draft in drafts(guild)] for guild in range(guilds)}
    discord = PacedDiscord(roles, NOW)
    sync = Sync(store, proven, readings, discord, settings, asked=asked, clock=clock)
    started, worked = time.perf_counter(), time.process_time()
    while True:
        await sync.run_due()
        await sync.idle()
        if not await store.sync.members.due(list(roles), clock(), 1):
            break
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    peak = _peak()
    draft = GateDraft(9_999, Holds(collection(8), least=2))
    began, computed = time.perf_counter(), time.process_time()
    preview = await sync.preview(FIRST_GUILD, [draft])
    previewed, computed = time.perf_counter() - began, time.process_time() - computed
    await sync.close()
    await readings.close()
    await store.close()
    return {
        "seconds": seconds,
        "cpu": worked,
        "peak": peak,
        "preview": previewed,
        "preview_cpu": computed,
        "gain": len(preview.gain.get(9_999, ())),
        "requests": discord.requests,
        "queries": len(discord.queried),
    }


def _peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / MB


async def _fill(path: Path, members: int, guilds: int) -> None:
    store = await Store.open(path)
    await fill_store(store, members, guilds)
    await store.close()


if __name__ == "__main__":
    verb, name, members, guilds = sys.argv[1:]
    if verb == "fill":
        asyncio.run(_fill(Path(name), int(members), int(guilds)))
    else:
        print(json.dumps(asyncio.run(judge_all(Path(name), int(guilds)))))
