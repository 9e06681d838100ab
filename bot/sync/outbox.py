"""What is to be said, and is said once: to a server's log channel, and to members in advance of a removal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.gates.gate import Gate, GateState
from bot.gates.rule import CollectionRef
from bot.roles.safety import Hold, Scope
from bot.store import Store
from bot.store.sync.post_table import PostKind, PostRow
from bot.store.sync.warned_proofs import ProofEnds
from bot.sync.report import Post, to_post
from bot.text import safe_text

_AT_ONCE = 50  # of each server
_NAME = 80


def _nobody(_guild_id: int, _role_id: int) -> str:
    """Nobody is known."""
    return ""


class Outbox:
    """What is to be said. Every method may raise `StoreError`.

    Args:
        store: Holds it.
        clock: Returns the present as an aware datetime.

    Attributes:
        taken_by: Server and role → who, besides the bot, last took it from somebody, safe to show; "": not known.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self.taken_by: Callable[[int, int], str] = _nobody

    async def posts(self) -> Sequence[Post]:
        """What is to be sent now, oldest first; the same again until `sent`, with the same nonce."""
        return await self._posts(await self._store.sync.posts.to_send(self._clock(), _AT_ONCE))

    async def unread_alerts(self) -> Sequence[Post]:
        """Alerts of holds in force that were given up, as nobody could read them: a working channel gets them."""
        return await self._posts(await self._store.sync.posts.unread_alerts(_AT_ONCE))

    async def _posts(self, rows: Sequence[PostRow]) -> Sequence[Post]:
        gates = {
            gate.gate_id: gate
            for guild_id in {row.guild_id for row in rows}
            for gate in await self._store.gates.of_guild(guild_id)
        }
        posts = []
        for row in rows:
            if row.kind is PostKind.PROOF_ENDS and not await self._is_true_still(row, gates):
                await self.sent(row.post_id)
            elif not _is_stopped(row, gates) and not await self._waits_still(row):
                posts.append(await self._post(row, gates))
        return posts

    async def _is_true_still(self, row: PostRow, gates: dict[int, Gate]) -> bool:
        """Whether a proof will cost its member a role there, as a message says that waited to be sent."""
        member = await self._store.sync.members.get(row.guild_id, row.user_id or 0)
        is_there = member is not None and member.absent_since is None
        return bool(_taking(row, gates)) and is_there and row.until is not None and self._clock() < row.until

    async def _waits_still(self, row: PostRow) -> bool:
        """Whether removals wait for another reason that the same message names: then it is not over yet."""
        if row.kind is not PostKind.HOLD_OVER or not row.hold_id:
            return False
        alert = await self._store.sync.posts.of_hold(row.hold_id, row.guild_id)
        if alert is None or alert.message_id is None:
            return False
        for each in await self._store.sync.holds.open(row.guild_id):
            other = await self._store.sync.posts.of_hold(each.hold_id, row.guild_id)
            if other and other.message_id == alert.message_id:
                await self.sent(row.post_id)
                return True
        return False

    async def _post(self, row: PostRow, gates: dict[int, Gate]) -> Post:
        hold = await self._store.sync.holds.get(row.hold_id) if row.hold_id else None
        edits = None
        if row.hold_id and row.kind is PostKind.HOLD_OVER:
            alert = await self._store.sync.posts.of_hold(row.hold_id, row.guild_id)
            if alert and alert.channel_id and alert.message_id:
                edits = alert.channel_id, alert.message_id
        gate = gates.get(row.gate_id or 0)
        taken_by = self.taken_by(gate.guild_id, gate.role_id) if gate else ""
        names = await self._names_for(_named_by(row, hold))
        return to_post(row, gates, hold, edits, taken_by, lambda ref: names.get(ref) or str(ref))

    async def _names_for(self, key: str) -> Mapping[CollectionRef, str]:
        """The name of a collection, safe to show, if it is known; none of ""."""
        if not key:
            return {}
        network, _, collection_id = key.rpartition(":")
        found = await self._store.readings.names_of([CollectionRef(network, collection_id)])
        return {ref: safe_text(name, _NAME) for ref, name in found.items()}

    async def sent(self, post_id: int, *, channel_id: int | None = None, message_id: int | None = None) -> None:
        """A message was sent; or there is nobody to read it: no channel, or no direct messages."""
        await self._store.sync.posts.sent(post_id, self._clock(), channel_id=channel_id, message_id=message_id)


def _named_by(row: PostRow, hold: Hold | None) -> str:
    """The collection that a message names; "": none."""
    if row.kind is PostKind.VIEWED:
        about = row.detail.partition(" ")[2]
        return about if ":" in about else ""  # else it is about two snapshots
    return hold.key if hold and hold.scope is Scope.COLLECTION else ""


def _taking(row: PostRow, gates: Mapping[int, Gate]) -> Sequence[Gate]:
    """The gates that a message about a proof names, without those that take nothing from anybody."""
    named = [gates[gate_id] for gate_id, _ in ProofEnds.of_detail(row.detail).gates if gate_id in gates]
    return [gate for gate in named if not gate.draft.never_remove]


def _is_stopped(row: PostRow, gates: Mapping[int, Gate]) -> bool:
    """Whether what a message about a proof says is true only once one of its gates works again: it waits for that."""
    its = _taking(row, gates) if row.kind is PostKind.PROOF_ENDS else []
    return bool(its) and not any(gate.state is GateState.ACTIVE for gate in its)
