"""Sync in words: how it stands, what waits for a person, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import discord

from bot.gates.rule import CollectionRef
from bot.roles.safety import Cause, Hold, Scope
from bot.sync.results import Run, Staged, SyncStatus
from bot.text import safe_text
from bot.text.plural import plural
from bot.ui import embeds

STAGED_A_PAGE = 10
_LONGEST_REASON = 200
_LONGEST_LABEL = 60
_MOST_SHOWN = 8
_MEANWHILE = "Nothing is taken until then; roles are still given."
_FIELD = 1000  # of the 1,024 of a field

_SCOPES: Mapping[Scope, str] = {
    Scope.GATE: "Gate #{key}",
    Scope.SOURCE: "Every gate that asks about {key}",
    Scope.COLLECTION: "Every gate that asks about {key}",
    Scope.GUILD: "Every gate of this server",
}
_CAUSES: Mapping[Cause, str] = {
    Cause.TOO_MANY_AT_ONCE: "too many of its holders would lose the role at once",
    Cause.TOO_MANY_IN_A_DAY: "too many of its holders would have lost the role within a day",
    Cause.SOURCE_EMPTIED: "too many accounts that held something are reported as empty",
    Cause.COLLECTION_HALVED: "half of the holders are reported to hold none of it any more",
    Cause.ADMIN: "an admin said so (`/sync release` ends it)",
    Cause.INVITED_AGAIN: "Tessera was added again, and looks at everybody first",
}


def status_embed(status: SyncStatus, names: Mapping[CollectionRef, str] | None = None) -> discord.Embed:
    """How sync stands in a server; `names`: of collections, safe to show."""
    embed = discord.Embed(title="Sync", description="\n".join(_status_lines(status)), colour=embeds.BRAND)
    if status.holds:
        embed.colour = embeds.CAUTION
        lines = [hold_words(hold, status.gate_roles, names) for hold in status.holds[:_MOST_SHOWN]]
        lines.append(f"{plural(status.staged, 'removal')} to decide about: `/sync staged`.")
        embed.add_field(name="Removals wait", value=_cut("\n".join(lines)), inline=False)
    if status.failing:
        embed.colour = embeds.CAUTION
        lines = [
            f"{safe_text(label, _LONGEST_LABEL)} since {moment(since)}: nobody loses a role for that"
            for label, since in list(status.failing.items())[:_MOST_SHOWN]
        ]
        embed.add_field(name="Sources that do not answer", value=_cut("\n".join(lines)), inline=False)
    run = run_words(status.last_run) if status.last_run else "Nothing was changed yet."
    return embed.add_field(name="Last changes", value=run, inline=False)


def _status_lines(status: SyncStatus) -> list[str]:
    lines = [f"{plural(status.members, 'linked member')} with {plural(status.accounts, 'account')}."]
    if status.unread:
        lines.append(f"{plural(status.unread, 'account')} never read yet.")
    if status.oldest_at:
        lines.append(f"The oldest reading is of {moment(status.oldest_at)}.")
    if status.next_at:
        lines.append(f"The next account is due {moment(status.next_at)}.")
    lines.append(f"Each account is to be read every {span_words(status.interval)}.")
    if status.possible and status.possible > status.interval:
        source = safe_text(status.slow_source, _LONGEST_LABEL)
        lines.append(
            f"**Possible is every {span_words(status.possible)}**: there are too many accounts for the rate at which "
            f"{source} may be asked."
        )
    if status.pending:
        lines.append(f"{plural(status.pending, 'member')} to be looked at now.")
    return lines


def hold_words(
    hold: Hold, gate_roles: Mapping[int, int] | None = None, names: Mapping[CollectionRef, str] | None = None
) -> str:
    """What waits, why, and since when; `gate_roles`: gate → its role."""
    about = _SCOPES[hold.scope].format(key=_key_words(hold, gate_roles or {}, names or {}))
    numbers = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in hold.numbers)
    return f"**{about}**: {_CAUSES[hold.cause]}{f' ({numbers})' if numbers else ''}, since {moment(hold.since)}."


def _key_words(hold: Hold, gate_roles: Mapping[int, int], names: Mapping[CollectionRef, str]) -> str:
    """What a hold is about, as people know it."""
    key = safe_text(hold.key, _LONGEST_LABEL)
    if hold.scope is Scope.GATE:
        role_id = gate_roles.get(int(hold.key))
        return f"{key} (<@&{role_id}>)" if role_id else key
    if hold.scope is Scope.COLLECTION:
        network, _, collection_id = hold.key.rpartition(":")
        return names.get(CollectionRef(network, collection_id)) or key
    return key


def released_embed(approved: int) -> discord.Embed:
    """The hold of an admin has ended; `approved`: how many removals were approved meanwhile."""
    words = "Misses are counted again from the beginning."
    if approved:
        are = "are" if approved > 1 else "is"
        words += f" {plural(approved, 'removal')} that an admin approved {are} made now, if still due."
    return embeds.done_embed("Released", words)


NO_HOLD = embeds.done_embed("Nothing to release", "There was no hold of an admin.")


def run_words(run: Run) -> str:
    """What a run did."""
    words = f"#{run.run_id}, {moment(run.started_at)}: {counts_of(run)}"
    return f"{words}; undone {moment(run.undone_at)}" if run.undone_at else words


def counts_of(run: Run) -> str:
    """How much a run changed."""
    failed = f", {run.failed:,} failed" if run.failed else ""
    return f"{run.added:,} given, {run.removed:,} taken{failed}"


def staged_lines(staged: Sequence[Staged]) -> list[str]:
    """Removals that wait, each with its member, role and reason."""
    return [
        f"<@{one.user_id}> loses <@&{one.gate.role_id}>: {safe_text(one.sentence, _LONGEST_REASON)}" for one in staged
    ]


def alert_embed(holds: Sequence[str], staged: Sequence[Staged], note: str = "") -> discord.Embed:
    """That removals wait: why, and whose; `note`: what an approval has no effect before."""
    shown = staged_lines(staged[:STAGED_A_PAGE])
    if len(staged) > len(shown):
        shown.append(f"… and {len(staged) - len(shown):,} more: `/sync staged` shows them all.")
    embed = discord.Embed(
        title="Nobody loses a role before you decide",
        description=_cut("\n".join([*holds, _MEANWHILE, *([f"⚠ {note}"] if note else [])]), 1500),
        colour=embeds.CAUTION,
    )
    name = plural(len(staged), "removal") + " to decide about"
    for lines in _packed(shown):
        embed.add_field(name=name, value="\n".join(lines), inline=False)
        name = "\N{ZERO WIDTH SPACE}"
    return embed.set_footer(
        text="Approve: they are taken from those who still do not qualify. Discard: members keep them for a day. "
        "Fixed: everybody is read again."
    )


def _packed(lines: Sequence[str]) -> list[list[str]]:
    """Lines in groups that each fit into a field."""
    groups: list[list[str]] = []
    for line in map(_cut, lines):
        if not groups or sum(map(len, groups[-1])) + len(groups[-1]) + len(line) > _FIELD:
            groups.append([])
        groups[-1].append(line)
    return groups


def moment(at: datetime) -> str:
    """A moment in the reader's time, as Discord shows it."""
    return f"<t:{int(at.timestamp())}:R>"


def span_words(span: timedelta) -> str:
    """`"30 seconds"`, `"10 minutes"`, `"5 hours"`."""
    seconds = max(1, round(span.total_seconds()))
    if seconds < 60:  # noqa: PLR2004 - a minute
        return plural(seconds, "second")
    minutes = -(-seconds // 60)
    return plural(minutes, "minute") if minutes <= 120 else plural(-(-minutes // 60), "hour")  # noqa: PLR2004 - hours


def _cut(text: str, limit: int = _FIELD) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
