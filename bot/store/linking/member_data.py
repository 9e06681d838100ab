"""All data of one member: to be exported to them, or deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.links import NotificationKind
from bot.messages import words_of_text
from bot.store.audit import record
from bot.store.gates import gate_history
from bot.store.holders import snapshot_table
from bot.store.linking import contest_table, freeze_table
from bot.store.pseudonyms import Pseudonym
from bot.store.rows import first, moment, seconds
from bot.store.sync import member_rows
from bot.store.sync.owed_table import owe
from bot.store.thread import Reader, Writer
from bot.store.webhooks import event_log

# What is exported of each table; hashes of tokens and texts are left out, as they mean nothing to a reader.
_EXPORTED = {
    "links": "account, owner, label, is_main, linked_at, name",
    "proofs": "owner, method, proven_at, first_proven_at",
    "vouches": "guild_id, account, owner, asked_at, confirmed_at, declined_at",
    "shares": "guild_id, account, joined_at",
    "keep_outs": "guild_id, account",
    "protected_members": "guild_id, ended",
    "member_languages": "language",
    "notices": "news, owner, at, until",
    "messaged": "owner, at",
    "frozen_claims": "owner, method, signed_at",
    "sessions": "way, status, username, avatar_url, guild_id, guild_name, account, owner, created_at, expires_at",
    "snapshot_rows": "snapshot_id, account, owner, fits, kinds, most_kinds, copies, most_copies, as_of",
    **member_rows.EXPORTED,
}
# What belongs to a member's sessions, and is deleted with them.
_EXPORTED_OF_SESSIONS = {
    "challenges": "signer, challenges.owner, accounts, text, challenges.expires_at, used_at",
    "codes": "codes.owner, accounts, method, codes.expires_at",
    "other_browsers": "was_bound, is_stranger",
}
# What was read of the accounts that they have proven, and not of others that they named: that somebody has proven one
# is nobody else's to know. It is deleted with the last member who has the account.
_HOLDINGS = """
    SELECT account, network, sync_collections.collection_id, kinds, copies, first_at, last_at, gone_at, first_read_at,
        read_at
    FROM sync_accounts JOIN sync_held ON sync_held.account_id = sync_accounts.id
    JOIN sync_collections USING (network)
    WHERE sync_collections.id = sync_held.collection_id AND account IN (
        SELECT account FROM links JOIN proofs USING (owner, user_id) WHERE user_id = ?
        UNION SELECT account FROM vouches WHERE user_id = ? AND confirmed_at IS NOT NULL
    ) ORDER BY account, sync_collections.collection_id
