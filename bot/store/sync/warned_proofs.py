"""Of which proof a member was notified that it will be too old for their roles: one message for each proof and server.

Which proof that was is in the member's row, and is written with the message in one transaction: whatever is killed, and
however often a member is judged, there is one message. What it says is in its `detail` until it is sent, and no longer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.store.rows import first, moment, seconds
from bot.store.sync.post_table import NewPost, PostKind, enqueue
from bot.store.thread import Writer

_UNSENT = """
    FROM sync_posts WHERE user_id = :user_id AND guild_id = :guild_id AND kind = 'proof_ends' AND sent_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class ProofEnds:
    """What such a message says.

    Attributes:
        account: The account that the proof is of.
        gates: Gate → until when the proof counts for it, in the order of the message.
    """

    account: str
    gates: Sequence[tuple[int, datetime]]

    def to_detail(self) -> str:
        """As it is stored."""
        return json.dumps([self.account, [(gate_id, seconds(at)) for gate_id, at in self.gates]])

    @classmethod
    def of_detail(cls, detail: str) -> ProofEnds:
        """From what was stored."""
        account, gates = json.loads(detail)
        return cls(account, [(gate_id, moment(at)) for gate_id, at in gates])


class WarnedProofs:
    """Reads and writes them. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def warn(
        self,
        guild_id: int,
        user_id: int,
        proven_at: datetime,
        ends: ProofEnds,
        now: datetime,
        *,
        before: datetime | None = None,
    ) -> None:
        """Notify a member of a server; not if they left it, or were notified meanwhile.

        Args:
            guild_id: The server.
            user_id: The member.
            proven_at: When the proof was made.
            ends: What the message says.
            now: The present.
            before: Of which proof they had been notified when this was decided.
        """
        sql = """
            UPDATE sync_members SET warned_proof = :proof
            WHERE guild_id = :guild_id AND user_id = :user_id AND absent_since IS NULL
            AND warned_proof IS :before AND warned_proof IS NOT :proof
            RETURNING 1
        """
        values = {"guild_id": guild_id, "user_id": user_id}
        proofs = {"proof": seconds(proven_at), "before": seconds(before) if before else None}
        until = max(at for _, at in ends.gates)
        detail, gate_id = ends.to_detail(), ends.gates[0][0]
        post = NewPost(PostKind.PROOF_ENDS, guild_id, now, user_id=user_id, gate_id=gate_id, detail=detail, until=until)

        def work(db: Database) -> None:
            if first(db, sql, values | proofs):
                db.execute(f"DELETE {_UNSENT}", values)  # of the proof before
                enqueue(db, post)

        await self._writer.transaction(work)

    async def cancel(self, guild_id: int, user_id: int, proven_at: datetime) -> None:
        """Withdraw the word about this proof, if it was not sent yet: it was renewed, or is not certain any more.

        They were not notified of it then: they are if it is their latest proof again.
        """
        values = {"guild_id": guild_id, "user_id": user_id}
        # Not where a word about another proof has replaced it meanwhile.
        forget = f"""
            UPDATE sync_members SET warned_proof = NULL
            WHERE guild_id = :guild_id AND user_id = :user_id AND warned_proof = :proof AND EXISTS (SELECT 1 {_UNSENT})
            RETURNING 1
        """

        def work(db: Database) -> None:
            if first(db, forget, values | {"proof": seconds(proven_at)}):
                db.execute(f"DELETE {_UNSENT}", values)

        # Everybody who was notified and has renewed the proof comes here at each judgement: that must write nothing.
        if await self._writer.run(lambda db: first(db, f"SELECT 1 {_UNSENT}", values)):
            await self._writer.transaction(work)
