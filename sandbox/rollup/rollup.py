"""Loopring's operator: takes transactions, keeps the ledger, and closes blocks. Each method is one event."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from sandbox.rollup import layouts
from sandbox.rollup.layouts import NOBODY, MadeNft
from sandbox.rollup.ledger import Ledger

EXCHANGE = bytes.fromhex("0baba1ad5be3a5c0a66e7ac838a129bf948f1ea4")
FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617
GENESIS_ROOT = hashlib.sha256(b"an empty tree").digest()
STARTED_AT = 1_640_000_000
SECONDS_APART = 600
OPERATOR = 2
ETH = 0


@dataclass(frozen=True)
class MadeBlock:
    """A closed block, and what Ethereum's event says about it."""

    number: int
    size: int
    data: bytes
    root: bytes

    @property
    def data_hash(self) -> bytes:
        """SHA-256 of the data."""
        return hashlib.sha256(self.data).digest()


@dataclass
class Rollup:
    """Layer 2 while its history is made.

    Attributes:
        size: Transactions of each block; may be changed between blocks.
        blocks: Those that are closed.
        ledger: What must come out of all transactions so far.
    """

    size: int = 16
    blocks: list[MadeBlock] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    _open: list[bytes] = field(default_factory=list)
    _root: bytes = GENESIS_ROOT

    @property
    def place(self) -> tuple[int, int]:
        """Block and index of the next transaction."""
        return len(self.blocks) + 1, len(self._open)

    def deposit(self, account: int, owner: bytes, amount: int = 10**18) -> None:
        """Ether arrives; the account may be new."""
        self.ledger.own(account, owner, self._room(1))
        self._write(layouts.deposit(owner, account, ETH, amount))

    def send_to_new(self, account: int, to_account: int, to: bytes) -> None:
        """Ether goes to an address that has no account yet."""
        self.ledger.own(to_account, to, self._room(1))
        self._write(layouts.transfer(account, to_account, ETH, 5 * 10**15, to=to, fee=100))

    def send_ether(self, account: int, to_account: int, *, conditional: bool = False) -> None:
        """Ether goes to an account; a conditional transfer writes both addresses."""
        self._room(1)
        owners = self.ledger.owners
        to, owner = (owners[to_account], owners[account]) if conditional else (NOBODY, NOBODY)
        self._write(layouts.transfer(account, to_account, ETH, 12_345 * 10**10, to=to, owner=owner))

    def send_nft(self, account: int, slot: int, amount: int, to_account: int, *, new_owner: bytes = NOBODY) -> None:
        """Copies go to another account, which may be new, or to another slot of the same."""
        place = self._room(1)
        if new_owner != NOBODY:
            self.ledger.own(to_account, new_owner, place)
        nft = self.ledger.take(account, slot, amount)
        to_slot = self.ledger.slot_for(to_account, nft)
        self.ledger.add(to_account, to_slot, nft, amount)
        written = 0 if to_slot == slot else to_slot
        self._write(layouts.transfer(account, to_account, slot, amount, to=new_owner, to_token=written))

    def trade_ether(self, account: int, other: int) -> None:
        """Two accounts exchange tokens."""
        self._room(1)
        self._write(layouts.trade((account, other), (ETH, 1), (10**16, 25 * 10**18), fee_bips=(30, 100)))

    def sell_nft(self, account: int, slot: int, amount: int, buyer: int, *, seller_first: bool = True) -> None:
        """Copies for Ether; either of the two may be the trade's first."""
        self._room(1)
        nft = self.ledger.take(account, slot, amount)
        to_slot = self.ledger.slot_for(buyer, nft)
        self.ledger.add(buyer, to_slot, nft, amount)
        written = 0 if to_slot == slot else to_slot
        accounts, tokens, fills, bought = (account, buyer), (slot, ETH), (amount, 10**17), (0, written)
        if not seller_first:
            accounts, tokens, fills, bought = (buyer, account), (ETH, slot), (10**17, amount), (written, 0)
        self._write(layouts.trade(accounts, tokens, fills, bought=bought, fee_bips=(0, 200)))

    def swap_nfts(self, account: int, slot: int, other: int, other_slot: int) -> None:
        """One copy for one copy; each arrives in a slot that has its NFT, or in a free one."""
        self._room(1)
        given, got = self.ledger.take(account, slot, 1), self.ledger.take(other, other_slot, 1)
        got_slot, given_slot = self.ledger.slot_for(account, got), 0
        self.ledger.add(account, got_slot, got, 1)
        given_slot = self.ledger.slot_for(other, given)
        self.ledger.add(other, given_slot, given, 1)
        bought = (0 if got_slot == other_slot else got_slot, 0 if given_slot == slot else given_slot)
        self._write(layouts.trade((account, other), (slot, other_slot), (1, 1), bought=bought))

    def mint(self, account: int, amount: int, token_account: int, nft: MadeNft) -> int:
        """To the minter's own account; returns the slot."""
        self._room(1)
        slot = self.ledger.slot_for(account, nft)
        self.ledger.add(account, slot, nft, amount)
        self._write(layouts.mint_to_self(account, slot, amount, token_account, nft))
        return slot

    def mint_to(self, minter_account: int, amount: int, to_account: int, to: bytes, nft: MadeNft) -> None:
        """To any account, which may be new; two transactions state the NFT."""
        self._arrive(1, minter_account, amount, to_account, to, nft)

    def deposit_nft(self, contract_account: int, amount: int, to_account: int, to: bytes, nft: MadeNft) -> None:
        """From Ethereum; the contract counts as the minter, and has an account for it."""
        self._arrive(2, contract_account, amount, to_account, to, nft)

    def withdraw_nft(self, account: int, slot: int, amount: int, kind: int = 0) -> None:
        """Copies leave for Ethereum, which is told before what they are; kind 2 takes all."""
        self._room(3)
        nft = self.ledger.take(account, slot, amount)
        self._write(*layouts.nft_data(account, slot, nft))
        self._write(layouts.withdrawal(kind, self.ledger.owners[account], account, slot, amount))

    def withdraw_invalid(self, account: int, slot: int) -> None:
        """Somebody who does not own the account forced a withdrawal: nothing moves."""
        self._room(1)
        self._write(layouts.withdrawal(3, self.ledger.owners[account], account, slot, 0))

    def withdraw_ether(self, account: int) -> None:
        """Ether leaves."""
        self._room(1)
        self._write(layouts.withdrawal(0, self.ledger.owners[account], account, ETH, 10**17, fee=1000))

    def state_slot(self, account: int, slot: int) -> None:
        """What lies in a slot; for an empty one, any NFT of no minter."""
        self._room(2)
        empty = MadeNft(NOBODY, 0, b"\x77" * 20, b"\x99" * 32, 1)
        nft, _ = self.ledger.slots.get((account, slot), (empty, 0))
        self._write(*layouts.nft_data(account, slot, nft))

    def update_account(self, account: int, owner: bytes, nonce: int = 1) -> None:
        """A new key; the owner may be another one."""
        self.ledger.own(account, owner, self._room(1))
        self._write(layouts.account_update(owner, account, hashlib.sha256(owner).digest(), nonce))

    def update_pool(self, account: int) -> None:
        """The weight of a pool."""
        self._room(1)
        self._write(layouts.amm_update(self.ledger.owners[account], account, 1, 10**6))

    def verify_signature(self, account: int) -> None:
        """An owner's signature."""
        self._room(1)
        owner = self.ledger.owners[account]
        self._write(layouts.signature_verification(owner, account, hashlib.sha256(owner).digest()))

    def close(self) -> None:
        """Fill the open block and close it; nothing happens if it is empty."""
        if self._open:
            self._open += [layouts.noop()] * (self.size - len(self._open))
            count = len(self.blocks) + 1
            digest = hashlib.sha256(self._root + b"".join(self._open)).digest()
            after = (int.from_bytes(digest, "big") % FIELD).to_bytes(32, "big")
            timestamp = STARTED_AT + count * SECONDS_APART
            data = layouts.block_data(EXCHANGE, self._root, after, timestamp, OPERATOR, self._open)
            self.blocks.append(MadeBlock(count, len(self._open), data, after))
            self._root = after
            self._open = []

    def _arrive(self, kind: int, minter_account: int, amount: int, to_account: int, to: bytes, nft: MadeNft) -> None:
        self.ledger.own(to_account, to, self._room(3))
        slot = self.ledger.slot_for(to_account, nft)
        self.ledger.add(to_account, slot, nft, amount)
        self._write(layouts.mint_to(kind, minter_account, slot, amount, to_account, to))
        self._write(*layouts.nft_data(to_account, slot, nft))

    def _room(self, count: int) -> tuple[int, int]:
        """The place of the next transactions, which lie in one block."""
        if len(self._open) + count > self.size:
            self.close()
        return self.place

    def _write(self, *transactions: bytes) -> None:
        self._open += transactions
        if len(self._open) == self.size:
            self.close()
