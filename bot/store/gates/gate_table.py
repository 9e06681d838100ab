"""Gates of servers, and which collections count as the same there: read, changed, and each change recorded.

What depends on a preview is changed only while the server's version is still that of the preview: the comparison is
part of the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlite_utils import Database

from bot.gates.gate import Gate, GateDraft, GateState, ParkReason
from bot.gates.rule import CollectionRef
from bot.store.gates import alias_table, gate_history, guild_table
from bot.store.gates.gate_history import Change, recorded
from bot.store.gates.gate_rows import GATES, draft_row, to_gate
from bot.store.rows import first, seconds
from bot.store.thread import Writer

T = TypeVar("T")

_ORDER = "ORDER BY ladder, rank DESC, id"


class Gates:
    """Reads and writes gates. Every method raises `StoreError` when SQLite fails; nothing is half-saved.

    Where a method takes a `version`, it changes nothing and returns None when the server's version is another by now;
    without one it compares nothing.

    Args:
        writer: The store's thread.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def of_guild(self, guild_id: int) -> Sequence[Gate]:
        """A server's gates: by ladder, on each the highest rank first, then by age."""
        sql = f"{GATES} WHERE guild_id = ? {_ORDER}"
        return await self._writer.run(lambda db: [to_gate(row) for row in db.execute(sql, [guild_id]).fetchall()])

    async def get(self, gate_id: int) -> Gate | None:
        """One gate."""
        return await self._writer.run(lambda db: _gate(db, gate_id))

    async def guild_ids(self) -> Sequence[int]:
        """The servers that have gates, without those that the bot has left."""
        return await self._writer.run(guild_table.with_gates)

    async def version(self, guild_id: int) -> int:
        """The version of a server's gates, aliases and settings: higher after each change of these."""
        return await self._writer.run(lambda db: guild_table.version(db, guild_id))

    async def add(
        self, guild_id: int, draft: GateDraft, by: int, now: datetime, *, version: int | None = None
    ) -> Gate | None:
        """Add a gate; None: that role has one."""

        def work(db: Database) -> Gate | None:
            if _of_role(db, guild_id, draft.role_id):
                return None
            with recorded(db, guild_id, "add", by, now):
                return _insert(db, guild_id, draft, now)

        return await self._unless_stale(guild_id, version, work)

    async def edit(
        self, gate_id: int, draft: GateDraft, by: int, now: datetime, *, version: int | None = None
    ) -> Gate | None:
        """Change what is decided about a gate; None: there is no such gate, or its new role has another one."""

        def work(db: Database) -> Gate | None:
            gate = _gate(db, gate_id)
            if gate is None or _is_stale(db, gate.guild_id, version):
                return None
            other = _of_role(db, gate.guild_id, draft.role_id)
            if other not in (None, gate_id):
                return None
            with recorded(db, gate.guild_id, "edit", by, now):
                _update(db, gate_id, draft)
            return _gate(db, gate_id)

        return await self._writer.transaction(work)

    async def remove(self, gate_id: int, by: int, now: datetime, *, version: int | None = None) -> Gate | None:
        """Remove a gate; what it was, or None: there is no such gate."""

        def work(db: Database) -> Gate | None:
            gate = _gate(db, gate_id)
            if gate is None or _is_stale(db, gate.guild_id, version):
                return None
            with recorded(db, gate.guild_id, "remove", by, now):
                db.execute("DELETE FROM gates WHERE id = ?", [gate_id])
            return gate

        return await self._writer.transaction(work)

    async def set_state(
        self, gate_id: int, state: GateState, parked: ParkReason | None, by: int | None, now: datetime
    ) -> Gate | None:
        """Pause, resume or park a gate; as it is then, or None: there is no such gate.

        Args:
            gate_id: The gate.
            state: What it becomes.
            parked: Why, if it is parked.
            by: The admin; None: Tessera itself, which does not touch a gate that an admin paused.
            now: The present.
        """

        def work(db: Database) -> Gate | None:
            gate = _gate(db, gate_id)
            if gate is None or (gate.state, gate.parked) == (state, parked):
                return gate
            if by is None and gate.state is GateState.PAUSED:
                return gate
            guild_table.count_up(db, gate.guild_id)
            if by is None:
                _set_state(db, gate_id, state, parked, now)
                return _gate(db, gate_id)
            with recorded(db, gate.guild_id, "pause" if state is GateState.PAUSED else "resume", by, now):
                _set_state(db, gate_id, state, parked, now)
            return _gate(db, gate_id)

        return await self._writer.transaction(work)

    async def replace_all(
        self,
        guild_id: int,
        drafts: Sequence[GateDraft],
        by: int,
        now: datetime,
        *,
        aliases: Iterable[Iterable[CollectionRef]] | None = None,
        removes_others: bool = False,
        version: int | None = None,
    ) -> Sequence[Gate] | None:
        """Save many drafts at once: a role's gate is changed, or added; the server's gates then.

        Args:
            guild_id: The server.
            drafts: At most one for each role.
            by: The admin.
            now: The present.
            aliases: All sets of collections that count as the same; None: as they are.
            removes_others: Remove the gates of all other roles.
            version: See the class.
        """

        def work(db: Database) -> Sequence[Gate] | None:
            with recorded(db, guild_id, "import", by, now):
                for draft in drafts:
                    gate_id = _of_role(db, guild_id, draft.role_id)
                    if gate_id is None:
                        _insert(db, guild_id, draft, now)
                    else:
                        _update(db, gate_id, draft)
                if removes_others:
                    _remove_but(db, guild_id, {draft.role_id for draft in drafts})
                if aliases is not None:
                    alias_table.replace(db, guild_id, aliases)
            sql = f"{GATES} WHERE guild_id = ? {_ORDER}"
            return [to_gate(row) for row in db.execute(sql, [guild_id]).fetchall()]

        return await self._unless_stale(guild_id, version, work)

    async def aliases(self, guild_id: int) -> Mapping[CollectionRef, tuple[CollectionRef, ...]]:
        """Collection → all that count as the same in a server, itself included; others stand for themselves alone."""
        return await self._writer.run(lambda db: alias_table.aliases(db, guild_id))

    async def set_alias(
        self,
        guild_id: int,
        collection: CollectionRef,
        same_as: CollectionRef,
        by: int,
        now: datetime,
        *,
        version: int | None = None,
    ) -> bool | None:
        """Let two collections, and what counts as the same as either, count as the same."""

        def work(db: Database) -> bool:
            with recorded(db, guild_id, "alias", by, now):
                alias_table.join(db, guild_id, collection, same_as)
            return True

        return await self._unless_stale(guild_id, version, work)

    async def remove_alias(self, guild_id: int, collection: CollectionRef, by: int, now: datetime) -> bool:
        """Let a collection stand for itself again; whether it did not."""

        def work(db: Database) -> bool:
            if collection not in alias_table.aliases(db, guild_id):
                return False
            with recorded(db, guild_id, "alias", by, now):
                alias_table.part(db, guild_id, collection)
            return True

        return await self._writer.transaction(work)

    async def history(self, guild_id: int, limit: int = 10, before_id: int | None = None) -> Sequence[Change]:
        """The latest changes of gates, aliases and settings, newest first; `before_id`: those before that one."""
        return await self._writer.run(lambda db: gate_history.changes(db, guild_id, limit, before_id))

    async def change(self, guild_id: int, change_id: int) -> Change | None:
        """One change of a server."""
        return await self._writer.run(lambda db: gate_history.change(db, guild_id, change_id))

    async def take_back(
        self, guild_id: int, change_id: int, by: int, now: datetime, *, version: int | None = None
    ) -> bool | None:
        """Set what a change changed to what it was before; False: something of it was changed since."""

        def work(db: Database) -> bool:
            wanted = gate_history.change(db, guild_id, change_id)
            return wanted is not None and gate_history.take_back(db, wanted, by, now)

        return await self._unless_stale(guild_id, version, work)

    async def note_present(self, guild_ids: Collection[int], now: datetime) -> None:
        """Record which servers the bot is in: it has left all others."""
        await self._writer.transaction(lambda db: guild_table.note_present(db, guild_ids, now))

    async def note_left(self, guild_id: int, now: datetime) -> None:
        """Record that the bot was removed from a server: its gates are retained for a while, and do nothing."""
        await self._writer.transaction(lambda db: guild_table.note_left(db, guild_id, now))

    async def left_at(self, guild_id: int) -> datetime | None:
        """Since when the bot is not in a server; None: it is, or nothing was ever decided there."""
        return await self._writer.run(lambda db: guild_table.left_at(db, guild_id))

    async def left_before(self, before: datetime) -> Sequence[int]:
        """The servers that the bot left before a moment, to be forgotten: `forget_guild` here comes last."""
        return await self._writer.run(lambda db: guild_table.left_before(db, before))

    async def forget_guild(self, guild_id: int) -> None:
        """Delete all that was decided in a server, and its history."""

        def work(db: Database) -> None:
            for table in ("gates", "collection_aliases", "gate_changes", "configured_guilds"):
                db.execute(f"DELETE FROM {table} WHERE guild_id = ?", [guild_id])

        await self._writer.transaction(work)

    async def _unless_stale(self, guild_id: int, version: int | None, work: Callable[[Database], T | None]) -> T | None:
        return await self._writer.transaction(lambda db: None if _is_stale(db, guild_id, version) else work(db))


