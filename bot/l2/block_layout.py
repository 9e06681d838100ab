"""A block's data → its transactions.

A transaction has 68 bytes: 29 in the block's first part, 39 in its second. Its first byte is its type. What is left
over at the end of a layout is zero.

A type that is not known could mean anything, to any account: such a block cannot be read. A mint of an unknown kind is
the same, as its kinds have different layouts. Where the layout is known and only its meaning is not, the transaction is
`BeyondLayout`: it says which account it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from bot.l2.block_check import HEADER_SIZE, PART_1, PART_2, check_size
from bot.l2.block_errors import LayoutError
from bot.l2.transactions import (
    DEPOSITED,
    INVALID_WITHDRAWAL,
    MINTED_HERE,
    NO_ADDRESS,
    STATES_CONTRACT,
    AccountUpdate,
    AmmUpdate,
    BeyondLayout,
    Deposit,
    NftArrival,
    NftData,
    NftMint,
    Noop,
    SignatureVerification,
    SpotTrade,
    Transaction,
    Transfer,
    Withdrawal,
)
from bot.messages import Message

_UNKNOWN_TYPE = Message("Block {number:,}, transaction {index}: the type {type} is unknown; 0 to 9 are known.")
_UNKNOWN_MINT = Message("Block {number:,}, transaction {index}: a mint of the unknown kind {kind}.")
_UNKNOWN_WITHDRAWAL = Message("a withdrawal of the unknown kind {kind}.")
_UNKNOWN_NFT_DATA = Message("NFT data of the unknown kind {kind}.")

_NOOP = Noop()
_ARRIVAL = Struct(">xBIHHH12sII20s16x")
_NFT_DATA = Struct(">xBIH32sBB20s6x")
_NFT_DATA_TYPE = 9
_STATES_NOTHING = NftData(0, 0, 0, bytes(32), 0, 0, NO_ADDRESS)


def _plain(layout: str, make: Callable[..., Transaction]) -> Callable[[bytes], Transaction]:
    unpack = Struct(layout).unpack
    return lambda written: make(*unpack(written))


_mint = _plain(">x1xIHHH12sIBI32sB2x", NftMint)
_READ: tuple[Callable[[bytes], Transaction], ...] = (
    lambda _written: _NOOP,
    _plain(">x20sIH12s29x", Deposit),
    _plain(">xB20sIH12sHHI20s", Withdrawal),
    _plain(">xBIIH3sHHI20s20sH3x", Transfer),
    _plain(">xIIIIHH3s3sBBHHBB33x", SpotTrade),
    _plain(">xB20sIHH32sI2x", AccountUpdate),
    _plain(">x20sIHB12sI12s12x", AmmUpdate),
    _plain(">x20sI32s11x", SignatureVerification),
    _mint,
    _plain(_NFT_DATA.format, NftData),
)
_WITHDRAWAL_TYPE = 2
_MINT_TYPE = 8
_KINDS = frozenset((_WITHDRAWAL_TYPE, _MINT_TYPE, _NFT_DATA_TYPE))


def read_transactions(number: int, size: int, data: bytes) -> list[Transaction]:
    """All transactions of a block, or none of them.

    Args:
        number: Of the block, for what is said about an error.
        size: How many transactions there are.
        data: Header and transactions.

    Raises:
        LayoutError: of an unknown size, cut off, too long, or with a transaction whose layout is not known.
    """
    check_size(number, size, len(data))
    middle = HEADER_SIZE + size * PART_1
    written = [
        data[first : first + PART_1] + data[second : second + PART_2]
        for first, second in zip(
            range(HEADER_SIZE, middle, PART_1), range(middle, middle + size * PART_2, PART_2), strict=True
        )
    ]
    read: list[Transaction] = []
    add, readers, kinds = read.append, _READ, _KINDS
    for index, each in enumerate(written):
        kind = each[0]
        if kind in kinds:
            add(_read_of_kind(number, index, written))
        elif kind < _NFT_DATA_TYPE:
            add(readers[kind](each))
        else:
            raise LayoutError(_UNKNOWN_TYPE, number=number, index=index, type=kind)
    return read


def _read_of_kind(number: int, index: int, written: list[bytes]) -> Transaction:
    """A transaction whose second byte says which layout or meaning it has."""
    each = written[index]
    read = _READ[each[0]](each)
    if isinstance(read, Withdrawal) and read.kind > INVALID_WITHDRAWAL:
        return BeyondLayout(read.account, read.token, read.owner, _UNKNOWN_WITHDRAWAL(kind=read.kind))
    if isinstance(read, NftData) and read.scheme > STATES_CONTRACT:
        return BeyondLayout(read.account, read.slot, NO_ADDRESS, _UNKNOWN_NFT_DATA(kind=read.scheme))
    if each[0] != _MINT_TYPE or each[1] == MINTED_HERE:
        return read
    if each[1] > DEPOSITED:
        raise LayoutError(_UNKNOWN_MINT, number=number, index=index, kind=each[1])
    return _read_arrival(index, written)


def _read_arrival(index: int, written: list[bytes]) -> NftArrival:
    kind, minter, slot, fee_token, fee, amount, storage, account, to = _ARRIVAL.unpack(written[index])
    pair = [NftData(*_NFT_DATA.unpack(half)) for half in written[index + 1 : index + 3] if half[0] == _NFT_DATA_TYPE]
    # The contract asks for both where it checks a mint itself; one that an agent has approved is not checked there.
    if [half[:3] for half in pair] != [(0, account, slot), (1, account, slot)] or pair[0][3:6] != pair[1][3:6]:
        pair = [_STATES_NOTHING] * 2
    states_minter, states_contract = pair
    return NftArrival(
        kind,
        minter,
        slot,
        fee_token,
        fee,
        amount,
        storage,
        account,
        to,
        states_minter.address,
        states_contract.address,
        states_minter.nft_id,
        states_minter.nft_type,
        states_minter.royalty,
    )
