"""Servers in which something was decided: the version of that, and since when the bot has left one of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlite_utils import Database

from bot.store.rows import first, moment, seconds


def version(db: Database, guild_id: int) -> int:
    """The version of a server's gates, aliases and settings; 0: nothing was ever decided there."""
    found = first(db, "SELECT version FROM configured_guilds WHERE guild_id = ?", [guild_id])
    return int(found[0]) if found else 0


def count_up(db: Database, guild_id: int) -> None:
    """A server's gates, aliases or settings were changed, in this same transaction."""
    sql = """
        INSERT INTO configured_guilds (guild_id, version) VALUES (?, 1)
        ON CONFLICT (guild_id) DO UPDATE SET version = version + 1
    """
    db.execute(sql, [guild_id])


def with_gates(db: Database) -> Sequence[int]:
    """The servers that have gates, and that the bot has not left."""
    sql = """
        SELECT guild_id FROM configured_guilds WHERE left_at IS NULL
        AND EXISTS (SELECT 1 FROM gates WHERE gates.guild_id = configured_guilds.guild_id)
    """
    return [guild_id for (guild_id,) in db.execute(sql).fetchall()]


def note_present(db: Database, guild_ids: Collection[int], now: datetime) -> None:
    """Record which servers the bot is in: it has left all others, and is back in those of these that it had left."""
    present = json.dumps(list(guild_ids))
    its = "guild_id IN (SELECT value FROM json_each(:present))"
    db.execute(f"UPDATE configured_guilds SET left_at = NULL WHERE left_at IS NOT NULL AND {its}", {"present": present})
    gone = f"UPDATE configured_guilds SET left_at = :now WHERE left_at IS NULL AND NOT {its}"
    db.execute(gone, {"present": present, "now": seconds(now)})


def note_left(db: Database, guild_id: int, now: datetime) -> None:
    """Record that the bot was removed from a server."""
    sql = "UPDATE configured_guilds SET left_at = ? WHERE guild_id = ? AND left_at IS NULL"
    db.execute(sql, [seconds(now), guild_id])


def left_before(db: Database, before: datetime) -> Sequence[int]:
    """The servers that the bot left before a moment and has not been in since."""
    sql = "SELECT guild_id FROM configured_guilds WHERE left_at < ?"
    return [guild_id for (guild_id,) in db.execute(sql, [seconds(before)]).fetchall()]


def left_at(db: Database, guild_id: int) -> datetime | None:
    """Since when the bot is not in a server; None: it is, or nothing was ever decided there."""
    found = first(db, "SELECT left_at FROM configured_guilds WHERE guild_id = ?", [guild_id])
    return moment(found[0]) if found and found[0] is not None else None
