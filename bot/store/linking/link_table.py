"""The accounts that members linked, their labels, and which is the main one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from sqlite_utils import Database

from bot.holdings import Account
from bot.links import Link, ProofKind
from bot.store.audit import record
from bot.store.linking import contest_table, freeze_table
from bot.store.linking.owner_table import confirmed_owner
from bot.store.pseudonyms import Pseudonym
from bot.store.rows import LINKS, first, seconds, to_link
from bot.store.thread import Writer


class LinkOutcome(Enum):
    """The result of linking an account."""

    ADDED = auto()
    KNOWN = auto()  # it was linked already, and stays as it is
    LIMIT = auto()  # the member has the maximum number: nothing was changed


@dataclass(frozen=True, slots=True)
class Unlinked:
    """An account was unlinked; `with_proof`: the member's proof of its address was deleted as well."""

    with_proof: bool


class Links:
    """Reads and writes links. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def of(self, user_id: int) -> list[Link]:
        """A member's accounts: the main one first, then as they were linked."""
        order = "WHERE user_id = ? ORDER BY is_main DESC, linked_at, account"
        return await self._writer.run(
            lambda db: [to_link(row) for row in db.execute(f"{LINKS} {order}", [user_id]).fetchall()]
        )

    async def holder(self, owner: str) -> int | None:
        """The member who proved an address."""
        row = await self._writer.run(lambda db: first(db, "SELECT user_id FROM proofs WHERE owner = ?", [owner]))
        return int(row[0]) if row else None

    async def add(self, user_id: int, link: Link, *, limit: int) -> LinkOutcome:
        """Link an account as unproven; see `put_link` for one that is linked already."""
        return await self._writer.transaction(lambda db: put_link(db, user_id, link, limit=limit))

    async def set_main(self, user_id: int, account: Account) -> bool:
        """Make an account the main one. False: it is not linked."""

        def work(db: Database) -> bool:
            if _get(db, user_id, account) is None:
                return False
            db.execute("UPDATE links SET is_main = 0 WHERE user_id = ?", [user_id])
            db.execute("UPDATE links SET is_main = 1 WHERE user_id = ? AND account = ?", [user_id, str(account)])
            return True

        return await self._writer.transaction(work)

    async def set_label(self, user_id: int, account: Account, label: str) -> bool:
        """Set the label of an account; "" removes it. False: it is not linked."""
        sql = "UPDATE links SET label = ? WHERE user_id = ? AND account = ? RETURNING account"
        values = [label, user_id, str(account)]
        return await self._writer.transaction(lambda db: first(db, sql, values)) is not None

    async def remove(
        self,
        user_id: int,
        account: Account,
        now: datetime,
        pseudonym: Pseudonym,
        *,
        refused_until: datetime,
        with_proof: bool = False,
    ) -> Unlinked | None:
        """Unlink an account, and delete the proof of its address where no other account of the member needs it.

        A challenger of that address gets it at once; the member's own claim to it is withdrawn. The same goes for every
        address that no account of theirs has any more: the owner of one may have been corrected since they signed.

        Args:
            user_id: The member.
            account: Theirs.
            now: The present.
            pseudonym: For the audit.
            refused_until: Until when a claim that is withdrawn may not be made again, where its holder objected.
            with_proof: Delete the proof even where another account needs it.

        Returns:
            None: it is not linked.
        """

        def work(db: Database) -> Unlinked | None:
            link = _get(db, user_id, account)
            if link is None:
                return None
            owner, was_main = link
            db.execute("DELETE FROM links WHERE user_id = ? AND account = ?", [user_id, str(account)])
            if was_main:
                _choose_main(db, user_id)
            forgotten = _unneeded(db, user_id, {owner} if with_proof else set())
            for address in sorted(forgotten):
                contest_table.give_up(db, user_id, address, now)
                contest_table.withdraw(db, user_id, address, pseudonym, now, refused_until=refused_until)
                freeze_table.leave(db, user_id, address, pseudonym(address))
            record(db, now, pseudonym(user_id), "unlink")
            return Unlinked(with_proof=owner in forgotten)

        return await self._writer.transaction(work)


