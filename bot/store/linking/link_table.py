"""What members named as theirs: accounts, labels, which is the main one, and in which servers others may see it."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from bot.errors import InputError, LimitError
from bot.holdings import Account
from bot.links import MOST_LINKS, Link, Method
from bot.pseudonyms import Pseudonym
from bot.store.audit import note
from bot.store.linking import contest_table
from bot.store.rows import LINKS, first, seconds, to_link
from bot.store.thread import Writer

_NOT_LINKED = "That account is not among yours. `/accounts` lists them."


class Links:
    """Reads and writes links. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def of(self, user_id: int) -> list[Link]:
        """A member's accounts: the main one first, then as they were linked."""
        order = "WHERE links.user_id = ? ORDER BY is_main DESC, linked_at, links.account"
        return await self._writer.run(
            lambda db: [to_link(row) for row in db.execute(f"{LINKS} {order}", [user_id]).fetchall()]
        )

    async def holder(self, owner: str) -> int | None:
        """Who proved an address."""
        row = await self._writer.run(lambda db: first(db, "SELECT user_id FROM proofs WHERE owner = ?", [owner]))
        return int(row[0]) if row else None

    async def add(self, user_id: int, account: Account, owner: str, at: datetime) -> None:
        """Remember an account; one that is there already stays as it is, and learns its owner.

        Raises:
            LimitError: the member has as many as one may have.
        """
        await self._writer.transaction(lambda db: put_link(db, user_id, account, owner, at))

    async def prove_manually(
        self, user_id: int, account: Account, owner: str, at: datetime, guild_id: int, *, actor: bytes, subject: bytes
    ) -> None:
        """Take a moderator's word that an account is a member's, in one server.

        Raises:
            InputError: another member has proven it, or this member has already.
            LimitError: the member has as many accounts as one may have.
        """

        def work(db: Database) -> None:
            if held := first(db, "SELECT user_id FROM proofs WHERE owner = ?", [owner]):
                whose = "this member" if held[0] == user_id else "another member"
                raise InputError(f"That account is proven by {whose} already: nothing was changed.")
            refuse_other_owner(db, user_id, str(account), owner)
            put_link(db, user_id, account, owner, at)
            put_proof(db, owner, user_id, Method.MANUAL, None, at, guild_id)
            note(db, at, actor, "link-manual", subject)

        await self._writer.transaction(work)

    async def set_main(self, user_id: int, account: Account) -> None:
        """Make an account the one that is shown where none is named.

        Raises:
            InputError: it is not linked.
        """

        def work(db: Database) -> None:
            _require(db, user_id, account)
            db.execute("UPDATE links SET is_main = 0 WHERE user_id = ?", [user_id])
            db.execute("UPDATE links SET is_main = 1 WHERE user_id = ? AND account = ?", [user_id, str(account)])

        await self._writer.transaction(work)

    async def set_label(self, user_id: int, account: Account, label: str) -> None:
        """Name an account; "" takes the name away.

        Raises:
            InputError: it is not linked.
        """

        def work(db: Database) -> None:
            _require(db, user_id, account)
            values = [label, user_id, str(account)]
            db.execute("UPDATE links SET label = ? WHERE user_id = ? AND account = ?", values)

        await self._writer.transaction(work)

    async def remove(
        self, user_id: int, account: Account, at: datetime, pseudonym: Pseudonym, *, with_proof: bool = False
    ) -> bool:
        """Forget an account, and the proof of its address where no other account of the member's needs it.

        Somebody who contests that address gets it at once; what the member contests is withdrawn.

        Args:
            user_id: The member.
            account: Theirs.
            at: When.
            pseudonym: For the audit.
            with_proof: Forget the proof also where another account needs it.

        Returns:
            Whether the address is no longer proven by the member.

        Raises:
            InputError: it is not linked.
        """

        def work(db: Database) -> bool:
            owner, was_main = _require(db, user_id, account)
            db.execute("DELETE FROM links WHERE user_id = ? AND account = ?", [user_id, str(account)])
            if was_main:
                _choose_main(db, user_id)
            needed = first(db, "SELECT 1 FROM links WHERE user_id = ? AND owner = ?", [user_id, owner])
            gone = bool(owner) and (with_proof or not needed)
            if gone:
                contest_table.give_up(db, user_id, owner, at)
                contest_table.withdraw(db, user_id, owner, pseudonym, at)
            note(db, at, pseudonym(user_id), "unlink")
            return gone

        return await self._writer.transaction(work)

    async def shares(self, user_id: int, guild_id: int) -> bool:
        """Whether a member lets others in that server see their main account."""
        sql = "SELECT 1 FROM shares WHERE user_id = ? AND guild_id = ?"
        return await self._writer.run(lambda db: first(db, sql, [user_id, guild_id]) is not None)

    async def set_share(self, user_id: int, guild_id: int, *, shared: bool) -> None:
        """Let others in that server see the main account, or no longer."""
        sql = (
            "INSERT OR IGNORE INTO shares (user_id, guild_id) VALUES (?, ?)"
            if shared
            else "DELETE FROM shares WHERE user_id = ? AND guild_id = ?"
        )
        await self._writer.transaction(lambda db: db.execute(sql, [user_id, guild_id]).fetchall())


