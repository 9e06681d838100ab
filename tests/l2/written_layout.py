"""What Loopring's circuits write of each transaction, field after field, as `getPublicData` of each has it.

Taken from Loopring/protocols, packages/loopring_v3/circuit/Circuits/*.h, and not from the decoder nor from the sandbox:
so that three descriptions of the layout have to agree. Widths are in bytes; what is left of the 68 is zero.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.l2.transactions import (
    AccountUpdate,
    AmmUpdate,
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

TRANSACTION = 68

# Type (UniversalCircuit.h), and the fields by the names that the decoder gives them.
LAYOUTS: Mapping[type[Transaction], tuple[int, tuple[tuple[str, int], ...]]] = {
    Noop: (0, ()),
    Deposit: (1, (("owner", 20), ("account", 4), ("token", 2), ("written_amount", 12))),
    Withdrawal: (
        2,
        (
            ("kind", 1),
            ("owner", 20),
            ("account", 4),
            ("token", 2),
            ("written_amount", 12),
            ("fee_token", 2),
            ("written_fee", 2),
            ("storage", 4),
            ("onchain_hash", 20),
        ),
    ),
    Transfer: (
        3,
        (
            ("kind", 1),
            ("account", 4),
            ("to_account", 4),
            ("token", 2),
            ("written_amount", 3),
            ("fee_token", 2),
            ("written_fee", 2),
            ("storage", 4),
            ("to", 20),
            ("owner", 20),
            ("written_to_token", 2),
        ),
    ),
    SpotTrade: (
        4,
        (
            ("storage_a", 4),
            ("storage_b", 4),
            ("account_a", 4),
            ("account_b", 4),
            ("token_a", 2),
            ("token_b", 2),
            ("written_fill_a", 3),
            ("written_fill_b", 3),
            ("order_a", 1),
            ("order_b", 1),
            ("written_bought_a", 2),
            ("written_bought_b", 2),
            ("fee_high_a", 1),
            ("fee_high_b", 1),
        ),
    ),
    AccountUpdate: (
        5,
        (
            ("kind", 1),
            ("owner", 20),
            ("account", 4),
            ("fee_token", 2),
            ("written_fee", 2),
            ("public_key", 32),
            ("nonce", 4),
        ),
    ),
    AmmUpdate: (
        6,
        (
            ("owner", 20),
            ("account", 4),
            ("token", 2),
            ("fee_bips", 1),
            ("weight", 12),
            ("nonce", 4),
            ("balance", 12),
        ),
    ),
    SignatureVerification: (7, (("owner", 20), ("account", 4), ("data", 32))),
    NftMint: (
        8,
        (
            ("kind", 1),
            ("account", 4),
            ("slot", 2),
            ("fee_token", 2),
            ("written_fee", 2),
            ("written_amount", 12),
            ("storage", 4),
            ("nft_type", 1),
            ("token_account", 4),
            ("nft_id", 32),
            ("royalty", 1),
        ),
    ),
    NftArrival: (
        8,
        (
            ("kind", 1),
            ("minter_account", 4),
            ("slot", 2),
            ("fee_token", 2),
            ("written_fee", 2),
            ("written_amount", 12),
            ("storage", 4),
            ("to_account", 4),
            ("to", 20),
        ),
    ),
    NftData: (
        9,
        (
            ("scheme", 1),
            ("account", 4),
            ("slot", 2),
            ("nft_id", 32),
            ("royalty", 1),
            ("nft_type", 1),
            ("address", 20),
        ),
    ),
}
_WIDEST_NUMBER = 4
# Four bytes and less are numbers for the decoder too, but for floats, which it leaves as they are written.
_LEFT_AS_WRITTEN = ("written_amount", "written_fill_a", "written_fill_b")


def written(kind: type[Transaction], fields: Mapping[str, bytes]) -> bytes:
    """A transaction with these fields."""
    number, layout = LAYOUTS[kind]
    text = bytes([number]) + b"".join(fields[name] for name, _ in layout)
    return text + bytes(TRANSACTION - len(text))


def value(name: str, text: bytes) -> int | bytes:
    """A field as the decoder gives it."""
    if len(text) > _WIDEST_NUMBER or name in _LEFT_AS_WRITTEN:
        return text
    return int.from_bytes(text, "big")
