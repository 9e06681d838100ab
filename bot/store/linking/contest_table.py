"""Contests about an address that two members proved: who holds it, who claims it, and until when.

What a contest leads to, and how long anything lasts, is decided by `bot.linking.contest_rules`; here is what
each step changes, as a part of one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlite_utils import Database

from bot.errors import StoreError
from bot.links import AddressStatus, Contest, FreezeReason, FrozenAddress, NotificationKind, ProofKind
from bot.links.proofs import VerifiedSignature
from bot.store.linking.address_history import AddressEvent, count_event, events, purge_events
from bot.store.linking.freeze_table import freeze, frozen_of, is_frozen, list_claimants, purge_forgotten
from bot.store.linking.notice_table import notify, withdraw_contested, withdraw_notice
from bot.store.pseudonyms import Pseudonym
from bot.store.rows import CONTESTS, first, moment, seconds, to_contest
from bot.store.thread import Writer

log = logging.getLogger(__name__)

FreezeRule = Callable[[Sequence[datetime], datetime], bool]


class Contests:
    """Reads contests, and ends what is due. Every method raises `StoreError` when SQLite fails."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def held_by(self, user_id: int) -> list[Contest]:
        """Contests about addresses that a member holds."""
        sql = f"{CONTESTS} WHERE holder_id = ? ORDER BY ends_at"
        return await self._writer.run(lambda db: [to_contest(row) for row in db.execute(sql, [user_id]).fetchall()])

    async def opened_by(self, user_id: int) -> list[Contest]:
        """Contests that a member opened."""
        sql = f"{CONTESTS} WHERE challenger_id = ? ORDER BY ends_at"
        return await self._writer.run(lambda db: [to_contest(row) for row in db.execute(sql, [user_id]).fetchall()])

    async def object(self, user_id: int, owner: str, now: datetime, until: datetime) -> bool:
        """Record that the holder objects: the contest then ends at `until`, and not before.

        False: there is no contest of that member's address, or they objected already.
        """
        sql = """
            UPDATE contests SET objected_at = ?, ends_at = max(ends_at, ?)
            WHERE owner = ? AND holder_id = ? AND objected_at IS NULL RETURNING owner
        """
        values = [seconds(now), seconds(until), owner, user_id]
        return await self._writer.transaction(lambda db: first(db, sql, values)) is not None

    async def settle(
        self, now: datetime, pseudonym: Pseudonym, *, longest_round: timedelta, freezes: FreezeRule
    ) -> int:
        """Give the address of each contest that is due to its challenger; how many those were.

        Where `freezes` says so, given its earlier moves, that was the last move until the operator decides.

        No time runs out while nobody can be notified or can sign: what passed between two rounds, where that is longer
        than `longest_round` (the bot was down, or a backup was restored), is added to every contest, and one whose
        holder was neither notified of it nor could not be written to goes on.

        Each ends in a transaction of its own: one that cannot be ended is logged, and due again in the next round.
        """
        ended = 0
        for owner in await self._writer.transaction(lambda db: _start_round(db, now, longest_round)):
            end = partial(_end_if_due, owner=owner, owner_hash=pseudonym(owner), now=now, freezes=freezes)
            try:
                ended += await self._writer.transaction(end)
            except StoreError:
                log.warning("contests: one that is over cannot be ended; `tessera contest list` shows it")
        return ended

    async def frozen_of(self, user_id: int) -> list[FrozenAddress]:
        """Frozen addresses that a member has, had, or has signed for."""
        return await self._writer.run(lambda db: frozen_of(db, user_id))

    async def purge(self, *, events_before: datetime, messages_before: datetime) -> None:
        """Delete what is no longer counted: claims and moves, and direct messages."""

        def work(db: Database) -> None:
            purge_events(db, events_before)
            purge_forgotten(db, events_before)
            db.execute("DELETE FROM messaged WHERE at <= ?", [seconds(messages_before)])

        await self._writer.transaction(work)


