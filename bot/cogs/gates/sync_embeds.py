"""Sync in words: how it stands, what waits for a person, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import discord

from bot.gates.rule import CollectionRef
from bot.messages import Message, reader_text
from bot.roles.safety import Cause, Hold, Scope
from bot.sync.results import Run, Staged, SyncStatus
from bot.text import safe_text
from bot.ui import embeds

STAGED_A_PAGE = 10
_LONGEST_REASON = 200
_LONGEST_LABEL = 60
_MOST_SHOWN = 8
_FIELD = 1000  # of the 1,024 of a field

_TITLE = Message("Sync")
_WAIT_NAME = Message("Removals wait")
_SILENT_NAME = Message("Sources that do not answer")
_SILENT = Message("{source} since {when}: nobody loses a role for that")
_CHANGES_NAME = Message("Last changes")
_NO_CHANGES = Message("Nothing was changed yet.")
_LINKED = Message("{count:,} linked member with {accounts}.", "{count:,} linked members with {accounts}.")
_ACCOUNTS = Message("{count:,} account", "{count:,} accounts")
_UNREAD = Message("{count:,} account never read yet.", "{count:,} accounts never read yet.")
_OLDEST = Message("The oldest reading is of {when}.")
_NEXT = Message("The next account is due {when}.")
_EVERY = Message("Each account is to be read every {span}.")
_POSSIBLE = Message(
    "**Possible is every {span}**: there are too many accounts for the rate at which {source} may be asked."
)
_PENDING = Message("{count:,} member to be looked at now.", "{count:,} members to be looked at now.")
_TO_DECIDE = Message("{count:,} removal to decide about", "{count:,} removals to decide about")
_TO_DECIDE_LINE = Message(
    "{count:,} removal to decide about: `/sync staged`.", "{count:,} removals to decide about: `/sync staged`."
)
_HOLD = Message("**{what}**: {cause}, since {when}.")
_HOLD_NUMBERS = Message("**{what}**: {cause} ({numbers}), since {when}.")
_RELEASED = Message("Released")
_AGAIN = Message("Misses are counted again from the beginning.")
_APPROVED = Message(
    "{count:,} removal that an admin approved is made now, if still due.",
    "{count:,} removals that an admin approved are made now, if still due.",
)
_NO_HOLD_TITLE = Message("Nothing to release")
_NO_HOLD = Message("There was no hold of an admin.")
_UNDONE = Message("{run}; undone {when}")
_COUNTS = Message("{added:,} given, {removed:,} taken")
_COUNTS_FAILED = Message("{added:,} given, {removed:,} taken, {failed:,} failed")
_STAGED = Message("{member} loses {role}: {reason}")
_MORE_STAGED = Message("… and {more:,} more: `/sync staged` shows them all.")
_ALERT_TITLE = Message("Nobody loses a role before you decide")
_MEANWHILE = Message("Nothing is taken until then; roles are still given.")
_ALERT_FOOTER = Message(
    "Approve: they are taken from those who still do not qualify. Discard: members keep them for a day. "
    "Fixed: everybody is read again."
)
_SECONDS = Message("{count:,} second", "{count:,} seconds")
_MINUTES = Message("{count:,} minute", "{count:,} minutes")
_HOURS = Message("{count:,} hour", "{count:,} hours")

_SCOPES: Mapping[Scope, Message] = {
    Scope.GATE: Message("Gate #{key}"),
    Scope.SOURCE: Message("Every gate that asks about {key}"),
    Scope.COLLECTION: Message("Every gate that asks about {key}"),
}
# By what `Hold.numbers` calls them.
_NUMBERS: Mapping[str, Message] = {
    "losing": Message("losing {number:,}"),
    "removed_in_a_day": Message("removed in a day {number:,}"),
    "holders": Message("holders {number:,}"),
    "emptied": Message("emptied {number:,}"),
    "accounts": Message("accounts {number:,}"),
    "gone": Message("gone {number:,}"),
    "gates": Message("gates {number:,}"),
    "limit": Message("limit {number:,}"),
}
_EVERY_GATE = Message("Every gate of this server")
_CAUSES: Mapping[Cause, Message] = {
    Cause.TOO_MANY_AT_ONCE: Message("too many of its holders would lose the role at once"),
    Cause.TOO_MANY_IN_A_DAY: Message("too many of its holders would have lost the role within a day"),
    Cause.SOURCE_EMPTIED: Message("too many accounts that held something are reported as empty"),
    Cause.COLLECTION_HALVED: Message("half of the holders are reported to hold none of it any more"),
    Cause.ADMIN: Message("an admin said so (`/sync release` ends it)"),
    Cause.INVITED_AGAIN: Message("Tessera was added again, and looks at everybody first"),
}


def status_embed(status: SyncStatus, names: Mapping[CollectionRef, str] | None = None) -> discord.Embed:
    """How sync stands in a server; `names`: of collections, safe to show."""
    embed = discord.Embed(title=_TITLE().render(), description="\n".join(_status_lines(status)), colour=embeds.BRAND)
    if status.holds:
        embed.colour = embeds.CAUTION
        lines = [hold_words(hold, status.gate_roles, names) for hold in status.holds[:_MOST_SHOWN]]
        lines.append(_TO_DECIDE_LINE(count=status.staged).render())
        embed.add_field(name=_WAIT_NAME().render(), value=_cut("\n".join(lines)), inline=False)
    if status.failing:
        embed.colour = embeds.CAUTION
        lines = [
            _SILENT(source=safe_text(reader_text(label), _LONGEST_LABEL), when=moment(since)).render()
            for label, since in list(status.failing.items())[:_MOST_SHOWN]
        ]
        embed.add_field(name=_SILENT_NAME().render(), value=_cut("\n".join(lines)), inline=False)
    run = run_words(status.last_run) if status.last_run else _NO_CHANGES().render()
    return embed.add_field(name=_CHANGES_NAME().render(), value=run, inline=False)


def _status_lines(status: SyncStatus) -> list[str]:
    lines = [_LINKED(count=status.members, accounts=_ACCOUNTS(count=status.accounts))]
    if status.unread:
        lines.append(_UNREAD(count=status.unread))
    if status.oldest_at:
        lines.append(_OLDEST(when=moment(status.oldest_at)))
    if status.next_at:
        lines.append(_NEXT(when=moment(status.next_at)))
    lines.append(_EVERY(span=span_words(status.interval)))
    if status.possible and status.possible > status.interval:
        source = safe_text(reader_text(status.slow_source), _LONGEST_LABEL)
        lines.append(_POSSIBLE(span=span_words(status.possible), source=source))
    if status.pending:
        lines.append(_PENDING(count=status.pending))
    return [line.render() for line in lines]


def hold_words(
    hold: Hold, gate_roles: Mapping[int, int] | None = None, names: Mapping[CollectionRef, str] | None = None
) -> str:
    """What waits, why, and since when; `gate_roles`: gate → its role."""
    scope = _SCOPES.get(hold.scope)
    what = scope(key=_key_words(hold, gate_roles or {}, names or {})) if scope else _EVERY_GATE()
    numbers = ", ".join(_NUMBERS[name](number=count).render() for name, count in hold.numbers if name in _NUMBERS)
    cause, when = _CAUSES[hold.cause](), moment(hold.since)
    words = _HOLD_NUMBERS(what=what, cause=cause, numbers=numbers, when=when) if numbers else None
    return (words or _HOLD(what=what, cause=cause, when=when)).render()


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
    words = [_AGAIN().render(), *([_APPROVED(count=approved).render()] if approved else [])]
    return embeds.done_embed(_RELEASED().render(), " ".join(words))


def no_hold_embed() -> discord.Embed:
    """There is nothing that could be released."""
    return embeds.done_embed(_NO_HOLD_TITLE().render(), _NO_HOLD().render())


def run_words(run: Run) -> str:
    """What a run did."""
    words = f"#{run.run_id}, {moment(run.started_at)}: {counts_of(run)}"
    return _UNDONE(run=words, when=moment(run.undone_at)).render() if run.undone_at else words


def counts_of(run: Run) -> str:
    """How much a run changed."""
    if run.failed:
        return _COUNTS_FAILED(added=run.added, removed=run.removed, failed=run.failed).render()
    return _COUNTS(added=run.added, removed=run.removed).render()


def staged_lines(staged: Sequence[Staged]) -> list[str]:
    """Removals that wait, each with its member, role and reason."""
    return [
        _STAGED(
            member=f"<@{one.user_id}>",
            role=f"<@&{one.gate.role_id}>",
            reason=safe_text(one.sentence, _LONGEST_REASON),
        ).render()
        for one in staged
    ]


def alert_embed(holds: Sequence[str], staged: Sequence[Staged], note: str = "") -> discord.Embed:
    """That removals wait: why, and whose; `note`: what an approval has no effect before."""
    lines = staged_lines(staged[:STAGED_A_PAGE])
    if len(staged) > len(lines):
        lines.append(_MORE_STAGED(more=len(staged) - len(lines)).render())
    embed = discord.Embed(
        title=_ALERT_TITLE().render(),
        description=_cut("\n".join([*holds, _MEANWHILE().render(), *([f"⚠ {note}"] if note else [])]), 1500),
        colour=embeds.CAUTION,
    )
    name = to_decide_words(len(staged))
    for group in _packed(lines):
        embed.add_field(name=name, value="\n".join(group), inline=False)
        name = "\N{ZERO WIDTH SPACE}"
    return embed.set_footer(text=_ALERT_FOOTER().render())


def to_decide_words(count: int) -> str:
    """How many removals wait: the title of a list of them."""
    return _TO_DECIDE(count=count).render()


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
        return _SECONDS(count=seconds).render()
    minutes = -(-seconds // 60)
    words = _MINUTES(count=minutes) if minutes <= 120 else _HOURS(count=-(-minutes // 60))  # noqa: PLR2004 - hours
    return words.render()


def _cut(text: str, limit: int = _FIELD) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
