"""The end of a verification: a proof, a contest, or a code to be typed; each in one transaction, or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
from sqlite_utils import Database

from bot.errors import InputError, SessionError
from bot.links import Contest, Method, NotificationKind, VerifiedSignature
from bot.pseudonyms import Pseudonym
from bot.store.audit import note
from bot.store.linking import contest_table
from bot.store.linking.link_table import put_link, put_proof, refuse_other_owner
from bot.store.linking.session_table import Session
from bot.store.rows import CONTESTS, first, seconds, to_account, to_contest
from bot.store.thread import Writer

MOST_TRIES = 5
OVER = "This link is not valid any more. Run `/verify` in Discord for a new one."


class ProofWriter:
    """Writes outcomes. Every method raises `StoreError` when SQLite fails.

    Args:
        writer: The store's thread.
        pseudonym: For the audit.
        contest_for: How long a holder may object.
    """

    def __init__(self, writer: Writer, pseudonym: Pseudonym, contest_for: timedelta) -> None:
        self._writer = writer
        self._pseudonym = pseudonym
        self._contest_for = contest_for

    async def finish(self, session: Session, proven: VerifiedSignature, now: datetime) -> Contest | None:
        """Link what was proven to the person of a session; the contest, where somebody else has proven it before.

        Raises:
            SessionError: the session ended meanwhile.
            InputError: this person lost a contest for that address lately, or the account is proven by another one.
            LimitError: the person has as many accounts as one may have.
        """
        return await self._writer.transaction(lambda db: self._finish(db, session, proven, now))

    async def put_code(
        self, session: Session, proven: VerifiedSignature, code_hash: bytes, now: datetime, until: datetime
    ) -> None:
        """Keep what was proven until its code is typed in Discord.

        Raises:
            SessionError: the session ended meanwhile.
        """

        def work(db: Database) -> None:
            _advance(db, session, "ready", "signed")
            db.execute("UPDATE sessions SET expires_at = ? WHERE id = ?", [seconds(until), session.session_id])
            db.execute(
                """
                INSERT INTO codes (session_id, code_hash, owner, accounts, method, text_hash, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    *(session.session_id, code_hash, proven.owner, orjson.dumps(proven.accounts).decode()),
                    *(proven.method.value, proven.text_hash, seconds(until)),
                ],
            )
            note(db, now, self._pseudonym(session.person.user_id), "signed")

        await self._writer.transaction(work)

    async def take_code(
        self, session: Session, code_hash: bytes, now: datetime
    ) -> tuple[VerifiedSignature, Contest | None]:
        """Link what was proven to the person who typed its code.

        A wrong code counts and is kept counted; after five the session is over.

        Raises:
            InputError: wrong code; the sentence says how many tries are left. Or as in `finish`.
            SessionError: there is nothing to type a code for.
            LimitError: as in `finish`.
        """

        def look(db: Database) -> int | None:
            """Count the try; None: right. In a transaction of its own, so that a wrong one stays counted."""
            row = first(
                db,
                """
                UPDATE codes SET tries = tries + 1 WHERE session_id = ? AND tries < ? AND expires_at > ?
                RETURNING code_hash, tries
                """,
                [session.session_id, MOST_TRIES, seconds(now)],
            )
            if row is None:
                raise SessionError(OVER)
            # Both are hashes, so that the time it takes to compare them says nothing about the code.
            if row[0] == code_hash:
                return None
            if row[1] >= MOST_TRIES:
                db.execute("UPDATE sessions SET status = 'dead' WHERE id = ?", [session.session_id])
            return MOST_TRIES - int(row[1])

        left = await self._writer.transaction(look)
        if left is not None:
            rest = f"{left} more {'try' if left == 1 else 'tries'}" if left else "Run `/verify` for a new link"
            raise InputError(f"That is not the code that the page showed. {rest}.")

        def work(db: Database) -> tuple[VerifiedSignature, Contest | None]:
            sql = (
                "DELETE FROM codes WHERE session_id = ? AND code_hash = ? RETURNING owner, accounts, method, text_hash"
            )
            row = first(db, sql, [session.session_id, code_hash])
            if row is None:
                raise SessionError(OVER)
            proven = VerifiedSignature(row[0], tuple(orjson.loads(row[1])), Method(row[2]), row[3])
            return proven, self._finish(db, session, proven, now, status="signed")

        return await self._writer.transaction(work)

    def _finish(
        self, db: Database, session: Session, proven: VerifiedSignature, now: datetime, *, status: str = "ready"
    ) -> Contest | None:
        user_id, owner = session.person.user_id, proven.owner
        actor = self._pseudonym(user_id)
        _advance(db, session, status, "done")
        # What the page shows when it is loaded again.
        shown = [owner, proven.accounts[0], session.session_id]
        db.execute("UPDATE sessions SET owner = ?, account = ? WHERE id = ?", shown)
        for account in proven.accounts:
            refuse_other_owner(db, user_id, account, owner)
            put_link(db, user_id, to_account(account), owner, now)
        held = first(db, "SELECT user_id, method FROM proofs WHERE owner = ?", [owner])
        if held and held[0] != user_id and held[1] == Method.MANUAL.value:
            # A signature outweighs a moderator's word, at once.
            db.execute("DELETE FROM proofs WHERE owner = ?", [owner])
            contest_table.tell(db, held[0], NotificationKind.LOST, owner, now)
            held = None
        if held is None or held[0] == user_id:
            put_proof(db, owner, user_id, proven.method, proven.text_hash, now)
            contest_table.keep(db, owner, self._pseudonym, now)
            note(db, now, actor, "link", actor)
            return None
        note(db, now, actor, "contest", self._pseudonym(held[0]))
        db.execute("UPDATE sessions SET reason = 'contested' WHERE id = ?", [session.session_id])
        return self._contest(db, held[0], user_id, proven, now)

    def _contest(self, db: Database, holder: int, user_id: int, proven: VerifiedSignature, now: datetime) -> Contest:
        owner, until = proven.owner, now + self._contest_for
        if again := contest_table.refused_until(db, owner, user_id, self._pseudonym, now):
            raise InputError(
                "You claimed that account lately, and it stayed with its holder: you cannot claim it again before "
                f"{again:%Y-%m-%d}."
            )
        if first(db, "SELECT 1 FROM contests WHERE owner = ?", [owner]):
            contest_table.take_over(db, proven, user_id, now)
            return to_contest(first(db, f"{CONTESTS} WHERE owner = ?", [owner]) or ())
        db.execute(
            """
            INSERT INTO contests (owner, holder_id, challenger_id, method, text_hash, opened_at, ends_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [owner, holder, user_id, proven.method.value, proven.text_hash, seconds(now), seconds(until)],
        )
        contest_table.tell(db, holder, NotificationKind.CONTESTED, owner, now, until)
        return Contest(owner, holder, user_id, now, until)


def _advance(db: Database, session: Session, before: str, after: str) -> None:
    sql = "UPDATE sessions SET status = ? WHERE id = ? AND status = ? RETURNING id"
    if first(db, sql, [after, session.session_id, before]) is None:
        raise SessionError(OVER)
