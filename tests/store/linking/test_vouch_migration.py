"""m005: a moderator's word is a proof no longer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from bot.links import InGuild
from bot.store import Store
from bot.store.linking.owner_table import FIRST, OwnerFact
from bot.store.rows import to_account
from bot.store.schema import MIGRATIONS
from tests.store.fixtures import Place

VOUCHED, SIGNED = "0x" + "cd" * 20, "0x" + "ef" * 20
# user, account, owner, label, is_main, linked_at
LINKS = [
    # Ann had nothing: the moderator's word linked an account, which became her main one. She linked another later.
    (1, "loopring:1", VOUCHED, "", 1, 500),
    (1, "eip155:1:" + VOUCHED, VOUCHED, "", 0, 700),
    (1, "loopring:9", None, "", 0, 600),
    # Ben had linked his himself before a moderator confirmed it, and has signed for another.
    (2, "loopring:2", "0x" + "2" * 40, "", 0, 400),
    (2, "loopring:3", SIGNED, "", 1, 300),
    # Cleo gave hers a label after a moderator had linked it.
    (3, "loopring:4", "0x" + "4" * 40, "mine", 1, 500),
]
# owner, user, method, text_hash, guild, proven_at
PROOFS = [
    (VOUCHED, 1, "manual", None, 9, 500),
    ("0x" + "2" * 40, 2, "manual", None, 9, 500),
    (SIGNED, 2, "eoa", b"hash", None, 300),
    ("0x" + "4" * 40, 3, "manual", None, 8, 500),
]


async def confirm_owners(store: Store, owners: list[tuple[str, str]]) -> None:
    """Let the sources agree on who owns accounts: without that, neither a proof nor a vouch counts for a number."""
    for account, owner in owners:
        fact = OwnerFact(to_account(account), owner, ("loopring",), FIRST, is_confirmed=True, seen_at=datetime.now(UTC))
        await store.owners.save(fact)


async def test_what_moderators_had_confirmed_is_vouched_for_and_takes_nothing_any_more(place: Place) -> None:
    with closing(Database(sqlite3.connect(place.path))) as db:
        MIGRATIONS.apply(db, stop_before="m005_vouches")
        with db.conn:
            db.conn.executemany("INSERT INTO links VALUES (?, ?, ?, ?, ?, ?)", LINKS)
            db.conn.executemany("INSERT INTO proofs VALUES (?, ?, ?, ?, ?, ?)", PROOFS)
    store = await Store.open(place.path)

    async def rows(sql: str) -> list[Any]:
        return await store.writer.run(lambda db: db.execute(sql).fetchall())

    vouched = """
        SELECT guild_id, user_id, account, owner, moderator, asked_at, confirmed_at, declined_at, notified
        FROM vouches ORDER BY user_id, account
    """
    assert await rows(vouched) == [
        (9, 1, "eip155:1:" + VOUCHED, VOUCHED, None, 500, 500, None, 1),
        (9, 1, "loopring:1", VOUCHED, None, 500, 500, None, 1),
        (9, 2, "loopring:2", "0x" + "2" * 40, None, 500, 500, None, 1),
        (8, 3, "loopring:4", "0x" + "4" * 40, None, 500, 500, None, 1),
    ]
    assert await rows("SELECT owner, user_id, method, guild_id FROM proofs") == [(SIGNED, 2, "eoa", None)]
    # Only what the moderator's word had linked is unlinked, and who so lost the main account has another.
    assert await rows("SELECT user_id, account, is_main FROM links ORDER BY user_id, linked_at") == [
        (1, "loopring:9", 1),
        (1, "eip155:1:" + VOUCHED, 0),
        (2, "loopring:3", 1),
        (2, "loopring:2", 0),
        (3, "loopring:4", 1),
    ]
    numbered = [(account, owner) for _, account, owner, *_ in LINKS if owner and account.startswith("loopring:")]
    await confirm_owners(store, numbered)
    here = InGuild(9, datetime.fromtimestamp(500, UTC))
    proven = {user_id: (await store.proven.of(user_id, here)).accounts for user_id in (1, 2, 3)}
    assert {user_id: {str(account) for account in found} for user_id, found in proven.items()} == {
        1: {"loopring:1", "eip155:1:" + VOUCHED},
        2: {"loopring:2", "loopring:3"},
        3: set(),
    }
    await store.close()


async def test_who_lost_the_main_account_shares_no_account_that_they_never_shared(place: Place) -> None:
    """Ann shared her main account, which a moderator's word alone had linked; Ben his, which he had signed for."""
    with closing(Database(sqlite3.connect(place.path))) as db:
        MIGRATIONS.apply(db, stop_before="m005_vouches")
        with db.conn:
            db.conn.executemany("INSERT INTO links VALUES (?, ?, ?, ?, ?, ?)", LINKS)
            db.conn.executemany("INSERT INTO proofs VALUES (?, ?, ?, ?, ?, ?)", PROOFS)
            db.conn.executemany("INSERT INTO shares (user_id, guild_id) VALUES (?, ?)", [(1, 9), (1, 10), (2, 9)])
    store = await Store.open(place.path)
    sql = "SELECT user_id, guild_id, account FROM shares"
    assert await store.writer.run(lambda db: db.execute(sql).fetchall()) == [(2, 9, "loopring:3")]
    await store.close()
