"""How contradictions are counted and listed, and what is none."""

from __future__ import annotations

from bot.l2.account_state import Place
from bot.l2.replay import MOST_LISTED, Replay
from sandbox.rollup import layouts
from sandbox.rollup.layouts import MadeNft
from tests.l2.made_blocks import after, block_of, replayed

ANN, CONTRACT = b"\xa1" * 20, b"\xcc" * 20
NFT = MadeNft(ANN, 0, CONTRACT, (77).to_bytes(32, "big"), 5)
SLOT = 0x8000
TOO_MANY = layouts.withdrawal(0, ANN, 1001, SLOT, 1)


def test_a_replay_of_no_blocks_has_nothing_to_say() -> None:
    replay = Replay()
    assert (replay.last_block, replay.root, replay.timestamp, replay.transactions) == (0, b"", 0, 0)
    assert (replay.deviations, replay.deviation_count, list(replay.accounts())) == ([], 0, [])


def test_every_deviation_is_counted_and_the_first_ones_are_listed() -> None:
    # A wrong replay has millions, and must not keep them all.
    size, blocks = 384, 30
    made = [block_of(*[TOO_MANY] * size, number=number) for number in range(1, blocks + 1)]
    replay = replayed(made)
    assert replay.deviation_count == replay.transactions == size * blocks
    assert len(replay.deviations) == MOST_LISTED == 10_000
    assert replay.deviations[-1].place == Place((MOST_LISTED - 1) // size + 1, (MOST_LISTED - 1) % size)
    assert {str(state.incomplete_reason) for state in replay.accounts()} == {
        "More copies leave a slot of this account than it holds."
    }


def test_an_account_is_listed_once_by_a_transaction_that_names_it_twice() -> None:
    replay = after(layouts.transfer(1001, 1001, SLOT, 1))
    assert [deviation.accounts for deviation in replay.deviations] == [(1001,)]


def test_what_is_stated_of_a_slot_of_which_nothing_is_known_is_no_further_contradiction() -> None:
    replay = after(layouts.mint_to_self(1001, SLOT, 1, 900, NFT), *layouts.nft_data(1001, SLOT, NFT))
    assert [str(deviation.words) for deviation in replay.deviations] == [
        "The contract or the minter of an NFT minted to this account is not known."
    ]


def test_an_account_keeps_the_first_reason() -> None:
    replay = after(TOO_MANY, layouts.withdrawal(3, ANN, 1001, SLOT, 1))
    assert replay.deviation_count == 2
    [state] = replay.accounts()
    assert str(state.incomplete_reason) == "More copies leave a slot of this account than it holds."
