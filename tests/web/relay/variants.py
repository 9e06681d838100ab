"""Protocols: the two that the page has, and those that each lack one thing that these do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Finds(Enum):
    """How the return from Discord's login finds its session."""

    BOTH = "by the browser's cookie, and `state` must fit it"
    STATE = "by `state`, whichever browser brings it"
    COOKIE = "by the browser's cookie, whatever `state` says"


class Takes(Enum):
    """What takes a session up in a browser that it is not bound to."""

    NOTHING = "a link is spent in the browser that opens it first"
    OPENING = "opening the link once more"
    ANY_LOGIN = "a login there, whoever logs in"
    SAME_LOGIN = "a login there, as the one who ran the command"


@dataclass(frozen=True, slots=True)
class Variant:
    """A protocol, and what Whale can be talked into beyond opening, logging in and signing."""

    login: bool = False
    compared: bool = False  # who logged in, with who ran the command
    finds: Finds = Finds.BOTH
    takes: Takes = Takes.NOTHING
    pkce: bool = True
    code: bool = False  # shown to the person who signed, typed by the one who ran the command
    second_digest: bool = False  # a signature of the text's digest, as a message of its own, counts as one of the text
    lenient_cookies: bool = False  # the page's cookie is found in the value of another one
    shares_code: bool = False  # Whale tells Mallory the code that his page shows
    shows_link: bool = False  # Whale sends Mallory his own link
    signs_elsewhere: bool = False  # Whale signs Mallory's text on Mallory's own site


# E is what the page does with a client secret, B without one; L is E with links that are spent at once. What G and H
# do, no protocol with signatures that can be handed on prevents: there the text itself, which names Mallory, and the
# wallet's warning are all that is left.
VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        "A": Variant(),
        "B": Variant(code=True),
        "B'": Variant(code=True, shares_code=True),
        "C": Variant(login=True),
        "D": Variant(login=True, compared=True, finds=Finds.STATE),
        "D'": Variant(login=True, compared=True, finds=Finds.COOKIE, pkce=False),
        "E": Variant(login=True, compared=True, takes=Takes.SAME_LOGIN),
        "F": Variant(login=True, compared=True, takes=Takes.SAME_LOGIN, code=True, shares_code=True),
        "G": Variant(login=True, compared=True, signs_elsewhere=True),
        "H": Variant(login=True, compared=True, code=True, shares_code=True, signs_elsewhere=True),
        "I": Variant(login=True, compared=True, second_digest=True),
        "I'": Variant(code=True, second_digest=True),
        "J": Variant(login=True, compared=True, lenient_cookies=True),
        "J'": Variant(code=True, lenient_cookies=True),
        "K": Variant(login=True, compared=True, takes=Takes.OPENING),
        "K'": Variant(login=True, compared=True, takes=Takes.ANY_LOGIN),
        'K"': Variant(login=True, compared=True, takes=Takes.SAME_LOGIN, finds=Finds.STATE),
        "L": Variant(login=True, compared=True),
    }
)
