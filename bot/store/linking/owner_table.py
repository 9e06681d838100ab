"""Who owns an account: which address, by which sources' word, and whether a proof may rest on it.

A fact is *confirmed* where it was found under the rule that is in force (`bot.lookup.owner_rule`), or where the
operator said so. All others are for showing alone: no link is proven by one (`bot.store.rows.OWNED`), and it is asked
for again when a proof needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.holdings import Account
from bot.store.rows import COVERED, OWNED, first, to_account
from bot.store.thread import Writer

# The bases of a fact that need no source to be named; others are `agree:<names>` and `archive:<sha256>`.
FIRST = "first"  # the word of the first source that answered, where the settings say that it is enough
SHOWN = "shown"  # somebody's word, for showing alone: no rule has this basis, so none ever confirms it
OPERATOR = "operator"

_COLUMNS = "account, owner, sources, basis, is_confirmed, seen_at"
_NUMBERED = "account NOT GLOB 'eip155:*'"


@dataclass(frozen=True, slots=True)
class OwnerFact:
    """Who owns an account, and from which sources that is known.

    Attributes:
        account: A numbered one: on a chain an account is its own owner.
        owner: Its address, lower case.
        sources: The names of the sources that said so; none: not recorded, or the operator.
        basis: The rule under which that was found out.
        is_confirmed: A proof may rest on it.
        seen_at: When it was found out.
    """

    account: Account
    owner: str
    sources: tuple[str, ...]
    basis: str
    is_confirmed: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """The rule of one network, as the facts that are stored are judged by it.

    Attributes:
        basis: Of the facts that it confirms.
        sources: The names of those that are configured: under `FIRST`, only what one of them said is confirmed.
        heir: The source that the facts from before `m007_owners_word` are taken to be from, "" for none.
    """

    basis: str
    sources: tuple[str, ...]
    heir: str = ""


class Owners:
    """Reads and writes facts. Every method raises `StoreError` when SQLite fails."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def get(self, account: Account) -> OwnerFact | None:
        """What is stored of an account."""
        return await self._writer.run(lambda db: get_fact(db, account))

    async def save(self, fact: OwnerFact) -> OwnerFact:
        """Store a fact, and return the one that is stored then: a confirmed one stays as it is.

        One that is for showing replaces none; a confirmed one corrects the links of its account.
        """
        return await self._writer.transaction(lambda db: _save(db, fact))

    async def apply_rule(self, rules: Mapping[str, RuleInForce]) -> None:
        """Let a proof rest only on what was found under the rule in force, and on the operator's word.

        Args:
            rules: By network.
        """

        def work(db: Database) -> None:
            _judge_earlier(db, rules)
            db.execute("UPDATE owners SET is_confirmed = 0 WHERE basis <> ?", [OPERATOR])
            for network, rule in rules.items():
                sql = "UPDATE owners SET is_confirmed = 1 WHERE basis = ? AND account GLOB ? || ':*'"
                if rule.basis != FIRST:
                    db.execute(sql, [rule.basis, network])
                    continue
                for source in rule.sources:
                    db.execute(f"{sql} AND sources = ?", [rule.basis, network, source])
            db.execute(
                """
                UPDATE links SET owner = owners.owner FROM owners
                WHERE owners.account = links.account AND is_confirmed AND links.owner IS NOT owners.owner
                """
            )

        await self._writer.transaction(work)

    async def unconfirmed(self, limit: int) -> list[Account]:
        """Some numbered accounts of whose owner nothing is confirmed, where something of a member waits for that.

        They are linked by a member who has proven an address, or vouched for and confirmed. Which ones is left
        to chance, so that those that cannot be confirmed do not stand before the others.
        """
        sql = f"""
            SELECT account FROM (
                SELECT account FROM links WHERE user_id IN (SELECT user_id FROM proofs)
                UNION SELECT account FROM vouches WHERE confirmed_at IS NOT NULL
            ) AS waiting
            WHERE {_NUMBERED}
            AND NOT EXISTS (SELECT 1 FROM owners WHERE owners.account = waiting.account AND is_confirmed)
            ORDER BY random() LIMIT ?
        """
        return await self._writer.run(lambda db: [to_account(row[0]) for row in db.execute(sql, [limit]).fetchall()])


