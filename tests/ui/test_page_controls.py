"""Which buttons are below a page: none that can be pressed twice is gone at the second press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.ui.lasting_buttons import RefreshButton
from bot.ui.page_controls import Acts, PageControls
from bot.ui.page_items import Choice


@dataclass(frozen=True)
class TwoTabs:
    """One page in each."""

    shown: str = "a"

    def page_count(self) -> int:
        """One."""
        return 1

    def embeds(self, _page: int) -> list[discord.Embed]:
        """Nothing."""
        return []

    def choices(self, _page: int) -> Sequence[Choice]:
        """None."""
        return ()

    async def open(self, _value: str) -> TwoTabs:
        """The same."""
        return self

    def must_ask(self) -> bool:
        """They may be shown."""
        return False

    async def ask_again(self) -> TwoTabs:
        """The same."""
        return self

    def tabs(self) -> Sequence[Choice]:
        """Two."""
        return [Choice("a", "First"), Choice("b", "Second")]

    def tab(self) -> str:
        """The one that is shown."""
        return self.shown

    async def switch(self, value: str) -> TwoTabs:
        """The other."""
        return replace(self, shown=value)


async def _nothing(*_: Any) -> None:
    """Nobody presses here."""


async def test_a_second_press_on_the_first_tab_finds_it() -> None:
    view, refresh = discord.ui.View(), RefreshButton("tessera-run:fresh:pages", "Refresh")
    acts = Acts(_nothing, _nothing, _nothing, _nothing, _nothing, _nothing)
    controls = PageControls(view, acts, shown=lambda: (0, 0), placeholder="", actions=[refresh])

    def labels(tab: str) -> list[str | None]:
        controls.lay_out(TwoTabs(tab), 0, is_opened=False)
        return [item.label for item in view.children if isinstance(item, discord.ui.Button)]

    assert labels("a") == ["First", "Second"]
    assert view.children[0] is refresh
    assert labels("b") == ["First", "Second", "Start over"]
    first = view.children[0]
    assert labels("a") == ["First", "Second", "Refresh"]
    assert view.children[0] is first
