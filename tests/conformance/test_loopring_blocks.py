"""Real blocks of Loopring's, as many as there are, held field by field against what its own parser read of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.l2.block_check import HEADER_SIZE, BlockEvent, check_block
from bot.l2.block_errors import ChainError
from bot.l2.block_layout import read_transactions
from bot.l2.submissions import SubmittedBlock, read_blocks
from bot.l2.transactions import (
    FIRST_NFT_SLOT,
    STATES_MINTER,
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
    float16,
)
from sandbox.rollup.calldata import Layout, SentBlock, Submitter, calldata
from tests.conformance.missing import SHARED, shared

# Of the curve that the keys are points of, as EIP-2494 has it.
FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617
CURVE_A, CURVE_D = 168700, 168696


FOLDER = "samples/loopring_blocks"
# Where there are none, one test says so.
FILES = sorted((SHARED / FOLDER).glob("*.json")) or [Path("none.json")]


@pytest.fixture(params=FILES, ids=lambda path: path.stem[:10])
def real(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared(FOLDER) / request.param.name).read_text(encoding="utf-8"))
    return found


def hexed(value: bytes) -> str:
    return "0x" + value.hex()


def deposit(tx: Deposit) -> dict[str, Any]:
    return {"to": hexed(tx.owner), "toAccountID": tx.account, "tokenID": tx.token, "amount": str(tx.amount)}


def withdrawal(tx: Withdrawal) -> dict[str, Any]:
    return {
        "from": hexed(tx.owner),
        "fromAccountID": tx.account,
        "tokenID": tx.token,
        "amount": str(tx.amount),
        "feeTokenID": tx.fee_token,
        "fee": str(float16(tx.written_fee)),
        "storageID": tx.storage,
        "onchainDataHash": tx.onchain_hash.hex(),
    }


def transfer(tx: Transfer) -> dict[str, Any]:
    return {
        "accountFromID": tx.account,
        "accountToID": tx.to_account,
        "tokenID": tx.token,
        "amount": str(tx.amount),
        "feeTokenID": tx.fee_token,
        "fee": str(float16(tx.written_fee)),
        "storageID": tx.storage,
        "to": hexed(tx.to),
        "from": hexed(tx.owner),
        "toTokenID": tx.to_token,
    }


def trade(tx: SpotTrade) -> dict[str, Any]:
    # The parser has the fee that is paid in what is bought. Who buys an NFT pays in what is sold, which it leaves out.
    fee_a = 0 if tx.token_b >= FIRST_NFT_SLOT else tx.fill_b * tx.fee_bips_a // 10_000
    fee_b = 0 if tx.token_a >= FIRST_NFT_SLOT else tx.fill_a * tx.fee_bips_b // 10_000
    return {
        "accountIdA": tx.account_a,
        "orderIdA": tx.storage_a,
        "fillAmountBorSA": bool(tx.order_a & 0x80),
        "tokenAS": tx.token_a,
        "tokenAB": tx.bought_a,
        "fillSA": str(tx.fill_a),
        "feeA": str(fee_a),
        "protocolFeeA": "0",
        "accountIdB": tx.account_b,
        "orderIdB": tx.storage_b,
        "fillAmountBorSB": bool(tx.order_b & 0x80),
        "tokenBS": tx.token_b,
        "tokenBB": tx.bought_b,
        "fillSB": str(tx.fill_b),
        "feeB": str(fee_b),
        "protocolFeeB": "0",
    }


def account_update(tx: AccountUpdate) -> dict[str, Any]:
    # The parser unpacked the key to a point of the curve; the sign of x is the first bit.
    key = int.from_bytes(tx.public_key, "big")
    y, negative = key & (1 << 255) - 1, key >> 255
    square = (y * y - 1) * pow(CURVE_D * y * y - CURVE_A, -1, FIELD) % FIELD
    return {
        "owner": hexed(tx.owner),
        "accountID": tx.account,
        "feeTokenID": tx.fee_token,
        "fee": str(float16(tx.written_fee)),
        "nonce": tx.nonce,
        "publicKeyX": (square, bool(negative)),
        "publicKeyY": str(y),
    }


def amm_update(tx: AmmUpdate) -> dict[str, Any]:
    return {
        "owner": hexed(tx.owner),
        "accountID": tx.account,
        "tokenID": tx.token,
        "feeBips": tx.fee_bips,
        "tokenWeight": str(int.from_bytes(tx.weight, "big")),
        "nonce": tx.nonce,
        "balance": str(int.from_bytes(tx.balance, "big")),
    }


def signature(tx: SignatureVerification) -> dict[str, Any]:
    return {"owner": hexed(tx.owner), "accountID": tx.account, "data": tx.data.hex()}


def mint(tx: NftMint | NftArrival) -> dict[str, Any]:
    if isinstance(tx, NftArrival):
        return {
            "minterAccountID": tx.minter_account,
            "toAccountID": tx.to_account,
            "to": hexed(tx.to),
            "toTokenID": tx.slot,
            "feeTokenID": tx.fee_token,
            "fee": str(float16(tx.written_fee)),
            "amount": str(tx.amount),
            "storageID": tx.storage,
            "nftType": tx.nft_type,
            "tokenAddress": hexed(tx.contract),
            "nftID": hexed(tx.nft_id),
            "creatorFeeBips": tx.royalty,
        }
    return {
        "minterAccountID": tx.account,
        "toAccountID": tx.account,
        "toTokenID": tx.slot,
        "feeTokenID": tx.fee_token,
        "fee": str(float16(tx.written_fee)),
        "amount": str(tx.amount),
        "storageID": tx.storage,
        "nftType": tx.nft_type,
        "tokenAccountID": tx.token_account,
        "nftID": hexed(tx.nft_id),
        "creatorFeeBips": tx.royalty,
    }


def nft_data(tx: NftData) -> dict[str, Any]:
    return {
        "accountID": tx.account,
        "tokenID": tx.slot,
        "nftID": hexed(tx.nft_id),
        "creatorFeeBips": tx.royalty,
        "nftType": tx.nft_type,
        "minter" if tx.scheme == STATES_MINTER else "tokenAddress": hexed(tx.address),
    }


SAID: Mapping[str, tuple[tuple[type[Transaction], ...], Callable[[Any], dict[str, Any]]]] = {
    "NOOP": ((Noop,), lambda _: {}),
    "DEPOSIT": ((Deposit,), deposit),
    "WITHDRAWAL": ((Withdrawal,), withdrawal),
    "TRANSFER": ((Transfer,), transfer),
    "AMM_JOIN": ((Transfer,), transfer),
    "AMM_EXIT": ((Transfer,), transfer),
    "TRADE": ((SpotTrade,), trade),
    "SWAP": ((SpotTrade,), trade),
    "ACCOUNT_UPDATE": ((AccountUpdate,), account_update),
    "AMM_UPDATE": ((AmmUpdate,), amm_update),
    "SIGNATURE_VERIFICATION": ((SignatureVerification,), signature),
    "NFT_MINT": ((NftMint, NftArrival), mint),
    "NFT_DATA": ((NftData,), nft_data),
}
# Time, fees of takers and makers, conditional transactions, operator: BlockReader.sol.
HEADER_NUMBERS = ((84, 88), (88, 89), (89, 90), (90, 94), (94, 98))
# What the parser adds: the place, and the bytes; a mint's own kind is not in its files.
ADDED = {"type", "requestIdx", "txData"}


def fields(request: dict[str, Any]) -> dict[str, Any]:
    """The parser's fields, its point of the curve in the same form as ours."""
    named = {name: value for name, value in request.items() if name not in ADDED}
    if "publicKeyX" in named:
        x = int(named["publicKeyX"])
        named["publicKeyX"] = (x * x % FIELD, x > FIELD - x)
    return named


