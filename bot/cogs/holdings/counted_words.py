"""How many NFTs and copies there are, in words."""

from __future__ import annotations

from collections.abc import Iterable

from bot.messages import Message

# "NFTs" would be one line more on a card.
_SHORT_NFTS = Message("{count} NFT", "{count} different")
_COPIES = Message("{count:,} copy", "{count:,} copies")
# Written as its reader's language writes it.
_NUMBER = Message("{number:,}")


def number(value: int) -> str:
    """`"78,000"`."""
    return _NUMBER(number=value).render()


def numbers(values: Iterable[int]) -> str:
    """`"3 + 12"`."""
    return " + ".join(map(number, values))


def different(count: int) -> str:
    """`"1 NFT"`, `"12 different"`: as `different_nfts`, where there is little room."""
    return _SHORT_NFTS(count=count).render()


def copies(count: int) -> str:
    """`"1 copy"`, `"78,000 copies"`."""
    return _COPIES(count=count).render()
