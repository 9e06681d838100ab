"""What is no block, or none that may be believed: named by block and transaction, and nothing of it is taken."""

from __future__ import annotations

import hashlib

import pytest

from bot.l2.account_state import Place
from bot.l2.block_check import BLOCK_SUBMITTED, BlockEvent, check_block
from bot.l2.block_errors import ChainError, LayoutError
from bot.l2.block_layout import read_transactions
from bot.l2.submissions import SUBMIT_BLOCKS, SUBMIT_WITH_CALLBACKS, SubmittedBlock, read_blocks
from bot.l2.zero_runs import MAX_EXPANDED, expand_zero_runs
from sandbox.checksums import keccak_256
from sandbox.rollup import layouts
from sandbox.rollup.calldata import Layout, SentBlock, Submitter, calldata, compress
from tests.l2.made_blocks import accounts, after, block_of, replayed

OWNER = b"\x11" * 20
NFT = layouts.MadeNft(OWNER, 1, b"\x22" * 20, b"\x33" * 32, 5)
BLOCK = block_of(*[layouts.noop()] * 4)


def event(data: bytes, number: int = 1) -> BlockEvent:

    return BlockEvent(number, BLOCK.header.root_after, hashlib.sha256(data).digest())


def with_byte(transaction: bytes, place: int, value: int) -> bytes:
    return transaction[:place] + bytes([value]) + transaction[place + 1 :]


@pytest.mark.parametrize(
    ("transactions", "sentence"),
    [
        ((with_byte(layouts.noop(), 0, 10),), "transaction 1: the type 10 is unknown"),
        ((with_byte(layouts.noop(), 0, 255),), "transaction 1: the type 255 is unknown"),
        ((layouts.mint_to(3, 5, 0x8000, 1, 7, OWNER),), "transaction 1: a mint of the unknown kind 3"),
    ],
)
def test_a_transaction_of_an_unknown_layout_is_named_and_nothing_of_its_block_is_taken(
    transactions: tuple[bytes, ...], sentence: str
) -> None:
    replay = replayed([block_of(layouts.deposit(OWNER, 5, 0, 1))])
    before = list(replay.accounts())
    broken = block_of(layouts.deposit(b"\x44" * 20, 6, 0, 1), *transactions, number=2)
    with pytest.raises(LayoutError, match=f"Block 2, {sentence}"):
        replay.apply(broken)
    assert list(replay.accounts()) == before
    assert replay.last_block == 1


@pytest.mark.parametrize(
    ("transactions", "fault"),
    [
        ((layouts.withdrawal(4, OWNER, 7, 0x8000, 1),), "a withdrawal of the unknown kind 4."),
        ((layouts.withdrawal(255, OWNER, 7, 0, 1),), "a withdrawal of the unknown kind 255."),
        ((with_byte(layouts.nft_data(7, 0x8000, NFT)[0], 1, 2),), "NFT data of the unknown kind 2."),
    ],
)
def test_a_transaction_whose_meaning_is_unknown_makes_its_account_incomplete_and_no_other(
    transactions: tuple[bytes, ...], fault: str
) -> None:
    replay = replayed([block_of(layouts.deposit(OWNER, 5, 0, 1), layouts.deposit(OWNER, 9, 0, 1), *transactions)])
    deviation = replay.deviations[0]
    assert deviation.place == Place(1, 2)
    assert fault in str(deviation.words)
    assert deviation.accounts == (7,)
    states = accounts(replay)
    assert str(states[7].incomplete_reason).startswith(f"Block 1, transaction 2: {fault}")
    assert {states[account].incomplete_reason for account in (5, 9)} == {None}


@pytest.mark.parametrize(
    ("size", "length", "sentence"),
    [
        (0, 98, "has 0 transactions; only 1 to 384"),
        (385, 98 + 385 * 68, "has 385 transactions"),
        (4, 98 + 4 * 68 - 1, "cut off: 4 transactions take 370 bytes, and it has 369, so transaction 3 is not whole"),
        (4, 98 + 4 * 29 + 39, "so transaction 1 is not whole"),
        (4, 50, "so transaction 0 is not whole"),
        (4, 98 + 4 * 68 + 1, "too long: 4 transactions take 370 bytes, and it has 371"),
    ],
)
def test_a_block_of_another_size_than_stated_is_refused(size: int, length: int, sentence: str) -> None:
    data = (BLOCK.data + bytes(400 * 68))[:length]
    with pytest.raises(LayoutError, match=sentence):
        check_block(None, event(data), SubmittedBlock(size, 0, data))
    with pytest.raises(LayoutError, match=sentence):
        read_transactions(1, size, data)


