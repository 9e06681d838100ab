"""The transactions of a block, field by field: ten types, one of which has two layouts.

Amounts are kept as they are written and become numbers when they are asked for: most are never needed, and there are 26
million transactions.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from bot.messages import Words

NO_ADDRESS = bytes(20)
# Token ids from here on are NFT slots of an account.
FIRST_NFT_SLOT = 0x8000
MINTED_HERE = 0
DEPOSITED = 2
INVALID_WITHDRAWAL = 3
STATES_MINTER = 0
STATES_CONTRACT = 1


def float24(written: bytes) -> int:
    """An amount of 5 bits of exponent and 19 of mantissa, to the base 10."""
    number = int.from_bytes(written, "big")
    return int((number & 0x7FFFF) * 10 ** (number >> 19))


def float16(written: int) -> int:
    """A fee of 5 bits of exponent and 11 of mantissa, to the base 10."""
    return int((written & 0x7FF) * 10 ** (written >> 11))


class Noop(NamedTuple):
    """Fills a block."""


class Deposit(NamedTuple):
    """Tokens that come from Ethereum; the account may be new."""

    owner: bytes
    account: int
    token: int
    written_amount: bytes

    @property
    def amount(self) -> int:
        """In the token's smallest unit."""
        return int.from_bytes(self.written_amount, "big")


class Withdrawal(NamedTuple):
    """Tokens that leave for Ethereum: kind 0 signed here, 1 approved there, 2 forced (all of it), 3 forced, invalid."""

    kind: int
    owner: bytes
    account: int
    token: int
    written_amount: bytes
    fee_token: int
    written_fee: int
    storage: int
    onchain_hash: bytes  # of where it goes, which the calldata has elsewhere

    @property
    def amount(self) -> int:
        """In the token's smallest unit."""
        return int.from_bytes(self.written_amount, "big")


class Transfer(NamedTuple):
    """From one account to another; `to` is written only for a new account, or where Ethereum has to know it."""

    kind: int
    account: int
    to_account: int
    token: int
    written_amount: bytes
    fee_token: int
    written_fee: int
    storage: int
    to: bytes
    owner: bytes
    written_to_token: int

    @property
    def amount(self) -> int:
        """In the token's smallest unit."""
        return float24(self.written_amount)

    @property
    def to_token(self) -> int:
        """The token, or the receiver's NFT slot."""
        return self.written_to_token or self.token


class SpotTrade(NamedTuple):
    """A gives `fill_a` of its token for `fill_b` of B's."""

    storage_a: int
    storage_b: int
    account_a: int
    account_b: int
    token_a: int
    token_b: int
    written_fill_a: bytes
    written_fill_b: bytes
    order_a: int
    order_b: int
    written_bought_a: int
    written_bought_b: int
    fee_high_a: int
    fee_high_b: int

    @property
    def fill_a(self) -> int:
        """What A gives, in its token's smallest unit."""
        return float24(self.written_fill_a)

    @property
    def fill_b(self) -> int:
        """What B gives, likewise."""
        return float24(self.written_fill_b)

    @property
    def bought_a(self) -> int:
        """Where A gets what B gives."""
        return self.written_bought_a or self.token_b

    @property
    def bought_b(self) -> int:
        """Where B gets what A gives."""
        return self.written_bought_b or self.token_a

    @property
    def fee_bips_a(self) -> int:
        """A's fee in hundredths of a percent."""
        return self.fee_high_a << 6 | self.order_a & 0x3F

    @property
    def fee_bips_b(self) -> int:
        """B's fee, likewise."""
        return self.fee_high_b << 6 | self.order_b & 0x3F


class AccountUpdate(NamedTuple):
    """A new key of an account, and who owns it."""

    kind: int
    owner: bytes
    account: int
    fee_token: int
    written_fee: int
    public_key: bytes
    nonce: int


class AmmUpdate(NamedTuple):
    """The weights of a pool."""

    owner: bytes
    account: int
    token: int
    fee_bips: int
    weight: bytes
    nonce: int
    balance: bytes


class SignatureVerification(NamedTuple):
    """An owner's signature that Ethereum wants to know about."""

    owner: bytes
    account: int
    data: bytes


class NftMint(NamedTuple):
    """An NFT minted on layer 2, to the minter's own account. Its contract is who owns `token_account`."""

    account: int
    slot: int
    fee_token: int
    written_fee: int
    written_amount: bytes
    storage: int
    nft_type: int
    token_account: int
    nft_id: bytes
    royalty: int

    @property
    def amount(self) -> int:
        """Copies."""
        return int.from_bytes(self.written_amount, "big")


class NftArrival(NamedTuple):
    """An NFT minted to any account (kind 1), or deposited from Ethereum (kind 2): two `NftData` follow and state it.

    Where they do not, `minter` and `contract` are zero: blocks do not say which NFT it is.
    """

    kind: int
    minter_account: int
    slot: int
    fee_token: int
    written_fee: int
    written_amount: bytes
    storage: int
    to_account: int
    to: bytes
    minter: bytes
    contract: bytes
    nft_id: bytes
    nft_type: int
    royalty: int

    @property
    def amount(self) -> int:
        """Copies."""
        return int.from_bytes(self.written_amount, "big")

    @property
    def is_stated(self) -> bool:
        """Whether it is known which NFT it is."""
        return self.minter != NO_ADDRESS


class NftData(NamedTuple):
    """What lies in a slot: half of it, with the minter (scheme 0; none: the slot is empty) or the contract (1)."""

    scheme: int
    account: int
    slot: int
    nft_id: bytes
    royalty: int
    nft_type: int
    address: bytes


class BeyondLayout(NamedTuple):
    """A transaction of a known layout whose meaning is not known: what it did to the slot that it names is not known.

    Attributes:
        fault: What is not known of it.
    """

    account: int
    slot: int
    owner: bytes
    fault: Words


Transaction: TypeAlias = (
    Noop
    | Deposit
    | Withdrawal
    | Transfer
    | SpotTrade
    | AccountUpdate
    | AmmUpdate
    | SignatureVerification
    | NftMint
    | NftArrival
    | NftData
    | BeyondLayout
)
