"""The nouns of a proof under way: how a member proves, how far they are, the text they sign, and what it showed.

A *session* is one run of `/verify`. It only ever moves along `TRANSITIONS`; the store refuses anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.links import Person, ProofKind

# Texts to sign that one session may ask for: a wrong signature costs one.
MOST_CHALLENGES = 5
# Guesses at the code that a page shows: five of 2⁴⁰.
MOST_TRIES = 5
# Links that others opened: after so many in a span, who made them can make no more for as long.
MOST_RELAYS = 3
RELAY_SPAN = timedelta(hours=24)


class ProofMethod(StrEnum):
    """How a member proves an account."""

    OAUTH = "oauth"
    CODE = "code"
    PASTE = "paste"


class SessionStatus(StrEnum):
    """How far a session is."""

    OPEN = "open"  # its link was handed out
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
    OTHER_USER = "other_user"  # another Discord user opened the link
    CONTESTED = "contested"  # done, but another member's proof came first


_S = SessionStatus

# What is done stays done. What is dead stays dead, though what ends it again may give another reason.
TRANSITIONS: Mapping[SessionStatus, frozenset[SessionStatus]] = {
    _S.OPEN: frozenset({_S.BOUND, _S.READY, _S.DEAD}),
    _S.BOUND: frozenset({_S.READY, _S.DEAD}),
    _S.READY: frozenset({_S.SIGNED, _S.DONE, _S.DEAD}),
    _S.SIGNED: frozenset({_S.DONE, _S.DEAD}),
    _S.DONE: frozenset(),
    _S.DEAD: frozenset({_S.DEAD}),
}


def before(status: SessionStatus) -> frozenset[SessionStatus]:
    """From where a session may come to a status."""
    return frozenset(each for each, following in TRANSITIONS.items() if status in following)


def first_status(method: ProofMethod) -> SessionStatus:
    """Where a session starts: what is pasted in Discord needs no page to be opened."""
    return SessionStatus.READY if method is ProofMethod.PASTE else SessionStatus.OPEN


def opened_status(method: ProofMethod) -> SessionStatus:
    """Where a session is once its link was opened."""
    return SessionStatus.BOUND if method is ProofMethod.OAUTH else SessionStatus.READY


@dataclass(frozen=True, slots=True)
class Session:
    """One verification, as it stands. `account` is `network:id`, or "" for the account of whatever address connects."""

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


@dataclass(frozen=True, slots=True)
class IssuedChallenge:
    """A text that was handed out to be signed: by `signer`, about the address `owner` and its accounts."""

    challenge_id: str
    signer: str
    owner: str
    accounts: tuple[str, ...]
    nonce: str
    text: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """What a signature showed: `owner` is the address, `accounts` are those of it that are to be linked."""

    owner: str
    accounts: tuple[str, ...]
    kind: ProofKind
    text_hash: bytes
