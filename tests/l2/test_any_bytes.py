"""Whatever a node sends is blocks, or an error that says what is wrong, and takes no more memory than it is worth."""

from __future__ import annotations

import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.l2.block_check import HEADER_SIZE, MAX_SIZE, BlockHeader, CheckedBlock
from bot.l2.block_errors import BlockError
from bot.l2.block_layout import read_transactions
from bot.l2.known_nfts import UNKNOWN_NFT
from bot.l2.replay import Replay
from bot.l2.submissions import SUBMIT_BLOCKS, SUBMIT_WITH_CALLBACKS, read_blocks
from bot.l2.zero_runs import MAX_EXPANDED, expand_zero_runs
from sandbox.rollup.calldata import Layout, SentBlock, Submitter, calldata
from tests.l2.written_layout import TRANSACTION

BLOCK = SentBlock(4, bytes(range(256)) + bytes(98 + 4 * 68 - 256))
WRITTEN = [
    calldata([BLOCK] * count, layout, submitter, compressed=compressed)
    for count in (1, 3)
    for layout in Layout
    for submitter in Submitter
    for compressed in (False, True)
]
SELECTORS = [*SUBMIT_BLOCKS, *SUBMIT_WITH_CALLBACKS]
# A word of the ABI: what lengths and places are, near the limits and far beyond.
WORDS = st.sampled_from([0, 1, 32, 64, 480, 2**16, 2**31, 2**64, 2**255, 2**256 - 1]).map(
    lambda number: number.to_bytes(32, "big")
)
HEADER = BlockHeader(bytes(20), bytes(32), bytes(32), 0, 0, 0, 0, 0)


def peak_of(text: bytes) -> int:
    """How much memory reading it takes at most; errors are as good as blocks."""
    tracemalloc.start()
    try:
        read_blocks(text)
    except BlockError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


@given(st.sampled_from(SELECTORS), st.lists(WORDS | st.binary(max_size=40), max_size=40))
def test_any_calldata_is_blocks_or_a_sentence(selector: bytes, parts: list[bytes]) -> None:
    text = selector + b"".join(parts)
    assert peak_of(text) < 10 * len(text) + 4 * MAX_EXPANDED


@settings(max_examples=300)
@given(st.sampled_from(WRITTEN), st.data())
def test_calldata_with_anything_in_it_changed_is_blocks_or_a_sentence(whole: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(whole)))
    removed = data.draw(st.integers(0, 64))
    text = whole[:start] + data.draw(WORDS | st.binary(max_size=64)) + whole[start + removed :]
    assert peak_of(text) < 10 * len(text) + 4 * MAX_EXPANDED


@given(st.binary(max_size=400))
def test_any_runs_of_zeros_are_expanded_or_refused(packed: bytes) -> None:
    try:
        assert len(expand_zero_runs(packed)) <= MAX_EXPANDED
    except BlockError as error:
        assert error.sentence  # noqa: PT017 - either is right


@given(st.integers(-1, MAX_SIZE + 1), st.binary(max_size=HEADER_SIZE + 5 * TRANSACTION))
def test_any_bytes_are_transactions_or_a_sentence(size: int, text: bytes) -> None:
    try:
        assert len(read_transactions(1, size, text)) == size
    except BlockError as error:
        assert error.sentence.startswith("Block 1")  # noqa: PT017 - either is right


TYPED = st.builds(
    lambda kind, second, rest: bytes([kind, second]) + rest,
    st.integers(0, 9),
    st.integers(0, 3),
    # Few accounts and slots, so that they meet.
    st.lists(st.sampled_from([b"\0", b"\x01", b"\x80"]), min_size=66, max_size=66).map(b"".join)
    | st.binary(min_size=66, max_size=66),
)


@settings(max_examples=300)
@given(st.lists(st.lists(TYPED, min_size=1, max_size=12), min_size=1, max_size=6))
def test_a_replay_of_anything_holds_nothing_below_zero_and_says_of_whom_it_does_not_know(
    blocks: list[list[bytes]],
) -> None:
    replay = Replay()
    for transactions in blocks:
        first = b"".join(each[:29] for each in transactions)
        text = bytes(HEADER_SIZE) + first + b"".join(each[29:] for each in transactions)
        before = replay.last_block
        try:
            replay.apply(CheckedBlock(before + 1, len(transactions), text, HEADER))
        except BlockError:
            assert replay.last_block == before
    states = list(replay.accounts())
    assert [state.account_id for state in states] == sorted({state.account_id for state in states})
    listed = {account for deviation in replay.deviations for account in deviation.accounts}
    for state in states:
        assert all(copies > 0 for each in state.holdings for _, copies in each.nfts)
        assert (state.owner == "") == (state.owner_since is None)
        assert state.incomplete_reason is not None or state.account_id not in listed
    unknown = {account for account, held in replay.slots.accounts() if UNKNOWN_NFT in dict(held)}
    assert unknown <= {state.account_id for state in states if state.incomplete_reason}
