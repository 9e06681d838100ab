"""What the options of `/gate add` and `/gate edit` say, as a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.errors import InputError
from bot.gates.gate import GateDraft
from bot.gates.rule import AccountIn, AllOf, Rule
from bot.messages import Message

_RANK_WITHOUT_LADDER = Message("A rank needs the ladder that it is on: set `ladder` too.")
_TWO_GRACES = Message("Name `grace_hours`, or `server_grace` for what the server has set: not both.")
_NOTHING_CHANGED = Message("Name what to change: `role`, `rule`, or another option.")

# An option that takes something away again.
NOTHING = ("-", "none", "off")


def with_options(  # noqa: PLR0913 - the options of a slash command
    draft: GateDraft,
    *,
    rule: Rule | None = None,
    role_id: int | None = None,
    accounts: AccountIn | None = None,
    grace_hours: float | None = None,
    server_grace: bool | None = None,
    never_remove: bool | None = None,
    sensitive: bool | None = None,
    ladder: str | None = None,
    rank: int | None = None,
) -> GateDraft:
    """A draft with these things changed; what is None stays.

    Args:
        draft: As it is.
        rule: What earns the role.
        role_id: The role.
        accounts: A list of accounts, in place of the one that the rule has, or besides the rule.
        grace_hours: How long it is retained.
        server_grace: As long as the server has set, whatever that is.
        never_remove: It is never taken.
        sensitive: It is given some time after a proof.
        ladder: Its ladder; one of `NOTHING`: none.
        rank: Its place on it.

    Raises:
        InputError: a rank without a ladder, or two answers about the grace.
    """
    if server_grace and grace_hours is not None:
        raise InputError(_TWO_GRACES)
    changed = replace(
        draft,
        rule=_with_list(rule or draft.rule, accounts),
        role_id=role_id or draft.role_id,
        grace=None if server_grace else draft.grace if grace_hours is None else timedelta(hours=grace_hours),
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


def _with_list(rule: Rule, accounts: AccountIn | None) -> Rule:
    """The rule with this list of accounts in place of the one that it has."""
    if accounts is None:
        return rule
    parts = [rule] if not isinstance(rule, AllOf) else list(rule.rules)
    others = [part for part in parts if not isinstance(part, AccountIn)]
    return AllOf((*others, accounts)) if others else accounts


def require_change(before: GateDraft, after: GateDraft) -> None:
    """Refuse an edit that changes nothing.

    Raises:
        InputError: it does not.
    """
    if before == after:
        raise InputError(_NOTHING_CHANGED)
