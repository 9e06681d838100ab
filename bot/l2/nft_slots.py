"""(account, slot) → which NFT and how many copies, in arrays: some 30 bytes a slot where slots are used in a row.

Eight slots that follow each other are a page, because accounts fill theirs from the first on. A slot is addressed by
its place in the arrays; a place that was never written holds nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import groupby

from bot.l2.known_nfts import NO_NFT, UNKNOWN_NFT

_PAGE_BITS = 3
_PAGE = 1 << _PAGE_BITS
# An account has 32,768 slots, so its pages have numbers of so many bits.
_PAGES_BITS = 15 - _PAGE_BITS
_SLOTS = (1 << 15) - 1
# An amount has up to 96 bits; the few that do not fit into an array's 64 are beside it.
_LARGE = 2**64 - 1


class NftSlots:
    """What lies in the slots of all accounts."""

    def __init__(self) -> None:
        self.nft = array("I")
        self._amount = array("Q")
        self._large: dict[int, int] = {}
        self._pages: dict[int, int] = {}

    def place(self, account: int, slot: int) -> int:
        """Where a slot is in the arrays; `slot` is a token id, of which the lower 15 bits count."""
        page = account << _PAGES_BITS | (slot & _SLOTS) >> _PAGE_BITS
        start = self._pages.get(page)
        if start is None:
            start = self._pages[page] = len(self.nft)
            self.nft.extend(_EMPTY_NFTS)
            self._amount.extend(_EMPTY_AMOUNTS)
        return start + (slot & _PAGE - 1)

    def amount(self, place: int) -> int:
        """How many copies are there."""
        amount = self._amount[place]
        return amount if amount != _LARGE else self._large[place]

    def put(self, place: int, nft: int, amount: int) -> None:
        """Write a slot; an emptied one forgets its NFT if the caller says `NO_NFT`."""
        if self._amount[place] == _LARGE:
            del self._large[place]
        if amount >= _LARGE:
            self._large[place] = amount
        self.nft[place] = nft
        self._amount[place] = min(amount, _LARGE)

    def take(self, account: int, slot: int, amount: int) -> tuple[int, bool]:
        """Take copies out of a slot: what they are, and whether so many were there.

        If not, the slot is empty, and what left it is unknown. Nothing out of an empty slot is `NO_NFT`.
        """
        place = self.place(account, slot)
        nft, left = self.nft[place], self.amount(place) - amount
        if nft == NO_NFT and not amount:
            return NO_NFT, True
        self.put(place, nft if left > 0 else NO_NFT, max(left, 0))
        return nft if left >= 0 else UNKNOWN_NFT, left >= 0

    def add(self, account: int, slot: int, nft: int, amount: int) -> bool:
        """Put copies into a slot; False: another NFT lies there. One of both is wrong: what lies there is unknown."""
        place = self.place(account, slot)
        there, before = self.nft[place], self.amount(place)
        if there in (NO_NFT, nft):
            self.put(place, nft, before + amount)
            return True
        fits = UNKNOWN_NFT in (there, nft)
        self.put(place, UNKNOWN_NFT, before + amount if fits else amount)
        return fits

    def doubt(self, account: int, slot: int) -> None:
        """Something else lies in a slot than was written there: so many copies, but not known of what."""
        place = self.place(account, slot)
        if self.nft[place] != NO_NFT:
            self.put(place, UNKNOWN_NFT, self.amount(place))

    def accounts(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Each account that has a page, by its number: the NFTs it holds with their amounts, slot by slot."""
        for account, pages in groupby(sorted(self._pages), key=lambda page: page >> _PAGES_BITS):
            places = (place for page in pages for place in self._places(page))
            yield account, [(self.nft[place], self.amount(place)) for place in places if self._amount[place]]

    def count(self) -> int:
        """How many slots hold something."""
        return sum(1 for nft, amount in zip(self.nft, self._amount, strict=True) if nft != NO_NFT and amount)

    def _places(self, page: int) -> range:
        start = self._pages[page]
        return range(start, start + _PAGE)


_EMPTY_NFTS = array("I", [NO_NFT] * _PAGE)
_EMPTY_AMOUNTS = array("Q", [0] * _PAGE)
