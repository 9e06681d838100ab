"""Which of their accounts members keep out of which servers: there these do not exist for any gate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from bot.holdings import Account
from bot.store.rows import first, to_account
from bot.store.thread import Writer


class KeepOuts:
    """Reads and writes them. Every method raises `StoreError` when SQLite fails; nothing is half-saved.

    A row goes with its link: the table says so (`ON DELETE CASCADE`).
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def of(self, user_id: int, guild_id: int) -> frozenset[Account]:
        """The accounts that a member keeps out of a server."""
        sql = "SELECT account FROM keep_outs WHERE user_id = ? AND guild_id = ?"
        rows = await self._writer.run(lambda db: db.execute(sql, [user_id, guild_id]).fetchall())
        return frozenset(to_account(account) for (account,) in rows)

    async def of_members(self, user_ids: Sequence[int], guild_id: int) -> Mapping[int, frozenset[Account]]:
        """The accounts that each of these members keeps out of a server; only of those who keep any out."""
        sql = (
            "SELECT user_id, account FROM keep_outs WHERE user_id IN (SELECT value FROM json_each(?)) AND guild_id = ?"
        )
        values = [json.dumps(list(user_ids)), guild_id]
        found: dict[int, frozenset[Account]] = {}
        for user_id, account in await self._writer.run(lambda db: db.execute(sql, values).fetchall()):
            found[user_id] = found.get(user_id, frozenset()) | {to_account(account)}
        return found

    async def start(self, user_id: int, guild_id: int, account: Account) -> bool:
        """Keep an account out of a server. False: it is not linked."""
        linked = "SELECT 1 FROM links WHERE user_id = ? AND account = ?"
        sql = "INSERT INTO keep_outs (user_id, guild_id, account) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

        def work(db: Database) -> bool:
            if first(db, linked, [user_id, str(account)]) is None:
                return False
            db.execute(sql, [user_id, guild_id, str(account)])
            return True

        return await self._writer.transaction(work)

    async def end(self, user_id: int, guild_id: int, account: Account) -> None:
        """Let an account count in a server again."""
        sql = "DELETE FROM keep_outs WHERE user_id = ? AND guild_id = ? AND account = ?"
        values = [user_id, guild_id, str(account)]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def forget_guild(self, guild_id: int) -> None:
        """Delete what is kept out of a server that the bot has left for good."""
        sql = "DELETE FROM keep_outs WHERE guild_id = ?"
        await self._writer.transaction(lambda db: db.execute(sql, [guild_id]).fetchall())
