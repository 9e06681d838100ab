"""What people do, and why a step leads nowhere."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

MALLORY, WHALE = "Mallory", "Whale"
PEOPLE = (MALLORY, WHALE)
MADE_UP = ""  # in place of a session's: a state or a PKCE challenge that Mallory made up


def page_in(whose: str, who: str) -> str:
    """The authorization page of a session in somebody's browser: each has a state and a PKCE challenge of its own."""
    return whose if who == MALLORY else f"{whose}, as Whale's browser has it"


def session_of(page: str) -> str:
    """Whose session an authorization page is of."""
    return page.partition(",")[0]


class Do(StrEnum):
    """What people do."""

    RUN = "runs /verify"
    OPEN = "opens the link of"
    KEEP = "keeps the code of a login on the authorization page of"
    LOG_IN = "logs in on the authorization page of"
    RETURN = "returns from Mallory's login with the state of"
    SIGN = "signs on the page of"
    ELSEWHERE = "signs on another site the text of"
    OPAQUE = "signs on another site 32 bytes that are the digest of the text of"
    TOSS = "writes, from a subdomain beside the page, into Whale's browser the cookie of"
    FLOOD = "writes so many cookies that Whale's browser drops the one of"
    TELL = "tells Mallory the code of"
    TYPE = "types in Discord the code of"


class No(StrEnum):
    """Why a step leads nowhere."""

    USED = "that link is over, or in another browser for good"
    NO_LOGIN = "no login was started in that browser"
    STATE = "the state is not of that browser's login"
    CODE = "the code is not of that browser's login"
    OTHER_USER = "another Discord user ran the command"
    NOT_READY = "there is no text to sign in that browser"
    OTHER_DIGEST = "the signature is not of the text"
    OTHER_COOKIE = "the cookie has another name"
    NOTHING_SIGNED = "this person's own link waits for no code"
    WRONG_CODE = "the code is of another link"


class Step(NamedTuple):
    """Somebody does something about a session; sessions go by the name of who ran the command.

    Attributes:
        who: Whose browser, wallet or Discord it is.
        do: What.
        whose: Session.
            Where an authorization page is meant, it is the one of `page_in`.
        code: The OAuth code of a LOG_IN or RETURN is from that authorization page.
    """

    who: str
    do: Do
    whose: str = ""
    code: str = ""

    def __str__(self) -> str:
        whose = "" if self.do is Do.RUN else f" {self.whose or 'nobody'}"
        code = f", with a code from the page of {self.code or 'nobody'}" if self.do is Do.RETURN else ""
        return f"{self.who} {self.do.value}{whose}{code}"
