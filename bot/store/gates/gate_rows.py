"""Gates as rows and as JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.gates.gate import Gate, GateDraft, GateState, ParkReason
from bot.gates.storage import from_json, to_json
from bot.store.rows import moment

DRAFT_COLUMNS = "role_id, rule, grace, never_remove, is_sensitive, ladder, rank, powers"
GATES = f"SELECT {DRAFT_COLUMNS}, id, guild_id, state, since, created_at, parked FROM gates"


def draft_row(draft: GateDraft) -> dict[str, Any]:
    """What an admin decided, as columns of `gates`."""
    return {
        "role_id": draft.role_id,
        "rule": to_json(draft.rule),
        "grace": None if draft.grace is None else int(draft.grace.total_seconds()),
        "never_remove": int(draft.never_remove),
        "is_sensitive": int(draft.is_sensitive),
        "ladder": draft.ladder,
        "rank": draft.rank,
        "powers": json.dumps(sorted(draft.confirmed_powers)),
    }


def to_draft(row: Sequence[Any]) -> GateDraft:
    """The `DRAFT_COLUMNS` of a row."""
    role_id, rule, grace, never_remove, is_sensitive, ladder, rank, powers = row
    return GateDraft(
        role_id=role_id,
        rule=from_json(rule),
        grace=None if grace is None else timedelta(seconds=grace),
        never_remove=bool(never_remove),
        is_sensitive=bool(is_sensitive),
        ladder=ladder,
        rank=rank,
        confirmed_powers=frozenset(json.loads(powers)),
    )


def to_gate(row: Sequence[Any]) -> Gate:
    """A row of `GATES`."""
    *draft, gate_id, guild_id, state, since, created_at, parked = row
    return Gate(
        gate_id=gate_id,
        guild_id=guild_id,
        draft=to_draft(draft),
        state=GateState(state),
        since=moment(since),
        created_at=moment(created_at),
        parked=ParkReason(parked) if parked else None,
    )