def address_status(db: Database, owner: str, user_id: int, pseudonym: Pseudonym, now: datetime) -> AddressStatus:
    """The status of an address for a member who has signed for it."""
    proof = first(db, "SELECT user_id, method FROM proofs WHERE owner = ?", [owner])
    contest = first(db, "SELECT challenger_id, method, ends_at FROM contests WHERE owner = ?", [owner])
    sql = "SELECT until FROM refusals WHERE owner_hash = ? AND user_hash = ? AND until > ?"
    refused = first(db, sql, [pseudonym(owner), pseudonym(user_id), seconds(now)])
    return AddressStatus(
        holder_id=proof[0] if proof else None,
        kind=ProofKind(proof[1]) if proof else None,
        challenger_id=contest[0] if contest else None,
        challenger_kind=ProofKind(contest[1]) if contest else None,
        ends_at=moment(contest[2]) if contest else None,
        refused_until=moment(refused[0]) if refused else None,
        is_frozen=is_frozen(db, owner, pseudonym(owner)),
        claims=events(db, pseudonym(owner), AddressEvent.CLAIM),
    )


def open_contest(
    db: Database,
    verified: VerifiedSignature,
    pseudonym: Pseudonym,
    *,
    holder_id: int,
    challenger_id: int,
    now: datetime,
    ends_at: datetime,
) -> None:
    """Let a member contest an address that another one has proven."""
    db.table("contests").insert(
        {
            "owner": verified.owner,
            "holder_id": holder_id,
            "challenger_id": challenger_id,
            "method": verified.kind.value,
            "text_hash": verified.text_hash,
            "opened_at": seconds(now),
            "ends_at": seconds(ends_at),
            "signed_at": seconds(now),
        }
    )
    count_event(db, pseudonym(verified.owner), AddressEvent.CLAIM, now)
    withdraw_notice(db, holder_id, NotificationKind.CONTESTED, verified.owner)  # of an earlier contest
    notify(db, holder_id, NotificationKind.CONTESTED, verified.owner, now, ends_at)


def get_contest(db: Database, owner: str) -> Contest | None:
    """The contest about an address."""
    row = first(db, f"{CONTESTS} WHERE owner = ?", [owner])
    return to_contest(row) if row else None


def transfer(db: Database, owner: str, now: datetime) -> None:
    """End a contest for its challenger: they get the proof, and the holder's accounts stay linked as unproven."""
    if members := _move_proof(db, owner, now):
        holder, challenger = members
        notify(db, holder, NotificationKind.LOST, owner, now)
        notify(db, challenger, NotificationKind.WON, owner, now)


def _move_proof(db: Database, owner: str, now: datetime) -> tuple[int, int] | None:
    """Give the proof to the challenger; who had it, and who has it now."""
    row = first(
        db, "DELETE FROM contests WHERE owner = ? RETURNING holder_id, challenger_id, method, text_hash", [owner]
    )
    if row is None:
        return None
    withdraw_contested(db, owner)
    holder, challenger, method, text_hash = row
    db.execute(
        """
        UPDATE proofs SET user_id = ?, method = ?, text_hash = ?, proven_at = ?, first_proven_at = ? WHERE owner = ?
        """,
        [challenger, method, text_hash, seconds(now), seconds(now), owner],
    )
    return holder, challenger


def end_for_holder(db: Database, owner: str, pseudonym: Pseudonym, now: datetime, *, refused_until: datetime) -> bool:
    """End a contest for the holder, who signed again: its challenger may not open another one before `refused_until`.

    Returns:
        Whether there was one.
    """
    row = first(db, "DELETE FROM contests WHERE owner = ? RETURNING holder_id, challenger_id", [owner])
    if row is None:
        return False
    holder, challenger = row
    _refuse(db, owner, challenger, pseudonym, refused_until)
    withdraw_contested(db, owner)
    notify(db, holder, NotificationKind.KEPT, owner, now)
    notify(db, challenger, NotificationKind.REFUSED, owner, now)
    return True


def _refuse(db: Database, owner: str, user_id: int, pseudonym: Pseudonym, until: datetime) -> None:
    row = {"owner_hash": pseudonym(owner), "user_hash": pseudonym(user_id), "until": seconds(until)}
    db.table("refusals").insert(row, replace=True)


