"""Names as the Ethereum Name Service compares them (ENSIP-15), before anybody is asked about one.

Two ways to write a name that look the same to a person must lead to the same account, and a name that only looks like
another one to none: so what is typed is normalized, or refused with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.errors import InputError
from bot.messages import Message, Words
from bot.text import safe_text

_NOT_A_NAME = Message("“{typed}” is not a name that the Ethereum Name Service accepts: it {reason}. {accepted}")
# What follows "it", by the library's code of the reason: its own sentences are English in every language.
REASONS: Mapping[str, Message] = {
    "UNDERSCORE": Message("contains an underscore in a disallowed position: it may only be at the start of a part"),
    "HYPHEN": Message("contains the sequence '--' in a disallowed position: the third and fourth of a part"),
    "EMPTY_LABEL": Message("contains an empty part, as between two dots"),
    "CM_START": Message("contains a combining mark in a disallowed position, at the start of a part"),
    "CM_EMOJI": Message("contains a combining mark in a disallowed position, after an emoji"),
    "NSM_REPEATED": Message("contains the same mark above or below a letter twice"),
    "NSM_TOO_MANY": Message("contains too many marks above or below one letter"),
    "DISALLOWED": Message("contains a disallowed character"),
    "INVISIBLE": Message("contains a disallowed invisible character"),
    "FENCED_LEADING": Message("contains a character that is disallowed at the start of a part"),
    "FENCED_MULTI": Message("contains characters that are disallowed next to each other"),
    "FENCED_TRAILING": Message("contains a character that is disallowed at the end of a part"),
    "CONF_MIXED": Message("contains visually confusing characters from multiple scripts"),
    "CONF_WHOLE": Message("contains visually confusing characters: it looks like a name in another script"),
}
_OTHER_REASON = Message("contains characters that no name may have")

# Full stops of other scripts, which keyboards type and browsers take for dots.
_STOPS = re.compile("[\u3002\uff0e\uff61]")
# Two labels or more, and no number at the end: "1.5" is none.
_LIKE_A_NAME = re.compile(r"(?=.{3,255}$)(?!.*\.\d+$)[^\s./:@<>`*|\\#?]+(?:\.[^\s./:@<>`*|\\#?]+)+")
# What is as it must be once it is lower case; two hyphens there are reserved for encoded names.
_PLAIN = re.compile(r"(?:(?!..--)[a-z0-9-]+\.)+(?!..--)[a-z0-9-]+")


def is_like_a_name(text: str) -> bool:
    """Whether somebody means a name: labels with dots between them."""
    return _LIKE_A_NAME.fullmatch(_dotted(text)) is not None


def normalized_name(text: str, accepted: Words) -> str:
    """A name as it is looked up.

    Args:
        text: What is like a name.
        accepted: What to say of other ways to name an account.

    Raises:
        InputError: the name is not valid, with the reason.
    """
    name = _dotted(text)
    if _PLAIN.fullmatch(lower := name.lower()):
        return lower
    # Only now: its tables take 90 MB and a quarter of a second, and most names are plain.
    from ens_normalize import DisallowedSequence, ens_normalize  # noqa: PLC0415

    try:
        return str(ens_normalize(name))
    except DisallowedSequence as error:
        reason = REASONS.get(error.code, _OTHER_REASON)()
        raise InputError(
            _NOT_A_NAME, typed=safe_text(text, 50, plain=True), reason=reason, accepted=accepted
        ) from error


def _dotted(text: str) -> str:
    return _STOPS.sub(".", text).removesuffix(".")  # the dot at the end is DNS's root
