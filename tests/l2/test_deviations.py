"""How contradictions are counted and listed, and what is none."""

from __future__ import annotations

import pytest

from bot.l2.account_state import Place
from bot.l2.replay import MOST_LISTED, Replay
from sandbox.rollup import layouts
from sandbox.rollup.layouts import MadeNft
from tests.l2.made_blocks import accounts, after, block_of, replayed

ANN, CONTRACT = b"\xa1" * 20, b"\xcc" * 20
BORN = (layouts.deposit(ANN, 1001, 0, 5), layouts.deposit(CONTRACT, 900, 0, 5))
NFT = MadeNft(ANN, 0, CONTRACT, (77).to_bytes(32, "big"), 5)
EMPTY = MadeNft(layouts.NOBODY, 0, CONTRACT, bytes(32), 0)
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


def mint(amount: int, slot: int = SLOT) -> bytes:
    return layouts.mint_to_self(1001, slot, amount, 900, NFT)


def reasons(replay: Replay) -> dict[int, str]:
    return {state.account_id: str(state.incomplete_reason) for state in replay.accounts() if state.incomplete_reason}


def test_nothing_out_of_an_empty_slot_does_not_touch_the_slot_where_it_goes() -> None:
    # Before there were NFTs, a transfer of nothing could name any token.
    replay = after(*BORN, mint(5), layouts.transfer(1002, 1001, SLOT, 0))
    assert (replay.deviation_count, accounts(replay)[1001].holdings[0].nfts) == (0, ((77, 5),))


def test_a_forced_withdrawal_leaves_nothing_even_where_the_replay_has_more() -> None:
    replay = after(*BORN, mint(5), layouts.withdrawal(2, ANN, 1001, SLOT, 4), *layouts.nft_data(1001, SLOT, EMPTY))
    assert (replay.deviation_count, accounts(replay)[1001].holdings) == (1, ())


def test_an_nft_whose_minter_is_not_known_is_not_known() -> None:
    replay = after(layouts.deposit(CONTRACT, 900, 0, 5), mint(1))
    assert (accounts(replay)[1001].holdings, sorted(reasons(replay))) == ((), [1001])


def test_what_was_not_there_makes_everybody_incomplete_to_whom_it_goes_on() -> None:
    replay = after(*BORN, layouts.transfer(1002, 1003, SLOT, 1), layouts.transfer(1003, 1004, SLOT, 1))
    assert replay.deviation_count == 1
    assert reasons(replay).keys() == {1002, 1003, 1004}
    assert reasons(replay)[1004] == "This account holds an NFT whose contract is not known."


def test_an_nft_out_of_a_slot_that_was_used_for_something_else_is_not_known() -> None:
    replay = after(*BORN, mint(5), layouts.amm_update(ANN, 1001, SLOT, 9), layouts.transfer(1001, 1002, SLOT, 2))
    assert [accounts(replay)[account].holdings for account in (1001, 1002)] == [(), ()]
    assert reasons(replay)[1002] == "This account holds an NFT whose contract is not known."


def test_an_nft_of_no_contract_is_stated_of_a_slot_with_another() -> None:
    of_nobody = MadeNft(ANN, 0, layouts.NOBODY, NFT.nft_id, 5)
    replay = after(*BORN, mint(5), *layouts.nft_data(1001, SLOT, of_nobody)[1:])
    assert reasons(replay) == {1001: "A block states that another NFT lies in a slot of this account."}


@pytest.mark.parametrize("fees", [(1, 0), (0, 1), (64, 0), (0, 64)])
def test_a_fee_of_either_side_in_an_exchange_of_nfts_makes_both_incomplete(fees: tuple[int, int]) -> None:
    trade = layouts.trade((1001, 1001), (SLOT, SLOT + 1), (1, 1), bought=(SLOT + 2, SLOT + 3), fee_bips=fees)
    assert sorted(reasons(after(*BORN, mint(2), mint(2, SLOT + 1), trade))) == [1001]


def test_an_update_that_names_nobody_makes_no_owner_and_takes_none() -> None:
    replay = after(*BORN, *[layouts.account_update(layouts.NOBODY, account, bytes(32), 0) for account in (1001, 1002)])
    assert {account: state.owner for account, state in accounts(replay).items()} == {
        900: "0x" + CONTRACT.hex(),
        1001: "0x" + ANN.hex(),
    }


def test_the_last_token_before_the_slots_is_no_nft() -> None:
    # Constants.h: NFT_TOKEN_ID_START is 2 to the power of 15.
    last = 2**15 - 1
    replay = after(*BORN, layouts.transfer(1001, 1002, last, 5), layouts.withdrawal(0, ANN, 1001, last, 5))
    assert replay.deviation_count == 0
    assert after(*BORN, layouts.transfer(1001, 1002, last + 1, 5)).deviation_count == 1