"""
_MOMENTS = member_rows.MOMENTS | frozenset(
    {
        "linked_at",
        "joined_at",
        "proven_at",
        "first_proven_at",
        "signed_at",
        "at",
        "until",
        "created_at",
        "expires_at",
        "opened_at",
        "ends_at",
        "objected_at",
        "used_at",
        "asked_at",
        "confirmed_at",
        "declined_at",
        "first_at",
        "last_at",
        "gone_at",
        "read_at",
        "as_of",
        "first_read_at",
    }
)


class Members:
    """Reads and deletes a member's data. Every method raises `StoreError` when SQLite fails."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def export(self, user_id: int, pseudonym: Pseudonym) -> dict[str, list[dict[str, Any]]]:
        """Every row about a member, by table; moments as ISO 8601."""
        actor = pseudonym(user_id)

        def work(db: Database) -> dict[str, list[dict[str, Any]]]:
            exported = {
                table: _rows(db, f"SELECT {columns} FROM {table} WHERE user_id = ?", [user_id])
                for table, columns in _EXPORTED.items()
            }
            for table, columns in _EXPORTED_OF_SESSIONS.items():
                joined = f"{table} JOIN sessions ON sessions.id = {table}.session_id"
                exported[table] = _rows(db, f"SELECT {columns} FROM {joined} WHERE user_id = ?", [user_id])
            exported["holdings"] = _rows(db, _HOLDINGS, [user_id, user_id])
            columns = "owner, opened_at, ends_at, objected_at"
            for name, column in (("contested_by_others", "holder_id"), ("contested_by_you", "challenger_id")):
                exported[name] = _rows(db, f"SELECT {columns} FROM contests WHERE {column} = ?", [user_id])
            vouched = "SELECT guild_id, asked_at FROM vouches WHERE moderator = ?"
            exported["vouched_by_you"] = _rows(db, vouched, [actor])
            decided = "SELECT guild_id, at, verb FROM gate_changes WHERE user_id = ? ORDER BY id"
            exported["decided_by_you"] = _rows(db, decided, [user_id])
            for part, sql in member_rows.EXPORTED_BESIDES.items():
                exported[part] = _rows(db, sql, [user_id])
            exported["webhook_events"] = _rows(db, event_log.EXPORTED, [user_id])
            exported["refusals"] = _rows(db, "SELECT until FROM refusals WHERE user_hash = ?", [actor])
            by_or_about = "SELECT at, verb FROM audit WHERE actor = ? OR subject = ? ORDER BY at, id"
            exported["audit"] = _rows(db, by_or_about, [actor, actor])
            return exported

        return await self._reader.run(work)

    async def delete(self, user_id: int, now: datetime, pseudonym: Pseudonym, *, refused_until: datetime) -> int:
        """Delete a member's data; how many accounts they had linked.

        Claims of theirs are withdrawn; where the holder objected, they may not make one again before `refused_until`.
        Retained: records under their pseudonym, that they may not contest an address (under keyed hashes), and which
        roles are still to be taken from them, until Discord has done that.
        SQLite's log is emptied as well, unless a backup is being made at this moment.
        """

        def work(db: Database) -> int:
            count = (first(db, "SELECT count(*) FROM links WHERE user_id = ?", [user_id]) or (0,))[0]
            for (owner,) in db.execute("SELECT owner FROM proofs WHERE user_id = ?", [user_id]).fetchall():
                contest_table.give_up(db, user_id, owner, now)
            for (owner,) in db.execute("SELECT owner FROM contests WHERE challenger_id = ?", [user_id]).fetchall():
                contest_table.withdraw(db, user_id, owner, pseudonym, now, refused_until=refused_until)
            for (owner,) in db.execute("SELECT owner FROM frozen_claims WHERE user_id = ?", [user_id]).fetchall():
                freeze_table.leave(db, user_id, owner, pseudonym(owner))
            gate_history.forget_member(db, user_id, pseudonym(user_id))
            owe(db, user_id, now)
            snapshot_table.forget_member(db, user_id)
            for table in _EXPORTED:
                db.execute(f"DELETE FROM {table} WHERE user_id = ?", [user_id])
            # What they vouched for is another member's, who has confirmed it; it no longer says by whom.
            db.execute("UPDATE vouches SET moderator = NULL WHERE moderator = ?", [pseudonym(user_id)])
            gate_history.forget_member(db, user_id, pseudonym(user_id))
            member_rows.forget_member(db, user_id, pseudonym(user_id))
            event_log.forget_member(db, user_id)
            record(db, now, pseudonym(user_id), "delete")
            return int(count)

        count = await self._writer.transaction(work)
        await (
            self._reader.wait()
        )  # the log can only be emptied while nobody reads from it, and the writer must not wait
        await self._writer.run(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
        return count

    async def purge(self, *, audit_before: datetime, now: datetime) -> None:
        """Delete records from before a moment, notifications that were never delivered, and refusals that are over."""

        def work(db: Database) -> None:
            db.execute("DELETE FROM audit WHERE at < ?", [seconds(audit_before)])
            # A holder must still be notified of an open contest: until then it does not end.
            is_held = "SELECT 1 FROM contests WHERE contests.owner = notices.owner AND holder_id = user_id"
            sql = f"DELETE FROM notices WHERE at < ? AND NOT (news = ? AND EXISTS ({is_held}))"
            db.execute(sql, [seconds(audit_before), NotificationKind.CONTESTED.value])
            db.execute("DELETE FROM refusals WHERE until < ?", [seconds(now)])

        await self._writer.transaction(work)


def _rows(db: Database, sql: str, values: list[Any]) -> list[dict[str, Any]]:
    cursor = db.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [{name: _exported(name, value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()]


def _exported(name: str, value: Any) -> Any:
    if name in member_rows.WORDS:
        return str(words_of_text(value))
    return moment(value).isoformat() if name in _MOMENTS and value is not None else value
