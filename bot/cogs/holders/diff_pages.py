"""Two snapshots compared, as pages: a tab for each kind of change, and those of whom it is not known apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import discord

from bot.cogs.holders.holder_words import day, rendered
from bot.cogs.holders.snapshot_embeds import request_words
from bot.holders.change_kind import ChangeKind
from bot.holders.snapshot import weight_words
from bot.holders.snapshot_changes import KINDS, SnapshotChange, SnapshotDiff
from bot.messages import Message, Words
from bot.pictures.chart_words import count_words
from bot.ui.embeds import BRAND, CAUTION
from bot.ui.page_items import Choice
from bot.ui.turning_pages import TurningPages

_TITLE = Message("From snapshot {first} to snapshot {second}")
_WHAT = Message("{what} by {weight}, from {then} to {now}.")
_SUMMARY = Message("**Joined** {joined:,} · **Left** {left:,} · **Up** {up:,} · **Down** {down:,} · **Same** {same:,}")
_UNKNOWN = Message(
    "⚠ Of one member it is not known what changed: they are in none of these numbers.",
    "⚠ Of {count:,} members it is not known what changed: they are in none of these numbers.",
)
_LOUD = Message("⚠ {words}")
_NOBODY = Message("Nobody.")
_LINE = Message("<@{user}> · {before} → {after}")
_PAGE = Message("{tab} · page {page} of {pages}")
_TABS = {
    ChangeKind.JOINED: Message("Joined"),
    ChangeKind.LEFT: Message("Left"),
    ChangeKind.UP: Message("Up"),
    ChangeKind.DOWN: Message("Down"),
    ChangeKind.UNKNOWN: Message("Unknown"),
}
_ON_A_PAGE = 20


@dataclass(frozen=True)
class DiffPages(TurningPages):
    """What changed, of one kind.

    Attributes:
        diff: All of it.
        kind: Which of it is listed.
    """

    diff: SnapshotDiff
    kind: ChangeKind

    @classmethod
    def of(cls, diff: SnapshotDiff) -> DiffPages:
        """The first kind of change that there is."""
        return cls(diff, next((kind for kind in _TABS if diff.of(kind)), ChangeKind.JOINED))

    def page_count(self) -> int:
        """How many pages, at least 1."""
        return max(1, -(-len(self.diff.of(self.kind)) // _ON_A_PAGE))

    def embeds(self, page: int) -> list[discord.Embed]:
        """What a page shows."""
        diff = self.diff
        before, after = diff.before, diff.after
        counts = {kind.value: len(diff.of(kind)) for kind in KINDS if kind is not ChangeKind.UNKNOWN}
        unknown = len(diff.of(ChangeKind.UNKNOWN))
        lines = [
            _WHAT(
                what=request_words(before.request),
                weight=weight_words(before.weight),
                then=day(before.made_at),
                now=day(after.made_at),
            ),
            _SUMMARY(**counts),
            *([_UNKNOWN(count=unknown)] if unknown else []),
            *(_LOUD(words=words) for words in diff.remarks),
        ]
        listed = diff.of(self.kind)[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
        embed = discord.Embed(
            title=_TITLE(first=before.snapshot_id, second=after.snapshot_id).render(),
            description=rendered(lines) + "\n\n" + rendered([*map(_line, listed)] or [_NOBODY()]),
            colour=CAUTION if unknown or diff.remarks else BRAND,
        )
        footer = _PAGE(tab=_TABS[self.kind](), page=page + 1, pages=self.page_count())
        return [embed.set_footer(text=footer.render())]

    def tabs(self) -> Sequence[Choice]:
        """The kinds of change."""
        return [Choice(kind.value, message().render()) for kind, message in _TABS.items()]

    def tab(self) -> str:
        """The kind that is listed."""
        return self.kind.value

    async def switch(self, value: str) -> DiffPages:
        """Another kind."""
        return replace(self, kind=ChangeKind(value))


def _line(change: SnapshotChange) -> Words:
    before, after = (count_words(each) if each else "-" for each in (change.before, change.after))
    return _LINE(user=change.user_id, before=before, after=after)
