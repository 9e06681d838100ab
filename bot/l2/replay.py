"""Blocks, one after the other → who owns each account, and what lies in each of its NFT slots.

The laws: a block is applied as a whole or not at all. What a block says is proven, so where it contradicts the replay,
the replay is wrong: that is listed, and the accounts that the transaction names are incomplete from then on. What the
block disproves is not held any more: what lies in that slot is unknown, and so is what leaves it later, so that who
gets it is incomplete too. Each `NftData` says what lies in a slot, and is compared with it. A count below zero never
is: the slot becomes empty, and what left it is unknown. An emptied slot forgets its NFT. A transaction whose meaning is
not known makes its account incomplete, what lies in its slot unknown, and nobody an owner; a block that cannot be read
ends the replay (`end`).
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.l2.account_state import AccountState, Deviation, Place
from bot.l2.block_check import CheckedBlock
from bot.l2.block_errors import ChainError
from bot.l2.block_layout import read_transactions
from bot.l2.final_accounts import final_accounts
from bot.l2.known_nfts import NO_NFT, UNKNOWN_NFT, KnownNfts, NftIdentity
from bot.l2.nft_slots import NftSlots
from bot.l2.owners_by_account import OwnersByAccount
from bot.l2.transactions import (
    FIRST_NFT_SLOT,
    INVALID_WITHDRAWAL,
    NO_ADDRESS,
    STATES_MINTER,
    AccountUpdate,
    AmmUpdate,
    BeyondLayout,
    Deposit,
    NftArrival,
    NftData,
    NftMint,
    SignatureVerification,
    SpotTrade,
    Transaction,
    Transfer,
    Withdrawal,
)
from bot.messages import Message, Words

_NOT_NEXT = Message("Block {found:,} cannot be applied: the replay is at block {last:,}, and needs the next.")
_BEYOND_LAYOUT = Message("Block {number:,}, transaction {index}: {fault}")
_TOO_FEW = Message("More copies leave a slot of this account than it holds.")
_OTHER_NFT = Message("An NFT arrives in a slot of this account where another one lies.")
_OTHER_OWNER = Message("Two transactions name different owners of this account.")
_CONTRACT_UNKNOWN = Message("The contract or the minter of an NFT minted to this account is not known.")
_NOT_STATED = Message("The two NFT data transactions that must follow a mint to this account are not there.")
_NOT_AS_STATED = Message("A block states that another NFT lies in a slot of this account.")
_NOT_EMPTY = Message("A block states that a slot of this account is empty, and the replay has an NFT there.")
_NOT_ALL_LEFT = Message("A forced withdrawal takes everything from a slot of this account, and something is left.")
_INVALID_MOVES = Message("A withdrawal that is marked as invalid takes something from this account.")
_FEE_IN_NFTS = Message("Two NFTs are exchanged with a fee: what is paid in copies is not known.")
_NOT_A_SLOT = Message("A block has an NFT of this account in a place that is not for NFTs.")
_NO_NFT = Message("A block has something else than an NFT in a slot of this account.")

# A wrong replay would list millions; these are enough to see what is wrong, and all are counted.
MOST_LISTED = 10_000


class Replay:
    """The state of layer 2 after the blocks that were applied.

    Attributes:
        last_block: The number of the last one; 0: none.
        root: Of the tree after it, as Ethereum has it.
        timestamp: When it was made, in seconds since 1970.
        transactions: How many were applied.
        deviations: The first of them, in their order.
        deviation_count: How many there were.
        ended_by: Why what came after the last block is not known; None: nothing did, or it was not asked for.
    """

    def __init__(self) -> None:
        self.last_block = 0
        self.root = b""
        self.timestamp = 0
        self.transactions = 0
        self.deviations: list[Deviation] = []
        self.deviation_count = 0
        self.ended_by: Words | None = None
        self.nfts = KnownNfts()
        self.slots = NftSlots()
        self.owners = OwnersByAccount()
        self._incomplete: dict[int, Words] = {}
        self._place = Place(0, 0)

    def apply(self, block: CheckedBlock) -> None:
        """Apply the next block.

        Raises:
            ChainError: it is not the next; nothing has changed.
            LayoutError: with a transaction whose layout is not known; nothing has changed.
        """
        if block.number != self.last_block + 1:
            raise ChainError(_NOT_NEXT, found=block.number, last=self.last_block)
        transactions = read_transactions(block.number, block.size, block.data)
        number, owner_of = block.number, self.owners.address
        for index, each in enumerate(transactions):
            kind = type(each)
            # The most frequent first, and what changes nothing here as early as possible.
            if kind is SpotTrade:
                if each.token_a >= FIRST_NFT_SLOT or each.token_b >= FIRST_NFT_SLOT:  # type: ignore[union-attr]
                    self._rare(Place(number, index), each)
            elif kind is Transfer:
                if each.token >= FIRST_NFT_SLOT or each.to != NO_ADDRESS or each.owner != NO_ADDRESS:  # type: ignore[union-attr]
                    self._rare(Place(number, index), each)
            elif (
                kind in _ALWAYS
                or (kind in _NAMES_OWNER and owner_of.get(each.account) != each.owner)  # type: ignore[union-attr]
                or (kind in _HAS_TOKEN and each.token >= FIRST_NFT_SLOT)  # type: ignore[union-attr]
            ):
                self._rare(Place(number, index), each)
        self.last_block, self.root, self.timestamp = number, block.header.root_after, block.header.timestamp
        self.transactions += len(transactions)

    def end(self, reason: Words) -> None:
        """The next block cannot be read: what it and all after it did to any account is not known."""
        self.ended_by = reason

    def accounts(self) -> Iterator[AccountState]:
        """All accounts that are known, by their number: each with its owner, what it holds, and whether that is all."""
        return final_accounts(self.owners, self.slots, self.nfts, self._incomplete, self.ended_by)

    def _rare(self, place: Place, each: Transaction) -> None:
        """One of the few transactions that name an owner or move an NFT."""
        self._place = place
        match each:
            case Transfer():
                self._transfer(each)
            case SpotTrade():
                self._trade(each)
            case Deposit() | AmmUpdate() | SignatureVerification():
                self._naming(each)
            case Withdrawal():
                self._withdrawal(each)
            case AccountUpdate():
                self.owners.change(each.account, each.owner, place)
            case NftMint():
                self._mint(each)
            case NftArrival():
                self._arrival(each)
            case NftData():
                self._compare(each)
            case BeyondLayout():
                self._beyond_layout(each)

    def _transfer(self, each: Transfer) -> None:
        self._owner(each.account, each.owner)
        self._owner(each.to_account, each.to)
        if each.token >= FIRST_NFT_SLOT:
            nft = self._take(each.account, each.token, each.amount, (each.account, each.to_account))
            self._pass_on((each.account, each.token), (each.to_account, each.to_token), nft, each.amount)

    def _trade(self, each: SpotTrade) -> None:
        touched = (each.account_a, each.account_b)
        fill_a, fill_b = each.fill_a, each.fill_b
        both = each.token_a >= FIRST_NFT_SLOT and each.token_b >= FIRST_NFT_SLOT
        with_fee = both and (each.fee_bips_a or each.fee_bips_b)
        if with_fee:
            self._deviate(_FEE_IN_NFTS, touched)
        # Both leave before one arrives: an NFT may arrive in the slot that the other one left.
        nft_a = self._take(each.account_a, each.token_a, fill_a, touched) if each.token_a >= FIRST_NFT_SLOT else NO_NFT
        nft_b = self._take(each.account_b, each.token_b, fill_b, touched) if each.token_b >= FIRST_NFT_SLOT else NO_NFT
        if with_fee:
            nft_a, nft_b = nft_a and UNKNOWN_NFT, nft_b and UNKNOWN_NFT
        self._pass_on((each.account_a, each.token_a), (each.account_b, each.bought_b), nft_a, fill_a)
        self._pass_on((each.account_b, each.token_b), (each.account_a, each.bought_a), nft_b, fill_b)

    def _withdrawal(self, each: Withdrawal) -> None:
        if each.kind == INVALID_WITHDRAWAL and each.amount and each.token >= FIRST_NFT_SLOT:
            self._deviate(_INVALID_MOVES, (each.account,))
            self._not_understood(each.account, each.token, each.owner)
            return
        self._owner(each.account, each.owner)
        if each.token < FIRST_NFT_SLOT:
            return
        # One of nothing too forgets an NFT of which there is no copy.
        self._take(each.account, each.token, each.amount, (each.account,))
        place = self.slots.place(each.account, each.token)
        if each.kind == _FORCED:
            if self.slots.amount(place):
                self._deviate(_NOT_ALL_LEFT, (each.account,))
            self.slots.put(place, NO_NFT, 0)

    def _mint(self, each: NftMint) -> None:
        minter, contract = (self.owners.address.get(account) for account in (each.account, each.token_account))
        if minter is None or contract is None:
            self._deviate(_CONTRACT_UNKNOWN, (each.account,))
            nft = UNKNOWN_NFT
        else:
            nft = self.nfts.number(NftIdentity(contract, each.nft_id, minter, each.nft_type, each.royalty))
        self._add(each.account, each.slot, nft, each.amount, (each.account,))

    def _beyond_layout(self, each: BeyondLayout) -> None:
        at = _BEYOND_LAYOUT(number=self._place.block, index=self._place.transaction, fault=each.fault)
        self._deviate_with(each.fault, (each.account,), at)
        self._not_understood(each.account, each.slot, each.owner)

    def _not_understood(self, account: int, slot: int, owner: bytes) -> None:
        """What a transaction means is not known: it can put an owner in doubt, but makes nobody one."""
        if account in self.owners.address:
            self._owner(account, owner)
        if slot >= FIRST_NFT_SLOT:
            # Not what lay there before: that may have left.
            self.slots.put(self.slots.place(account, slot), UNKNOWN_NFT, 0)

    def _arrival(self, each: NftArrival) -> None:
        self._owner(each.to_account, each.to)
        if each.is_stated:
            # The circuit hashes the owner of the minter's account into the NFT, which for a deposit is its contract.
            if each.minter_account in self.owners.address:
                self._owner(each.minter_account, each.minter)
            nft = self.nfts.number(NftIdentity(each.contract, each.nft_id, each.minter, each.nft_type, each.royalty))
        else:
            self._deviate(_NOT_STATED, (each.to_account,))
            nft = UNKNOWN_NFT
        self._add(each.to_account, each.slot, nft, each.amount, (each.to_account,))

    def _naming(self, each: Deposit | AmmUpdate | SignatureVerification) -> None:
        self._owner(each.account, each.owner)
        if not isinstance(each, SignatureVerification) and each.token >= FIRST_NFT_SLOT:
            # The weight of a pool's token is where the NFT of a slot is hashed: nobody knows then what lies there.
            self._deviate(_NO_NFT, (each.account,))
            place = self.slots.place(each.account, each.token)
            self.slots.put(place, UNKNOWN_NFT, self.slots.amount(place))

    def _take(self, account: int, slot: int, amount: int, touched: tuple[int, ...]) -> int:
        """Take copies out of a slot; returns what they are, `NO_NFT` for nothing out of an empty one."""
        nft, were_there = self.slots.take(account, slot, amount)
        if not were_there:
            self._deviate(_TOO_FEW, touched)
        return nft

    def _pass_on(self, out_of: tuple[int, int], into: tuple[int, int], nft: int, amount: int) -> None:
        """What was taken arrives; both are an account and its slot. If it cannot, what is left there is in doubt."""
        if nft != NO_NFT and not self._add(*into, nft, amount, (out_of[0], into[0])):
            self.slots.doubt(*out_of)

    def _add(self, account: int, slot: int, nft: int, amount: int, touched: tuple[int, ...]) -> bool:
        if slot < FIRST_NFT_SLOT:
            self._deviate(_NOT_A_SLOT, touched)
            return False
        fits = self.slots.add(account, slot, nft, amount)
        if not fits:
            self._deviate(_OTHER_NFT, touched)
        return fits

    def _compare(self, each: NftData) -> None:
        """Hold a slot against what a block states about it: proven for what lies there at this moment."""
        if each.slot < FIRST_NFT_SLOT:
            self._deviate(_NOT_A_SLOT, (each.account,))
            return
        place = self.slots.place(each.account, each.slot)
        there = self.slots.nft[place]
        if each.scheme == STATES_MINTER and each.address == NO_ADDRESS:
            if there != NO_NFT:
                self._deviate(_NOT_EMPTY, (each.account,))
                self.slots.put(place, NO_NFT, 0)
            return
        if there == NO_NFT:
            # The other half of what is said about an empty slot names any contract.
            if each.scheme == STATES_MINTER:
                self._deviate(_NOT_AS_STATED, (each.account,))
                self.slots.put(place, UNKNOWN_NFT, 0)
            return
        if there == UNKNOWN_NFT:
            return
        nft = self.nfts.identity(there)
        address = nft.minter if each.scheme == STATES_MINTER else nft.contract
        if (address, nft.nft_id, nft.nft_type, nft.royalty) != (each.address, each.nft_id, each.nft_type, each.royalty):
            self._deviate(_NOT_AS_STATED, (each.account,))
            self.slots.doubt(each.account, each.slot)

    def _owner(self, account: int, owner: bytes) -> None:
        if self.owners.state(account, owner, self._place):
            self._deviate(_OTHER_OWNER, (account,))

    def _deviate(self, message: Message, accounts: tuple[int, ...]) -> None:
        self._deviate_with(message(), accounts, message())

    def _deviate_with(self, words: Words, accounts: tuple[int, ...], reason: Words) -> None:
        """List a deviation; `reason` is why the accounts are incomplete, read without its place."""
        self.deviation_count += 1
        if len(self.deviations) < MOST_LISTED:
            self.deviations.append(Deviation(self._place, tuple(dict.fromkeys(accounts)), words))
        for account in accounts:
            self._incomplete.setdefault(account, reason)


_FORCED = 2
_ALWAYS = frozenset((Withdrawal, NftMint, NftArrival, NftData, AccountUpdate, BeyondLayout))
_NAMES_OWNER = frozenset((Deposit, AmmUpdate, SignatureVerification))
_HAS_TOKEN = frozenset((Deposit, AmmUpdate))