def get_fact(db: Database, account: Account) -> OwnerFact | None:
    """What is stored of an account."""
    row = first(db, f"SELECT {_COLUMNS} FROM owners WHERE account = ?", [str(account)])
    return _to_fact(row) if row else None


def is_owner(db: Database, account: str, owner: str) -> bool:
    """Whether a proof of an address may count for an account now; see `OWNED`."""
    sql = f"SELECT 1 FROM (SELECT ? AS account, ? AS owner) AS links WHERE {OWNED}"
    return first(db, sql, [account, owner]) is not None


def confirmed_owner(db: Database, account: Account) -> str:
    """The owner of an account on which a proof may rest, "" while there is none."""
    fact = get_fact(db, account)
    return fact.owner if fact and fact.is_confirmed else ""


def set_fact(db: Database, fact: OwnerFact) -> None:
    """Store a fact in place of any other, and correct the links of its account."""
    db.table("owners").insert(
        {
            "account": str(fact.account),
            "owner": fact.owner,
            "sources": ",".join(fact.sources),
            "basis": fact.basis,
            "is_confirmed": int(fact.is_confirmed),
            "seen_at": fact.seen_at.isoformat(timespec="seconds"),
        },
        replace=True,
    )
    if fact.is_confirmed:
        sql = "UPDATE links SET owner = :owner WHERE account = :account AND owner IS NOT :owner"
        db.execute(sql, {"owner": fact.owner, "account": str(fact.account)})


def forget_fact(db: Database, account: Account) -> OwnerFact | None:
    """Delete what is stored of an account, so that it is asked for again; what that was."""
    known = get_fact(db, account)
    db.execute("DELETE FROM owners WHERE account = ?", [str(account)])
    return known


def links_of(db: Database, account: Account) -> tuple[int, frozenset[int]]:
    """How many members linked an account, and which of them have proven it."""
    sql = f"""
        SELECT links.user_id, proofs.owner IS NOT NULL FROM links LEFT JOIN proofs
        ON proofs.owner = links.owner AND proofs.user_id = links.user_id AND {COVERED} AND {OWNED}
        WHERE links.account = ?
    """
    rows = db.execute(sql, [str(account)]).fetchall()
    return len(rows), frozenset(user_id for user_id, is_proven in rows if is_proven)


def _judge_earlier(db: Database, rules: Mapping[str, RuleInForce]) -> None:
    """Decide once what the facts are worth whose source was not recorded, from before `m007_owners_word`.

    Once: a later change of the sources must not make one of them another source's word.
    """
    earlier = "basis = ? AND sources = ''"
    for network, rule in rules.items():
        if rule.heir:
            sql = f"UPDATE owners SET basis = ?, sources = ? WHERE {earlier} AND account GLOB ? || ':*'"
            db.execute(sql, [rule.basis, rule.heir, FIRST, network])
    db.execute(f"UPDATE owners SET basis = ? WHERE {earlier}", [SHOWN, FIRST])


def _save(db: Database, fact: OwnerFact) -> OwnerFact:
    known = get_fact(db, fact.account)
    if known and (known.is_confirmed or not fact.is_confirmed):
        return known
    set_fact(db, fact)
    return fact


def _to_fact(row: tuple[Any, ...]) -> OwnerFact:
    account, owner, sources, basis, is_confirmed, seen_at = row
    return OwnerFact(
        account=to_account(account),
        owner=owner,
        sources=tuple(filter(None, sources.split(","))),
        basis=basis,
        is_confirmed=bool(is_confirmed),
        seen_at=datetime.fromisoformat(seen_at),
    )
