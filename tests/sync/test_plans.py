"""No statement of a turn reads a whole table to answer one question."""

from __future__ import annotations

import re

import pytest

from tests.sync.sync_harness import GUILD, TEN_MINUTES, open_sync, user

pytestmark = pytest.mark.asyncio
# At the start of a process, and when a clock jumped, everybody is due: that is a change of every row.
_OF_EVERYBODY = ("UPDATE sync_members SET due = min(coalesce(due,", "UPDATE sync_accounts SET lease = '', leased_until")
_TABLES = "sync_members|role_grants|role_intents|role_misses|role_holds|sync_runs|sync_changes|sync_posts"


async def test_every_question_of_a_turn_is_answered_by_an_index() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(6)
        await harness.turn()  # at its start a process looks at everything once
        asked: set[str] = set()
        await harness.store.writer.run(lambda db: db.conn.set_trace_callback(asked.add))
        await harness.turn()
        await harness.member(7)
        await harness.turn()
        harness.sell(1, 2, 3, 4)
        await harness.pass_time(5 * TEN_MINUTES)
        await harness.sync.scan()
        await harness.sync.status(GUILD)
        await harness.sync.approve(GUILD, by=9)
        await harness.turn()
        (run, *_) = await harness.sync.runs(GUILD, 25, to_undo=True)
        assert await harness.sync.run(GUILD, run.run_id) == run
        await harness.sync.undo(GUILD, run.run_id, by=9)
        await harness.look_at(5)
        await harness.sync.own_act(user(5))
        await harness.store.writer.run(lambda db: db.conn.set_trace_callback(None))
        questions = {
            sql
            for sql in asked
            if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT)", sql) and re.search(_TABLES, sql)
            if not re.sub(r"\s+", " ", sql).strip().startswith(_OF_EVERYBODY)
        }
        assert len(questions) > 30
        scans = [
            (row[-1], sql)
            for sql in questions
            for row in await harness.rows(f"EXPLAIN QUERY PLAN {sql}")
            if re.search(rf"SCAN ({_TABLES})(?! USING)", row[-1])
        ]
        assert scans == []
