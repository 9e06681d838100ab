"""An NFT's identity ↔ a small number, so that millions of slots can hold NFTs in arrays.

What Loopring's tree hashes into a slot is `(minter, type, contract, id, royalty)`; only all five together are one NFT.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

NO_NFT = 0
# Something lies in the slot, and the replay does not know what.
UNKNOWN_NFT = 1


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
        self._numbers: dict[bytes, int] = {}
        self._packed: list[bytes] = [b"", b""]

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, nft: NftIdentity) -> int:
        """Its number; a new one if it was never seen."""
        packed = _LAYOUT.pack(
            self._address(nft.contract), self._address(nft.minter), nft.nft_id, nft.nft_type, nft.royalty
        )
        known = self._numbers.get(packed)
        if known is None:
            known = self._numbers[packed] = len(self._packed)
            self._packed.append(packed)
        return known

    def identity(self, number: int) -> NftIdentity:
        """The NFT that has a number; neither `NO_NFT` nor `UNKNOWN_NFT` is one."""
        contract, minter, nft_id, nft_type, royalty = _LAYOUT.unpack(self._packed[number])
        return NftIdentity(self._address_list[contract], nft_id, self._address_list[minter], nft_type, royalty)

    def _address(self, address: bytes) -> int:
        known = self._addresses.get(address)
        if known is None:
            known = self._addresses[address] = len(self._address_list)
            self._address_list.append(address)
        return known
