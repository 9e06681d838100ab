"""Every change of what a server's admins decided: who, when, what it was before and what it is since.

What is decided is compared before and after a change, as flat JSON values by name: `gate 12`, `alias loopring:254`,
`setting grace_seconds`, `protected 910…`. A change can be taken back as long as all that it changed is still as it
left it. That is a change like any other. How many are retained, `history_bounds` says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.gates.gate import GateDraft
from bot.gates.rule import CollectionRef
from bot.store.gates import alias_table, guild_table
from bot.store.gates.alias_table import to_collection
from bot.store.gates.gate_rows import DRAFT_COLUMNS, to_draft
from bot.store.gates.history_bounds import HistoryBounds, prune
from bot.store.rows import first, moment, seconds

_GATE, _ALIAS, _SETTING, _PROTECTED = "gate ", "alias ", "setting ", "protected "
_RETAINED = HistoryBounds()
_NAMES = tuple(DRAFT_COLUMNS.split(", "))
_CHANGES = "SELECT id, guild_id, at, user_id, verb, before, after FROM gate_changes"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of what a server's admins decided.

    Attributes:
        change_id: Unique in this installation.
        guild_id: The server.
        changed_at: When.
        by: Who; None: their data was deleted since.
        verb: What they did: "add", "edit", "remove", "pause", "resume", "import", "alias", "set", "take back".
        before: What was changed, as it was; what there was not is not in it.
        after: And as it is since.
    """

    change_id: int
    guild_id: int
    changed_at: datetime
    by: int | None
    verb: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def gates_before(self) -> Mapping[int, GateDraft]:
        """Gate → what was decided before, of the gates that were changed or removed."""
        return _drafts(self.before)

    @property
    def gates_after(self) -> Mapping[int, GateDraft]:
        """Gate → what is decided since, of the gates that were changed or added."""
        return _drafts(self.after)

    @property
    def changes_aliases(self) -> bool:
        """Whether it says which collections count as the same."""
        return bool(self.aliased)

    @property
    def aliased(self) -> frozenset[CollectionRef]:
        """The collections of which it says what they count as."""
        return frozenset({*_aliases(self.before), *_aliases(self.after)})

    @property
    def aliases_before(self) -> tuple[tuple[CollectionRef, ...], ...]:
        """Which of these counted as the same before, as sets."""
        sets: dict[CollectionRef, set[CollectionRef]] = {}
        for collection, same_as in _aliases(self.before).items():
            sets.setdefault(same_as, {same_as}).add(collection)
        return tuple(tuple(sorted(members)) for members in sets.values())


@contextmanager
def recorded(db: Database, guild_id: int, verb: str, by: int, now: datetime) -> Iterator[None]:
    """Record what is changed within, in this transaction, and count the server's version up; nothing: nothing is."""
    before = _decided(db, guild_id)
    yield
    after = _decided(db, guild_id)
    changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    if not changed:
        return
    guild_table.count_up(db, guild_id)
    db.table("gate_changes").insert(
        {
            "guild_id": guild_id,
            "at": seconds(now),
            "user_id": by,
            "verb": verb,
            "before": json.dumps({key: before[key] for key in changed if key in before}),
            "after": json.dumps({key: after[key] for key in changed if key in after}),
        }
    )
    prune(db, guild_id, after, _RETAINED)


def changes(db: Database, guild_id: int, limit: int, before_id: int | None) -> Sequence[Change]:
    """The latest changes of a server, newest first; `before_id`: of those before that one."""
    sql = f"{_CHANGES} WHERE guild_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
    values = [guild_id, 2**63 - 1 if before_id is None else before_id, limit]
    return [_to_change(row) for row in db.execute(sql, values).fetchall()]


def change(db: Database, guild_id: int, change_id: int) -> Change | None:
    """One change of a server."""
    found = first(db, f"{_CHANGES} WHERE id = ? AND guild_id = ?", [change_id, guild_id])
    return _to_change(found) if found else None


def take_back(db: Database, wanted: Change, by: int, now: datetime) -> bool:
    """Set what a change changed to what it was before; False: something of it was changed since, nothing is changed."""
    current = _decided(db, wanted.guild_id)
    keys = wanted.before.keys() | wanted.after.keys()
    if any(current.get(key) != wanted.after.get(key) for key in keys):
        return False
    restored = {key: wanted.before.get(key) for key in keys}
    others = {value["role_id"] for key, value in current.items() if key.startswith(_GATE) and key not in keys}
    if others & {value["role_id"] for key, value in wanted.before.items() if key.startswith(_GATE)}:
        return False
    # What was joined with a set since, or left it, would lose its alias, or retain half of one.
    if alias_table.broken_sets(_alias_rows(current | restored)) - alias_table.broken_sets(_alias_rows(current)):
        return False
    with recorded(db, wanted.guild_id, "take back", by, now):
        _restore_gates(db, wanted.guild_id, restored, now)
        _restore_aliases(db, wanted.guild_id, restored)
        _restore_settings(db, wanted.guild_id, restored, now)
    return True


def forget_member(db: Database, user_id: int, actor: bytes) -> None:
    """Put a member's pseudonym in place of their id, and let no change name them as protected.

    It finds these changes by the rows of `protected_members`, which must still be there.
    """
    db.execute("UPDATE gate_changes SET user_id = NULL, actor = ? WHERE user_id = ?", [actor, user_id])
    name = json.dumps(f"{_PROTECTED}{user_id}")
    sql = """
        UPDATE gate_changes SET before = json_remove(before, :path), after = json_remove(after, :path)
        WHERE guild_id IN (SELECT guild_id FROM protected_members WHERE user_id = :user_id)
    """
    db.execute(sql, {"path": f"$.{name}", "user_id": user_id})


