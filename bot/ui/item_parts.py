"""Taking out of buttons and menus what Discord refuses there: an emoji, a choice; labels are cut, and never taken out.

The items are changed in place: they are the objects whose presses are answered.
"""

from __future__ import annotations

from collections.abc import Callable
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
        is_fixed = _fix_at(discord.ui.Button, item, part, target.path)
        if not is_fixed and item.url:
            view.remove_item(item)
        return bool(is_fixed or item.url)
    if not isinstance(item, discord.ui.Select):
        return False
    if target.option is None:
        return bool(_fix_at(discord.ui.Select, item, part, target.path))
    is_fixed = _fix_at(discord.SelectOption, target.option, part, target.path)
    if is_fixed is None and len(item.options) > 1:  # it is not about a part that it can be without
        _remove_choice(item, target.option)
        return True
    return bool(is_fixed)


def _fix_at(kind: type, holder: Any, part: RefusedPart, path: Path) -> bool | None:
    """Fix one part of a button, a menu or a choice; whether that changed it, None: there is no way to."""
    fix = _FIXES.get((kind, str(path[0]) if path else ""))
    return fix(holder, part) if fix else None


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


def _fix(holder: Item | discord.SelectOption, key: str, at_most: int | None) -> bool:
    words = {key: getattr(holder, key)}
    if not fix_words(words, key, at_most):
        return False
    setattr(holder, key, words[key])
    return True


def _fix_button_emoji(button: discord.ui.Button[Any], _part: RefusedPart) -> bool:
    take_out_emoji(button)
    return True


def _fix_button_label(button: discord.ui.Button[Any], part: RefusedPart) -> bool:
    if not _fix(button, "label", part.at_most):
        button.label = None if button.emoji else NO_WORDS
    return True


def _fix_style(button: discord.ui.Button[Any], _part: RefusedPart) -> bool:
    if button.url or button.style is discord.ButtonStyle.secondary:
        return False
    button.style = discord.ButtonStyle.secondary
    return True


def _fix_button_somewhere(button: discord.ui.Button[Any], _part: RefusedPart) -> bool:
    if button.label or button.emoji:
        return take_out_emoji(button)
    button.label = NO_WORDS
    return True


def _fix_placeholder(menu: discord.ui.Select[Any], part: RefusedPart) -> bool:
    if not (menu.placeholder and _fix(menu, "placeholder", part.at_most)):
        menu.placeholder = None
    return True


def _fix_how_many(menu: discord.ui.Select[Any], _part: RefusedPart) -> bool:
    if menu.max_values <= 1:
        return False
    menu.min_values, menu.max_values = min(menu.min_values, 1), 1
    return True


def _fix_menu_somewhere(menu: discord.ui.Select[Any], _part: RefusedPart) -> bool:
    return take_out_emoji(menu)


def _fix_option_emoji(option: discord.SelectOption, _part: RefusedPart) -> bool:
    option.emoji = None
    return True


def _fix_option_label(option: discord.SelectOption, part: RefusedPart) -> bool:
    if not _fix(option, "label", part.at_most):
        option.label = NO_WORDS
    return True


def _fix_description(option: discord.SelectOption, part: RefusedPart) -> bool:
    if not (option.description and _fix(option, "description", part.at_most)):
        option.description = None
    return True


def _fix_mark(option: discord.SelectOption, _part: RefusedPart) -> bool:
    is_marked, option.default = option.default, False
    return is_marked


# What is done about a part, by what has it; "" where Discord does not say which part. A choice has no entry for that,
# nor for its value: it goes.
_FIXES: dict[tuple[type, str], Callable[[Any, RefusedPart], bool]] = {
    (discord.ui.Button, "emoji"): _fix_button_emoji,
    (discord.ui.Button, "label"): _fix_button_label,
    (discord.ui.Button, "style"): _fix_style,
    (discord.ui.Button, ""): _fix_button_somewhere,
    (discord.ui.Select, "placeholder"): _fix_placeholder,
    (discord.ui.Select, "max_values"): _fix_how_many,
    (discord.ui.Select, "min_values"): _fix_how_many,
    (discord.ui.Select, ""): _fix_menu_somewhere,
    (discord.SelectOption, "emoji"): _fix_option_emoji,
    (discord.SelectOption, "label"): _fix_option_label,
    (discord.SelectOption, "description"): _fix_description,
    (discord.SelectOption, "default"): _fix_mark,
}
