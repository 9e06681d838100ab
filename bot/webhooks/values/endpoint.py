"""Where a server's events are sent, and how that goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from urllib.parse import urlsplit

from bot.webhooks.values.delivery_failure import Failure


class EndpointState(StrEnum):
    """Whether events are sent to it."""

    ACTIVE = auto()
    PAUSED = auto()  # by somebody of the server
    FAILED = auto()  # by the bot: it failed for too long, or said that it is gone


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address to which a server's events are sent, in order.

    Attributes:
        endpoint_id: Its id.
        guild_id: The server.
        url: Where events are sent; it may contain a password of the receiver, and so is shown nowhere: see `host`.
        salt: With the operator's key and `generation` it makes the secret.
        generation: How often the secret was replaced, and one.
        cursor: The number of the last event that the receiver has confirmed.
        state: Whether events are sent.
        created_at: When it was added.
        rotated_at: When its secret was replaced last; None: never.
        tries: Attempts that failed, in a row.
        failing_since: When the first of these was; later by the time in which nobody tried, see `failing_from`.
        next_at: When the next attempt is made; None: nothing waits, or nothing is sent.
        delivered_at: When an event was last confirmed; None: never.
        failed_at: When an attempt last failed; None: never.
        failure: Why that was.
    """

    endpoint_id: int
    guild_id: int
    url: str
    salt: bytes
    generation: int
    cursor: int
    state: EndpointState
    created_at: datetime
    rotated_at: datetime | None = None
    tries: int = 0
    failing_since: datetime | None = None
    next_at: datetime | None = None
    delivered_at: datetime | None = None
    failed_at: datetime | None = None
    failure: Failure | None = None

    @property
    def host(self) -> str:
        """The host of its address: that much may be shown."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Standing:
    """An endpoint, and how much of its server's log it has yet to receive.

    Attributes:
        endpoint: It.
        earliest: The number of the first event that is retained.
        latest: Of the last one; 0: there was none yet.
        waiting_since: When the first event happened that it has yet to receive; None: none waits.
    """

    endpoint: Endpoint
    earliest: int
    latest: int
    waiting_since: datetime | None = None

    @property
    def backlog(self) -> int:
        """How many events wait for it, as of now; what was deleted before it was received is not counted."""
        return self.latest - max(self.endpoint.cursor, self.earliest - 1)
