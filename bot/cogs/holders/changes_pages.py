"""`/holders changes`: who joined and left the holders of a collection, and who holds more or less, since a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import discord

from bot.cogs.holders.holder_words import KINDS, counted, day, never_counting, rendered
from bot.holders.change_kind import ChangeKind
from bot.holders.changes import HolderChange, HolderChanges
from bot.messages import Message, Words
from bot.ui.embeds import BRAND, CAUTION, fit
from bot.ui.turning_pages import TurningPages

_TITLE = Message("Changes among the holders of {collection}")
_SINCE = Message("Since {since}:")
_FIRST_LOOKED = Message("We first looked on {first}: from {asked} until then nothing is known. Since we first looked:")
_NEVER_LOOKED = Message(
    "Nobody has looked at this collection's holders here yet: accounts are read once a member has proven one by "
    "`/verify`, while a server of this bot has a gate."
)
_NOTHING = Message("Nothing changed.")
_UNCHANGED = Message("{count:,} member holds as many as then.", "{count:,} members hold as many as then.")
_SUMMARY: Mapping[ChangeKind, Message] = {
    ChangeKind.JOINED: Message("{count:,} joined", "{count:,} joined"),
    ChangeKind.LEFT: Message("{count:,} left", "{count:,} left"),
    ChangeKind.UP: Message("{count:,} holds more", "{count:,} hold more"),
    ChangeKind.DOWN: Message("{count:,} holds less", "{count:,} hold less"),
    ChangeKind.SEEN_FIRST: Message("{count:,} seen for the first time", "{count:,} seen for the first time"),
    ChangeKind.UNKNOWN: Message("{count:,} not known", "{count:,} not known"),
}
_HEADINGS: Mapping[ChangeKind, Message] = {
    ChangeKind.JOINED: Message("**Joined the holders**"),
    ChangeKind.LEFT: Message("**Hold none any more**"),
    ChangeKind.UP: Message("**Hold more**"),
    ChangeKind.DOWN: Message("**Hold less**"),
    ChangeKind.SEEN_FIRST: Message("**Seen for the first time since** (what they held before, nobody looked at)"),
    ChangeKind.UNKNOWN: Message("**Not known** (then or now it could not be read)"),
}
_LISTED = Message("{parts}.")
_LINE = Message("{member}: {before} → {after}")
_LINE_FIRST = Message("{member}: {after}")
_FOOTER = Message(
    "Page {page:,} of {pages:,} · members who are here now and whose accounts are linked now; a month has 30 days"
)
_LINES_A_PAGE = 25


@dataclass(frozen=True)
class ChangesPages(TurningPages):
    """The changes.

    Attributes:
        title: The collection, safe to show.
        asked: The moment that was asked about.
        found: What changed.
    """

    title: str
    asked: datetime
    found: HolderChanges

    def page_count(self) -> int:
        """At least one."""
        return max(1, -(-len(self.found.changes) // _LINES_A_PAGE))

    def embeds(self, page: int) -> list[discord.Embed]:
        """Twenty-five changes under their headings; the numbers of all on each page."""
        rows = self.found.changes[page * _LINES_A_PAGE : (page + 1) * _LINES_A_PAGE]
        text = rendered(self._summary())
        for kind in _HEADINGS:
            if its := [each for each in rows if each.kind is kind]:
                text += "\n\n" + rendered([_HEADINGS[kind](), *map(_line, its)])
        is_late = self.found.first_looked_at is None or self.found.since > self.asked
        embed = discord.Embed(
            title=_TITLE(collection=self.title).render(), description=text, colour=CAUTION if is_late else BRAND
        )
        embed.timestamp = self.found.made_at
        embed.set_footer(text=_FOOTER(page=page + 1, pages=self.page_count()).render())
        return fit([embed])

    def _summary(self) -> Sequence[Words]:
        first = self.found.first_looked_at
        if first is None:
            return [_NEVER_LOOKED()]
        if self.found.since > self.asked:
            begin = _FIRST_LOOKED(first=day(first), asked=day(self.asked))
        else:
            begin = _SINCE(since=day(self.found.since))
        counts = {kind: len(self.found.of(kind)) for kind in _SUMMARY}
        parts = [_SUMMARY[kind](count=count) for kind, count in counts.items() if count]
        changed = [_LISTED(parts=rendered(parts, " · "))] if parts else [_NOTHING()]
        unchanged = [_UNCHANGED(count=self.found.unchanged)] if self.found.unchanged else []
        return [begin, *changed, *unchanged, *never_counting(self.found.left_out)]


def _line(change: HolderChange) -> Words:
    mention, after = f"<@{change.user_id}>", counted(change.after, KINDS)
    if change.kind is ChangeKind.SEEN_FIRST:
        return _LINE_FIRST(member=mention, after=after)
    return _LINE(member=mention, before=counted(change.before, KINDS), after=after)
