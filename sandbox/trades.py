"""NFTs that are bought, sold and given away, on Loopring or on a chain; and who holds what, for the page.

Elsewhere is everybody who is not in this world: what is sold goes there, what is bought comes from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.chains import Chain, Contract
    from sandbox.world import Collection, L2Account, World

LOOPRING = "loopring"
ELSEWHERE = "elsewhere"
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True)
class Trade:
    """What moved from whom to whom, each an account or address, or "elsewhere"; `kinds` of `copies` altogether."""

    giver: str
    taker: str
    name: str
    kinds: int
    copies: int

    def sentence(self) -> str:
        """What happened, for a person."""
        copies = "1 copy" if self.copies == 1 else f"{self.copies:,} copies"
        kinds = "1 NFT" if self.kinds == 1 else f"{self.kinds} different NFTs"
        return f"{copies} of {kinds} of {self.name} went from {self.giver} to {self.taker}."


class _Ledger(Protocol):
    """Who holds what of one collection, as kind -> copies; a kind is Loopring's nftData or a token id as text."""

    name: str

    def kinds(self) -> list[str]: ...

    def held(self, holder: str) -> dict[str, int]: ...

    def put(self, holder: str, kind: str, copies: int) -> None: ...


def trade(
    world: World,
    network: str,
    giver: str | None,
    taker: str | None,
    collection: str,
    nft: str | None = None,
    copies: int | None = None,
) -> Trade:
    """Move NFTs of one collection.

    Args:
        world: changed in place.
        network: loopring, or the number of a chain.
        giver: whose they are, an account's number or an address; None: they are bought from elsewhere.
        taker: who gets them; None: they are sold, and leave this world.
        collection: its number on Loopring, the address of its contract on a chain.
        nft: which kind. By default all that the giver holds; of a purchase, the first that the taker does not hold.
        copies: how many of each kind; by default all that there are, of a purchase 1.

    Raises:
        ValueError: with a sentence that says why that cannot be.
    """
    if giver is None and taker is None:
        raise ValueError("either from or to is somebody")
    ledger = _ledger(world, network, collection)
    if giver is None:
        moved = {_bought(ledger, str(taker), nft): 1 if copies is None else copies}
    else:
        held = {kind: count for kind, count in ledger.held(giver).items() if count and nft in (None, kind)}
        if not held:
            raise ValueError(f"{giver} holds nothing of that in {ledger.name}")
        if copies is not None and copies > min(held.values()):
            raise ValueError(f"{giver} has fewer than {copies} copies")
        moved = {kind: count if copies is None else copies for kind, count in held.items()}
    if min(moved.values()) < 1:
        raise ValueError("copies is at least 1")
    if taker is not None:
        ledger.held(taker)  # refuses who does not exist, before anything has changed
    for kind, count in moved.items():
        if giver is not None:
            ledger.put(giver, kind, ledger.held(giver)[kind] - count)
        if taker is not None:
            ledger.put(taker, kind, ledger.held(taker).get(kind, 0) + count)
    return Trade(giver or ELSEWHERE, taker or ELSEWHERE, ledger.name, len(moved), sum(moved.values()))


def holdings_json(world: World, user_id: int) -> list[dict[str, Any]]:
    """The accounts of somebody, and the addresses of their owners on the chains, with what each holds."""
    found = []
    for account in world.accounts.values():
        if account.discord_user != user_id:
            continue
        found.append(_place_json(LOOPRING, "Loopring", str(account.account_id), _of_account(world, account)))
        for chain in world.chains.values():
            if held := chain.held_by(account.owner):
                rows = _of_address(chain, held)
                found.append(_place_json(str(chain.chain_id), chain.name, account.owner, rows))
    return found


