"""`python -m bench.one_pass URL KEY ACCOUNT…`: reads these accounts twice, and prints how long the second pass took.

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

from bot.config.source_tables import LoopringTable
from bot.linking.vouching import ProvenHere
from bot.sources.loopring import LoopringSource
from bot.sources.session import open_session
from bot.store import Store
from bot.sync.reading_passes import ReadingPasses
from bot.sync.readings import Readings, ReadOutcome, Wanted

INTERVAL = timedelta(minutes=10)


async def main(url: str, key: str, accounts: list[str]) -> dict[str, float]:
    """Seconds of the second, steady pass, those that it computed, and how many accounts it read."""
    moved = timedelta(0)
    read = 0

    def clock() -> datetime:
        return datetime.now(UTC) + moved

    async def on_read(outcome: ReadOutcome) -> None:
        nonlocal read
        read += outcome.is_read

    with TemporaryDirectory(prefix="tessera-bench-") as folder:
        store = await Store.open(Path(folder) / "t.db")
        await store.writer.transaction(lambda db: _vouch(db, accounts))
        async with open_session() as session:
            table = LoopringTable(name="loopring", base_url=url, api_key=SecretStr(key), requests_per_second=10_000)
            source = LoopringSource(session, table)
            random = Random(1)  # noqa: S311 - it only spreads pauses
            readings = Readings(
                store.readings,
                [source],
                ProvenHere(store, vouching=True),
                rates={},
                interval=INTERVAL,
                wanted=Wanted,
                clock=clock,
                random=random,
            )
            passes = ReadingPasses(store.readings, readings, holder="bench", on_read=on_read, clock=clock)
            await passes.run_pass()
            moved, read = INTERVAL + timedelta(minutes=1), 0
            started, worked = time.perf_counter(), time.process_time()
            await passes.run_pass()
            seconds, worked = time.perf_counter() - started, time.process_time() - worked
            await source.close()
        await store.close()
    return {"seconds": seconds, "cpu": worked, "read": read}


def _vouch(db: Database, accounts: list[str]) -> None:
    sql = """
        INSERT INTO vouches (guild_id, owner, user_id, account, asked_at, confirmed_at)
        VALUES (1, '0x' || printf('%040d', ?1), ?1, 'loopring:' || ?2, 1, 1)
    """
    db.conn.executemany(sql, list(enumerate(accounts, start=1)))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))))
