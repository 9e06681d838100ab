"""Long answers about gates, page by page: who would gain or lose a role, and the gates of a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from bot.cogs.gates.change_words import change_words
from bot.cogs.gates.gate_embeds import GateSentences, list_parts
from bot.gates.gate import Gate
from bot.gates.rule import CollectionRef
from bot.messages import Message
from bot.store.gates.gate_history import Change
from bot.sync.results import Preview
from bot.ui.embeds import BRAND, fit, pages_of
from bot.ui.page_items import Choice
from bot.ui.turning_pages import TurningPages

_NOBODY = Message("Nobody.")
_NAMES_FOOTER = Message("As of the preview · page {page} of {pages} · {count:,} in all")
_GATES = Message("Gates")
_HISTORY = Message("History")
_NO_HISTORY = Message("Nothing was decided here yet.")
_HISTORY_FOOTER = Message("take_back with a number sets it to what it was before, after a preview")
_TAB = Message("{outcome} ({count:,})")
_NAMES_A_PAGE = 40
_GATES_A_PAGE = 6
_CHANGES_A_PAGE = 5
_OUTCOMES = {
    "gain": Message("Gain it"),
    "lose": Message("Lose it"),
    "unknown": Message("Unknown"),
    "keep": Message("Keep it"),
}


class NamePages(TurningPages):
    """Members by what would become of them: mentions, which notify nobody.

    Args:
        preview: Of whom.
        tab: Which of the four lists.
        header: Shown above each page.
    """

    def __init__(self, preview: Preview, tab: str = "gain", header: discord.Embed | None = None) -> None:
        self._preview = preview
        self._header = header
        self._tab = tab
        listed: Mapping[int, Sequence[int]] = getattr(preview, tab)
        self._lines = [(role_id, user_id) for role_id, user_ids in listed.items() for user_id in user_ids]

    def page_count(self) -> int:
        """At least one."""
        return max(1, -(-len(self._lines) // _NAMES_A_PAGE))

    def embeds(self, page: int) -> list[discord.Embed]:
        """Forty members, under their roles."""
        parts: dict[int, list[str]] = {}
        for role_id, user_id in self._lines[page * _NAMES_A_PAGE : (page + 1) * _NAMES_A_PAGE]:
            parts.setdefault(role_id, []).append(f"<@{user_id}>")
        words = "\n\n".join(f"<@&{role_id}>\n{' '.join(users)}" for role_id, users in parts.items())
        embed = discord.Embed(
            title=_OUTCOMES[self._tab]().render(), description=words or _NOBODY().render(), colour=BRAND
        )
        footer = _NAMES_FOOTER(page=page + 1, pages=self.page_count(), count=len(self._lines))
        embed.set_footer(text=footer.render())
        return [self._header, embed] if self._header else [embed]

    def tabs(self) -> Sequence[Choice]:
        """The four lists."""
        return [Choice(tab, _TAB(outcome=words(), count=self._count(tab)).render()) for tab, words in _OUTCOMES.items()]

    def tab(self) -> str:
        """Which one this is."""
        return self._tab

    async def switch(self, value: str) -> NamePages:
        """Another one."""
        return NamePages(self._preview, value if value in _OUTCOMES else "gain", self._header)

    def _count(self, tab: str) -> int:
        return sum(map(len, getattr(self._preview, tab).values()))


class GatePages(TurningPages):
    """The gates of a server.

    Args:
        gates: All of them.
        aliases: Sets of collections that count as the same, after them.
        sentences: Says them.
    """

    def __init__(self, gates: Sequence[Gate], aliases: Sequence[Sequence[object]], sentences: GateSentences) -> None:
        self._pages = pages_of(list_parts(gates, aliases, sentences), _GATES_A_PAGE)

    def page_count(self) -> int:
        """At least one."""
        return len(self._pages)

    def embeds(self, page: int) -> list[discord.Embed]:
        """Six gates, or fewer where their rules are long."""
        return fit([discord.Embed(title=_GATES().render(), description="\n\n".join(self._pages[page]), colour=BRAND)])

    async def ask_again(self) -> GatePages:
        """The list stays what it was."""
        return self

    def tabs(self) -> Sequence[Choice]:
        """None."""
        return ()

    def tab(self) -> str:
        """None."""
        return ""

    async def switch(self, value: str) -> GatePages:
        """There is no other."""
        del value
        return self


class HistoryPages(TurningPages):
    """Who changed what, newest first.

    Args:
        changes: Of a server.
        sentences: Says gates.
        names: Of collections, safe to show.
    """

    def __init__(
        self, changes: Sequence[Change], sentences: GateSentences, names: Mapping[CollectionRef, str] | None = None
    ) -> None:
        self._pages = pages_of([change_words(change, sentences, names or {}) for change in changes], _CHANGES_A_PAGE)

    def page_count(self) -> int:
        """At least one."""
        return len(self._pages)

    def embeds(self, page: int) -> list[discord.Embed]:
        """Five changes, or fewer where their rules are long."""
        words = "\n\n".join(self._pages[page])
        embed = discord.Embed(title=_HISTORY().render(), description=words or _NO_HISTORY().render(), colour=BRAND)
        return fit([embed.set_footer(text=_HISTORY_FOOTER().render())])

    async def ask_again(self) -> HistoryPages:
        """History stays what it was."""
        return self

    def tabs(self) -> Sequence[Choice]:
        """None."""
        return ()

    def tab(self) -> str:
        """None."""
        return ""

    async def switch(self, value: str) -> HistoryPages:
        """There is no other."""
        del value
        return self
