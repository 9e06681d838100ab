"""A store of any earlier Tessera opens with all that it held."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from sqlite_utils import Database

from bot.store import Store
from bot.store.schema import MIGRATIONS
from tests.store.fixtures import Place

with Database(memory=True) as _blank:
    STEPS = [step.name for step in MIGRATIONS.pending(_blank)]
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
    "other_browsers": {"cookie_hash": b"other", "session_id": "session", "logins": 1, "was_bound": 1, "is_stranger": 0},
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
    "vouches": {
        "guild_id": 9,
        "owner": ADDRESS,
        "user_id": 1,
        "account": "loopring:10001",
        "moderator": b"moderator",
        "asked_at": 100,
        "confirmed_at": 200,
        "declined_at": None,
        "withdrawn": 0,
        "notified": 1,
        "tried": 0,
    },
    "role_grants": {
        "guild_id": 9,
        "user_id": 1,
        "role_id": 7,
        "gate_id": 1,
        "state": "given",
        "granted_at": 200,
        "repaired": 1,
        "repaired_at": 250,
    },
    "role_intents": {
        "guild_id": 9,
        "user_id": 1,
        "role_id": 8,
        "gate_id": 2,
        "run_id": 1,
        "act": "add",
        "reason": "why",
        "is_counted": 0,
        "at": 300,
    },
    "role_misses": {
        "gate_id": 1,
        "user_id": 1,
        "guild_id": 9,
        "role_id": 7,
        "count": 2,
        "first_at": 400,
        "last_at": 500,
        "warned_at": None,
        "is_confirmed": 1,
        "excused_until": 900,
        "approved_at": None,
        "rule": "digest",
        "reason": "why",
    },
    "role_holds": {
        "hold_id": 1,
        "guild_id": 9,
        "scope": "gate",
        "key": "1",
        "cause": "admin",
        "since": 500,
        "numbers": "{}",
        "ended_at": None,
        "end_cause": "",
        "by_id": 3,
    },
    "sync_runs": {
        "run_id": 1,
        "guild_id": 9,
        "started_at": 200,
        "ended_at": 210,
        "failed": 1,
        "undone_at": None,
        "by_id": None,
    },
    "sync_changes": {
        "change_id": 1,
        "run_id": 1,
        "guild_id": 9,
        "user_id": 1,
        "pseudonym": None,
        "role_id": 7,
        "gate_id": 1,
        "act": "add",
        "at": 205,
        "reason": "why",
        "is_counted": 0,
        "post_id": 1,
    },
    "sync_posts": {
        "post_id": 1,
        "guild_id": 9,
        "kind": "changes",
        "user_id": None,
        "gate_id": None,
        "hold_id": None,
        "detail": "",
        "until": None,
        "at": 205,
        "sent_at": 206,
        "channel_id": 4,
        "message_id": 5,
    },
    "sync_guilds": {
        "guild_id": 9,
        "left_at": None,
        "drift_due": 900,
        "drift_scans": 3,
        "role_counts": "{}",
        "counted_at": 800,
        "search_due": 950,
        "search_after": 1,
        "greeted_at": 960,
    },
    "sync_instance": {"id": 1, "epoch": "this one", "started_at": 100, "settled_at": 0},
    "sync_accounts": {
        "id": 1,
        "account": "loopring:10001",
        "network": "loopring",
        "due": 700,
        "leased_until": 650,
        "lease": "this one",
        "tries": 1,
        "read_at": 600,
        "first_read_at": 350,
        "part_at": 610,
        "readings": 9,
        "holds": 1,
        "emptied_at": None,
        "failed_at": 620,
        "failure": "no answer",
    },
    "sync_networks": {"network": "loopring", "failing_since": 500},
    "sync_collections": {"id": 1, "network": "loopring", "collection_id": "254", "name": "Harbour Lights"},
    "sync_held": {
        "account_id": 1,
        "collection_id": 1,
        "kinds": 2,
        "copies": 3,
        "first_at": 500,
        "last_at": None,
        "gone_at": None,
        "tokens_at": 600,
        "tokens_whole": 1,
    },
    "sync_parts": {"account_id": 1, "collection_id": 1, "kinds": 1},
    "sync_levels": {
        "account_id": 1,
        "collection_id": 1,
        "at": 500,
        "kinds": 2,
        "copies": 3,
        "reading": 4,
        "before_at": 400,
        "unread": 1,
    },
    "sync_tokens": {"account_id": 1, "collection_id": 1, "token_id": "7", "copies": 3, "traits": None},
    "vouch_asks": {"id": 1, "guild_id": 9, "moderator": b"moderator", "at": 100},
    "configured_guilds": {"guild_id": 9, "version": 3, "left_at": 400},
    "gates": {
        "id": 12,
        "guild_id": 9,
        "role_id": 7,
        "rule": "{}",
        "grace": 3600,
        "never_remove": 0,
        "is_sensitive": 1,
        "ladder": "tiers",
        "rank": 2,
        "powers": "[]",
        "state": "parked",
        "parked": "role_gone",
        "since": 300,
        "created_at": 100,
    },
    "collection_aliases": {"guild_id": 9, "collection": "loopring:254", "same_as": "eip155:1:0xab"},
    "gate_changes": {
        "id": 1,
        "guild_id": 9,
        "at": 100,
        "user_id": 1,
        "actor": None,
        "verb": "add",
        "before": "{}",
        "after": "{}",
    },
    "guild_settings": {"guild_id": 9, "settings": '{"log_channel_id": 5}', "saved_at": 100},
    "protected_members": {"guild_id": 9, "user_id": 1, "ended": 0},
    "keep_outs": {"user_id": 1, "guild_id": 9, "account": "loopring:10001"},
    "owed_roles": {"guild_id": 9, "user_id": 2, "role_id": 7, "since": 400},
    "accepted_losses": {"guild_id": 9, "scope": "source", "key": "loopring", "at": 400},
    "gateway_streak": {"id": 1, "attempts": 3, "due_at": 900, "alive_since": None, "identified_at": 890},
    "webhook_endpoints": {
        "endpoint_id": 1,
        "guild_id": 9,
        "url": "https://example.org/tessera",
        "salt": b"salt",
        "generation": 2,
        "cursor": 6,
        "state": "active",
        "created_at": 100,
        "rotated_at": 200,
        "due": 300,
        "tries": 1,
        "failing_since": 290,
        "delivered_at": 250,
        "failed_at": 290,
        "failure": "status",
        "status": 502,
    },
    "member_languages": {"user_id": 1, "language": "de"},
    "webhook_logs": {"guild_id": 9, "latest": 7, "earliest": 3},
    "webhook_events": {
        "guild_id": 9,
        "number": 7,
        "event_id": "msg_7",
        "type": "granted",
        "at": 300,
        "user_id": 1,
        "facts": "{}",
    },
    "snapshots": {
        "snapshot_id": 1,
        "guild_id": 9,
        "schedule_id": 1,
        "made_at": 700,
        "rule": "254",
        "weight": "kinds",
        "minimum": 0,
        "names": '["Harbour Lights"]',
        "members": 1,
        "is_complete": 1,
        "forgotten": 2,
    },
    "snapshot_rows": {
        "snapshot_id": 1,
        "user_id": 1,
        "account": "loopring:10001",
        "owner": ADDRESS,
        "fits": 1,
        "kinds": 2,
        "most_kinds": 2,
        "copies": 2,
        "most_copies": None,
        "as_of": 600,
        "reason": None,
    },
    "snapshot_schedules": {
        "schedule_id": 1,
        "guild_id": 9,
        "rule": "254",
        "weight": "kinds",
        "minimum": 0,
        "every": "week",
        "retain": 12,
        "first_at": 600,
        "next_at": 900,
        "failure": "",
    },
    # After what makes a member due.
    "sync_members": {
        "guild_id": 9,
        "user_id": 1,
        "joined_at": 100,
        "seen_at": 200,
        "absent_since": None,
        "due": 300,
        "marks": 2,
        "read_roles": 1,
        "own_act": 0,
        "judged_at": 250,
        "drift_due": 900,
        "failures": 1,
        "retry_at": 310,
        "leased_until": None,
        "warned_proof": 100,
    },
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
            db.table(name).insert(row, replace=True)  # in place of what triggers have inserted
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


async def test_every_table_has_a_row_in_these_tests(place: Place) -> None:
    rows = make_store_of(place, STEPS[-1])
    found = await Store.inspect(place.path)
    assert found
    assert found.pending == ()
    assert {name: count for name, count in found.rows.items() if name != MIGRATIONS.migrations_table} == dict.fromkeys(
        rows, 1
    )


@pytest.mark.parametrize(
    ("before_at", "first_read_at"),
    [pytest.param(400, 400, id="before-a-change"), pytest.param(None, 500, id="the-first-reading-saw-it")],
)
async def test_since_when_an_account_was_read_is_taken_from_its_history(
    place: Place, before_at: int | None, first_read_at: int
) -> None:
    make_store_of(place, "m019_greeted_servers")
    with closing(sqlite3.connect(place.path)) as older:
        older.execute("UPDATE sync_levels SET before_at = ?", [before_at])
        older.commit()

    store = await Store.open(place.path)

    sql = "SELECT first_read_at FROM sync_accounts"
    assert await store.writer.run(lambda db: db.execute(sql).fetchall()) == [(first_read_at,)]
    await store.close()


@pytest.mark.parametrize(
    ("repaired_at", "state"),
    [pytest.param(250, "given", id="the-bot-gave-it-since"), pytest.param(None, "found", id="from-somebody-else")],
)
async def test_what_the_bot_gave_to_who_once_had_it_by_hand_is_its_own(
    place: Place, repaired_at: int | None, state: str
) -> None:
    make_store_of(place, "m025_past_tokens")
    with closing(sqlite3.connect(place.path)) as older:
        older.execute("UPDATE role_grants SET state = 'found', repaired = 0, repaired_at = ?", [repaired_at])
        older.commit()

    store = await Store.open(place.path)

    sql = "SELECT state FROM role_grants"
    assert await store.writer.run(lambda db: db.execute(sql).fetchall()) == [(state,)]
    await store.close()