def put_link(db: Database, user_id: int, account: Account, owner: str, at: datetime) -> None:
    """Insert a link, or fill in the owner of one that is there.

    Raises:
        LimitError: the member has as many as one may have.
    """
    key = [user_id, str(account)]
    if first(db, "SELECT 1 FROM links WHERE user_id = ? AND account = ?", key):
        if owner:
            db.execute("UPDATE links SET owner = ? WHERE user_id = ? AND account = ? AND owner IS NULL", [owner, *key])
        return
    count = (first(db, "SELECT count(*) FROM links WHERE user_id = ?", [user_id]) or (0,))[0]
    if count >= MOST_LINKS:
        raise LimitError(f"{MOST_LINKS} accounts are linked already, which is the most: `/unlink` one first.")
    db.execute(
        "INSERT INTO links (user_id, account, owner, is_main, linked_at) VALUES (?, ?, ?, ?, ?)",
        [*key, owner or None, int(count == 0), seconds(at)],
    )


def put_proof(
    db: Database,
    owner: str,
    user_id: int,
    method: Method,
    text_hash: bytes | None,
    at: datetime,
    guild_id: int | None = None,
) -> None:
    """Note who proved an address. A second proof by the same member renews the first; a moderator's word never does."""
    db.execute(
        """
        INSERT INTO proofs (owner, user_id, method, text_hash, guild_id, proven_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (owner) DO UPDATE
        SET method = excluded.method, text_hash = excluded.text_hash, guild_id = NULL, proven_at = excluded.proven_at
        WHERE user_id = excluded.user_id AND excluded.method <> 'manual'
        """,
        [owner, user_id, method.value, text_hash, guild_id, seconds(at)],
    )


def refuse_other_owner(db: Database, user_id: int, account: str, owner: str) -> None:
    """See that nobody has an account proven by another address, nor this member linked as another's.

    An account has one owner, whoever tells of it, and a proof of another address would cover no account.

    Raises:
        InputError: somebody has.
    """
    sql = """
        SELECT 1 FROM links LEFT JOIN proofs ON proofs.owner = links.owner AND proofs.user_id = links.user_id
        WHERE links.account = ? AND links.owner <> ? AND (links.user_id = ? OR proofs.owner IS NOT NULL)
    """
    if first(db, sql, [account, owner, user_id]):
        raise InputError(
            "That account is another address's, as was told before: this bot's operator must look at that."
        )


def _require(db: Database, user_id: int, account: Account) -> tuple[str, bool]:
    """Owner and mainness of a link; whoever has none is told so."""
    row = first(db, "SELECT owner, is_main FROM links WHERE user_id = ? AND account = ?", [user_id, str(account)])
    if row is None:
        raise InputError(_NOT_LINKED)
    return row[0] or "", bool(row[1])


def _choose_main(db: Database, user_id: int) -> None:
    oldest = "SELECT account FROM links WHERE user_id = ? ORDER BY linked_at, account LIMIT 1"
    db.execute(
        f"UPDATE links SET is_main = 1 WHERE user_id = ? AND account = ({oldest})",
        [user_id, user_id],
    )
