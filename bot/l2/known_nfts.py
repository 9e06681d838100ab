"""An NFT's identity ↔ a small number, so that millions of slots can hold NFTs in arrays.

What Loopring's tree hashes into a slot is `(minter, type, contract, id, royalty)`; only all five together are one NFT.
They are packed one after the other, and found by a table of numbers with free places between them: some 55 bytes for
each NFT, a third of what a dictionary needs.
"""

from __future__ import annotations

from array import array
from struct import Struct
from typing import NamedTuple

NO_NFT = 0
# Something lies in the slot, and the replay does not know what.
UNKNOWN_NFT = 1
_FIRST = 2

_FREE = 0
_SMALLEST = 1 << 10


class NftIdentity(NamedTuple):
    """What makes two NFTs the same."""

    contract: bytes
    nft_id: bytes
    minter: bytes
    nft_type: int
    royalty: int


_LAYOUT = Struct(">II32sBB")


class KnownNfts:
    """Numbers for NFTs, in the order in which they are first seen; addresses are stored once each."""

    def __init__(self) -> None:
        self._addresses: dict[bytes, int] = {}
        self._address_list: list[bytes] = []
        self._packed = bytearray(_FIRST * _LAYOUT.size)
        self._table = array("I", [_FREE]) * _SMALLEST

    def __len__(self) -> int:
        return len(self._packed) // _LAYOUT.size - _FIRST

    def number(self, nft: NftIdentity) -> int:
        """Its number; a new one if it was never seen."""
        packed = _LAYOUT.pack(
            self._address(nft.contract), self._address(nft.minter), nft.nft_id, nft.nft_type, nft.royalty
        )
        place = self._place(packed)
        known = self._table[place]
        if known == _FREE:
            known = self._table[place] = len(self._packed) // _LAYOUT.size
            self._packed += packed
            if 2 * len(self) > len(self._table):
                self._grow()
        return known

    def identity(self, number: int) -> NftIdentity:
        """The NFT that has a number; neither `NO_NFT` nor `UNKNOWN_NFT` is one."""
        contract, minter, nft_id, nft_type, royalty = _LAYOUT.unpack_from(self._packed, number * _LAYOUT.size)
        return NftIdentity(self._address_list[contract], nft_id, self._address_list[minter], nft_type, royalty)

    def _place(self, packed: bytes) -> int:
        """Where a packed NFT is in the table, or the free place where it belongs."""
        table, size, mask = self._table, _LAYOUT.size, len(self._table) - 1
        place = hash(packed) & mask
        while (number := table[place]) != _FREE and self._packed[number * size : (number + 1) * size] != packed:
            place = place + 1 & mask
        return place

    def _grow(self) -> None:
        size = _LAYOUT.size
        self._table = array("I", [_FREE]) * (2 * len(self._table))
        for number in range(_FIRST, _FIRST + len(self)):
            self._table[self._place(bytes(self._packed[number * size : (number + 1) * size]))] = number

    def _address(self, address: bytes) -> int:
        known = self._addresses.get(address)
        if known is None:
            known = self._addresses[address] = len(self._address_list)
            self._address_list.append(address)
        return known
