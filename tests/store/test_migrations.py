"""A store of any earlier Tessera opens with all that it held."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlite_utils import Database

from bot.holdings import Account
from bot.links import Membership
from bot.store import Store
from bot.store.linking.owner_table import FIRST
from bot.store.schema import MIGRATIONS
from tests.store.fixtures import Place

STEPS = [step.name for step in MIGRATIONS.pending(Database(memory=True))]
ADDRESS = "0x" + "ab" * 20
ROWS: dict[str, dict[str, Any]] = {
    "owners": {"account": "loopring:10001", "owner": ADDRESS, "seen_at": "2026-11-25T10:00:00+00:00"},
    "links": {
        "user_id": 1,
        "account": "loopring:10001",
        "owner": ADDRESS,
        "label": "vault",
        "is_main": 1,
        "linked_at": 100,
    },
    "proofs": {
        "owner": ADDRESS,
        "user_id": 1,
        "method": "eoa",
        "text_hash": b"hash",
        "guild_id": None,
        "proven_at": 100,
    },
    "contests": {
        "owner": ADDRESS,
        "holder_id": 1,
        "challenger_id": 2,
        "method": "1271",
        "text_hash": b"other",
        "opened_at": 200,
        "ends_at": 300,
        "objected_at": None,
    },
    "refusals": {"owner_hash": b"o", "user_hash": b"u", "until": 400},
    "notices": {
        "id": 1,
        "user_id": 1,
        "news": "contested",
        "owner": ADDRESS,
        "at": 200,
        "until": 300,
        "tried": 1,
    },
    "rounds": {"id": 1, "at": 250},
    "shares": {"user_id": 1, "guild_id": 9, "account": "loopring:10001", "joined_at": 100},
    "sessions": {
        "id": "session",
        "token_hash": b"token",
        "cookie_hash": b"cookie",
        "way": "code",
        "status": "signed",
        "reason": "",
        "user_id": 1,
        "username": "ada",
        "avatar_url": "",
        "guild_id": 9,
        "guild_name": "Mosaic",
        "account": "loopring:10001",
        "owner": ADDRESS,
        "logins": 1,
        "challenges": 1,
        "created_at": 100,
        "expires_at": 700,
    },
    "challenges": {
        "id": "challenge",
        "session_id": "session",
        "signer": ADDRESS,
        "owner": ADDRESS,
        "accounts": '["loopring:10001"]',
        "nonce": "nonce",
        "text": "text",
        "expires_at": 400,
        "used_at": 150,
    },
    "codes": {
        "session_id": "session",
        "code_hash": b"code",
        "tries": 2,
        "owner": ADDRESS,
        "accounts": '["loopring:10001"]',
        "method": "eoa",
        "text_hash": b"hash",
        "expires_at": 400,
    },
    "wallets": {"wallet": ADDRESS, "factory": ADDRESS, "salt": "7", "owner": ADDRESS, "seen_at": 100},
    "address_events": {"id": 1, "owner_hash": b"o", "event": "claim", "at": 200},
    "frozen": {"owner_hash": b"o", "owner": ADDRESS, "reason": "moves", "at": 250},
    "frozen_claims": {"owner": ADDRESS, "user_id": 1, "method": "eoa", "text_hash": b"hash", "signed_at": 200},
    "messaged": {"user_id": 1, "owner": ADDRESS, "at": 250},
    "audit": {"id": 1, "at": 100, "actor": b"actor", "verb": "link", "subject": None},
}


def make_store_of(place: Place, step: str) -> dict[str, dict[str, Any]]:
    """A store as that step left it, with a row in every table; the rows."""
    after = STEPS[STEPS.index(step) + 1 :]
    with closing(Database(sqlite3.connect(place.path))) as db:
        MIGRATIONS.apply(db, **({"stop_before": after[0]} if after else {}))
        # A column of a later step is left out of the tables of earlier ones.
        rows = {
            name: {column: value for column, value in row.items() if column in db.table(name).columns_dict}
            for name, row in ROWS.items()
            if name in db.table_names()
        }
        for name, row in rows.items():
            db.table(name).insert(row)
    return rows


@pytest.mark.parametrize("step", STEPS)
async def test_a_store_of_any_step_opens_with_all_that_it_held(place: Place, step: str) -> None:
    rows = make_store_of(place, step)
    store = await Store.open(place.path)

    def read(db: Database) -> dict[str, Any]:
        return {name: [{key: found[key] for key in row} for found in db.table(name).rows] for name, row in rows.items()}

    assert await store.writer.run(read) == {name: [row] for name, row in rows.items()}
    assert await store.writer.run(lambda db: db.execute("PRAGMA foreign_key_check").fetchall()) == []
    await store.close()


async def test_a_proof_of_an_earlier_store_has_been_its_members_since_its_signature(place: Place) -> None:
    """And its challenger signed when they opened the contest."""
    make_store_of(place, STEPS[STEPS.index("m008_contests") - 1])
    store = await Store.open(place.path)
    sql = "SELECT first_proven_at, signed_at FROM proofs JOIN contests USING (owner)"
    assert await store.writer.run(lambda db: db.execute(sql).fetchall()) == [(100, 200)]
    await store.close()


async def test_owners_of_before_are_the_first_sources_word_and_no_proof_rests_on_them(place: Place) -> None:
    make_store_of(place, "m004_audit")
    store = await Store.open(place.path)
    fact = await store.owners.get(Account("loopring", "10001"))
    assert fact
    assert (fact.owner, fact.sources, fact.basis, fact.is_confirmed) == (ADDRESS, (), FIRST, False)
    [link] = await store.links.of(1)
    assert not link.proven
    await store.owners.apply_rule({"loopring": "agree:loopring,then"})
    [link] = await store.links.of(1)
    assert not link.proven
    await store.owners.apply_rule({"loopring": FIRST})  # the rule that they were found under
    [link] = await store.links.of(1)
    assert link.proven
    await store.close()


async def test_every_table_has_a_row_in_these_tests(place: Place) -> None:
    rows = make_store_of(place, STEPS[-1])
    found = await Store.inspect(place.path)
    assert found
    assert found.pending == ()
    assert {name: count for name, count in found.rows.items() if name != MIGRATIONS.migrations_table} == dict.fromkeys(
        rows, 1
    )


# ---------------------------------------------------------------- m006: a share names one account

BEFORE_SHARED_ACCOUNTS = STEPS[STEPS.index("m006_share_accounts") - 1]


async def shares_after_the_update(place: Place, links: list[dict[str, Any]]) -> Store:
    """A store in which member 1 shared the main account in server 9, before shares named accounts; and these links."""
    make_store_of(place, BEFORE_SHARED_ACCOUNTS)
    with closing(sqlite3.connect(place.path)) as db:
        db.execute("DELETE FROM links")
        for link in links:
            columns = ", ".join(link)
            db.execute(f"INSERT INTO links ({columns}) VALUES ({', '.join('?' * len(link))})", list(link.values()))  # noqa: S608 - our own columns
        db.commit()
    return await Store.open(place.path)


async def test_an_old_share_becomes_one_of_the_account_that_was_main(place: Place) -> None:
    other = ROWS["links"] | {"account": "loopring:10002", "is_main": 0, "linked_at": 50}
    store = await shares_after_the_update(place, [ROWS["links"], other])
    joined_before = Membership(1, 9, datetime(2026, 1, 1, tzinfo=UTC))
    assert list(map(str, await store.shares.shown_by(joined_before))) == ["loopring:10001"]
    assert list(map(str, await store.shares.shown_by(Membership(1, 10, joined_before.joined_at)))) == []
    await store.close()


async def test_an_old_share_of_somebody_who_joined_after_the_update_has_ended(place: Place) -> None:
    store = await shares_after_the_update(place, [ROWS["links"]])
    assert list(await store.shares.shown_by(Membership(1, 9, datetime(2999, 1, 1, tzinfo=UTC)))) == []
    assert await store.shares.of(1) == []
    await store.close()


async def test_an_old_share_of_a_member_without_an_account_is_dropped(place: Place) -> None:
    store = await shares_after_the_update(place, [])
    assert await store.shares.of(1) == []
    await store.close()
