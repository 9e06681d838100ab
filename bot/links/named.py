"""Accounts that members named, where others may see them, and where a question about somebody is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal

from bot.holdings import Account

MAX_LINKS = 10
MAX_LABEL = 32


@dataclass(frozen=True, slots=True)
class Person:
    """A Discord user, as far as linking needs: `name` is the unique user name, upstream text."""

    user_id: int
    name: str = ""
    avatar_url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An account that a member named.

    Attributes:
        account: Which one.
        owner: Its address in lower case, "" while that is not known.
        label: What the member calls it, "" for nothing.
        is_main: It is shown where none is named.
        linked_at: When it was named.
        name: By which it was named then, as `vitalik.eth`; "" if by no name. What a name leads to can change: it is
            looked up again before anything rests on it.
    """

    account: Account
    owner: str
    label: str
    is_main: bool
    linked_at: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class InGuild:
    """One server, and since when the member who is asked about is in it; with the member: `Membership`.

    What was vouched for before `joined_at` is of an earlier stay, and counts no longer.
    """

    guild_id: int
    joined_at: datetime


class Nowhere(Enum):
    """Outside of all servers, as in direct messages: only signatures count there."""

    NOWHERE = "in no server"


NOWHERE: Literal[Nowhere.NOWHERE] = Nowhere.NOWHERE
Scope = InGuild | Nowhere


@dataclass(frozen=True, slots=True)
class Membership:
    """A member of a server, as Discord gave them for one question: true then, and not to be stored.

    `joined_at` is when they joined it, the last time.
    """

    user_id: int
    guild_id: int
    joined_at: datetime

    @property
    def scope(self) -> InGuild:
        """Where a question about them is asked."""
        return InGuild(self.guild_id, self.joined_at)


@dataclass(frozen=True, slots=True)
class Share:
    """Others in a server may see an account, as long as its member, who joined at `joined_at`, does not leave."""

    guild_id: int
    account: Account
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A wallet that was never deployed, whose address is computed from its owner (Loopring's counterFactualInfo).

    All addresses are lower case; `owner` is the key that signs, `wallet` is what owns the account.
    """

    wallet: str
    factory: str
    salt: int
    owner: str
