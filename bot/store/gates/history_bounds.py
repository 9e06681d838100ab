"""How much history a server retains, so that it does not grow for ever: what is older goes with each new change.

Retained are the newest changes, and older ones that can still be taken back from something that is still there; never
more than so many bytes, of which one import can need many, but for the newest few.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class HistoryBounds:
    """What is retained of a server.

    Attributes:
        newest: So many changes, whatever they are about.
        older: So many others that can still be taken back.
        size: So many characters of JSON in all.
        least: So many of the newest, however large they are.
    """

    newest: int = 300
    older: int = 200
    size: int = 8_000_000
    least: int = 10


def prune(db: Database, guild_id: int, decided: Mapping[str, Any], bounds: HistoryBounds) -> None:
    """Delete what is not retained of a server's history, in a transaction of the caller.

    Args:
        db: The store.
        guild_id: The server.
        decided: All that is decided there now, by name.
        bounds: What is retained.
    """
    doomed = [(change_id,) for change_id in _doomed(db, guild_id, decided, bounds)]
    db.conn.executemany("DELETE FROM gate_changes WHERE id = ?", doomed)


def _doomed(db: Database, guild_id: int, decided: Mapping[str, Any], bounds: HistoryBounds) -> Iterator[int]:
    sql = "SELECT id, length(before) + length(after) FROM gate_changes WHERE guild_id = ? ORDER BY id DESC"
    size, older = 0, 0
    for place, (change_id, its_size) in enumerate(db.execute(sql, [guild_id]).fetchall()):
        size += its_size
        if place < bounds.least:
            continue
        if size > bounds.size:
            yield change_id
        elif place >= bounds.newest:
            if older < bounds.older and _is_as_it_left_it(db, change_id, decided):
                older += 1
            else:
                yield change_id


def _is_as_it_left_it(db: Database, change_id: int, decided: Mapping[str, Any]) -> bool:
    """Whether a change can be taken back; not of what is gone since long: there is no end of that."""
    [(before, after)] = db.execute("SELECT before, after FROM gate_changes WHERE id = ?", [change_id]).fetchall()
    left: Mapping[str, Any] = json.loads(after)
    keys = json.loads(before).keys() | left.keys()
    return bool(left) and all(decided.get(key) == left.get(key) for key in keys)