def test_the_numbers_of_a_header_are_where_the_contract_reads_them() -> None:
    # BlockReader.sol: 20 + 32 + 32 + 4 + 1 + 1 + 4 + 4 bytes; no real block has a fee of makers.
    numbers = bytes(range(1, 15))
    data = BLOCK.data[:84] + numbers + BLOCK.data[98:]
    header = check_block(None, event(data), SubmittedBlock(4, 0, data)).header
    assert header[3:] == (0x01020304, 0x05, 0x06, 0x0708090A, 0x0B0C0D0E)


def test_the_event_is_known_by_what_its_signature_hashes_to() -> None:
    assert keccak_256(b"BlockSubmitted(uint256,bytes32,bytes32)") == BLOCK_SUBMITTED


def test_a_block_of_another_exchange_is_refused() -> None:
    with pytest.raises(ChainError, match="is of the exchange 0x0baba1ad5"):
        check_block(None, event(BLOCK.data), SubmittedBlock(4, 0, BLOCK.data), exchange=b"\x01" * 20)


def test_a_block_that_ends_elsewhere_than_the_event_says_is_refused() -> None:
    says = BlockEvent(1, b"\x05" * 32, event(BLOCK.data).data_hash)
    with pytest.raises(ChainError, match="and Ethereum's event says 0x0505"):
        check_block(None, says, SubmittedBlock(4, 0, BLOCK.data))


def test_a_block_that_does_not_begin_where_the_one_before_ended_is_refused() -> None:
    # The same block again, as if it were the second: its tree begins where the first one began.
    with pytest.raises(ChainError, match="Block 2 begins with the root"):
        check_block(BLOCK, event(BLOCK.data, 2), SubmittedBlock(4, 0, BLOCK.data))


def test_the_first_block_has_the_number_one() -> None:
    with pytest.raises(ChainError, match="Block 1 is missing: 2 comes after 0"):
        check_block(None, event(BLOCK.data, 2), SubmittedBlock(4, 0, BLOCK.data))


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("submitter", list(Submitter))
@pytest.mark.parametrize("compressed", [False, True])
def test_blocks_are_read_from_each_layout_by_each_submitter(
    layout: Layout, submitter: Submitter, *, compressed: bool
) -> None:
    blocks = [SentBlock(4, BLOCK.data, 3), SentBlock(2, b"\x05" * 131, 4)]
    read = read_blocks(calldata(blocks, layout, submitter, compressed=compressed))
    assert read == (SubmittedBlock(4, 3, BLOCK.data), SubmittedBlock(2, 4, b"\x05" * 131))


BLOCK_TUPLE = "(uint8,uint16,uint8,bytes,uint256[8],bool,{},bytes)[]"
CALLBACKS = "((uint16,({},bytes)[])[],address[])"


@pytest.mark.parametrize("auxiliary", ["(uint256,bytes)[]", "(uint256,bool,bytes)[]", "bytes"])
def test_submit_blocks_is_called_by_what_its_signature_hashes_to(auxiliary: str) -> None:
    # ExchangeData.sol had three blocks, subgraph.yaml of the exchange names all of them.
    signature = f"submitBlocks({BLOCK_TUPLE.format(auxiliary)})"
    assert SUBMIT_BLOCKS[keccak_256(signature.encode())[:4]] == auxiliary
    assert len(SUBMIT_BLOCKS) == 3


@pytest.mark.parametrize("limit", ["", ",uint256"])
@pytest.mark.parametrize("fields", ["uint16,uint16", "uint16,uint16,uint16"])
def test_blocks_are_read_from_every_way_to_submit_them_with_callbacks(fields: str, limit: str) -> None:
    # LoopringIOExchangeOwner.sol over the years.
    signature = f"submitBlocksWithCallbacks(bool,bytes,{CALLBACKS.format(fields)}{limit})"
    selector = keccak_256(signature.encode())[:4]
    written = calldata([SentBlock(4, BLOCK.data)], Layout.THIRD, Submitter.NEW_OWNER, compressed=True)
    assert read_blocks(selector + written[4:]) == (SubmittedBlock(4, 0, BLOCK.data),)
    assert len(SUBMIT_WITH_CALLBACKS) == 4


