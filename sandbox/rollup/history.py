"""Histories: one at random, with all that can happen on layer 2; one of the demo's community, with strangers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from random import Random

from sandbox.rollup.layouts import MadeNft
from sandbox.rollup.rollup import Rollup
from sandbox.world import World

ACCOUNTS = 40
CONTRACTS = 4
FIRST_ACCOUNT = 10_000
# Of those who trade beside the demo's community, in its own blocks.
FIRST_STRANGER = 80_000
FIRST_CONTRACT_ACCOUNT = 90_000
# Of contracts whose NFTs come from Ethereum.
FIRST_DEPOSITED_ACCOUNT = 95_000
_SIZES = (16, 32, 64)
# Enough for each type to come up, a hundred blocks or so.
_SEED, _STRANGERS_STEPS = 1, 800


def address(seed: str) -> bytes:
    """A made address."""
    return hashlib.sha256(seed.encode()).digest()[:20]


def made_nft(minter: bytes, contract: bytes, seed: str) -> MadeNft:
    """A made NFT of a minter."""
    digest = hashlib.sha256(seed.encode()).digest()
    return MadeNft(minter, digest[0] & 1, contract, digest, digest[1] % 11)


def random_history(random: Random, steps: int = 400, accounts: int = ACCOUNTS) -> Rollup:
    """Everything that can happen, at random; every block is closed."""
    return _Chance(Rollup(), random, range(FIRST_ACCOUNT, FIRST_ACCOUNT + accounts)).run(steps)


def community_history(world: World) -> Rollup:
    """Every account of the demo comes to be under its own number, and mints what it holds there; strangers do the rest.

    Without them there would be no transfer, trade or withdrawal to read, and only small blocks.
    """
    rollup = Rollup()
    for collection_id, collection in sorted(world.collections.items()):
        rollup.deposit(_contract_account(collection_id), bytes.fromhex(collection.contract_address[2:]))
    for account_id, account in sorted(world.accounts.items()):
        owner = bytes.fromhex(account.owner[2:])
        rollup.deposit(account_id, owner)
        for collection_id, held in sorted(account.holdings.items()):
            collection = world.collections[collection_id]
            contract = bytes.fromhex(collection.contract_address[2:])
            for nft_data, copies in sorted(held.items()):
                if copies:
                    nft_id = bytes.fromhex(collection.nfts[nft_data].nft_id[2:].rjust(64, "0"))
                    nft = MadeNft(owner, int(collection.nft_type == "ERC721"), contract, nft_id, 5)
                    rollup.mint(account_id, copies, _contract_account(collection_id), nft)
    rollup.close()
    strangers = range(FIRST_STRANGER, FIRST_STRANGER + ACCOUNTS)
    return _Chance(rollup, Random(_SEED), strangers).run(_STRANGERS_STEPS)


def _contract_account(collection_id: int) -> int:
    return FIRST_CONTRACT_ACCOUNT + collection_id


class _Chance:
    """Does one thing after the other, each of which is possible at that moment."""

    def __init__(self, rollup: Rollup, random: Random, accounts: range) -> None:
        self._random = random
        self._rollup = rollup
        self._accounts = accounts
        self._unborn = list(accounts)
        self._born: list[int] = []
        self._contracts = [address(f"contract {place}") for place in range(CONTRACTS)]
        self._steps = 0

    def run(self, steps: int) -> Rollup:
        self._deposit_new()
        for place, contract in enumerate(self._contracts):
            self._rollup.send_to_new(self._born[0], FIRST_CONTRACT_ACCOUNT + place, contract)
        choices: tuple[Callable[[], None], ...] = (
            self._deposit_new,
            self._send_to_new,
            self._send_ether,
            self._send_nft,
            self._send_nft_to_new,
            self._sell_nft,
            self._swap,
            self._mint,
            self._mint_to,
            self._deposit_nft,
            self._withdraw_nft,
            self._force_withdrawal,
            self._withdraw_invalid,
            self._state_slot,
            self._update_account,
            self._rest,
        )
        for _ in range(steps):
            self._steps += 1
            self._random.choice(choices)()
            if self._random.randrange(50) == 0:
                self._rollup.close()
                self._rollup.size = self._random.choice(_SIZES)
        self._rollup.close()
        return self._rollup

    def _account(self) -> int:
        return self._random.choice(self._born)

    def _new(self) -> int | None:
        """An account that does not exist yet; None if all do."""
        if not self._unborn:
            return None
        self._born.append(self._unborn.pop(0))
        return self._born[-1]

    def _owner(self, account: int) -> bytes:
        return self._rollup.ledger.owners.get(account) or address(f"owner {account}")

    def _held(self) -> tuple[int, int, int] | None:
        """An account, a slot, and how many of the copies there to move."""
        slots = self._rollup.ledger.slots
        own = sorted(each for each in slots if each[0] in self._accounts)  # the community keeps what it has
        if not own:
            return None
        account, slot = self._random.choice(own)
        copies = slots[account, slot][1]
        return account, slot, self._random.choice((1, copies)) if copies < 1 << 19 else 1

    def _nft(self, minter: bytes) -> tuple[int, MadeNft]:
        """One that was minted before or a new one, and the account of its contract."""
        place = self._random.randrange(CONTRACTS)
        seed = f"nft {minter.hex()} {place} {self._random.randrange(4)}"
        return FIRST_CONTRACT_ACCOUNT + place, made_nft(minter, self._contracts[place], seed)

    def _deposit_new(self) -> None:
        account = self._new() or self._account()
        self._rollup.deposit(account, self._owner(account))

    def _send_to_new(self) -> None:
        sender, account = self._account(), self._new()
        if account:
            self._rollup.send_to_new(sender, account, self._owner(account))

    def _send_ether(self) -> None:
        self._rollup.send_ether(self._account(), self._account(), conditional=self._random.random() < 0.3)  # noqa: PLR2004

    def _send_nft(self) -> None:
        held = self._held()
        if held:
            self._rollup.send_nft(*held, self._account())

    def _send_nft_to_new(self) -> None:
        held = self._held()
        account = self._new() if held else None
        if held and account:
            self._rollup.send_nft(*held, account, new_owner=self._owner(account))

    def _sell_nft(self) -> None:
        held, buyer = self._held(), self._account()
        if held and buyer != held[0]:
            self._rollup.sell_nft(*held, buyer, seller_first=self._random.random() < 0.5)  # noqa: PLR2004

    def _swap(self) -> None:
        one, other = self._held(), self._held()
        if one and other and one[0] != other[0]:
            self._rollup.swap_nfts(*one[:2], *other[:2])

    def _mint(self) -> None:
        account = self._account()
        token_account, nft = self._nft(self._owner(account))
        # Once in a while more than 64 bits: an amount has up to 96.
        amount = self._random.choice((1, 1, 3, 100, 2**70 if self._random.randrange(9) == 0 else 7))
        if self._rollup.ledger.slots.get((account, self._rollup.ledger.slot_for(account, nft)), (nft, 0))[1] < 1 << 80:
            self._rollup.mint(account, amount, token_account, nft)

    def _mint_to(self) -> None:
        minter = self._account()
        account = self._new() or self._account()
        _, nft = self._nft(self._owner(minter))
        self._rollup.mint_to(minter, self._random.choice((1, 5)), account, self._owner(account), nft)

    def _deposit_nft(self) -> None:
        place = self._random.randrange(3)
        contract, contract_account = address(f"contract of Ethereum {place}"), FIRST_DEPOSITED_ACCOUNT + place
        if contract_account not in self._rollup.ledger.owners:
            self._rollup.send_to_new(self._account(), contract_account, contract)
        account = self._new() or self._account()
        nft = replace(made_nft(contract, contract, f"nft of Ethereum {self._random.randrange(5)}"), royalty=0)
        self._rollup.deposit_nft(contract_account, self._random.choice((1, 2)), account, self._owner(account), nft)

    def _withdraw_nft(self) -> None:
        held = self._held()
        if held:
            self._rollup.withdraw_nft(*held, self._random.choice((0, 1)))

    def _force_withdrawal(self) -> None:
        held = self._held()
        if held:
            account, slot, _ = held
            self._rollup.withdraw_nft(account, slot, self._rollup.ledger.slots[account, slot][1], 2)

    def _withdraw_invalid(self) -> None:
        held = self._held()
        if held:
            self._rollup.withdraw_invalid(*held[:2])

    def _state_slot(self) -> None:
        held = self._held()
        if held and self._random.random() < 0.7:  # noqa: PLR2004
            self._rollup.state_slot(*held[:2])
        else:
            account = self._account()
            self._rollup.state_slot(account, self._rollup.ledger.free_slot(account))

    def _update_account(self) -> None:
        account = self._account()
        owner = self._owner(account)
        if self._random.randrange(5) == 0:
            owner = address(f"next owner {account} {self._steps}")
        self._rollup.update_account(account, owner)

    def _rest(self) -> None:
        """What moves no NFT and names no new owner."""
        account, other = self._account(), self._account()
        choice = self._random.randrange(4)
        if choice == 0:
            self._rollup.trade_ether(account, other)
        elif choice == 1:
            self._rollup.update_pool(account)
        elif choice == 2:  # noqa: PLR2004 - one of four
            self._rollup.verify_signature(account)
        else:
            self._rollup.withdraw_ether(account)
