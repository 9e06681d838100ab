"""The state of a replay → its accounts, one by one: slots are added up by NFT, and NFTs by contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import groupby

from bot.l2.account_state import AccountState, ContractHoldings
from bot.l2.known_nfts import UNKNOWN_NFT, KnownNfts
from bot.l2.nft_slots import NftSlots
from bot.l2.owners_by_account import OwnersByAccount
from bot.messages import Message, Words

_HOLDS_UNKNOWN = Message("This account holds an NFT whose contract is not known.")


def final_accounts(
    owners: OwnersByAccount,
    slots: NftSlots,
    nfts: KnownNfts,
    incomplete: Mapping[int, Words],
    ended_by: Words | None = None,
) -> Iterator[AccountState]:
    """Every account that has an owner, a slot, or a deviation; by its number.

    Args:
        owners: Of accounts.
        slots: What lies in them.
        nfts: What the numbers there mean.
        incomplete: Why some accounts are.
        ended_by: Why all others are too; None: they are not.
    """
    nothing: list[tuple[int, int]] = []
    known = ((account, nothing) for account in sorted(owners.address.keys() | incomplete.keys()))
    both = merge(known, slots.accounts(), key=lambda each: each[0])
    for account, parts in groupby(both, key=lambda each: each[0]):
        held = [(_undisputed(nft, nfts, owners), count) for _, slots_held in parts for nft, count in slots_held]
        reason = incomplete.get(account)
        if reason is None and any(nft == UNKNOWN_NFT for nft, _ in held):
            reason = _HOLDS_UNKNOWN()
        reason = reason or ended_by
        owner = owners.address.get(account, b"")
        yield AccountState(
            account,
            _text(owner) if owner else "",
            owners.since(account),
            _by_contract(held, nfts),
            reason,
        )


def _undisputed(number: int, nfts: KnownNfts, owners: OwnersByAccount) -> int:
    """The NFT; unknown where its contract was concluded from the owner of an account that is not known any more."""
    if owners.disputed and number != UNKNOWN_NFT and nfts.identity(number).contract in owners.disputed:
        return UNKNOWN_NFT
    return number


def _by_contract(held: list[tuple[int, int]], nfts: KnownNfts) -> tuple[ContractHoldings, ...]:
    contracts: dict[bytes, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    types: dict[bytes, set[int]] = defaultdict(set)
    for number, copies in held:
        if number != UNKNOWN_NFT:
            nft = nfts.identity(number)
            contracts[nft.contract][int.from_bytes(nft.nft_id, "big")] += copies
            types[nft.contract].add(nft.nft_type)
    return tuple(
        ContractHoldings(_text(contract), tuple(sorted(contracts[contract].items())), frozenset(types[contract]))
        for contract in sorted(contracts)
    )


def _text(address: bytes) -> str:
    return "0x" + address.hex()
