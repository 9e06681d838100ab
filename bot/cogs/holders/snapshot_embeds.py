"""Snapshots and schedules in words: what each is of, as of when, and, loudly, what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import discord

from bot.cogs.holders.holder_words import day, never_counting, rendered, when
from bot.holders.export_head import remarks
from bot.holders.export_view import ExportView
from bot.holders.seal import Seal
from bot.holders.snapshot import Every, Snapshot, SnapshotRequest, SnapshotSchedule, weight_words
from bot.messages import Message, Words, words_of_text
from bot.store.holders.snapshot_search import ListedSnapshot
from bot.text import safe_text
from bot.ui.embeds import BRAND, CAUTION, cut_lines

_TITLE = Message("Snapshot {number}")
_OF = Message("{what} by {weight}: **one** member.", "{what} by {weight}: **{count:,}** members.")
_NAMED = Message("**{names}** ({rule})")
_MADE = Message("Made {when}. What it says was read between {first} and {last}.")
_MADE_AS_OF = Message("Made {when}, from what was read {last}.")
_MADE_UNREAD = Message("Made {when}. Nothing of it was read yet.")
_COMPLETE = Message("Complete: of each of them it is known whether they fit, and how much they hold.")
_COMPLETE_LIST = Message(
    "The list has every address that belongs in it. How much they hold is not known of all of them; it has no amounts."
)
_DIGEST = Message("SHA-256: `{sha256}`")
_SIGNED = Message("Signed with the key `{key}`. `tessera snapshot verify` checks it.")
_NOT_SIGNED = Message("Not signed: this bot has no key for that.")
_ASK = Message("{what}\n\nThe file says so too. Do you want it as it is?")
_NOBODY = Message("Nobody in this server fits `{rule}`, or may fit it. There is nothing to export.")
_NOBODY_SO_MANY = Message(
    "Nobody in this server fits `{rule}` and holds at least {minimum:,}, or may. There is nothing to export."
)
_MINIMUM = Message("{what}, at least {minimum:,}")

_SCHEDULES = Message("Scheduled snapshots")
_NO_SCHEDULES = Message("There are none. `/holders schedule` with a rule makes one.")
_SCHEDULE = Message(
    "**{number}** · {what} by {weight} · {every} · the newest one is retained · {when}",
    "**{number}** · {what} by {weight} · {every} · the newest {count:,} are retained · {when}",
)
_NEXT, _DUE = Message("next {when}"), Message("due now")
_LOUD = Message("⚠ {words}")
_SHOW_THEM = Message("`/settings visibility` lets exports name the accounts of all members.")
_FAILED = Message("⚠ The latest one could not be made: {why}")
_EVERY = {Every.DAY: Message("every day"), Every.WEEK: Message("every week"), Every.MONTH: Message("every month")}

# What was read within so long is shown as of one moment, the earlier one.
_AT_ONCE = timedelta(minutes=1)
_DESCRIPTION = 4000
_CHOICE = _NAME = 100


def request_words(request: SnapshotRequest) -> Words | str:
    """What a snapshot is of; of a very long rule its beginning, as the file has all of it."""
    rule = f"`{request.short_rule}`"
    return _MINIMUM(what=rule, minimum=request.minimum) if request.minimum else rule


def exported_embed(view: ExportView, seal: Seal, missing: Sequence[Words]) -> discord.Embed:
    """What is said beside a file."""
    complete = _COMPLETE if view.snapshot.is_complete else _COMPLETE_LIST
    known = [_LOUD(words=words) for words in missing] or [complete()]
    lines = [*_about(view.snapshot), *known, *remarks(view)]
    if view.hidden:
        lines.append(_SHOW_THEM())
    lines.append(_DIGEST(sha256=seal.sha256))
    lines.append(_SIGNED(key=seal.public_key) if seal.is_signed else _NOT_SIGNED())
    return _embed(_TITLE(number=view.snapshot.snapshot_id), lines, is_loud=bool(missing))


def asking_embed(view: ExportView, missing: Sequence[Words]) -> discord.Embed:
    """What is said before a file is sent that is not complete."""
    what = rendered([_LOUD(words=words) for words in missing])
    return _embed(_TITLE(number=view.snapshot.snapshot_id), [*_about(view.snapshot), _ASK(what=what)], is_loud=True)


def nobody_embed(view: ExportView) -> discord.Embed:
    """What is said of a snapshot with nobody in it, with all that may be the cause."""
    request, counting = view.snapshot.request, view.snapshot.counting
    nobody = _NOBODY(rule=request.short_rule)
    if request.minimum:
        nobody = _NOBODY_SO_MANY(rule=request.short_rule, minimum=request.minimum)
    lines = [nobody, *never_counting(counting.left_out if counting else ()), *remarks(view)]
    return _embed(_TITLE(number=view.snapshot.snapshot_id), lines)


def schedules_embed(schedules: Sequence[SnapshotSchedule], now: datetime, done: Words | None = None) -> discord.Embed:
    """The schedules of a server as they are now; `done` says what was just changed."""
    lines: list[Words] = [done] if done else []
    for each in schedules:
        lines.append(
            _SCHEDULE(
                number=each.schedule_id,
                what=request_words(each.request),
                weight=weight_words(each.request.weight),
                every=_EVERY[each.every](),
                count=each.retain,
                when=_NEXT(when=when(each.next_at)) if each.next_at > now else _DUE(),
            )
        )
        if each.failure:
            lines.append(_FAILED(why=words_of_text(each.failure)))
    return _embed(_SCHEDULES(), lines if schedules else [*lines, _NO_SCHEDULES()])


def snapshot_choice(listed: ListedSnapshot) -> str:
    """A snapshot in a menu, in plain text."""
    snapshot = listed.snapshot
    words = f"{snapshot.snapshot_id} · {snapshot.made_at:%Y-%m-%d %H:%M} UTC · {snapshot.request.rule}"
    return words if len(words) <= _CHOICE else f"{words[: _CHOICE - 1]}…"


def _about(snapshot: Snapshot) -> list[Words]:
    what = request_words(snapshot.request)
    if snapshot.names:
        # They are plain text, as a file has them.
        what = _NAMED(names=", ".join(safe_text(name, _NAME) for name in snapshot.names), rule=what)
    of = _OF(what=what, weight=weight_words(snapshot.weight), count=len(snapshot.members))
    made = day(snapshot.made_at)
    if snapshot.as_of is None:
        return [of, _MADE_UNREAD(when=made)]
    first, last = snapshot.as_of
    if last - first < _AT_ONCE:
        return [of, _MADE_AS_OF(when=made, last=when(first))]
    return [of, _MADE(when=made, first=day(first), last=day(last))]


def _embed(title: Words, lines: Iterable[Words], *, is_loud: bool = False) -> discord.Embed:
    text = cut_lines(rendered([*lines]), _DESCRIPTION)
    return discord.Embed(title=title.render(), description=text, colour=CAUTION if is_loud else BRAND)
