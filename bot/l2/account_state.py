"""What one account holds at the end of a replay, and where on Ethereum its owner is found."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages import Words


@dataclass(frozen=True, slots=True)
class Place:
    """A transaction of layer 2: the number of its block, and its index there from 0 on."""

    block: int
    transaction: int


@dataclass(frozen=True, slots=True)
class ContractHoldings:
    """The NFTs of one contract, each with its copies, in the order of their ids.

    Attributes:
        contract: Its address in lower case.
        nfts: Id and copies.
        nft_types: Which there are among them, as blocks have it: 0 is ERC-1155, 1 is ERC-721.
    """

    contract: str
    nfts: tuple[tuple[int, int], ...]
    nft_types: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AccountState:
    """One account.

    Attributes:
        account_id: Its number on Loopring.
        owner: Its address in lower case; "": not known, or stated differently by two transactions.
        owner_since: The transaction by which it got this owner; None where `owner` is "".
        holdings: By contract, in the order of their addresses.
        incomplete_reason: Why it may hold something else than this; None: it is complete.
    """

    account_id: int
    owner: str = ""
    owner_since: Place | None = None
    holdings: tuple[ContractHoldings, ...] = ()
    incomplete_reason: Words | None = None


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where a block says something else than the replay has; the accounts are incomplete from there on."""

    place: Place
    accounts: tuple[int, ...]
    words: Words