def put_link(db: Database, user_id: int, link: Link, *, limit: int) -> LinkOutcome:
    """Insert a link, or fill in or correct the owner and the name of an existing one, within a member's limit.

    An owner that is confirmed goes before the one that was found out a moment ago. A name leads to one account of a
    network: other links of the member there lose it. The first link of a member is the main one, whatever `link` says.
    """
    confirmed = confirmed_owner(db, link.account)
    owner = confirmed or link.owner
    key = [user_id, str(link.account)]
    is_known = first(db, "SELECT 1 FROM links WHERE user_id = ? AND account = ?", key) is not None
    count = (first(db, "SELECT count(*) FROM links WHERE user_id = ?", [user_id]) or (0,))[0]
    if count >= limit and not is_known:
        return LinkOutcome.LIMIT
    _take_name_from_others(db, user_id, link)
    if is_known:
        if owner:
            sql = "UPDATE links SET owner = ? WHERE user_id = ? AND account = ? AND (owner IS NULL OR ?)"
            db.execute(sql, [owner, *key, bool(confirmed)])
        if link.name:
            db.execute("UPDATE links SET name = ? WHERE user_id = ? AND account = ?", [link.name, *key])
        return LinkOutcome.KNOWN
    db.table("links").insert(
        {
            "user_id": user_id,
            "account": str(link.account),
            "owner": owner or None,
            "is_main": int(count == 0),
            "linked_at": seconds(link.linked_at),
            "name": link.name,
        }
    )
    return LinkOutcome.ADDED


def _take_name_from_others(db: Database, user_id: int, link: Link) -> None:
    """Each network has its own answer for a name; the latest is retained, also while owners are unknown."""
    sql = """
        UPDATE links SET name = ''
        WHERE user_id = ? AND name = ? AND name <> '' AND account <> ? AND substr(account, 1, length(?)) = ?
    """
    network = f"{link.account.network}:"
    db.execute(sql, [user_id, link.name, str(link.account), network, network])


def put_proof(
    db: Database, owner: str, user_id: int, kind: ProofKind, *, now: datetime, text_hash: bytes | None = None
) -> None:
    """Record who proved an address. Another proof by the same member renews theirs."""
    db.execute(
        """
        INSERT INTO proofs (owner, user_id, method, text_hash, proven_at, first_proven_at)
        VALUES (:owner, :user_id, :kind, :text_hash, :proven_at, :proven_at)
        ON CONFLICT (owner) DO UPDATE
        SET method = excluded.method, text_hash = excluded.text_hash, proven_at = excluded.proven_at
        WHERE user_id = excluded.user_id
        """,
        {
            "owner": owner,
            "user_id": user_id,
            "kind": kind.value,
            "text_hash": text_hash,
            "proven_at": seconds(now),
        },
    )


def _get(db: Database, user_id: int, account: Account) -> tuple[str, bool] | None:
    """Owner of a link, and whether it is the main one."""
    row = first(db, "SELECT owner, is_main FROM links WHERE user_id = ? AND account = ?", [user_id, str(account)])
    return (row[0] or "", bool(row[1])) if row else None


def _unneeded(db: Database, user_id: int, others: set[str]) -> set[str]:
    """Some addresses, and those that a member has proven, claims or signed for, and no link of theirs has."""
    sql = """
        SELECT owner FROM (
            SELECT owner FROM proofs WHERE user_id = :user_id
            UNION SELECT owner FROM contests WHERE challenger_id = :user_id
            UNION SELECT owner FROM frozen_claims WHERE user_id = :user_id
        ) WHERE owner NOT IN (SELECT owner FROM links WHERE user_id = :user_id AND owner IS NOT NULL)
    """
    return (others | {row[0] for row in db.execute(sql, {"user_id": user_id}).fetchall()}) - {""}


def _choose_main(db: Database, user_id: int) -> None:
    oldest = "SELECT account FROM links WHERE user_id = ? ORDER BY linked_at, account LIMIT 1"
    db.execute(
        f"UPDATE links SET is_main = 1 WHERE user_id = ? AND account = ({oldest})",
        [user_id, user_id],
    )