def take_over(
    db: Database, verified: VerifiedSignature, user_id: int, pseudonym: Pseudonym, now: datetime, *, ends_at: datetime
) -> None:
    """Replace the challenger by the member who signed last."""
    sql = "SELECT challenger_id FROM contests WHERE owner = ?"
    if (row := first(db, sql, [verified.owner])) and row[0] != user_id:
        count_event(db, pseudonym(verified.owner), AddressEvent.CLAIM, now)
        notify(db, row[0], NotificationKind.OVERTAKEN, verified.owner, now, ends_at)
    db.execute(
        """
        UPDATE contests SET challenger_id = ?, method = ?, text_hash = ?, signed_at = ?, ends_at = ? WHERE owner = ?
        """,
        [user_id, verified.kind.value, verified.text_hash, seconds(now), seconds(ends_at), verified.owner],
    )


def _start_round(db: Database, now: datetime, longest_round: timedelta) -> list[str]:
    """Record a round, and add the time since the last one where that was an absence; which contests are due."""
    last = first(db, "SELECT at FROM rounds WHERE id = 1")
    db.table("rounds").insert({"id": 1, "at": seconds(now)}, replace=True)
    away = timedelta(seconds=seconds(now) - last[0]) if last else timedelta()
    if away > longest_round:
        db.execute("UPDATE contests SET ends_at = ends_at + ?", [int(away.total_seconds())])
    return _due(db, now)


def _due(db: Database, now: datetime, owner: str | None = None) -> list[str]:
    """Of which addresses the contest is due: of all, or of one."""
    unnotified = """
        SELECT 1 FROM notices
        WHERE notices.owner = contests.owner AND user_id = holder_id AND news = :news AND tried = 0
    """
    sql = f"""
        SELECT owner FROM contests
        WHERE ends_at <= :now AND (:owner IS NULL OR owner = :owner) AND NOT EXISTS ({unnotified})
    """
    values = {"now": seconds(now), "owner": owner, "news": NotificationKind.CONTESTED.value}
    return [row[0] for row in db.execute(sql, values).fetchall()]


def _end_if_due(db: Database, owner: str, owner_hash: bytes, now: datetime, freezes: FreezeRule) -> bool:
    """End a contest, unless its holder has acted since the round started; whether it was ended."""
    if not _due(db, now, owner):
        return False
    _end_due(db, owner, owner_hash, now, freezes)
    return True


def _end_due(db: Database, owner: str, owner_hash: bytes, now: datetime, freezes: FreezeRule) -> None:
    """End a contest that its holder has let go by."""
    if is_frozen(db, owner, owner_hash):  # opened when a new token hid that: it moves nothing
        freeze(db, owner, owner_hash, FreezeReason.MOVES, now)
        return
    moves = events(db, owner_hash, AddressEvent.MOVE)
    count_event(db, owner_hash, AddressEvent.MOVE, now)
    if not freezes(moves, now):
        transfer(db, owner, now)
        return
    list_claimants(db, owner)  # the one who has it now as well
    _move_proof(db, owner, now)
    freeze(db, owner, owner_hash, FreezeReason.MOVES, now)


def withdraw(
    db: Database, user_id: int, owner: str, pseudonym: Pseudonym, now: datetime, *, refused_until: datetime
) -> None:
    """Withdraw a member's claim to an address, at their own request.

    Where the holder objected, this counts as if they had signed again. It stays counted as a claim: otherwise
    withdrawing and claiming once more would take away the week that the holder was given.
    """
    sql = "DELETE FROM contests WHERE owner = ? AND challenger_id = ? RETURNING holder_id, objected_at"
    row = first(db, sql, [owner, user_id])
    if row is None:
        return
    holder, objected_at = row
    if objected_at is not None:
        _refuse(db, owner, user_id, pseudonym, refused_until)
    # A holder who was not notified of the claim yet need not be notified at all.
    if not withdraw_notice(db, holder, NotificationKind.CONTESTED, owner):
        notify(db, holder, NotificationKind.WITHDRAWN, owner, now)


def give_up(db: Database, user_id: int, owner: str, now: datetime) -> None:
    """Delete a member's proof of an address; a challenger gets it at once."""
    if first(db, "SELECT 1 FROM contests WHERE owner = ? AND holder_id = ?", [owner, user_id]):
        transfer(db, owner, now)
    db.execute("DELETE FROM proofs WHERE owner = ? AND user_id = ?", [owner, user_id])
