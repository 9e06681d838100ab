"""What a server has set about its gates. Each change is made from what is stored, in one transaction.

    {"log_channel_id": 5, "grace_seconds": 3600, "protected_roles": [7], "excluded_accounts": ["loopring:10001"], …}

Only what differs from the operator's defaults is stored, so that these can change later. Protected members are rows of
their own (see `m012_settings`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef
from bot.store.gates.gate_history import recorded
from bot.store.rows import first, seconds, to_account
from bot.store.thread import Writer

_DEFAULT = GuildSettings()


class SettingsTable:
    """Reads and writes them. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def of(self, guild_id: int, default: GuildSettings = _DEFAULT) -> GuildSettings:
        """What a server has set; `default` where it has set nothing yet."""
        return await self._writer.run(lambda db: read(db, guild_id, default))

    async def save(self, guild_id: int, settings: GuildSettings, by: int, now: datetime) -> None:
        """Replace everything that a server has set."""
        await self.change(guild_id, lambda _: settings, by, now)

    async def change(
        self,
        guild_id: int,
        change: Callable[[GuildSettings], GuildSettings],
        by: int,
        now: datetime,
        default: GuildSettings = _DEFAULT,
    ) -> GuildSettings:
        """Change what a server has set, from what it is now, and record who did; `change` runs on the store's thread.

        Args:
            guild_id: The server.
            change: Makes the new settings of the present ones; what it raises undoes everything.
            by: Who does it.
            now: When.
            default: As in `of`.
        """

        def work(db: Database) -> GuildSettings:
            before = read(db, guild_id, default)
            after = change(before)
            if after != before:
                with recorded(db, guild_id, "set", by, now):
                    _write(db, guild_id, after, default, now)
            return after

        return await self._writer.transaction(work)

    async def forget_guild(self, guild_id: int) -> None:
        """Delete what a server had set that the bot has left for good."""

        def work(db: Database) -> None:
            for table in ("guild_settings", "protected_members"):
                db.execute(f"DELETE FROM {table} WHERE guild_id = ?", [guild_id])

        await self._writer.transaction(work)


def read(db: Database, guild_id: int, default: GuildSettings = _DEFAULT) -> GuildSettings:
    """What a server has set, within a transaction."""
    row = first(db, "SELECT settings FROM guild_settings WHERE guild_id = ?", [guild_id])
    if row is None:
        return default
    protected = "SELECT user_id FROM protected_members WHERE guild_id = ? AND NOT ended"
    members = frozenset(user_id for (user_id,) in db.execute(protected, [guild_id]).fetchall())
    return replace(from_json(json.loads(row[0]), default), protected_members=members)


def to_json(settings: GuildSettings) -> dict[str, Any]:
    """Everything but the protected members."""
    return {
        "log_channel_id": settings.log_channel_id,
        "grace_seconds": int(settings.grace.total_seconds()),
        "protected_roles": sorted(settings.protected_roles),
        "admin_role_id": settings.admin_role_id,
        "excluded_accounts": sorted(map(str, settings.excluded_accounts)),
        "excluded_collections": sorted(map(str, settings.excluded_collections)),
        "cool_down_seconds": int(settings.cool_down.total_seconds()),
        "shows_requirements": settings.shows_requirements,
        "shows_addresses": settings.shows_addresses,
    }


def from_json(stored: Mapping[str, Any], default: GuildSettings = _DEFAULT) -> GuildSettings:
    """What `to_json` made of settings; a key that is missing is as in `default`."""
    values = to_json(default) | dict(stored)
    return GuildSettings(
        log_channel_id=values["log_channel_id"],
        grace=timedelta(seconds=values["grace_seconds"]),
        protected_roles=frozenset(values["protected_roles"]),
        admin_role_id=values["admin_role_id"],
        excluded_accounts=frozenset(map(to_account, values["excluded_accounts"])),
        excluded_collections=frozenset(map(_to_collection, values["excluded_collections"])),
        cool_down=timedelta(seconds=values["cool_down_seconds"]),
        shows_requirements=values["shows_requirements"],
        shows_addresses=values["shows_addresses"],
    )


def _to_collection(text: str) -> CollectionRef:
    network, _, collection_id = text.rpartition(":")
    return CollectionRef(network, collection_id)


def _write(db: Database, guild_id: int, settings: GuildSettings, default: GuildSettings, now: datetime) -> None:
    defaults = to_json(default)
    differing = {key: value for key, value in to_json(settings).items() if value != defaults[key]}
    db.execute(
        """
        INSERT INTO guild_settings (guild_id, settings, saved_at) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET settings = excluded.settings, saved_at = excluded.saved_at
        """,
        [guild_id, json.dumps(differing), seconds(now)],
    )
    db.execute("UPDATE protected_members SET ended = 1 WHERE guild_id = ?", [guild_id])
    for user_id in sorted(settings.protected_members):
        db.execute(
            """
            INSERT INTO protected_members (guild_id, user_id) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET ended = 0
            """,
            [guild_id, user_id],
        )
