"""The buttons below the alert of held removals. They work after a restart: their ids say all, and name nobody."""

from __future__ import annotations

import re
from enum import StrEnum

import discord

from bot.messages import Message


class Decision(StrEnum):
    """What an admin can say to removals that wait."""

    APPROVE = "approve"
    DISCARD = "discard"
    LOOK_AGAIN = "again"


# Another prefix than a panel's: `bot.ui.client` answers presses of those that an earlier process made.
PRESSED = re.compile(r"tessera-hold:(approve|discard|again)")
_LABELS = {
    Decision.APPROVE: (Message("Approve"), discord.ButtonStyle.danger),
    Decision.DISCARD: (Message("Discard"), discord.ButtonStyle.secondary),
    Decision.LOOK_AGAIN: (Message("Fixed: look again"), discord.ButtonStyle.primary),
}


def decision_of(custom_id: str) -> Decision | None:
    """What a button decides; None for any other button."""
    found = PRESSED.fullmatch(custom_id)
    return Decision(found[1]) if found else None


def is_decision(value: str | None) -> bool:
    """Whether a field of an alert says who decided: it names a member and no role, in any language."""
    return value is not None and "<@" in value and "<@&" not in value


def hold_view() -> discord.ui.View:
    """The three buttons; discord.py keeps nothing of them."""
    view = discord.ui.View(timeout=None)
    for decision, (label, style) in _LABELS.items():
        view.add_item(
            discord.ui.Button(label=label().render(), custom_id=f"tessera-hold:{decision.value}", style=style)
        )
    view.stop()
    return view
