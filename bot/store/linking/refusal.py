"""Why the store did not do what was asked, as values: `bot.linking` puts them into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto


class Refusal(Enum):
    """Nothing was changed, because of this."""

    OVER = auto()  # the session is unknown, used or over
    LIMIT = auto()  # the member has as many accounts as one may have
    NOT_LINKED = auto()  # the account is not among the member's
    OTHER_OWNER = auto()  # the account is known as another address's
    PROVEN_BY_MEMBER = auto()
    PROVEN_BY_ANOTHER = auto()


@dataclass(frozen=True, slots=True)
class RefusedUntil:
    """Nothing was changed: who signed may not claim that address before `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class WrongCode:
    """The code was not the right one. The try was counted; without any left the session is over."""

    tries_left: int


class StartLimit(Enum):
    """Which limit a session ran into before it was there."""

    RELAYS = auto()  # others opened this person's links
    PERSON = auto()
    GUILD = auto()


@dataclass(frozen=True, slots=True)
class StartRefused:
    """No session was made; `free_at` is when this person may start one again, where that is known."""

    limit: StartLimit
    free_at: datetime | None = None
