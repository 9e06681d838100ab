"""`python -m bench.one_pass URL KEY GATES ACCOUNT…`: reads and judges these accounts twice, and prints the second pass.

A process of its own, as the bot is: the source that it asks must not take its time.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from pydantic import SecretStr
from sqlite_utils import Database

from bench.paced_discord import PacedDiscord
from bot.config.source_tables import LoopringTable
from bot.config.sync_table import SyncSettings
from bot.gates.gate import GateDraft
from bot.gates.rule import HoldsCollections
from bot.linking.vouching import ProvenHere
from bot.sources.loopring import LoopringSource
from bot.sources.session import open_session
from bot.store import Store
from bot.sync.asked_rules import AskedRules
from bot.sync.readings import Readings
from bot.sync.sync import Sync

GUILD = 1
FIRST_ROLE = 5001
# One vouched account for each member, who is in the server since the epoch.
_CROWD = (
    """
    INSERT INTO owners (account, owner, seen_at, is_confirmed)
    VALUES ('loopring:' || ?2, '0x' || printf('%040d', ?1), '2026-11-26T12:00:00+00:00', 1)
    """,
    """
    INSERT INTO vouches (guild_id, owner, user_id, account, asked_at, confirmed_at)
    VALUES (1, '0x' || printf('%040d', ?1), ?1, 'loopring:' || ?2, 1, 1)
    """,
    """
    UPDATE sync_members SET joined_at = 0, marks = 0, read_roles = 0, drift_due = 1 << 40
    WHERE guild_id = 1 AND user_id = ?1 AND ?2 <> ''
    """,
)


async def main(url: str, key: str, gates: int, accounts: list[str]) -> dict[str, float]:
    """Seconds of the second, steady pass, those that it computed, and what it asked of Discord."""
    moved = timedelta(0)

    def clock() -> datetime:
        return datetime.now(UTC) + moved

    def monotonic() -> float:
        return time.monotonic() + moved.total_seconds()

    settings = SyncSettings()
    discord = PacedDiscord({GUILD: [FIRST_ROLE + number for number in range(gates)]}, datetime.fromtimestamp(0, UTC))
    with TemporaryDirectory(prefix="tessera-bench-") as folder:
        store = await Store.open(Path(folder) / "t.db")
        await store.writer.transaction(lambda db: _enter(db, accounts))
        for number in range(gates):  # everybody earns the first, and nobody another one
            await store.gates.add(GUILD, GateDraft(FIRST_ROLE + number, HoldsCollections(1 + 100 * number)), 1, clock())
        async with open_session() as session:
            table = LoopringTable(name="loopring", base_url=url, api_key=SecretStr(key), requests_per_second=10_000)
            source = LoopringSource(session, table)
            proven, asked = ProvenHere(store, vouching=True), AskedRules(store, clock)
            readings = Readings(
                store.readings,
                [source],
                proven,
                rates={},
                interval=settings.interval,
                wanted=asked.wanted,
                clock=clock,
                random=Random(1),  # noqa: S311 - it only spreads pauses
            )
            sync = Sync(store, proven, readings, discord, settings, clock=clock, monotonic=monotonic, asked=asked)
            await sync.read_due()
            await sync.run_due()
            await sync.idle()
            given, before = len(discord.members), (discord.requests, len(discord.queried))
            moved = settings.interval + timedelta(minutes=1)
            started, worked = time.perf_counter(), time.process_time()
            await sync.read_due()
            read, computed = time.perf_counter() - started, time.process_time() - worked
            worked = time.process_time()
            await sync.run_due()
            await sync.idle()
            judged = time.process_time() - worked
            await sync.close()
            await readings.close()
            await source.close()
        oldest = await store.readings.oldest_reading("loopring")
        await store.close()
    return {
        "seconds": read,
        "cpu": computed,
        "judged": judged,
        "given": given,
        "is_read": oldest is not None and clock() - oldest < settings.interval,
        "requests": discord.requests - before[0],
        "queries": len(discord.queried) - before[1],
    }


def _enter(db: Database, accounts: list[str]) -> None:
    for sql in _CROWD:
        db.conn.executemany(sql, list(enumerate(accounts, start=1)))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]))))
