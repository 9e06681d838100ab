"""Transactions and blocks as bytes: 68 bytes a transaction, 29 in the block's first part and 39 in its second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TRANSACTION = 68
FIRST_PART = 29
NOBODY = bytes(20)


def number(value: int, size: int) -> bytes:
    """A number of so many bytes."""
    return value.to_bytes(size, "big")


def written_float(value: int, mantissa_bits: int, size: int) -> bytes:
    """A number as exponent and mantissa to the base 10.

    Raises:
        ValueError: it has more digits than fit.
    """
    exponent, mantissa = 0, value
    while mantissa >= 1 << mantissa_bits and mantissa % 10 == 0:
        mantissa //= 10
        exponent += 1
    if mantissa >= 1 << mantissa_bits or exponent >= 1 << 5:
        raise ValueError(f"{value} has too many digits")
    return number(exponent << mantissa_bits | mantissa, size)


def float24(value: int) -> bytes:
    """An amount of a transfer or a trade."""
    return written_float(value, 19, 3)


def float16(value: int) -> bytes:
    """A fee."""
    return written_float(value, 11, 2)


def noop() -> bytes:
    """Nothing."""
    return bytes(TRANSACTION)


def deposit(owner: bytes, account: int, token: int, amount: int) -> bytes:
    """Type 1."""
    return _padded(1, owner, number(account, 4), number(token, 2), number(amount, 12))


def withdrawal(kind: int, owner: bytes, account: int, token: int, amount: int, fee: int = 0) -> bytes:
    """Type 2."""
    money = number(amount, 12) + number(1, 2) + float16(fee)
    return _padded(2, number(kind, 1), owner, number(account, 4), number(token, 2), money, number(7, 4), b"\xaa" * 20)


def transfer(
    account: int,
    to_account: int,
    token: int,
    amount: int,
    *,
    to: bytes = NOBODY,
    owner: bytes = NOBODY,
    to_token: int = 0,
    fee: int = 0,
) -> bytes:
    """Type 3; conditional where the sender's address is written."""
    accounts = number(account, 4) + number(to_account, 4)
    money = number(token, 2) + float24(amount) + number(1, 2) + float16(fee)
    conditional = number(owner != NOBODY, 1)
    return _padded(3, conditional, accounts, money, number(9, 4), to, owner, number(to_token, 2))


def trade(
    accounts: tuple[int, int],
    tokens: tuple[int, int],
    fills: tuple[int, int],
    *,
    bought: tuple[int, int] = (0, 0),
    fee_bips: tuple[int, int] = (0, 0),
) -> bytes:
    """Type 4; `bought`: where each gets what the other gives, 0 for the other's own token."""
    ids = number(11, 4) + number(12, 4) + number(accounts[0], 4) + number(accounts[1], 4)
    given = number(tokens[0], 2) + number(tokens[1], 2) + float24(fills[0]) + float24(fills[1])
    low = bytes(bips & 0x3F for bips in fee_bips)
    high = bytes(bips >> 6 for bips in fee_bips)
    return _padded(4, ids, given, low, number(bought[0], 2), number(bought[1], 2), high)


def account_update(owner: bytes, account: int, key: bytes, nonce: int) -> bytes:
    """Type 5."""
    return _padded(5, b"\1", owner, number(account, 4), number(1, 2), float16(100), key, number(nonce, 4))


def amm_update(owner: bytes, account: int, token: int, weight: int) -> bytes:
    """Type 6."""
    ids = number(account, 4) + number(token, 2) + b"\x14"
    return _padded(6, owner, ids, number(weight, 12), number(1, 4), number(weight * 3, 12))


def signature_verification(owner: bytes, account: int, data: bytes) -> bytes:
    """Type 7."""
    return _padded(7, owner, number(account, 4), data)


@dataclass(frozen=True)
class MadeNft:
    """What makes an NFT the same: the five parts that the tree hashes."""

    minter: bytes
    nft_type: int
    contract: bytes
    nft_id: bytes
    royalty: int


def mint_to_self(account: int, slot: int, amount: int, token_account: int, nft: MadeNft) -> bytes:
    """Type 8, kind 0: the contract is who owns `token_account`."""
    what = number(nft.nft_type, 1) + number(token_account, 4) + nft.nft_id + number(nft.royalty, 1)
    return _padded(8, b"\0", number(account, 4), number(slot, 2), _mint_money(amount, 600), what)


def mint_to(kind: int, minter_account: int, slot: int, amount: int, to_account: int, to: bytes) -> bytes:
    """Type 8, kind 1 or 2: two `nft_data` have to follow."""
    who = number(to_account, 4) + to
    return _padded(8, number(kind, 1), number(minter_account, 4), number(slot, 2), _mint_money(amount, 0), who)


def nft_data(account: int, slot: int, nft: MadeNft) -> tuple[bytes, bytes]:
    """Type 9, twice: what lies in a slot, with its minter and with its contract."""
    what = number(account, 4) + number(slot, 2) + nft.nft_id + number(nft.royalty, 1) + number(nft.nft_type, 1)
    return _padded(9, b"\0", what, nft.minter), _padded(9, b"\1", what, nft.contract)


def block_data(
    exchange: bytes, before: bytes, after: bytes, timestamp: int, operator: int, transactions: Sequence[bytes]
) -> bytes:
    """Header, all first parts, all second parts."""
    numbers = number(timestamp, 4) + b"\x14\x00" + number(0, 4) + number(operator, 4)
    firsts = b"".join(each[:FIRST_PART] for each in transactions)
    return exchange + before + after + numbers + firsts + b"".join(each[FIRST_PART:] for each in transactions)


def _mint_money(amount: int, fee: int) -> bytes:
    return number(1, 2) + float16(fee) + number(amount, 12) + number(3, 4)


def _padded(kind: int, *parts: bytes) -> bytes:
    written = number(kind, 1) + b"".join(parts)
    return written + bytes(TRANSACTION - len(written))