def _decided(db: Database, guild_id: int) -> dict[str, Any]:
    """All that is decided in a server, by name; not what Tessera itself did (parked gates)."""
    decided: dict[str, Any] = {}
    sql = f"SELECT id, created_at, state = 'paused', {DRAFT_COLUMNS} FROM gates WHERE guild_id = ?"
    for gate_id, created_at, is_paused, *draft in db.execute(sql, [guild_id]).fetchall():
        decided[f"{_GATE}{gate_id}"] = dict(zip(_NAMES, draft, strict=True)) | {
            "paused": is_paused,
            "created_at": created_at,
        }
    sql = "SELECT collection, same_as FROM collection_aliases WHERE guild_id = ?"
    decided |= {f"{_ALIAS}{name}": same_as for name, same_as in db.execute(sql, [guild_id]).fetchall()}
    decided |= {f"{_SETTING}{name}": value for name, value in _settings(db, guild_id).items()}
    sql = "SELECT user_id FROM protected_members WHERE guild_id = ? AND NOT ended"
    return decided | {f"{_PROTECTED}{user_id}": True for (user_id,) in db.execute(sql, [guild_id]).fetchall()}


def _aliases(values: Mapping[str, Any]) -> Mapping[CollectionRef, CollectionRef]:
    return {
        to_collection(key.removeprefix(_ALIAS)): to_collection(same_as)
        for key, same_as in values.items()
        if key.startswith(_ALIAS) and same_as
    }


def _alias_rows(values: Mapping[str, Any]) -> Mapping[str, str]:
    return {key.removeprefix(_ALIAS): value for key, value in values.items() if key.startswith(_ALIAS) and value}


def _settings(db: Database, guild_id: int) -> dict[str, Any]:
    found = first(db, "SELECT settings FROM guild_settings WHERE guild_id = ?", [guild_id])
    return dict(json.loads(found[0])) if found else {}


def _restore_gates(db: Database, guild_id: int, restored: Mapping[str, Any], now: datetime) -> None:
    gates = {int(key.removeprefix(_GATE)): value for key, value in restored.items() if key.startswith(_GATE)}
    for gate_id, value in gates.items():
        if value is None:
            db.execute("DELETE FROM gates WHERE id = ?", [gate_id])
        else:
            _restore_gate(db, guild_id, gate_id, value, now)


def _restore_gate(db: Database, guild_id: int, gate_id: int, value: Mapping[str, Any], now: datetime) -> None:
    """A gate that is there retains its row, as others refer to it; a parked one that was not paused stays parked."""
    set_draft = ", ".join(f"{name} = excluded.{name}" for name in _NAMES)
    values = ", ".join(f":{name}" for name in _NAMES)
    sql = f"""
        INSERT INTO gates (id, guild_id, created_at, since, state, {DRAFT_COLUMNS})
        VALUES (:id, :guild_id, :created_at, :now, iif(:paused, 'paused', 'active'), {values})
        ON CONFLICT (id) DO UPDATE SET {set_draft},
            since = iif((state = 'paused') = :paused, since, :now),
            state = iif((state = 'paused') = :paused, state, excluded.state),
            parked = iif((state = 'paused') = :paused, parked, NULL)
    """
    db.execute(sql, dict(value) | {"id": gate_id, "guild_id": guild_id, "now": seconds(now)})


def _restore_aliases(db: Database, guild_id: int, restored: Mapping[str, Any]) -> None:
    for key, same_as in restored.items():
        if key.startswith(_ALIAS):
            its = [guild_id, key.removeprefix(_ALIAS)]
            db.execute("DELETE FROM collection_aliases WHERE guild_id = ? AND collection = ?", its)
            if same_as is not None:
                db.execute("INSERT INTO collection_aliases VALUES (?, ?, ?)", [*its, same_as])


def _restore_settings(db: Database, guild_id: int, restored: Mapping[str, Any], now: datetime) -> None:
    settings = {name.removeprefix(_SETTING): value for name, value in restored.items() if name.startswith(_SETTING)}
    if settings:
        merged = {name: value for name, value in (_settings(db, guild_id) | settings).items() if value is not None}
        values = [json.dumps(merged), seconds(now), guild_id]
        db.execute("UPDATE guild_settings SET settings = ?, saved_at = ? WHERE guild_id = ?", values)
    for key, is_protected in restored.items():
        if key.startswith(_PROTECTED):
            sql = "UPDATE protected_members SET ended = ? WHERE guild_id = ? AND user_id = ?"
            db.execute(sql, [not is_protected, guild_id, int(key.removeprefix(_PROTECTED))])


def _drafts(decided: Mapping[str, Any]) -> Mapping[int, GateDraft]:
    return {
        int(key.removeprefix(_GATE)): to_draft([value[name] for name in _NAMES])
        for key, value in decided.items()
        if key.startswith(_GATE)
    }


def _to_change(row: Sequence[Any]) -> Change:
    change_id, guild_id, at, by, verb, before, after = row
    return Change(
        change_id=change_id,
        guild_id=guild_id,
        changed_at=moment(at),
        by=by,
        verb=verb,
        before=json.loads(before),
        after=json.loads(after),
    )
