"""The root of a list as blocks of Ethereum state it: of their transactions, and of their receipts.

It is a Merkle-Patricia trie whose keys are the places in the list, written as RLP: see the yellow paper, appendix D, or
https://ethereum.org/developers/docs/data-structures-and-encoding/patricia-merkle-trie.
"""

from __future__ import annotations

from collections.abc import Sequence

from eth_hash.auto import keccak

from bot.archive_api.era1.rlp_items import rlp_list, rlp_number, rlp_text

# The first half-byte of a path: what it leads to, and whether half a byte follows to make it even.
_LEAF, _ODD = 2, 1
_BRANCHES = 16
_NOTHING = rlp_text(b"")
# What is shorter than a hash is within the node above it.
_HASHED_FROM = 32

# A key that is left to go, half a byte at a time, and what is there.
Leaf = tuple[bytes, bytes]


def ordered_root(values: Sequence[bytes]) -> bytes:
    """The root of the trie that has each value at its place.

    Args:
        values: As they are encoded: an item of a list whole, one with a type from its type on.
    """
    if not values:
        return keccak(_NOTHING)
    leaves = sorted((_halves(rlp_number(place)), value) for place, value in enumerate(values))
    return keccak(_node(leaves, 0))


def _halves(key: bytes) -> bytes:
    """One byte for each half of a byte."""
    return bytes(half for byte in key for half in (byte >> 4, byte & 0xF))


def _node(leaves: Sequence[Leaf], at: int) -> bytes:
    """The node of leaves that agree up to a place of their keys. They are sorted, and none begins with another."""
    first, last = leaves[0][0], leaves[-1][0]
    if len(leaves) == 1:
        return rlp_list(rlp_text(_path(first[at:], _LEAF)) + rlp_text(leaves[0][1]))
    end = at
    while first[end] == last[end]:
        end += 1
    if end > at:
        return rlp_list(rlp_text(_path(first[at:end], 0)) + _reference(_node(leaves, end)))
    branches: list[list[Leaf]] = [[] for _ in range(_BRANCHES)]
    for leaf in leaves:
        branches[leaf[0][at]].append(leaf)
    nodes = [_reference(_node(each, at + 1)) if each else _NOTHING for each in branches]
    return rlp_list(b"".join(nodes) + _NOTHING)


def _path(halves: bytes, kind: int) -> bytes:
    """Half bytes as bytes, with what they lead to."""
    odd = len(halves) % 2
    whole = bytes([kind + _ODD * odd]) + (b"" if odd else b"\0") + halves
    return bytes(high << 4 | low for high, low in zip(whole[::2], whole[1::2], strict=True))


def _reference(node: bytes) -> bytes:
    return rlp_text(keccak(node)) if len(node) >= _HASHED_FROM else node
