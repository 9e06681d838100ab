"""Why the store refused a change, as values: `bot.linking` makes messages of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto


class Refusal(Enum):
    """The reason why nothing was changed."""

    OVER = auto()  # the session is unknown, used or over
    TEXTS = auto()  # the session has had the maximum number of texts
    LIMIT = auto()  # the member has the maximum number of accounts
    NOT_LINKED = auto()  # the account is not among the member's
    OWNER_UNCONFIRMED = auto()  # who owns the account has to be found out again
    NEED_KEY = auto()  # a contract's answer is not enough, as the address's own key has signed


@dataclass(frozen=True, slots=True)
class RefusedUntil:
    """Nothing was changed: the member may not claim that address by a contract's answer before `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class WrongCode:
    """The code was not the right one. The try was counted; without any left the session is over."""

    tries_left: int


class StartLimit(Enum):
    """The limit that prevented a session."""

    RELAYS = auto()  # others opened this person's links
    PERSON = auto()
    GUILD = auto()


@dataclass(frozen=True, slots=True)
class StartRefused:
    """No session was started; `free_at` is when this person may start one again, where that is known."""

    limit: StartLimit
    free_at: datetime | None = None
