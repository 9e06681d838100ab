"""Any made history, replayed, gives what its maker kept; any changed bit and any missing block is found."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.l2.account_state import Place
from bot.l2.block_check import check_block
from bot.l2.block_errors import BlockError, ChainError
from bot.l2.submissions import SubmittedBlock, read_blocks
from sandbox.community import load_world
from sandbox.rollup.calldata import Layout
from sandbox.rollup.history import community_history, random_history
from sandbox.rollup.rollup import Rollup
from sandbox.rollup.submissions import ERAS, submissions
from tests.l2.made_blocks import accounts, checked, event_of, replayed, sent

HISTORIES = st.builds(random_history, st.randoms(use_true_random=False), st.integers(1, 60), st.integers(2, 40))
# Long enough that everything happens in it.
LONG = random_history(Random(7), 3_000)  # noqa: S311 - no secret
COMMUNITY = community_history(load_world())
CHECKED = checked(LONG.blocks)


def holds_what_its_maker_kept(history: Rollup) -> None:
    replay = replayed(checked(history.blocks))
    assert replay.deviations == []
    found = accounts(replay)
    assert {account: state.owner for account, state in found.items()} == {
        account: "0x" + owner.hex() for account, owner in history.ledger.owners.items()
    }
    assert {account: state.owner_since for account, state in found.items()} == {
        account: Place(*place) for account, place in history.ledger.since.items()
    }
    assert all(state.incomplete_reason is None for state in found.values())
    held = {
        account: {bytes.fromhex(each.contract[2:]): dict(each.nfts) for each in state.holdings}
        for account, state in found.items()
    }
    assert {account: contracts for account, contracts in held.items() if contracts} == history.ledger.holdings()


@settings(max_examples=150)
@given(HISTORIES)
def test_any_history_comes_to_what_its_maker_kept(history: Rollup) -> None:
    holds_what_its_maker_kept(history)


def test_a_long_history_comes_to_what_its_maker_kept() -> None:
    holds_what_its_maker_kept(LONG)


@pytest.mark.parametrize("history", [LONG, COMMUNITY], ids=["at random", "what the sandbox's node serves"])
def test_histories_have_all_types_all_ways_to_submit_and_forty_accounts(history: Rollup) -> None:
    types: Counter[int] = Counter()
    for block in history.blocks:
        types.update(block.data[98 : 98 + block.size * 29 : 29])
    assert sorted(types) == list(range(10))
    ways = {(each.calldata[:4], each.to) for each in submissions(history.blocks)}
    assert len(ways) == 3  # the exchange itself, and two contracts that call it
    assert {era.layout for era in ERAS} == set(Layout)
    assert {len(each.blocks) for each in submissions(history.blocks)} == {1, 2, 3}
    assert len({block.size for block in history.blocks}) == 3
    assert len(history.ledger.owners) >= 40


def test_the_demos_community_holds_what_it_holds_on_loopring() -> None:
    world = load_world()
    holds_what_its_maker_kept(COMMUNITY)
    found = accounts(replayed(checked(COMMUNITY.blocks)))
    for account_id, account in world.accounts.items():
        expected: Counter[str] = Counter()
        for collection_id, held in account.holdings.items():
            expected[world.collections[collection_id].contract_address] += sum(held.values())
        state = found[account_id]
        copies = {each.contract: sum(count for _, count in each.nfts) for each in state.holdings}
        assert copies == +expected
        assert state.owner == account.owner.lower()


@settings(max_examples=300)
@given(st.data())
def test_any_flipped_bit_of_any_block_is_found(data: st.DataObject) -> None:
    block = data.draw(st.sampled_from(LONG.blocks))
    bit = data.draw(st.integers(0, len(block.data) * 8 - 1))
    broken = bytearray(block.data)
    broken[bit // 8] ^= 1 << bit % 8
    before = CHECKED[block.number - 2] if block.number > 1 else None
    with pytest.raises(ChainError, match=f"Block {block.number:,}: the SHA-256"):
        check_block(before, event_of(block), SubmittedBlock(block.size, 0, bytes(broken)))


@settings(max_examples=200)
@given(st.data())
def test_any_flipped_bit_of_the_calldata_changes_nothing_or_is_found(data: st.DataObject) -> None:
    all_of_them = submissions(LONG.blocks[:12])
    chosen = data.draw(st.sampled_from(all_of_them))
    bit = data.draw(st.integers(0, len(chosen.calldata) * 8 - 1))
    broken = bytearray(chosen.calldata)
    broken[bit // 8] ^= 1 << bit % 8
    before = None
    try:
        for submission in all_of_them:
            found = read_blocks(bytes(broken) if submission is chosen else submission.calldata)
            for event, block in zip(map(event_of, submission.blocks), found, strict=True):
                before = check_block(before, event, block)
    except (BlockError, ValueError):
        return  # ValueError: another number of blocks than Ethereum has events for
    # What is left are bits that mean nothing here: proofs, versions, padding, auxiliary data.
    assert before is not None
    assert before.data == LONG.blocks[11].data


@settings(max_examples=60)
@given(st.integers(0, len(LONG.blocks) - 2))
def test_any_block_that_is_left_out_is_found(place: int) -> None:
    before = CHECKED[place - 1] if place else None
    after = LONG.blocks[place + 1]
    with pytest.raises(ChainError, match=f"Block {place + 1:,} is missing: {place + 2:,} comes after {place:,}"):
        check_block(before, event_of(after), sent(after))


def test_a_replay_takes_no_block_twice_and_none_too_early() -> None:
    blocks = checked(LONG.blocks[:3])
    replay = replayed(blocks[:1])
    before = list(replay.accounts())
    for wrong in (blocks[0], blocks[2]):
        with pytest.raises(ChainError, match="the replay is at block 1"):
            replay.apply(wrong)
    assert list(replay.accounts()) == before
    assert (replay.last_block, replay.root) == (1, LONG.blocks[0].root)
    replay.apply(blocks[1])
    assert (replay.last_block, replay.timestamp) == (2, blocks[1].header.timestamp)
