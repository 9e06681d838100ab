"""Names that look like spam: their sender put them into an account to be read, and to lead to a page.

Such a name is not shown, nor what belongs to it; it can still be counted, opened and looked up by its number. What is
judged is what people would read: marks that nobody sees, or that only decorate a letter, hide no word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.messages import Message
from bot.text.safe_text import read_text, safe_text

HIDDEN_NAME = Message("name hidden, looks like spam")

# Nobody names a collection so; it is a call to everybody, or an address that can be opened.
_CALLS = re.compile(
    r"@everyone|@here|https?:/|\bwww\.|\bdiscord(?:app)?\.(?:gg|com/invite)|\bt\.me/|\bbit\.ly/", re.IGNORECASE
)
_ADDRESS = re.compile(r"\b[a-z0-9-]{2,}\s?\.\s?(?:[a-z]{2,12})\b(?:/\S*)?", re.IGNORECASE)
_LURES = (
    r"\bclaim",
    r"\bair\s?drops?\b",
    r"\bfree\b",
    r"\brewards?\b",
    r"\bvouchers?\b",
    r"\bgiveaway\b",
    r"\bvisit\b",
    r"\bbonus\b",
    r"\bredeem\b",
    r"[$€£]\s?\d|\d\s?(?:\$|usd[ct]?\b|eth\b)",
)
# One of them is a word like others ("Free Spirits"); beside an address, or three of them, it is not.
_MANY = 3


# An account may have thousands of collections, and all are judged for each page: what looks like spam is last.
@lru_cache(10_000)
def looks_like_spam(name: str) -> bool:
    """Whether a name wants to be acted on rather than read."""
    text = read_text(name)
    if not text.isascii():
        text = "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))
    if _CALLS.search(text):
        return True
    lures = sum(re.search(lure, text, re.IGNORECASE) is not None for lure in _LURES)
    return lures >= _MANY or (lures > 0 and _ADDRESS.search(text) is not None)


def shown_name(name: str, limit: int, *, plain: bool = False) -> str:
    """Upstream's name as it may be shown, or that it is hidden."""
    if looks_like_spam(name):
        hidden = HIDDEN_NAME().render()
        return hidden if plain else f"*{hidden}*"
    return safe_text(name, limit, plain=plain)
