"""Which collections count as the same in a server: sets, each named after its first collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlite_utils import Database

from bot.gates.rule import CollectionRef


def aliases(db: Database, guild_id: int) -> Mapping[CollectionRef, tuple[CollectionRef, ...]]:
    """Collection → all that count as the same, itself included, in order; what stands for itself alone is not in it."""
    found = [(members, tuple(sorted(members))) for members in _sets(db, guild_id)]
    return {collection: ordered for members, ordered in found for collection in members}


def join(db: Database, guild_id: int, collection: CollectionRef, same_as: CollectionRef) -> None:
    """Let two collections, and what counted as the same as either, count as the same."""
    sets = _sets(db, guild_id)
    joined = {collection, same_as}.union(*(members for members in sets if members & {collection, same_as}))
    _write(db, guild_id, [joined, *(members for members in sets if not members & joined)])


def part(db: Database, guild_id: int, collection: CollectionRef) -> None:
    """Let a collection stand for itself again; the others of its set still count as the same."""
    _write(db, guild_id, [members - {collection} for members in _sets(db, guild_id)])


def replace(db: Database, guild_id: int, sets: Iterable[Iterable[CollectionRef]]) -> None:
    """Let these sets be all of a server; sets that have a collection in common are joined."""
    _write(db, guild_id, [])
    for members in sets:
        head, *others = members
        for other in others:
            join(db, guild_id, head, other)


def to_collection(text: str) -> CollectionRef:
    """A collection from `network:collection_id`."""
    network, _, collection_id = text.rpartition(":")
    return CollectionRef(network, collection_id)


def broken_sets(rows: Mapping[str, str]) -> frozenset[str]:
    """The names of sets that no longer are any: of one collection, or without the one that they are named after.

    Args:
        rows: Collection → the name of its set.
    """
    return frozenset(name for name, members in _by_name(rows).items() if len(members) == 1 or str(min(members)) != name)


def _sets(db: Database, guild_id: int) -> list[set[CollectionRef]]:
    sql = "SELECT collection, same_as FROM collection_aliases WHERE guild_id = ?"
    sets = _by_name(dict(db.execute(sql, [guild_id]).fetchall())).values()
    # Of one collection were what earlier versions left of a set when a change of it was taken back.
    return [members for members in sets if len(members) > 1]


def _by_name(rows: Mapping[str, str]) -> Mapping[str, set[CollectionRef]]:
    sets: dict[str, set[CollectionRef]] = {}
    for collection, same_as in rows.items():
        sets.setdefault(same_as, set()).add(to_collection(collection))
    return sets


def _write(db: Database, guild_id: int, sets: Iterable[set[CollectionRef]]) -> None:
    db.execute("DELETE FROM collection_aliases WHERE guild_id = ?", [guild_id])
    rows = [
        (guild_id, str(collection), str(min(members)))
        for members in sets
        if len(members) > 1
        for collection in sorted(members)
    ]
    db.conn.executemany("INSERT INTO collection_aliases (guild_id, collection, same_as) VALUES (?, ?, ?)", rows)
