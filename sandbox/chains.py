"""Ethereum and its like: contracts, their NFTs, and who holds how many copies of each.

Addresses are keys in lower case; each API formats them itself. Token ids are integers, as on the chain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ETHEREUM = 1


@dataclass
class Token:
    """One NFT of a contract; `image` is an ipfs:// URI or empty, `is_indexed` False: its metadata could not be read."""

    token_id: int
    name: str
    description: str = ""
    image: str = ""
    attributes: list[dict[str, str]] = field(default_factory=list)
    is_indexed: bool = True


@dataclass
class Contract:
    """An NFT contract: `standard` is ERC-721, ERC-1155 or ERC-404, `reputation` ok or scam.

    `icon` is a URL or an ipfs:// URI or None. `is_counted` False: the indexer does not know how many of it anyone has.
    """

    address: str
    name: str | None
    symbol: str | None
    standard: str
    icon: str | None = None
    reputation: str = "ok"
    is_counted: bool = True
    tokens: dict[int, Token] = field(default_factory=dict)


@dataclass
class Chain:
    """One chain: `holdings` is holder -> contract -> token id -> copies, without empty entries."""

    chain_id: int
    name: str
    contracts: dict[str, Contract] = field(default_factory=dict)
    holdings: dict[str, dict[str, dict[int, int]]] = field(default_factory=dict)

    def add(self, contract: Contract) -> Contract:
        """Deploy a contract."""
        self.contracts[contract.address.lower()] = contract
        return contract

    def give(self, holder: str, contract: str, token_id: int, copies: int = 1) -> None:
        """Give copies of an NFT to an address.

        Raises:
            KeyError: no such contract, or it has no such token.
        """
        address = contract.lower()
        token = self.contracts[address].tokens[token_id]
        held = self.holdings.setdefault(holder.lower(), {}).setdefault(address, {})
        held[token.token_id] = held.get(token.token_id, 0) + copies

    def held_by(self, holder: str) -> dict[str, dict[int, int]]:
        """What an address holds; nothing, if the chain has never seen it."""
        return self.holdings.get(holder.lower(), {})

    def holders_of(self, contract: str) -> Iterator[tuple[str, dict[int, int]]]:
        """Everybody who holds something of a contract, with token id -> copies."""
        address = contract.lower()
        for holder, held in self.holdings.items():
            if address in held:
                yield holder, held[address]
