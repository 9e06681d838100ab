"""Numbers about holders in words: exactly where they are completely known, and else "at least", with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import discord

from bot.counts import Count
from bot.gates.rule import CollectionRef
from bot.holders.held import HeldMember, OpenReason
from bot.messages import Message, Words

KINDS = Message("{count:,} kind", "{count:,} kinds")
COPIES = Message("{count:,} copy", "{count:,} copies")
MEMBERS = Message("{count:,} member", "{count:,} members")
ACCOUNTS = Message("{count:,} account", "{count:,} accounts")

_AT_LEAST = Message("at least {number}")
_BETWEEN = Message("{low:,} to {number}")
_UNKNOWN = Message("an unknown number")
# Of those who share something: whether they may be named.
PRESENCE_UNKNOWN = Message(
    "Of {count:,} member who shares it Discord does not say right now whether they are still here: try again.",
    "Of {count:,} members who share it Discord does not say right now whether they are still here: try again.",
)
_NEVER_COUNTS = Message("Never counted in this server: {collections}. `/settings include` ends that.")
_WHY: Mapping[OpenReason, Message] = {
    OpenReason.NEVER_READ: Message(
        "{count:,} account was never read.",
        "{count:,} accounts were never read.",
    ),
    OpenReason.TOO_OLD: Message(
        "{count:,} account was read too long ago to tell what it holds now.",
        "{count:,} accounts were read too long ago to tell what they hold now.",
    ),
    OpenReason.PARTLY_READ: Message(
        "{count:,} account could only be read in part.",
        "{count:,} accounts could only be read in part.",
    ),
    OpenReason.NOT_COUNTED: Message(
        "Of {count:,} account its source did not say how many it holds.",
        "Of {count:,} accounts their source did not say how many they hold.",
    ),
    OpenReason.OWNER_UNCERTAIN: Message(
        "Of {count:,} account it must be confirmed first whose it is.",
        "Of {count:,} accounts it must be confirmed first whose they are.",
    ),
    OpenReason.NO_SOURCE: Message(
        "{count:,} account is on a network that no source here knows any more.",
        "{count:,} accounts are on a network that no source here knows any more.",
    ),
}


def counted(count: Count, noun: Message) -> Words:
    """`12 kinds`, `at least 12 kinds`, `12 to 15 members`, `an unknown number`."""
    if count.high == count.low:
        return noun(count=count.low)
    if count.high is not None:
        return _BETWEEN(low=count.low, number=noun(count=count.high))
    return _AT_LEAST(number=noun(count=count.low)) if count.low else _UNKNOWN()


def why_open(reasons: Mapping[OpenReason, int]) -> Sequence[Words]:
    """A sentence for each reason why something is not known."""
    return [_WHY[reason](count=reasons[reason]) for reason in OpenReason if reasons.get(reason)]


def never_counting(collections: Sequence[CollectionRef]) -> Sequence[Words]:
    """That a server leaves some collections out, whose holders are therefore known to nobody; none: it leaves none."""
    return [_NEVER_COUNTS(collections=", ".join(f"`{each}`" for each in collections))] if collections else []


def reasons_of(members: Sequence[HeldMember]) -> Mapping[OpenReason, int]:
    """Reason → of how many accounts of these members."""
    found: dict[OpenReason, int] = {}
    for member in members:
        for each in member.accounts:
            if each.reason:
                found[each.reason] = found.get(each.reason, 0) + 1
    return found


def rendered(parts: Sequence[Words], between: str = "\n") -> str:
    """Sentences as one text."""
    return between.join(part.render() for part in parts)


def when(at: datetime) -> str:
    """A moment, which Discord shows in the reader's own time."""
    return discord.utils.format_dt(at, "R")


def day(at: datetime) -> str:
    """A date with its time, likewise."""
    return discord.utils.format_dt(at, "f")
