"""What stands at the head of an exported file: what it is of, as of when, and, loudly, what is not known.

In English, as the same snapshot has to give the same bytes wherever it is exported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.counts import Count
from bot.holders.export_view import ExportView
from bot.holders.snapshot import Gap, Snapshot, gap_words
from bot.messages import Message, Words

INCOMPLETE = Message(
    "INCOMPLETE: of one member in this snapshot something is not known. What is not known is not zero.",
    "INCOMPLETE: of {count:,} members in this snapshot something is not known. What is not known is not zero.",
)
COMPLETE = Message("Complete: of each member it is known whether they fit the rule, and how much they hold.")
_GAP = Message("Of one account: {why}.", "Of {count:,} accounts: {why}.")
_FORGOTTEN = Message(
    "One member is not in it any more: they had all their data deleted.",
    "{count:,} members are not in it any more: they had all their data deleted.",
)
_HIDDEN = Message(
    "The address of one account is not shown: this server does not show addresses, and its member does not share it.",
    "The addresses of {count:,} accounts are not shown: this server does not show addresses, and their members do not "
    "share them.",
)
_LEFT = Message(
    "One member is left out, who left the server since.",
    "{count:,} members are left out, who left the server since.",
)
_WITHOUT_ADDRESS = Message(
    "INCOMPLETE: one member is not in this list, or not with all they hold, as an address of theirs may not be shown.",
    "INCOMPLETE: {count:,} members are not in this list, or not with all they hold, as addresses of theirs may not be "
    "shown.",
)
_UNCERTAIN = Message(
    "INCOMPLETE: one member is not in this list, as it is not known whether they fit, or whether they hold anything.",
    "INCOMPLETE: {count:,} members are not in this list, as it is not known whether they fit, or whether they hold "
    "anything.",
)
_LOWER_BOUNDS = Message(
    "INCOMPLETE: the amount of one member is “at least”: they may hold more.",
    "INCOMPLETE: the amounts of {count:,} members are “at least”: they may hold more.",
)
_PERHAPS_MORE = Message(
    "INCOMPLETE: one member may hold more at another address, which is not in this list: of another account of theirs "
    "it is not known whether it holds any.",
    "INCOMPLETE: {count:,} members may hold more at other addresses, which are not in this list: of other accounts of "
    "theirs it is not known whether they hold any.",
)


def how_known(count: Count) -> str:
    """How far a number is known, as a word for a column."""
    if count.high == count.low:
        return "exactly"
    return "at least" if count.low else "unknown"


def number_of(count: Count) -> int | None:
    """The number for a column; None: it is unknown, which is not zero."""
    return count.low if count.low or count.high == 0 else None


def moment_text(at: datetime | None) -> str:
    """A moment for a column; "": never."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""


def what_is_missing(view: ExportView) -> Iterator[Words]:
    """A sentence for everything that a reader must know before they rely on the numbers; none: there is nothing."""
    snapshot = view.snapshot
    if snapshot.incomplete:
        yield INCOMPLETE(count=snapshot.incomplete)
        for gap, count in snapshot.gaps.items():
            yield gap_sentence(gap, count)
    yield from remarks(view)


def gap_sentence(gap: Gap, count: int) -> Words:
    """Why something about so many accounts is not known."""
    return _GAP(count=count, why=gap_words(gap))


def remarks(view: ExportView) -> Iterator[Words]:
    """What is left out on purpose."""
    if view.snapshot.forgotten:
        yield _FORGOTTEN(count=view.snapshot.forgotten)
    if view.hidden:
        yield _HIDDEN(count=view.hidden)
    if view.left_out:
        yield _LEFT(count=view.left_out)


def missing_in_list(*, without_address: int, uncertain: int, lower_bounds: int, perhaps_more: int) -> Iterator[Words]:
    """A sentence for everything that a list of addresses lacks; none: it is whole."""
    counts = {
        _WITHOUT_ADDRESS: without_address,
        _UNCERTAIN: uncertain,
        _LOWER_BOUNDS: lower_bounds,
        _PERHAPS_MORE: perhaps_more,
    }
    yield from (message(count=count) for message, count in counts.items() if count)


def facts_of(snapshot: Snapshot) -> dict[str, str | int | None]:
    """What a snapshot is of, by name, in the order in which it is written."""
    as_of = snapshot.as_of
    return {
        "server": str(snapshot.guild_id),
        "snapshot": snapshot.snapshot_id or None,
        "made_at": moment_text(snapshot.made_at),
        "oldest_reading": moment_text(as_of[0]) if as_of else None,
        "newest_reading": moment_text(as_of[1]) if as_of else None,
        "rule": snapshot.request.rule,
        "of": ", ".join(snapshot.names) or None,
        "weight": snapshot.weight.value,
        "minimum": snapshot.request.minimum,
        "members": len(snapshot.members),
        "accounts": sum(len(member.held.accounts) for member in snapshot.members),
    }
