"""Which accounts a member lets others see, in which servers, and since when the member has been in them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from bot.holdings import Account
from bot.links import Membership, Share
from bot.store.rows import first, moment, seconds, to_account
from bot.store.thread import Writer


class Shares:
    """Reads and writes shares. Every method raises `StoreError` when SQLite fails; nothing is half-saved.

    A share goes with its link: the table says so (`ON DELETE CASCADE`), and so no code can forget it.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def of(self, user_id: int) -> list[Share]:
        """All shares of a member, server by server."""
        sql = "SELECT guild_id, account, joined_at FROM shares WHERE user_id = ? ORDER BY guild_id, account"

        def work(db: Database) -> list[Share]:
            return [
                Share(guild_id, to_account(account), moment(joined_at))
                for guild_id, account, joined_at in db.execute(sql, [user_id]).fetchall()
            ]

        return await self._writer.run(work)

    async def shown_by(self, member: Membership) -> Sequence[Account]:
        """The accounts that a member shares in a server, the one that was linked first before the others.

        A share from before they joined it (again) ended when they left: it is deleted.
        """
        sql = """
            SELECT shares.account, joined_at FROM shares JOIN links USING (user_id, account)
            WHERE user_id = ? AND guild_id = ? ORDER BY linked_at, shares.account
        """
        rows = await self._writer.run(lambda db: db.execute(sql, [member.user_id, member.guild_id]).fetchall())
        joined_at = seconds(member.joined_at)
        if any(shared_since < joined_at for _, shared_since in rows):
            await self._end_earlier(member)
        return [to_account(account) for account, shared_since in rows if shared_since >= joined_at]

    async def start(self, member: Membership, account: Account) -> bool:
        """Let others in a server see an account. False: it is not linked."""
        values = {
            "user_id": member.user_id,
            "guild_id": member.guild_id,
            "account": str(account),
            "joined_at": seconds(member.joined_at),
        }

        def work(db: Database) -> bool:
            if not first(db, "SELECT 1 FROM links WHERE user_id = :user_id AND account = :account", values):
                return False
            db.execute(
                """
                INSERT INTO shares (user_id, guild_id, account, joined_at)
                VALUES (:user_id, :guild_id, :account, :joined_at)
                ON CONFLICT DO UPDATE SET joined_at = excluded.joined_at
                """,
                values,
            )
            return True

        return await self._writer.transaction(work)

    async def end(self, user_id: int, guild_id: int, account: Account) -> None:
        """Let others in a server see an account no longer."""
        sql = "DELETE FROM shares WHERE user_id = ? AND guild_id = ? AND account = ?"
        values = [user_id, guild_id, str(account)]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def end_all(self, user_id: int) -> None:
        """Let nobody anywhere see an account of a member."""
        sql = "DELETE FROM shares WHERE user_id = ?"
        await self._writer.transaction(lambda db: db.execute(sql, [user_id]).fetchall())

    async def _end_earlier(self, member: Membership) -> None:
        sql = "DELETE FROM shares WHERE user_id = ? AND guild_id = ? AND joined_at < ?"
        values = [member.user_id, member.guild_id, seconds(member.joined_at)]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())
