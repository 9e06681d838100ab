"""A linked member of a server, as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store.rows import moment

COLUMNS = (
    "guild_id, user_id, joined_at, absent_since, marks, read_roles, own_act, judged_at, failures, warned_proof, "
    "in_doubt"
)


@dataclass(frozen=True, slots=True)
class SyncMember:
    """A linked member of a server.

    Attributes:
        guild_id: The server.
        user_id: The member.
        joined_at: When they joined it, the last time, as far as is known.
        absent_since: Since when they are not in it; None: they are.
        marks: Which mark is worked off: see `SyncMembers.settle`.
        read_roles: Their roles must be read, whatever is due.
        own_act: What they gave up themselves is to be taken at once.
        judged_at: When they were judged last.
        in_doubt: Whether it was unknown then whether they still earn what they were given.
        failures: How often in a row that failed.
        warned_proof: Of which proof they were notified that it will be too old for roles here: when it was made.
    """

    guild_id: int
    user_id: int
    joined_at: datetime
    absent_since: datetime | None
    marks: int
    read_roles: bool
    own_act: bool
    judged_at: datetime | None
    failures: int
    warned_proof: datetime | None = None
    in_doubt: bool = True


def to_member(row: Sequence[Any]) -> SyncMember:
    """A row of `COLUMNS`."""
    guild_id, user_id, joined_at, absent_since, marks, read_roles, own_act, judged_at, failures, warned, doubt = row
    return SyncMember(
        guild_id=guild_id,
        user_id=user_id,
        joined_at=moment(joined_at),
        absent_since=None if absent_since is None else moment(absent_since),
        marks=marks,
        read_roles=bool(read_roles),
        own_act=bool(own_act),
        judged_at=None if judged_at is None else moment(judged_at),
        failures=failures,
        warned_proof=None if warned is None else moment(warned),
        in_doubt=bool(doubt),
    )
