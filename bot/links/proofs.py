"""The nouns of a proof in progress: how a member proves, how far they are, the text they sign, and what it proved.

A *session* is one run of `/verify`. Its status only changes along `TRANSITIONS`; the store refuses anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.links import Person, ProofKind

# Texts to sign that one session may ask for: a wrong signature costs one.
MAX_CHALLENGES = 5
# Browsers that may wait for a login beside the one that a session is bound to.
MAX_BROWSERS = 8
# Guesses at the code that a page shows: five of 2⁴⁰.
MAX_TRIES = 5
# Links that others opened: after so many within a span, their maker can make no more for the same span.
MAX_RELAYS = 3
RELAY_SPAN = timedelta(hours=24)


class ProofMethod(StrEnum):
    """How a member proves an account."""

    OAUTH = "oauth"
    CODE = "code"
    PASTE = "paste"


class SessionStatus(StrEnum):
    """How far a session is."""

    OPEN = "open"  # its link was issued
    BOUND = "bound"  # opened in one browser, which must log in to Discord
    READY = "ready"  # a wallet may be connected
    SIGNED = "signed"  # signed, and a code is to be typed in Discord
    DONE = "done"
    DEAD = "dead"


class EndReason(StrEnum):
    """Why a session ended as it did, where its status alone does not say that."""

    NONE = ""
    CANCELLED = "cancelled"
    REPLACED = "replaced"  # the same person ran the command again
    OTHER_USER = "other_user"  # another Discord user logged in in the browser that it was bound to
    RELAYED = "relayed"  # likewise, in another browser
    CONTESTED = "contested"  # done, but another member's proof came first
    FROZEN = "frozen"  # done, but the operator must decide whose the address is
    ELSEWHERE = "elsewhere"  # seen from the browser that it was taken from; never stored
    USED = "used"  # done, seen from a browser in which nobody logged in; never stored


_S = SessionStatus

# Done and dead are final; a dead session may only get another reason, and a ready one only another browser.
TRANSITIONS: Mapping[SessionStatus, frozenset[SessionStatus]] = {
    _S.OPEN: frozenset({_S.BOUND, _S.READY, _S.DEAD}),
    _S.BOUND: frozenset({_S.READY, _S.DEAD}),
    _S.READY: frozenset({_S.READY, _S.SIGNED, _S.DONE, _S.DEAD}),
    _S.SIGNED: frozenset({_S.DONE, _S.DEAD}),
    _S.DONE: frozenset(),
    _S.DEAD: frozenset({_S.DEAD}),
}


def statuses_before(status: SessionStatus) -> frozenset[SessionStatus]:
    """The statuses from which a session may change to this one."""
    return frozenset(each for each, following in TRANSITIONS.items() if status in following)


def initial_status(method: ProofMethod) -> SessionStatus:
    """The status of a new session: a signature pasted in Discord needs no page to be opened."""
    return SessionStatus.READY if method is ProofMethod.PASTE else SessionStatus.OPEN


def opened_status(method: ProofMethod) -> SessionStatus:
    """The status of a session once its link was opened."""
    return SessionStatus.BOUND if method is ProofMethod.OAUTH else SessionStatus.READY


@dataclass(frozen=True, slots=True)
class Session:
    """One verification. `account` is `network:id`, or "" for the account of the address that will be connected.

    `name` is the one by which the account was named, "" if by none. `cookie_hash` is of the browser that had it when it
    was read, None where it needs none: a browser that has lost it since changes nothing any more.
    """

    session_id: str
    method: ProofMethod
    status: SessionStatus
    person: Person
    expires_at: datetime
    reason: EndReason = EndReason.NONE
    guild_id: int | None = None
    guild_name: str = ""
    account: str = ""
    owner: str = ""
    logins: int = 0
    name: str = ""
    cookie_hash: bytes | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class IssuedChallenge:
    """A text that was issued to be signed: by `signer`, about the address `owner` and its accounts."""

    challenge_id: str
    signer: str
    owner: str
    accounts: tuple[str, ...]
    nonce: str
    text: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """What a signature proved: `owner` is the address, `accounts` are those of its accounts that are to be linked."""

    owner: str
    accounts: tuple[str, ...]
    kind: ProofKind
    text_hash: bytes
