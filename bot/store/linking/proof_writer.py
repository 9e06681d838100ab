"""The end of a verification: a proof, a contest, or a code to be typed; each in one transaction, or not at all.

What a signature leads to is decided by a rule that is handed in, between what the transaction read and what it writes:
nothing can come between the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlite_utils import Database

from bot.links import Claim, Contest, NotificationKind, ProofKind, Standing
from bot.proofs import EndReason, Session, SessionStatus, VerifiedSignature
from bot.store.audit import record
from bot.store.linking import contest_table
from bot.store.linking.link_table import LinkOutcome, has_other_owner, put_link, put_proof
from bot.store.linking.refusal import Refusal, RefusedUntil, WrongCode
from bot.store.linking.session_moves import move
from bot.store.pseudonyms import Pseudonym
from bot.store.rows import first, seconds, to_account
from bot.store.thread import Rollback, Writer


@dataclass(frozen=True, slots=True)
class ClaimPolicy:
    """What was decided before a signature is written down.

    Attributes:
        decide: What it leads to for a member, as the address stands.
        ends_at: When a contest that it opens ends.
        refused_until: Until when somebody whose contest it ends may not open another one about that address.
        most_links: How many accounts a member may have.
    """

    decide: Callable[[int, Standing], Claim]
    ends_at: datetime
    refused_until: datetime
    most_links: int


@dataclass(frozen=True, slots=True)
class Proved:
    """A signature was accepted.

    Attributes:
        verified: What it showed.
        contest: Where another member's came first, None where the address is proven now.
        was_contested: The holder signed again, which ended a contest.
    """

    verified: VerifiedSignature
    contest: Contest | None = None
    was_contested: bool = False


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
            lambda db: self._finish(db, session, verified, now, policy, at=SessionStatus.READY)
        )

    async def put_code(
        self, session: Session, verified: VerifiedSignature, code_hash: bytes, now: datetime, until: datetime
    ) -> bool:
        """Store what was verified until its code is typed in Discord. False: the session ended meanwhile."""

        def work(db: Database) -> bool:
            its, ready, signed = {"id": session.session_id}, SessionStatus.READY, SessionStatus.SIGNED
            if move(db, "id = :id", its, at=ready, to=signed, expires_at=seconds(until)) is None:
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
        self, session: Session, code_hash: bytes, now: datetime, policy: ClaimPolicy, *, most_tries: int
    ) -> Finished | WrongCode:
        """Link what was verified to the person who typed its code.

        A wrong code counts, and stays counted; after `most_tries` the session is over.
        """
        wrong = await self._writer.transaction(lambda db: _count_try(db, session, code_hash, now, most_tries))
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
            return self._finish(db, session, verified, now, policy, at=SessionStatus.SIGNED)

        return await self._writer.transaction(work)

    def _finish(
        self,
        db: Database,
        session: Session,
        verified: VerifiedSignature,
        now: datetime,
        policy: ClaimPolicy,
        *,
        at: SessionStatus,
    ) -> Finished:
        """In a transaction: what is refused raises `Rollback`, so that nothing of it stays."""
        user_id, owner = session.person.user_id, verified.owner
        its = {"id": session.session_id}
        # Owner and account: what the page shows when it is loaded again.
        if move(db, "id = :id", its, at=at, to=SessionStatus.DONE, owner=owner, account=verified.accounts[0]) is None:
            raise Rollback(Refusal.OVER)
        for account in verified.accounts:
            if has_other_owner(db, user_id, account, owner):
                raise Rollback(Refusal.OTHER_OWNER)
            if put_link(db, user_id, to_account(account), owner, now, most=policy.most_links) is LinkOutcome.LIMIT:
                raise Rollback(Refusal.LIMIT)
        standing = contest_table.standing(db, owner, user_id, self._pseudonym, now)
        holder_id = user_id if standing.holder_id is None else standing.holder_id
        match policy.decide(user_id, standing):
            case Claim.REFUSE:
                raise Rollback(RefusedUntil(standing.refused_until or now))
            case Claim.PROVE:
                return self._prove(db, user_id, verified, now, policy)
            case Claim.OUTWEIGH:
                db.execute("DELETE FROM proofs WHERE owner = ?", [owner])
                contest_table.notify(db, holder_id, NotificationKind.LOST, owner, now)
                return self._prove(db, user_id, verified, now, policy)
            case Claim.CONTEST:
                contest_table.open_contest(
                    db, verified, holder_id=holder_id, challenger_id=user_id, at=now, ends_at=policy.ends_at
                )
            case Claim.TAKE_OVER:
                contest_table.take_over(db, verified, user_id, now)
        record(db, now, self._pseudonym(user_id), "contest", self._pseudonym(holder_id))
        db.execute("UPDATE sessions SET reason = ? WHERE id = ?", [EndReason.CONTESTED, session.session_id])
        return Proved(verified, contest_table.get_contest(db, owner))

    def _prove(
        self, db: Database, user_id: int, verified: VerifiedSignature, now: datetime, policy: ClaimPolicy
    ) -> Proved:
        owner, actor = verified.owner, self._pseudonym(user_id)
        put_proof(db, owner, user_id, verified.kind, at=now, text_hash=verified.text_hash)
        kept = contest_table.keep(db, owner, self._pseudonym, now, refused_until=policy.refused_until)
        record(db, now, actor, "link", actor)
        return Proved(verified, was_contested=kept)


def _count_try(
    db: Database, session: Session, code_hash: bytes, now: datetime, most: int
) -> WrongCode | Refusal | None:
    """Count a try; None: right. In a transaction of its own, so that a wrong one stays counted."""
    sql = """
        UPDATE codes SET tries = tries + 1 WHERE session_id = ? AND tries < ? AND expires_at > ?
        RETURNING code_hash, tries
    """
    row = first(db, sql, [session.session_id, most, seconds(now)])
    if row is None:
        return Refusal.OVER
    right, tries = row
    # Both are hashes, so that the time it takes to compare them says nothing about the code.
    if right == code_hash:
        return None
    if tries >= most:
        move(db, "id = :id", {"id": session.session_id}, at=SessionStatus.SIGNED, to=SessionStatus.DEAD)
    return WrongCode(most - int(tries))