def test_every_transaction_is_what_the_other_parser_read(real: dict[str, Any]) -> None:
    data = bytes.fromhex(real["data"][2:])
    read = read_transactions(1, real["blockSize"], data)
    requests = sorted(real["requests"], key=lambda request: request["requestIdx"])
    assert [request["requestIdx"] for request in requests] == list(range(len(read)))
    for request, transaction in zip(requests, read, strict=True):
        kinds, said = SAID[request["type"]]
        assert type(transaction) in kinds, request["requestIdx"]
        assert said(transaction) == fields(request), request["requestIdx"]


def test_the_blocks_have_eight_kinds_of_transactions() -> None:
    # So that a change of the samples cannot empty the test above.
    kinds: set[str] = set()
    for path in sorted(shared(FOLDER).glob("*.json")):
        block = json.loads(path.read_text(encoding="utf-8"))
        read = read_transactions(1, block["blockSize"], bytes.fromhex(block["data"][2:]))
        kinds |= {type(each).__name__ for each in read}
    assert kinds >= {"Deposit", "Withdrawal", "Transfer", "SpotTrade", "AccountUpdate", "AmmUpdate", "NftMint", "Noop"}


@pytest.mark.parametrize("compressed", [False, True])
def test_a_real_block_survives_each_way_of_submitting(real: dict[str, Any], *, compressed: bool) -> None:
    data = bytes.fromhex(real["data"][2:])
    sent = SentBlock(real["blockSize"], data, real["blockVersion"])
    written = calldata([sent, sent], Layout.THIRD, Submitter.NEW_OWNER, compressed=compressed)
    assert read_blocks(written) == (SubmittedBlock(real["blockSize"], real["blockVersion"], data),) * 2


def test_a_real_block_is_of_the_exchange_and_ends_with_the_root_that_the_parser_names(real: dict[str, Any]) -> None:
    data = bytes.fromhex(real["data"][2:])
    root = int(real["merkleRoot"]).to_bytes(32, "big")
    event = BlockEvent(1, root, hashlib.sha256(data).digest())
    block = check_block(None, event, SubmittedBlock(real["blockSize"], real["blockVersion"], data))
    numbers = [int.from_bytes(data[start:end], "big") for start, end in HEADER_NUMBERS]
    assert block.header == (data[:20], data[20:52], data[52:84], *numbers)
    assert block.header.root_after == root
    for place in (0, HEADER_SIZE, len(data) - 1):
        broken = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(ChainError, match="SHA-256"):
            check_block(None, event, SubmittedBlock(real["blockSize"], real["blockVersion"], broken))