def collections_json(world: World) -> list[dict[str, str]]:
    """What can be bought, by network."""
    on_loopring = [(LOOPRING, str(each.id), each.name) for each in world.collections.values() if each.nfts]
    on_chains = [
        (str(chain.chain_id), contract.address, contract.name or contract.address)
        for chain in world.chains.values()
        for contract in chain.contracts.values()
        if contract.tokens
    ]
    return [{"network": network, "collection": key, "name": name} for network, key, name in on_loopring + on_chains]


def _place_json(network: str, label: str, holder: str, rows: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return {"network": network, "label": label, "holder": holder, "collections": list(rows)}


def _of_account(world: World, account: L2Account) -> Iterator[dict[str, Any]]:
    for collection_id, held in account.holdings.items():
        copies = [count for count in held.values() if count]
        if copies:
            name = world.collections[collection_id].name
            yield {"collection": str(collection_id), "name": name, "kinds": len(copies), "copies": sum(copies)}


def _of_address(chain: Chain, held: Mapping[str, Mapping[int, int]]) -> Iterator[dict[str, Any]]:
    for address, tokens in held.items():
        name = chain.contracts[address].name or address
        yield {"collection": address, "name": name, "kinds": len(tokens), "copies": sum(tokens.values())}


def _bought(ledger: _Ledger, taker: str, nft: str | None) -> str:
    kinds, held = ledger.kinds(), ledger.held(taker)
    if nft is not None and nft not in kinds:
        raise ValueError(f"there is no {nft} in {ledger.name}")
    if not kinds:
        raise ValueError(f"there is nothing of {ledger.name} to buy")
    return nft or next((kind for kind in kinds if not held.get(kind)), kinds[0])


def _ledger(world: World, network: str, collection: str) -> _Ledger:
    if network == LOOPRING:
        found = world.collections.get(int(collection)) if collection.isdecimal() else None
        if found is None:
            raise ValueError(f"there is no collection {collection}")
        return _LoopringLedger(world, found)
    chain = world.chains.get(int(network)) if network.isdecimal() else None
    if chain is None:
        raise ValueError("network is loopring or the number of a chain")
    contract = chain.contracts.get(collection.lower())
    if contract is None:
        raise ValueError(f"there is no contract {collection}")
    return _ChainLedger(chain, contract)


class _LoopringLedger:
    """A row whose copies are gone stays, with 0, as on Loopring."""

    def __init__(self, world: World, collection: Collection) -> None:
        self.name = collection.name
        self._world = world
        self._collection = collection

    def kinds(self) -> list[str]:
        return list(self._collection.nfts)

    def held(self, holder: str) -> dict[str, int]:
        return self._account(holder).holdings.get(self._collection.id, {})

    def put(self, holder: str, kind: str, copies: int) -> None:
        self._account(holder).holdings.setdefault(self._collection.id, {})[kind] = copies

    def _account(self, holder: str) -> L2Account:
        account = self._world.accounts.get(int(holder)) if holder.isdecimal() else None
        if account is None:
            raise ValueError(f"there is no account {holder}")
        return account


class _ChainLedger:
    """What is gone leaves no trace, as on a chain's list of holdings."""

    def __init__(self, chain: Chain, contract: Contract) -> None:
        self.name = contract.name or contract.address
        self._chain = chain
        self._contract = contract

    def kinds(self) -> list[str]:
        return [str(token_id) for token_id in self._contract.tokens]

    def held(self, holder: str) -> dict[str, int]:
        if not _ADDRESS.fullmatch(holder):
            raise ValueError("on a chain, somebody is an address")
        held = self._chain.held_by(holder).get(self._contract.address.lower(), {})
        return {str(token_id): copies for token_id, copies in held.items()}

    def put(self, holder: str, kind: str, copies: int) -> None:
        address, token_id = self._contract.address.lower(), int(kind)
        if copies:
            self._chain.holdings.setdefault(holder.lower(), {}).setdefault(address, {})[token_id] = copies
            return
        held = self._chain.holdings[holder.lower()]
        held[address].pop(token_id)
        if not held[address]:
            del held[address]
