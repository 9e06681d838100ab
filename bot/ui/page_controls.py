"""Which buttons and menus are below a page: the same objects as long as the view, as many of them as the page needs.

Only their appearance changes, as far as possible: a press on an item that was removed from its view while Discord has
not yet answered an edit stays unanswered. Links need no answer, and are made for each page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.ui.lasting_buttons import RefreshButton
from bot.ui.page_items import BackButton, Choose, JumpButton, OpenMenu, SequelButton, TabButton, Turn, TurnButton
from bot.ui.page_source import Linked, Opening, PageSource, Searchable, Sequel
from bot.ui.panel import Action

# Two links are beside the ways back and on. Beside ◀, the page number and ▶ a row has room for two more.
_TABS_BESIDE = 2
_TURN_ROW, _TAB_ROW, _LINK_ROW, _LAST_ROW = 0, 2, 3, 4


@dataclass(frozen=True)
class Acts:
    """What presses do; see `bot.ui.paginator`."""

    turn: Turn
    open: Choose
    switch: Choose
    back: Action
    go_on: Choose
    ask: Action


class PageControls:
    """The items of one view.

    Args:
        view: Where they are shown.
        acts: What presses do; `ask` opens the modal that asks for a page.
        shown: The page that is shown at the time of a press, and the last one.
        placeholder: The text on the menu.
        actions: What can be pressed besides, on every page.
    """

    def __init__(
        self,
        view: discord.ui.View,
        acts: Acts,
        *,
        shown: Callable[[], tuple[int, int]],
        placeholder: str,
        actions: Sequence[discord.ui.Item[Any]],
    ) -> None:
        def turn(action: str, emoji: str, target: Callable[[int, int], int]) -> TurnButton:
            return TurnButton(action, emoji, target, shown=shown, turn=acts.turn)

        self._view = view
        self._acts = acts
        self._ends = (
            turn("first", "⏮", lambda _page, _last: 0),
            turn("last", "⏭", lambda _page, last: last),
        )
        self._jump = JumpButton(acts.ask)
        self._turns: tuple[TurnButton | JumpButton, ...] = (
            self._ends[0],
            turn("previous", "◀", lambda page, _last: page - 1),
            self._jump,
            turn("next", "▶", lambda page, _last: page + 1),
            self._ends[1],
        )
        self._menu = OpenMenu(placeholder, acts.open)
        self._tabs: dict[str, TabButton] = {}
        self._back: BackButton | None = None
        self._sequel: SequelButton | None = None
        self._actions = actions
        self._placeholder = placeholder
        self._refresh = next((each for each in actions if isinstance(each, RefreshButton)), None)
        self._first_tab = ""
        self._has_switched = False

    def lay_out(self, source: PageSource, page: int, *, is_opened: bool) -> None:
        """Show what this page needs.

        Args:
            source: Whose page it is.
            page: From 0.
            is_opened: It was opened from another one, which "back" leads to.
        """
        last = source.page_count() - 1
        # Its page number takes a name as well, and "first" and "last" would only take room on a phone.
        is_searched = isinstance(source, Searchable)
        turns = [button for button in self._turns if last > 0 and not (is_searched and button in self._ends)]
        for button in turns:
            button.adapt(page, last)
        self._jump.emoji = "🔍" if is_searched else None
        choices = source.choices(page)
        self._menu.offer(choices)
        self._menu.placeholder = (source.placeholder if isinstance(source, Opening) else self._placeholder) or None
        wanted: list[discord.ui.Item[Any]] = [*turns, *([self._menu] if choices else ())]
        tabs = [*self._adapted_tabs(source, beside=is_searched)]
        others = [action for action in self._actions if action is not self._refresh]
        refreshed = self._with_refresh(tabs, source, is_searched=is_searched, is_opened=is_opened)
        wanted += [*refreshed, *others] if tabs else [*others, *refreshed]
        if is_opened:
            self._back = self._back or BackButton(self._acts.back)
            wanted.append(self._back)
        wanted += [*self._adapted_sequel(source), *self._made_links(source, page)]
        self._put(wanted)

    def _put(self, wanted: Sequence[discord.ui.Item[Any]]) -> None:
        """Those that leave make room for those that come."""
        if self._view.children == list(wanted):
            return
        self._view.clear_items()  # and again in their order: what stands for a tab comes and goes
        for item in wanted:
            self._view.add_item(item)

    def _adapted_tabs(self, source: PageSource, *, beside: bool) -> Iterator[TabButton]:
        tabs = source.tabs()
        row = _TURN_ROW if beside and len(tabs) <= _TABS_BESIDE else _TAB_ROW
        for tab in tabs:
            button = self._tabs.setdefault(tab.value, TabButton(tab, self._acts.switch))
            button.adapt(current=tab.value == source.tab())
            self._move(button, row)
            yield button

    def _with_refresh(
        self, tabs: Sequence[TabButton], source: PageSource, *, is_searched: bool, is_opened: bool
    ) -> Sequence[discord.ui.Button[Any]]:
        """The tabs, and *Refresh*: in the place of the first tab until another is shown, as a row holds five.

        After that the first tab stays, so that a second press on it is not one on something that is gone.
        """
        refresh = self._refresh
        if refresh is None:
            return tabs
        if not tabs:
            refresh.stand_alone(is_opened=is_opened)
            if is_searched:
                self._move(refresh, _TURN_ROW)
            return [refresh]
        self._first_tab = self._first_tab or source.tab()
        is_another = source.tab() != self._first_tab  # it would lead back to the first
        self._has_switched = self._has_switched or is_another
        if self._has_switched:
            refresh.stand_alone(is_opened=is_another)
            self._move(refresh, _LAST_ROW)
            return [*tabs, refresh]
        shown: list[discord.ui.Button[Any]] = []
        for tab, button in zip(source.tabs(), tabs, strict=True):
            if tab.value == self._first_tab:
                refresh.stand_for(tab.label)
                self._move(refresh, button.row)
            shown.append(refresh if tab.value == self._first_tab else button)
        return shown if refresh in shown else [*shown, refresh]

    def _move(self, button: discord.ui.Button[Any], row: int | None) -> None:
        if button.row != row:
            if button in self._view.children:
                self._view.remove_item(button)
            button.row = row

    def _adapted_sequel(self, source: PageSource) -> Iterator[SequelButton]:
        following = source.following() if isinstance(source, Sequel) else None
        if following:
            self._sequel = self._sequel or SequelButton(self._acts.go_on)
            self._sequel.adapt(following)
            yield self._sequel

    def _made_links(self, source: PageSource, page: int) -> Iterator[discord.ui.Button[Any]]:
        for link in source.links(page) if isinstance(source, Linked) else ():
            yield discord.ui.Button(label=link.label, url=link.value, row=_LINK_ROW)
