"""Names of collections that a server's members hold, for suggestions."""

from __future__ import annotations

from sqlite_utils import Database

from bot.gates.rule import CollectionRef
from bot.store import Store
from bot.store.gates.held_names import held_names

HERE, ELSEWHERE = 9, 10


def fill(db: Database) -> None:
    """Members 1 and 2 are here, 3 has left, 4 is elsewhere; 1 and 2 hold 254, and each one has another one alone."""
    names = {1: "Harbour Lights", 2: "Tiny Boats", 3: "Gone with them", 4: "Far away", 5: "Sold"}
    for number, name in names.items():
        db.execute("INSERT INTO sync_collections VALUES (?, 'loopring', ?, ?)", [number, str(253 + number), name])
    for user_id, guild_id, absent in [(1, HERE, None), (2, HERE, None), (3, HERE, 500), (4, ELSEWHERE, None)]:
        account = f"loopring:{user_id}"
        db.execute("INSERT INTO links VALUES (?, ?, ?, '', 1, 100)", [user_id, account, f"0x{user_id:040x}"])
        proof = "INSERT INTO proofs (owner, user_id, method, text_hash, proven_at) VALUES (?, ?, 'eoa', X'00', 100)"
        db.execute(proof, [f"0x{user_id:040x}", user_id])
        member = "INSERT INTO sync_members (guild_id, user_id, joined_at, seen_at, absent_since, drift_due)"
        db.execute(f"{member} VALUES (?, ?, 1, 1, ?, 1)", [guild_id, user_id, absent])
    held = [(1, 1, None), (2, 1, None), (2, 2, None), (3, 3, None), (4, 4, None), (1, 5, 400)]
    for user_id, collection, gone_at in held:
        sql = """
            INSERT INTO sync_held (account_id, collection_id, kinds, first_at, gone_at)
            SELECT id, ?, 1, 100, ? FROM sync_accounts WHERE account = ?
        """
        db.execute(sql, [collection, gone_at, f"loopring:{user_id}"])


async def test_what_members_of_a_server_hold_now_is_named_the_most_held_first(store: Store) -> None:
    await store.writer.transaction(fill)
    assert await held_names(store.reader, HERE) == [
        (CollectionRef("loopring", "254"), "Harbour Lights"),
        (CollectionRef("loopring", "255"), "Tiny Boats"),
    ]
    assert await held_names(store.reader, ELSEWHERE) == [(CollectionRef("loopring", "257"), "Far away")]


async def test_it_is_found_without_reading_a_whole_table(store: Store) -> None:
    asked: list[str] = []
    await store.writer.run(lambda db: db.conn.set_trace_callback(asked.append))
    await held_names(store.reader, HERE)
    await store.writer.run(lambda db: db.conn.set_trace_callback(None))
    [sql] = [sql for sql in asked if "SELECT" in sql]
    plan = await store.writer.run(lambda db: [row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()])
    assert plan
    assert [step for step in plan if step.startswith("SCAN")] == []
