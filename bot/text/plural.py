"""A number with its noun, in English."""

from __future__ import annotations


def plural(count: int, one: str, many: str = "") -> str:
    """`"1 account"`, `"12 accounts"`, `"78,000 copies"`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def different_nfts(count: int | None) -> str:
    """`"1 NFT"`, `"12 different NFTs"`: what is counted once, however many copies of it there are. None: not known."""
    if count is None:
        return "number not known"
    return plural(count, "NFT", "different NFTs")
