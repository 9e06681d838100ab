"""How many NFTs and copies there are, in words."""

from __future__ import annotations

from bot.messages import Message

_NFTS = Message("{count:,} NFT", "{count:,} different NFTs")
# "NFTs" would be one line more on a card.
_SHORT_NFTS = Message("{count} NFT", "{count:,} different")
_NOT_KNOWN = Message("number not known")
_COPIES = Message("{count:,} copy", "{count:,} copies")
# Written as its reader's language writes it.
_NUMBER = Message("{number:,}")


def number(value: int) -> str:
    """`"78,000"`."""
    return _NUMBER(number=value).render()


def different_nfts(count: int | None) -> str:
    """`"1 NFT"`, `"12 different NFTs"`: what is counted once, however many copies of it there are. None: not known."""
    return _NOT_KNOWN().render() if count is None else _NFTS(count=count).render()


def different(count: int) -> str:
    """`"1 NFT"`, `"12 different"`: the same where there is little room."""
    return _SHORT_NFTS(count=count).render()


def copies(count: int) -> str:
    """`"1 copy"`, `"78,000 copies"`."""
    return _COPIES(count=count).render()
