"""What happened in a server, as its own tools are told: numbered without a gap, and sent as JSON.

A body has ids as strings (they do not fit into a JavaScript number), and never an address, an account or a name: who
reads it with the server's own rights can ask Discord or `/holders`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from typing import Any

VERSION = 1  # of the body: what a receiver must understand; a new key is no new version


class EventType(StrEnum):
    """What an event reports."""

    GRANTED = auto()  # a role was given
    REVOKED = auto()  # a role was taken
    HELD = auto()  # removals wait for a decision
    HOLD_OVER = auto()  # they wait no more
    SNAPSHOT_MADE = auto()  # a list of holders was made
    REMOVED = auto()  # what the event said is deleted: its member has deleted their data; it keeps its number


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What is to be reported.

    Attributes:
        type: What it reports.
        at: When it happened.
        facts: What is said of it, as JSON has it; ids as strings. About a member only in `user_id`, which can be
            removed from it again.
        user_id: The member it is about, if it is about one.
    """

    type: EventType
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event as a server's log has it.

    Attributes:
        guild_id: The server.
        number: Its place in that server's log: the first is 1, and none is left out.
        event_id: The same at each attempt and for each endpoint; another one after a backup was restored.
        type: What it reports.
        at: When it happened.
        facts: What is said of it.
        user_id: The member it is about; None: it is about none, or not any more.
    """

    guild_id: int
    number: int
    event_id: str
    type: EventType
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    user_id: int | None = None

    def body(self) -> bytes:
        """What is sent of it."""
        about = {"member_id": str(self.user_id)} if self.user_id is not None else {}
        return _body(self.event_id, self.type.value, self.number, self.guild_id, self.at, {**about, **self.facts})


@dataclass(frozen=True, slots=True)
class Missed:
    """Events that an endpoint did not receive before they were old enough to be deleted: it is told which.

    Attributes:
        guild_id: The server.
        first: The number of the first of them.
        last: Of the last; delivery goes on with the next one.
        at: When it is told.
    """

    guild_id: int
    first: int
    last: int
    at: datetime

    @property
    def event_id(self) -> str:
        """The same for the same events."""
        return f"missed_{self.guild_id}_{self.first}_{self.last}"

    def body(self) -> bytes:
        """What is sent of them: as the last one's number, so that no number is left out unsaid."""
        data = {"first": self.first, "last": self.last}
        return _body(self.event_id, "missed", self.last, self.guild_id, self.at, data)


def trial_body(test_id: str, guild_id: int, at: datetime) -> bytes:
    """What `/webhooks test` sends: no event of the log, and so without a number.

    Args:
        test_id: Of this attempt.
        guild_id: The server.
        at: The present.
    """
    return _body(test_id, "test", None, guild_id, at, {})


def _body(event_id: str, type_: str, number: int | None, guild_id: int, at: datetime, data: Mapping[str, Any]) -> bytes:
    whole = {
        "version": VERSION,
        "id": event_id,
        "type": type_,
        "sequence": number,
        "server_id": str(guild_id),
        "timestamp": at.isoformat(),
        "data": dict(data),
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