def _is_stale(db: Database, guild_id: int, version: int | None) -> bool:
    return version is not None and version != guild_table.version(db, guild_id)


def _gate(db: Database, gate_id: int) -> Gate | None:
    found = first(db, f"{GATES} WHERE id = ?", [gate_id])
    return to_gate(found) if found else None


def _of_role(db: Database, guild_id: int, role_id: int) -> int | None:
    found = first(db, "SELECT id FROM gates WHERE guild_id = ? AND role_id = ?", [guild_id, role_id])
    return int(found[0]) if found else None


def _insert(db: Database, guild_id: int, draft: GateDraft, now: datetime) -> Gate | None:
    row = draft_row(draft) | {
        "guild_id": guild_id,
        "state": GateState.ACTIVE.value,
        "since": seconds(now),
        "created_at": seconds(now),
    }
    names = ", ".join(row)
    places = ", ".join(f":{name}" for name in row)
    cursor = db.execute(f"INSERT INTO gates ({names}) VALUES ({places})", row)
    return _gate(db, cursor.lastrowid or 0)


def _update(db: Database, gate_id: int, draft: GateDraft) -> None:
    row = draft_row(draft)
    changes = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE gates SET {changes} WHERE id = :id", row | {"id": gate_id})


def _set_state(db: Database, gate_id: int, state: GateState, parked: ParkReason | None, now: datetime) -> None:
    sql = "UPDATE gates SET state = ?, parked = ?, since = ? WHERE id = ?"
    db.execute(sql, [state.value, parked.value if parked else None, seconds(now), gate_id])


def _remove_but(db: Database, guild_id: int, role_ids: Collection[int]) -> None:
    sql = "SELECT id, role_id FROM gates WHERE guild_id = ?"
    for gate_id, role_id in db.execute(sql, [guild_id]).fetchall():
        if role_id not in role_ids:
            db.execute("DELETE FROM gates WHERE id = ?", [gate_id])
