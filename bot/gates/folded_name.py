"""When two names are the same: as they are seen, whatever they are made of."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from bot.gates.rule_tokens import visible
from bot.text import read_text


@lru_cache(maxsize=8192)  # the traits of all NFTs of an account are compared each time it is judged
def folded(name: str) -> str:
    """A name for comparison: without letter case, marks that cannot be seen, and blanks in excess.

    A rule is read without such marks and blanks, so that a source that has them must be compared without them too.
    """
    composed = unicodedata.normalize("NFC", visible(unicodedata.normalize("NFC", name)).casefold())
    return " ".join(composed.split())


def folded_name(name: str) -> str:
    """The same of a collection's name, as people read it: an upstream's `&amp;` is `&`, a wide letter a plain one."""
    return folded(read_text(name))
