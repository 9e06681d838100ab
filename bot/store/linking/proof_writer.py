"""The result of a verification: a proof, a contest, or a code to be typed; each in one transaction, or not at all.

What a signature leads to is decided by a rule that is passed in, inside the transaction, between its reads and its
writes: nothing can change in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlite_utils import Database

from bot.links import (
    AddressStatus,
    ClaimDecision,
    Contest,
    FreezeReason,
    Link,
    ProofKind,
    Ruling,
)
from bot.links.proofs import EndReason, Session, SessionStatus, VerifiedSignature
from bot.store.audit import record
from bot.store.linking import contest_table, freeze_table
from bot.store.linking.link_table import LinkOutcome, put_link, put_proof
from bot.store.linking.owner_table import is_owner
from bot.store.linking.refusal import Refusal, RefusedUntil, WrongCode
from bot.store.linking.session_moves import move
from bot.store.pseudonyms import Pseudonym
from bot.store.rows import first, seconds, to_account
from bot.store.sync.expected_members import expect_where_begun
from bot.store.thread import Rollback, Writer


@dataclass(frozen=True, slots=True)
class ClaimPolicy:
    """The rules and dates for recording a signature.

    Attributes:
        decide: What a member's signature of a kind leads to, given the status of the address.
        refused_until: Until when a challenger whose contest it ends may not open another one about that address.
        max_links: How many accounts a member may have.
    """

    decide: Callable[[int, ProofKind, AddressStatus], Ruling]
    refused_until: datetime
    max_links: int


@dataclass(frozen=True, slots=True)
class Proved:
    """A signature was accepted.

    Attributes:
        verified: What it proved.
        contest: Where another member's proof came first, None where the address is proven now.
        was_contested: The holder signed again, which ended a contest.
        is_frozen: The operator must decide whose the address is, and sees who signed.
    """

    verified: VerifiedSignature
    contest: Contest | None = None
    was_contested: bool = False
    is_frozen: bool = False


Finished = Proved | Refusal | RefusedUntil


class ProofWriter:
    """Writes outcomes. Every method raises `StoreError` when SQLite fails.

    Args:
        writer: The store's thread.
        pseudonym: For the audit.
    """

    def __init__(self, writer: Writer, pseudonym: Pseudonym) -> None:
        self._writer = writer
        self._pseudonym = pseudonym

    async def finish(
        self, session: Session, verified: VerifiedSignature, now: datetime, policy: ClaimPolicy
    ) -> Finished:
        """Link what was verified to the person of a session, or open a contest about it."""
        return await self._writer.transaction(
            lambda db: self._finish(db, session, verified, now, policy, from_status=SessionStatus.READY)
        )

    async def put_code(
        self, session: Session, verified: VerifiedSignature, code_hash: bytes, now: datetime, until: datetime
    ) -> bool:
        """Store what was verified until its code is typed in Discord. False: the session ended meanwhile."""

        def work(db: Database) -> bool:
            # By id alone: without a login no other browser can have taken the session up.
            its, ready, signed = {"id": session.session_id}, SessionStatus.READY, SessionStatus.SIGNED
            if move(db, "id = :id", its, from_status=ready, to_status=signed, expires_at=seconds(until)) is None:
                return False
            db.table("codes").insert(
                {
                    "session_id": session.session_id,
                    "code_hash": code_hash,
                    "owner": verified.owner,
                    "accounts": orjson.dumps(verified.accounts).decode(),
                    "method": verified.kind.value,
                    "text_hash": verified.text_hash,
                    "expires_at": seconds(until),
                }
            )
            record(db, now, self._pseudonym(session.person.user_id), "signed")
            return True

        return await self._writer.transaction(work)

    async def take_code(
        self, session: Session, code_hash: bytes, now: datetime, policy: ClaimPolicy, *, max_tries: int
    ) -> Finished | WrongCode:
        """Link what was verified to the person who typed its code.

        A wrong code is counted, in a transaction of its own; after `max_tries` the session is over.
        """
        wrong = await self._writer.transaction(lambda db: _count_try(db, session, code_hash, now, max_tries))
        if wrong is not None:
            return wrong

        def work(db: Database) -> Finished:
            sql = (
                "DELETE FROM codes WHERE session_id = ? AND code_hash = ? RETURNING owner, accounts, method, text_hash"
            )
            row = first(db, sql, [session.session_id, code_hash])
            if row is None:
                return Refusal.OVER
            owner, accounts, kind, text_hash = row
            verified = VerifiedSignature(
                owner=owner, accounts=tuple(orjson.loads(accounts)), kind=ProofKind(kind), text_hash=text_hash
            )
            return self._finish(db, session, verified, now, policy, from_status=SessionStatus.SIGNED)

        return await self._writer.transaction(work)

    def _finish(
        self,
        db: Database,
        session: Session,
        verified: VerifiedSignature,
        now: datetime,
        policy: ClaimPolicy,
        *,
        from_status: SessionStatus,
    ) -> Finished:
        """In a transaction: a refusal raises `Rollback`, so that nothing is changed."""
        user_id, owner = session.person.user_id, verified.owner
        its = {"id": session.session_id, "cookie": session.cookie_hash}
        # Owner and account: the page shows them when it is reloaded. Of a browser that lost the session while its
        # signature was verified, nothing is linked any more.
        if (
            move(
                db,
                "id = :id AND cookie_hash IS :cookie",
                its,
                from_status=from_status,
                to_status=SessionStatus.DONE,
                owner=owner,
                account=verified.accounts[0],
            )
            is None
        ):
            raise Rollback(Refusal.OVER)
        for account in verified.accounts:
            if not is_owner(db, account, owner):  # the operator corrected it since the text was issued
                raise Rollback(Refusal.OWNER_UNCONFIRMED)
            name = session.name if account == session.account else ""
            link = Link(to_account(account), owner, "", is_main=False, linked_at=now, name=name)
            if put_link(db, user_id, link, limit=policy.max_links) is LinkOutcome.LIMIT:
                raise Rollback(Refusal.LIMIT)
        return self._apply_ruling(db, session, verified, now, policy)

    def _apply_ruling(
        self, db: Database, session: Session, verified: VerifiedSignature, now: datetime, policy: ClaimPolicy
    ) -> Proved:
        """Ask the rule what the signature leads to, and write that."""
        user_id, owner = session.person.user_id, verified.owner
        status = contest_table.address_status(db, owner, user_id, self._pseudonym, now)
        holder_id = user_id if status.holder_id is None else status.holder_id
        ruling = policy.decide(user_id, verified.kind, status)
        ends_at = ruling.until or now
        match ruling.decision:
            case ClaimDecision.REFUSE:
                raise Rollback(RefusedUntil(ends_at))
            case ClaimDecision.NEED_KEY:
                raise Rollback(Refusal.NEED_KEY)
            case ClaimDecision.PROVE:
                return self._prove(db, user_id, verified, now, policy)
            case ClaimDecision.FREEZE | ClaimDecision.AWAIT:
                return self._put_before_operator(db, session, verified, now, ruling.decision)
            case ClaimDecision.CONTEST:
                contest_table.open_contest(
                    db,
                    verified,
                    self._pseudonym,
                    holder_id=holder_id,
                    challenger_id=user_id,
                    now=now,
                    ends_at=ends_at,
                )
            case ClaimDecision.TAKE_OVER:
                contest_table.take_over(db, verified, user_id, self._pseudonym, now, ends_at=ends_at)
        expect_where_begun(db, user_id)
        record(db, now, self._pseudonym(user_id), "contest", self._pseudonym(holder_id))
        _set_reason(db, session, EndReason.CONTESTED)
        return Proved(verified, contest_table.get_contest(db, owner))

    def _put_before_operator(
        self, db: Database, session: Session, verified: VerifiedSignature, now: datetime, decision: ClaimDecision
    ) -> Proved:
        """Let the operator decide, who sees that this member signed, too; nothing moves."""
        user_id, owner_hash = session.person.user_id, self._pseudonym(verified.owner)
        if decision is ClaimDecision.FREEZE:
            freeze_table.freeze(db, verified.owner, owner_hash, FreezeReason.CLAIMS, now)
        freeze_table.add_claimant(db, verified, owner_hash, user_id, now)
        expect_where_begun(db, user_id)
        record(db, now, self._pseudonym(user_id), "contest")
        _set_reason(db, session, EndReason.FROZEN)
        return Proved(verified, is_frozen=True)

    def _prove(
        self, db: Database, user_id: int, verified: VerifiedSignature, now: datetime, policy: ClaimPolicy
    ) -> Proved:
        owner, actor = verified.owner, self._pseudonym(user_id)
        put_proof(db, owner, user_id, verified.kind, now=now, text_hash=verified.text_hash)
        ended_contest = contest_table.end_for_holder(
            db, owner, self._pseudonym, now, refused_until=policy.refused_until
        )
        record(db, now, actor, "link", actor)
        return Proved(verified, was_contested=ended_contest)


def _set_reason(db: Database, session: Session, reason: EndReason) -> None:
    db.execute("UPDATE sessions SET reason = ? WHERE id = ?", [reason, session.session_id])


def _count_try(
    db: Database, session: Session, code_hash: bytes, now: datetime, limit: int
) -> WrongCode | Refusal | None:
    """Count a try; None: the code is right. In a transaction of its own, so that a wrong one stays counted."""
    sql = """
        UPDATE codes SET tries = tries + 1 WHERE session_id = ? AND tries < ? AND expires_at > ?
        RETURNING code_hash, tries
    """
    row = first(db, sql, [session.session_id, limit, seconds(now)])
    if row is None:
        return Refusal.OVER
    right, tries = row
    # Both are hashes, so that the time it takes to compare them says nothing about the code.
    if right == code_hash:
        return None
    if tries >= limit:
        move(db, "id = :id", {"id": session.session_id}, from_status=SessionStatus.SIGNED, to_status=SessionStatus.DEAD)
    return WrongCode(limit - int(tries))
