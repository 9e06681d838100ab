"""Taking out of buttons and menus what Discord refuses there: an emoji, a choice; labels are cut, and never taken out.

The items are changed in place: they are the objects whose presses are answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord

from bot.ui.embed_parts import NO_WORDS, fix_words
from bot.ui.refused_parts import Path, RefusedPart

Item = discord.ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Target:
    """What Discord means by a path.

    Attributes:
        item: The button or the menu.
        path: Where in it, or in the choice; (): Discord does not say.
        option: The choice of the menu.
    """

    item: Item
    path: Path
    option: discord.SelectOption | None = None


def target_of(view: discord.ui.View, path: Path) -> Target | None:
    """What is at `("components", row, "components", number, …)` of a message; None: it is something else."""
    match path:
        case ("components", int(row), "components", int(number), *below):
            item = _item_at(view, row, number)
            match below:
                case _ if item is None:
                    return None
                case ("options", int(choice), *rest) if isinstance(item, discord.ui.Select):
                    if choice < len(item.options):
                        return Target(item, tuple(rest), item.options[choice])
            return Target(item, tuple(below))
    return None


def take_out(view: discord.ui.View, target: Target, part: RefusedPart) -> bool:
    """Take out, or cut, what is refused; whether that was possible.

    A choice goes if it cannot be without it, and so does a link. A button or a menu that does something stays: without
    it nobody could answer what the message asks.
    """
    item = target.item
    if isinstance(item, discord.ui.Button):
        if _fix_button(item, part, target.path):
            return True
        if item.url:
            view.remove_item(item)
        return bool(item.url)
    if not isinstance(item, discord.ui.Select):
        return False
    if target.option is None:
        return _fix_menu(item, part, target.path)
    return _take_out_of_choice(item, target.option, part, target.path)


def _take_out_of_choice(
    menu: discord.ui.Select[Any], choice: discord.SelectOption, part: RefusedPart, path: Path
) -> bool:
    if path[:1] == ("default",):
        is_marked, choice.default = choice.default, False
        return is_marked
    if _fix_option(choice, part, path):
        return True
    is_last = len(menu.options) == 1
    if not is_last:
        _remove_choice(menu, choice)
    return not is_last


def _remove_choice(menu: discord.ui.Select[Any], choice: discord.SelectOption) -> None:
    menu.options = [option for option in menu.options if option is not choice]
    menu.max_values = min(menu.max_values, max(1, len(menu.options)))
    menu.min_values = min(menu.min_values, menu.max_values)


def take_out_emoji(item: Item) -> bool:
    """Take the emoji out of a button or of the choices of a menu; whether there were any."""
    if isinstance(item, discord.ui.Select):
        marked = [option for option in item.options if option.emoji]
        for option in marked:
            option.emoji = None
        return bool(marked)
    if not isinstance(item, discord.ui.Button) or item.emoji is None:
        return False
    # A button without words shows it as words, which need no emoji that Discord knows.
    item.label = item.label or item.emoji.name
    item.emoji = None
    return True


def _item_at(view: discord.ui.View, row: int, number: int) -> Item | None:
    rows = view.to_components()
    if row >= len(rows) or number >= len(rows[row]["components"]):
        return None
    sent = rows[row]["components"][number]
    key = "url" if "url" in sent else "custom_id"
    return next((item for item in view.children if getattr(item, key, None) == sent.get(key)), None)


def _fix_button(button: discord.ui.Button[Any], part: RefusedPart, path: Path) -> bool:
    """Whether that was possible."""
    is_bare = not (button.label or button.emoji)
    match path:
        case ("emoji", *_):
            take_out_emoji(button)
        case ("label", *_):
            if not _fix(button, "label", part.at_most):
                button.label = None if button.emoji else NO_WORDS
        case () if is_bare:
            button.label = NO_WORDS
        case ("style", *_) if not button.url and button.style is not discord.ButtonStyle.secondary:
            button.style = discord.ButtonStyle.secondary
        case ():  # what about it is not said
            return take_out_emoji(button)
        case _:
            return False
    return True


def _fix_menu(menu: discord.ui.Select[Any], part: RefusedPart, path: Path) -> bool:
    """Whether that was possible."""
    match path:
        case ("placeholder", *_):
            if not (menu.placeholder and _fix(menu, "placeholder", part.at_most)):
                menu.placeholder = None
        case ():
            return take_out_emoji(menu)
        case ("max_values" | "min_values", *_) if menu.max_values > 1:
            menu.min_values, menu.max_values = min(menu.min_values, 1), 1
        case _:
            return False
    return True


def _fix_option(option: discord.SelectOption, part: RefusedPart, path: Path) -> bool:
    """Whether a choice can stay."""
    match path:
        case ("emoji", *_):
            option.emoji = None
        case ("label", *_):
            if not _fix(option, "label", part.at_most):
                option.label = NO_WORDS
        case ("description", *_):
            if not (option.description and _fix(option, "description", part.at_most)):
                option.description = None
        case _:
            return False  # its value: another choice has the same one, or it is none
    return True


def _fix(holder: Item | discord.SelectOption, key: str, at_most: int | None) -> bool:
    words = {key: getattr(holder, key)}
    if not fix_words(words, key, at_most):
        return False
    setattr(holder, key, words[key])
    return True
