"""A number with its noun; `plural` is for what is only ever said in English."""

from __future__ import annotations

from bot.messages import Message

_NOT_KNOWN = Message("number not known")
_NFTS = Message("{count:,} NFT", "{count:,} different NFTs")


def plural(count: int, one: str, many: str = "") -> str:
    """`"1 account"`, `"12 accounts"`, `"78,000 copies"`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def different_nfts(count: int | None) -> str:
    """`"1 NFT"`, `"12 different NFTs"`: what is counted once, however many copies of it there are. None: not known."""
    if count is None:
        return _NOT_KNOWN().render()
    return _NFTS(count=count).render()
