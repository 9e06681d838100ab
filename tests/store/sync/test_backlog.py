"""How much waits in the store, counted without reading a table."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.store import Store
from bot.store.rows import seconds
from bot.store.sync.backlog import Backlog, backlog

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
LOOPRING, CHAIN = "loopring", "eip155:1"


async def test_what_is_due_is_counted_by_queries_that_read_no_whole_table() -> None:
    store = await Store.open(None)
    members = [
        {"guild_id": 1, "user_id": user_id, "joined_at": 0, "seen_at": 0, "drift_due": 0, "due": due}
        for user_id, due in ((10, seconds(NOW)), (11, seconds(NOW) + 1), (12, None))
    ]
    await store.writer.transaction(lambda db: db.table("sync_members").insert_all(members))
    heard: list[str] = []
    await store.writer.run(lambda db: db.conn.set_trace_callback(heard.append))
    assert await store.reader.run(lambda db: backlog(db, [LOOPRING, CHAIN], NOW)) == Backlog(
        members=1, accounts={LOOPRING: 0, CHAIN: 0}, oldest_at={}, posts=0, holds=0
    )
    await store.writer.run(lambda db: db.conn.set_trace_callback(None))
    asked = [sql for sql in heard if "SELECT" in sql]
    assert len(asked) == 7
    plans = await store.writer.run(
        lambda db: [str(row[-1]) for sql in asked for row in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
    )
    await store.close()
    # What waits has an index of its own, which holds nothing else.
    small = ("USING INDEX sync_posts_to_send", "USING COVERING INDEX sync_posts_to_send", "INDEX open_role_holds")
    scans = [plan for plan in plans if plan.startswith("SCAN") and "SCAN (subquery" not in plan]
    assert [plan for plan in scans if not plan.endswith(small)] == []
