"""The root of a list as blocks of Ethereum have it, made by putting one value after the other into a trie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.checksums import keccak_256
from sandbox.rollup.rlp import rlp, rlp_list


@dataclass
class _Node:
    """What follows a path; a node with one follower and nothing of its own is no branch once it is written."""

    followers: dict[str, _Node] = field(default_factory=dict)
    value: bytes = b""


def root_of(values: Sequence[bytes]) -> bytes:
    """The root of the values, each at its place."""
    top = _Node()
    for place, value in enumerate(values):
        node = top
        for digit in rlp(place).hex():
            node = node.followers.setdefault(digit, _Node())
        node.value = value
    return keccak_256(_written(top))


def _written(node: _Node) -> bytes:
    path = ""
    while not node.value and len(node.followers) == 1:
        ((digit, node),) = node.followers.items()
        path += digit
    if not node.followers:
        return rlp([_compact(path, 2), node.value]) if node.value else rlp(b"")
    followers = [_short(node.followers[digit]) if digit in node.followers else rlp(b"") for digit in "0123456789abcdef"]
    branch = rlp_list([*followers, rlp(node.value)])
    return rlp_list([rlp(_compact(path, 0)), _hashed(branch)]) if path else branch


def _short(node: _Node) -> bytes:
    return _hashed(_written(node))


def _hashed(written: bytes) -> bytes:
    return written if len(written) < 32 else rlp(keccak_256(written))  # noqa: PLR2004 - a hash


def _compact(path: str, kind: int) -> bytes:
    return bytes.fromhex(f"{kind + 1}{path}" if len(path) % 2 else f"{kind}0{path}")
