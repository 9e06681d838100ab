"""A choice from a select menu, checked against the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord.command_limits import CHANNEL, MENTIONABLE, ROLE, USER_OPTION
from sandbox.discord.options import ClientRefusedError, Resolved

if TYPE_CHECKING:
    from sandbox.discord.answers import Json

STRING_SELECT = 3
# A select's component type, and the option type that picks the same things.
PICKS = {5: USER_OPTION, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}


def chosen_values(menu: Json, values: Any, resolved: Resolved) -> list[str]:
    """The `values` of an interaction with a menu.

    Raises:
        ClientRefusedError: too few, too many, or not on the menu.
    """
    chosen = [str(value) for value in (values if isinstance(values, list) else [values])]
    low, high = menu.get("min_values", 1), menu.get("max_values", 1)
    if not low <= len(chosen) <= high or len(set(chosen)) < len(chosen):
        raise ClientRefusedError(f"choose {low}" if low == high else f"choose {low} to {high}")
    if menu["type"] != STRING_SELECT:
        return [resolved.add(PICKS[menu["type"]], value) for value in chosen]
    offered = {option["value"] for option in menu["options"]}
    if not offered.issuperset(chosen):
        raise ClientRefusedError("this is not on the menu")
    return chosen
