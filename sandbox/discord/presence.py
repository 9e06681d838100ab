"""The line below the bot's name: sent with an identify, or as a presence update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.opcodes import PRESENCE

if TYPE_CHECKING:
    from sandbox.discord.events import Events

CUSTOM_ACTIVITY = 4


class Presence:
    """What clients show of the bot.

    Args:
        events: told of each change.
    """

    def __init__(self, events: Events) -> None:
        self.line = ""
        self._events = events

    def update(self, opcode: int, body: object) -> None:
        """Take a presence update; voice, the other thing that is said and not answered, is not shown here."""
        if opcode == PRESENCE:
            self.show(body)

    def show(self, presence: object) -> None:
        """Take what the bot sent: the state of its custom activity is the line; without one there is none."""
        activities = presence.get("activities") if isinstance(presence, dict) else None
        custom = [each for each in activities or () if isinstance(each, dict) and each.get("type") == CUSTOM_ACTIVITY]
        line = str(custom[0].get("state") or "") if custom else ""
        if line != self.line:
            self.line = line
            self._events.publish({"type": "presence", "line": line})
