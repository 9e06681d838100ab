"""What a reading or a proof has changed, in words: "You now have @Collector", or what is still missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import discord

from bot.cogs.members.standing_embeds import Standing, held_words
from bot.gates.gate import GateState, ParkReason
from bot.roles.plan import Act, Change, Judged
from bot.text.plural import plural
from bot.ui.embeds import BRAND

# What one look holds; `/roles` shows all.
_MOST = 6
_MOST_ROLES = 10
_NOTHING_HERE = "There is no role for holders in this server yet."
_NOTHING_NEW = "Nothing has changed."
_MORE = "`/roles` shows the rest."
_MORE_BELOW = "The rest is below."


def difference_lines(standing: Standing) -> Sequence[str]:
    """What was changed, what could not be, and what is missing for the roles that the member does not have."""
    lines = list(_lines(standing))
    if len(lines) > _MOST:
        return [*lines[:_MOST], _MORE if standing.is_own else _MORE_BELOW]
    return lines or [_NOTHING_NEW if standing.report.judged else _NOTHING_HERE]


def read_now(standing: Standing, *above: str) -> discord.Embed | None:
    """What to show above a standing that was just read; None: there is no role that it could be about."""
    if not standing.report.judged and not list(_lines(standing)):
        return None
    return discord.Embed(title="Read now", description="\n".join([*above, *difference_lines(standing)]), colour=BRAND)


def _lines(standing: Standing) -> Iterator[str]:
    report, you = standing.report, standing.person["You"]
    given = [change for change in report.made if change.act is Act.ADD]
    if given:
        yield f"{you} now have {roles_of(given)}."
    yield from (_taken(standing, change) for change in report.made if change.act is Act.REMOVE)
    for failed in report.failed:
        follows = "follows in a moment" if failed.change.act is Act.ADD else "is not taken yet"
        yield f"<@&{failed.change.gate.role_id}> {follows}: {failed.sentence}"
    yield from (f"<@&{held.gate.role_id}>: {held_words(held, standing.person)}" for held in report.held)
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
        yield f"{standing.person['You']} have {role}."
    elif judged.gate.state is not GateState.ACTIVE:
        return
    elif judged.in_cool_down:
        when = "`/roles` says when." if standing.is_own else "When is said below."
        yield f"{role} is sensitive: it is given a while after the proof. {when}"
    elif judged.verdict.is_granted:
        yield f"{role} follows in a moment."
    elif standing.settings.shows_requirements or not standing.is_own:
        needed = standing.words.missing(judged.verdict)
        yield f"{role}, still needed: {needed}." if needed else f"{role}: {standing.words.why(judged.verdict)}"


def _taken(standing: Standing, change: Change) -> str:
    role = f"<@&{change.gate.role_id}>"
    if change.superseded_by:
        return f"{role} is replaced by <@&{change.superseded_by.role_id}>."
    return f"{standing.person['You']} no longer have {role}: {standing.words.why(change.verdict)}"


def roles_of(changes: Sequence[Change]) -> str:
    """`"@A, @B and @C"`, `"@A, @B and 12 more roles"`."""
    listed = [f"<@&{change.gate.role_id}>" for change in changes]
    if more := listed[_MOST_ROLES:]:
        listed = [*listed[:_MOST_ROLES], plural(len(more), "more role")]
    *others, last = listed
    return f"{', '.join(others)} and {last}" if others else last
