"""What a reading or a proof has changed, in words: "You now have @Collector", or what is still missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import discord

from bot.cogs.members.standing_embeds import Standing, held_words
from bot.cogs.members.standing_words import NO_ROLE_HERE, Addressed
from bot.gates.gate import GateState, ParkReason
from bot.messages import Message
from bot.roles.plan import Act, Change, Judged
from bot.ui.embeds import BRAND

# What one look holds; `/roles` shows all.
_MOST = 6
_MOST_ROLES = 10
_NOTHING_NEW = Message("Nothing has changed.")
_MORE = Addressed(Message("`/roles` shows the rest."), Message("The rest is below."))
_READ_NOW = Message("Just read")
_NOW_HAVE = Addressed(Message("You now have {roles}."), Message("They now have {roles}."))
_HAVE = Addressed(Message("You have {role}."), Message("They have {role}."))
_NO_LONGER = Addressed(Message("You no longer have {role}: {why}"), Message("They no longer have {role}: {why}"))
_REPLACED = Message("{role} is replaced by {other}.")
_FOLLOWS = Message("{role} follows in a moment.")
_FOLLOWS_AS = Message("{role} follows in a moment: {why}")
_NOT_TAKEN = Message("{role} is not taken yet: {why}")
_SENSITIVE = Addressed(
    Message("{role} is sensitive: it is given a while after the proof. `/roles` says when."),
    Message("{role} is sensitive: it is given a while after the proof. When is said below."),
)
_NEEDED = Message("{role}, still needed: {needed}.")
_OF_ROLE = Message("{role}: {why}")
_LIST = Message("{roles} and {last}")
_MORE_ROLES = Message("{count:,} more role", "{count:,} more roles")


def difference_lines(standing: Standing) -> Sequence[str]:
    """What was changed, what could not be, and what is missing for the roles that the member does not have."""
    lines = list(_lines(standing))
    if len(lines) > _MOST:
        return [*lines[:_MOST], _MORE.to(is_own=standing.is_own)().render()]
    return lines or [(_NOTHING_NEW if standing.report.judged else NO_ROLE_HERE)().render()]


def read_now(standing: Standing, *above: str) -> discord.Embed | None:
    """What to show above a standing that was just read; None: there is no role that it could be about."""
    if not standing.report.judged and not list(_lines(standing)):
        return None
    lines = [*above, *difference_lines(standing)]
    return discord.Embed(title=_READ_NOW().render(), description="\n".join(lines), colour=BRAND)


def _lines(standing: Standing) -> Iterator[str]:
    report, is_own = standing.report, standing.is_own
    given = [change for change in report.made if change.act is Act.ADD]
    if given:
        yield _NOW_HAVE.to(is_own=is_own)(roles=roles_of(given)).render()
    yield from (_taken(standing, change) for change in report.made if change.act is Act.REMOVE)
    for failed in report.failed:
        message = _FOLLOWS_AS if failed.change.act is Act.ADD else _NOT_TAKEN
        yield message(role=f"<@&{failed.change.gate.role_id}>", why=failed.sentence).render()
    for held in report.held:
        yield _OF_ROLE(role=f"<@&{held.gate.role_id}>", why=held_words(held, is_own=is_own)).render()
    if not report.accounts:
        return
    mentioned = {made.gate.gate_id for made in report.made} | {held.gate.gate_id for held in report.held}
    mentioned |= {failed.change.gate.gate_id for failed in report.failed}
    for judged in report.judged:
        if judged.gate.gate_id not in mentioned:
            yield from _unchanged(standing, judged)


def _unchanged(standing: Standing, judged: Judged) -> Iterator[str]:
    role = f"<@&{judged.gate.role_id}>"
    if judged.gate.role_id in standing.report.ledger and judged.gate.parked is not ParkReason.ROLE_GONE:
        yield _HAVE.to(is_own=standing.is_own)(role=role).render()
    elif judged.gate.state is not GateState.ACTIVE:
        return
    elif judged.in_cool_down:
        yield _SENSITIVE.to(is_own=standing.is_own)(role=role).render()
    elif judged.verdict.is_granted:
        yield _FOLLOWS(role=role).render()
    elif standing.settings.shows_requirements or not standing.is_own:
        needed = standing.words.missing(judged.verdict)
        missing = _NEEDED(role=role, needed=needed) if needed else None
        yield (missing or _OF_ROLE(role=role, why=standing.words.why(judged.verdict))).render()


def _taken(standing: Standing, change: Change) -> str:
    role = f"<@&{change.gate.role_id}>"
    if change.superseded_by:
        return _REPLACED(role=role, other=f"<@&{change.superseded_by.role_id}>").render()
    why = standing.words.why(change.verdict)
    return _NO_LONGER.to(is_own=standing.is_own)(role=role, why=why).render()


def roles_of(changes: Sequence[Change]) -> str:
    """`"@A, @B and @C"`, `"@A, @B and 12 more roles"`."""
    listed = [f"<@&{change.gate.role_id}>" for change in changes]
    if more := listed[_MOST_ROLES:]:
        listed = [*listed[:_MOST_ROLES], _MORE_ROLES(count=len(more)).render()]
    *others, last = listed
    return _LIST(roles=", ".join(others), last=last).render() if others else last
