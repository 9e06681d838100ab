"""What is counted over many rows is read on the second connection: nobody's writing waits for it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.gates.rule import AllOf, Holds, HoldsCollections, Network
from bot.roles.safety import Scope
from tests.sync.sync_harness import GUILD, HARBOUR, open_sync

pytestmark = pytest.mark.asyncio

_COUNTS = r"SELECT (count\(|DISTINCT)|SELECT read_at FROM sync_accounts"
_OF_MANY = r"FROM (sync_accounts|sync_collections|sync_held|sync_members|role_grants|role_misses)\b"


def counting(statements: list[str]) -> list[str]:
    """Those that count rows of tables that grow with the members."""
    return [sql for sql in statements if re.match(rf"\s*({_COUNTS})", sql) and re.search(_OF_MANY, sql)]


async def test_what_the_breaker_and_the_status_count_is_read_beside_the_writer(tmp_path: Path) -> None:
    async with open_sync(tmp_path / "tessera.db") as harness:
        await harness.gate(AllOf((Holds(HARBOUR), Holds(Network("loopring")), HoldsCollections(least=1))))
        await harness.members(20)
        await harness.turn()
        written: list[str] = []
        read: list[str] = []
        await harness.store.writer.run(lambda db: db.conn.set_trace_callback(written.append))
        await harness.store.reader.run(lambda db: db.conn.set_trace_callback(read.append))
        harness.sell(*range(1, 13))
        await harness.pass_time(timedelta(minutes=40))
        await harness.sync.status(GUILD)
        await harness.store.writer.run(lambda db: db.conn.set_trace_callback(None))
        await harness.store.reader.run(lambda db: db.conn.set_trace_callback(None))
        assert counting(written) == []
        tables = {match[1] for sql in counting(read) if (match := re.search(_OF_MANY, sql))}
        assert tables == {
            "sync_accounts",
            "sync_collections",
            "sync_held",
            "sync_members",
            "role_grants",
            "role_misses",
        }


async def test_a_wave_is_seen_by_the_second_connection_before_its_first_victim(tmp_path: Path) -> None:
    async with open_sync(tmp_path / "tessera.db") as harness:
        await harness.gate()
        await harness.members(20)
        await harness.turn()
        harness.sell(*range(1, 13))
        await harness.pass_time(timedelta(minutes=11))
        assert {hold.scope for hold in (await harness.sync.status(GUILD)).holds} >= {Scope.GATE, Scope.SOURCE}
        await harness.pass_time(timedelta(hours=3))
        assert len(harness.holders()) == 20
