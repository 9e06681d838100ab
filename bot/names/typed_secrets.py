"""Keys and seed phrases that somebody types: nobody may ever see these. An answer would repeat, a log store them."""

from __future__ import annotations

import re
import unicodedata

from bot.errors import InputError
from bot.messages import Message

_LOOKS_LIKE_A_KEY = Message(
    "That looks like a private key or a seed phrase: consider it exposed, move what it holds to a new wallet now, and "
    "never type one anywhere, as Tessera never needs one."
)

# A key has 64 hex digits, fewer where leading zeros are left out (L2 keys); nothing that is asked for has more than 40,
# but for signatures, which have 128 and more.
_MUCH_HEX = re.compile(r"[0-9a-fA-F]{48,}")
_LONGEST_KEY = 127
_LINK = re.compile(r"\W*(?:https?://|(?:[a-z0-9-]+\.)+[a-z]+/)", re.IGNORECASE)
# The page of a transaction, of an NFT with a long id, or of one of Loopring's, has as many in its address.
_IN_A_LINK = re.compile(
    r"/(?:tx|txs|transaction|transactions|op|block)/(?:0x)?[0-9a-f]{64}"
    r"|(?<=/nft/)0x[0-9a-fx-]+|(?<=[/:_])0x[0-9a-f]{40}[/:_]0x[0-9a-f]{64}",
    re.IGNORECASE,
)
# What is between the digits of its hex are no words.
_SIGNATURE = re.compile(r"(?:[0-9a-fA-F]\W*){128,}")
# Lists of seed words have words of three to eight letters in Latin script, and down to one letter in others.
_WORD = re.compile(r"[^\W\d_]+")
_SEED_WORDS = 12
_SEED_LETTERS = range(3, 9)
_MOST_READ = 10_000  # Discord accepts 6,000 characters


def refuse_secrets(text: str, *, signature: bool = False, phrases: bool = True) -> None:
    """Refuse what looks like a key or a seed phrase, or has one in it, and repeat nothing of it.

    Args:
        text: What was typed.
        signature: It was typed where a signature is asked for, which is longer than any key.
        phrases: Seed phrases too; False: something else looks for these, which knows the words that are no part of any.

    Raises:
        InputError: with a sentence that says what to do now.
    """
    # One letter may become eighteen.
    plain = unicodedata.normalize("NFKC", text[:_MOST_READ])[:_MOST_READ]
    if _LINK.match(plain):
        plain = _IN_A_LINK.sub("/", plain)
    words = _SIGNATURE.sub(" ", plain) if signature else plain
    if _has_key(plain, _LONGEST_KEY if signature else _MOST_READ) or (phrases and _has_seed_phrase(words)):
        raise InputError(_LOOKS_LIKE_A_KEY)


def _has_key(text: str, longest: int) -> bool:
    """Whether there is much hex in a text, also where blanks or invisible characters divide it."""
    compact = "".join(char for char in text if not char.isspace() and unicodedata.category(char) != "Cf")
    return any(len(run) <= longest and not run.isdecimal() for run in _MUCH_HEX.findall(compact))


def _has_seed_phrase(text: str) -> bool:
    words = _WORD.findall(text)
    return sum(len(word) in _SEED_LETTERS or not word.isascii() for word in words) >= _SEED_WORDS
