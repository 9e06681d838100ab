"""What the options of `/gate add` and `/gate edit` say, as a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.errors import InputError
from bot.gates.gate import GateDraft
from bot.gates.rule import Rule
from bot.messages import Message

_RANK_WITHOUT_LADDER = Message("A rank needs the ladder that it is on: set `ladder` too.")
_NOTHING_CHANGED = Message("Name what to change: `role`, `rule`, or another option.")

# An option that takes something away again.
NOTHING = ("-", "none", "off")


def with_options(
    draft: GateDraft,
    *,
    rule: Rule | None = None,
    role_id: int | None = None,
    grace_hours: float | None = None,
    never_remove: bool | None = None,
    sensitive: bool | None = None,
    ladder: str | None = None,
    rank: int | None = None,
) -> GateDraft:
    """A draft with these things changed; what is None stays.

    Raises:
        InputError: a rank without a ladder.
    """
    changed = replace(
        draft,
        rule=rule or draft.rule,
        role_id=role_id or draft.role_id,
        grace=draft.grace if grace_hours is None else timedelta(hours=grace_hours),
        never_remove=draft.never_remove if never_remove is None else never_remove,
        is_sensitive=draft.is_sensitive if sensitive is None else sensitive,
        ladder=draft.ladder if ladder is None else "" if ladder.strip().lower() in NOTHING else ladder.strip(),
        rank=draft.rank if rank is None else rank,
    )
    if changed.rank and not changed.ladder:
        if rank is not None:
            raise InputError(_RANK_WITHOUT_LADDER)
        changed = replace(changed, rank=0)
    # What was confirmed was confirmed of that role.
    return changed if changed.role_id == draft.role_id else replace(changed, confirmed_powers=frozenset())


def require_change(before: GateDraft, after: GateDraft) -> None:
    """Refuse an edit that changes nothing.

    Raises:
        InputError: it does not.
    """
    if before == after:
        raise InputError(_NOTHING_CHANGED)