def test_blocks_are_read_from_a_call_of_another_name_that_begins_alike() -> None:
    # Loopring's sources have two with flash deposits; whatever is found so is held against the hash of its event.
    written = calldata([SentBlock(4, BLOCK.data)], Layout.THIRD, Submitter.NEW_OWNER, compressed=True)
    assert read_blocks(bytes.fromhex("c39ce618") + written[4:]) == (SubmittedBlock(4, 0, BLOCK.data),)


@pytest.mark.parametrize("submitter", [Submitter.NONE, Submitter.NEW_OWNER])
def test_calldata_that_is_cut_off_anywhere_gives_no_other_blocks(submitter: Submitter) -> None:
    whole = calldata([SentBlock(4, BLOCK.data)], Layout.THIRD, submitter, compressed=submitter is not Submitter.NONE)
    for length in range(len(whole)):
        try:
            read = read_blocks(whole[:length])
        except LayoutError:
            continue
        # Only what follows the block's data may be missing: auxiliary data and callbacks.
        assert read == (SubmittedBlock(4, 0, BLOCK.data),)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (b"", "calls 0x, which is none"),
        (bytes.fromhex("a9059cbb") + bytes(64), "calls 0xa9059cbb, which is none of the known ways"),
        (
            bytes.fromhex("dcb2aa31") + (0).to_bytes(32, "big") + (64).to_bytes(32, "big") + (4).to_bytes(32, "big")
            + b"\x01\x02\x03\x04",
            "contains the call 0x01020304 where",
        ),
        (bytes.fromhex("dcb2aa31") + (2).to_bytes(32, "big"), "has 2 where a yes or no"),
        (bytes.fromhex("53228430") + (32).to_bytes(32, "big") + bytes(32), "submits no block"),
        (bytes.fromhex("53228430") + (32).to_bytes(32, "big") + bytes(31), "is cut off"),
        (bytes.fromhex("53228430") + b"\xff" * 32, "is cut off"),
        (bytes.fromhex("53228430") + (32).to_bytes(32, "big") + b"\xff" * 32, "is cut off"),
    ],
)  # fmt: skip
def test_calldata_of_another_form_is_refused_with_a_sentence(written: bytes, sentence: str) -> None:
    with pytest.raises(LayoutError, match=sentence):
        read_blocks(written)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("size", [98 + 384 * 68, 0])
def test_calldata_in_which_blocks_share_their_bytes_is_refused_before_they_fill_the_memory(
    size: int, *, compressed: bool
) -> None:
    # A node may send anything: here one block, to which every place of a long list refers.
    def word(*numbers: int) -> bytes:
        return b"".join(number.to_bytes(32, "big") for number in numbers)

    whole = calldata([SentBlock(384, bytes(size))], Layout.THIRD)
    count = 100_000
    call = whole[:4] + word(32, count) + word(*[count * 32] * count) + whole[4 + 32 * 3 :]
    if compressed:
        packed = compress(call)
        call = bytes.fromhex("dcb2aa31") + word(1, 64, len(packed)) + packed
    with pytest.raises(LayoutError, match="bytes together, more than all of the calldata"):
        read_blocks(call)


def test_a_block_of_another_type_is_refused() -> None:
    written = bytearray(calldata([SentBlock(4, BLOCK.data)], Layout.THIRD))
    written[4 + 32 * 3 + 31] = 1
    with pytest.raises(LayoutError, match="Block 0 of the submission is of the unknown type 1"):
        read_blocks(bytes(written))


@pytest.mark.parametrize("text", [b"", b"abc", bytes(70_000), b"a" + bytes(7) + b"b" * 66_000 + bytes(3), BLOCK.data])
def test_runs_of_zeros_come_back(text: bytes) -> None:
    assert expand_zero_runs(compress(text)) == text


@pytest.mark.parametrize("packed", [b"\x00", b"\x00\x05\x00\x00abcd", b"\x00\x01\x00\x01a\x00\x00\x00"])
def test_a_run_that_is_cut_off_is_refused(packed: bytes) -> None:
    with pytest.raises(LayoutError, match="cut off"):
        expand_zero_runs(packed)


def test_calldata_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(LayoutError, match=f"more than {MAX_EXPANDED:,} bytes"):
        expand_zero_runs(b"\x00\x00\xff\xff" * 300)


def test_the_sentences_stay_whole_where_a_block_has_a_large_number() -> None:
    with pytest.raises(LayoutError) as caught:
        read_transactions(67_896, 4, with_byte(BLOCK.data, 98, 77))
    assert caught.value.sentence == ("Block 67,896, transaction 0: the type 77 is unknown; 0 to 9 are known.")
    assert after(layouts.noop()).transactions == 1
