"""The balances and owners of a made history, kept while it is made: what a replay of it has to come to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sandbox.rollup.layouts import MadeNft

FIRST_SLOT = 0x8000
LAST_SLOT = 0xFFFF


@dataclass
class Ledger:
    """Who owns each account, since which transaction, and what lies in each slot."""

    owners: dict[int, bytes] = field(default_factory=dict)
    since: dict[int, tuple[int, int]] = field(default_factory=dict)
    slots: dict[tuple[int, int], tuple[MadeNft, int]] = field(default_factory=dict)

    def own(self, account: int, owner: bytes, place: tuple[int, int]) -> None:
        """An account has an owner from this (block, transaction) on, unless it had the same before."""
        if self.owners.get(account) != owner:
            self.owners[account], self.since[account] = owner, place

    def add(self, account: int, slot: int, nft: MadeNft, amount: int) -> None:
        """Copies arrive in a slot.

        Raises:
            ValueError: something else lies there.
        """
        there, before = self.slots.get((account, slot), (nft, 0))
        if there != nft:
            raise ValueError(f"something else lies in slot {slot} of {account}")
        self.slots[account, slot] = nft, before + amount

    def take(self, account: int, slot: int, amount: int) -> MadeNft:
        """Copies leave a slot; an emptied slot is free for any NFT.

        Raises:
            ValueError: there are not so many.
        """
        nft, before = self.slots.pop((account, slot))
        if before < amount:
            raise ValueError(f"{before} copies lie in slot {slot} of {account}, not {amount}")
        if before > amount:
            self.slots[account, slot] = nft, before - amount
        return nft

    def free_slot(self, account: int) -> int:
        """The first slot of an account that is empty."""
        return next(slot for slot in range(FIRST_SLOT, LAST_SLOT) if (account, slot) not in self.slots)

    def slot_for(self, account: int, nft: MadeNft) -> int:
        """Where an account has an NFT already, or a free slot."""
        has = (slot for (who, slot), (there, _) in self.slots.items() if who == account and there == nft)
        return next(has, None) or self.free_slot(account)

    def holdings(self) -> dict[int, dict[bytes, dict[int, int]]]:
        """Account → contract → id of the NFT → copies."""
        held: dict[int, dict[bytes, dict[int, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
        for (account, _), (nft, copies) in self.slots.items():
            held[account][nft.contract][int.from_bytes(nft.nft_id, "big")] += copies
        return {
            account: {contract: dict(nfts) for contract, nfts in contracts.items()}
            for account, contracts in held.items()
        }
