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
# Nothing in it is matched by two parts, or a long line of hyphens would take seconds.
_LINK = re.compile(r"[^\w-]*(?:https?://|(?:[a-z0-9-]+\.)+[a-z]+/)", re.IGNORECASE)
_ONLY_A_LINK = re.compile(r"\s*<?https?://\S+\s*", re.IGNORECASE)
# The page of a transaction, a block, or a vote, perhaps of a named chain; of an NFT with a long id, or of one of
# Loopring's, has as many in its address.
_IN_A_LINK = re.compile(
    r"/(?:tx|txs|transaction|transactions|op|block|proposal)/(?:[a-z][a-z0-9-]{1,20}/)?(?:0x)?[0-9a-f]{64}"
    r"|(?:(?<=/nft/)|(?<=/nfts/))0x[0-9a-fx-]+|(?<=[/:_])0x[0-9a-f]{40}[/_]0x[0-9a-f]{64}",
    re.IGNORECASE,
)
# Some of these put a colon between a contract and the number of an NFT; elsewhere it is between an address and its key.
_OF_MARKETPLACE = re.compile(
    r"[^\w-]*(?:https?://)?(?:www\.)?(?:rarible\.com|opensea\.io|zora\.co|looksrare\.org|superrare\.com)/",
    re.IGNORECASE,
)
_IN_A_MARKETPLACE = re.compile(r"(?<=[/:_])0x[0-9a-f]{40}:0x[0-9a-f]{64}", re.IGNORECASE)
# Between these are the parts of a link's path and query, each of which has words of its own.
_PARTS_OF_A_LINK = re.compile(r"[/?&#=;]")
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
        if _OF_MARKETPLACE.match(plain):
            plain = _IN_A_MARKETPLACE.sub("/", plain)
        plain = _IN_A_LINK.sub("/", plain)
    words = _SIGNATURE.sub(" ", plain) if signature else plain
    texts = _PARTS_OF_A_LINK.split(words) if _ONLY_A_LINK.fullmatch(words) else [words]
    if _has_key(plain, _LONGEST_KEY if signature else _MOST_READ) or (phrases and any(map(_has_seed_phrase, texts))):
        raise InputError(_LOOKS_LIKE_A_KEY)


def _has_key(text: str, longest: int) -> bool:
    """Whether there is much hex in a text, also where blanks or invisible characters divide it."""
    compact = "".join(char for char in text if not char.isspace() and unicodedata.category(char) != "Cf")
    return any(len(run) <= longest and not run.isdecimal() for run in _MUCH_HEX.findall(compact))


def _has_seed_phrase(text: str) -> bool:
    words = _WORD.findall(text)
    return sum(len(word) in _SEED_LETTERS or not word.isascii() for word in words) >= _SEED_WORDS
