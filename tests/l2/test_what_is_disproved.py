"""What a block disproves is not held any more: nobody gets it from there, and who seems to is incomplete."""

from __future__ import annotations

import pytest

from bot.l2.account_state import AccountState
from bot.l2.replay import Replay
from sandbox.rollup import layouts
from sandbox.rollup.layouts import MadeNft
from tests.l2.made_blocks import accounts, after

ANN, BEN, CARL, CONTRACT = (bytes([letter]) * 20 for letter in (0xA1, 0xB2, 0xC3, 0xCC))
SLOT, NEXT_SLOT = 0x8000, 0x8001
NFT = MadeNft(ANN, 0, CONTRACT, (77).to_bytes(32, "big"), 5)
OTHER = MadeNft(ANN, 0, CONTRACT, (78).to_bytes(32, "big"), 5)
EMPTY = MadeNft(layouts.NOBODY, 0, CONTRACT, bytes(32), 0)
BORN = (layouts.deposit(ANN, 1001, 0, 5), layouts.deposit(BEN, 1002, 0, 5), layouts.deposit(CONTRACT, 900, 0, 5))
TO_BEN = layouts.transfer(1001, 1002, SLOT, 1)


def mint(amount: int, nft: MadeNft = NFT, slot: int = SLOT) -> bytes:
    return layouts.mint_to_self(1001, slot, amount, 900, nft)


def nfts(state: AccountState) -> tuple[tuple[int, int], ...]:
    return tuple(each for holdings in state.holdings for each in holdings.nfts)


def is_complete(replay: Replay, account: int) -> bool:
    return accounts(replay)[account].incomplete_reason is None


@pytest.mark.parametrize(
    "disproves",
    [
        (layouts.nft_data(1001, SLOT, EMPTY)[0],),
        layouts.nft_data(1001, SLOT, OTHER),
        (layouts.nft_data(1001, SLOT, OTHER)[1],),
        (mint(5, OTHER),),
        (layouts.withdrawal(3, ANN, 1001, SLOT, 1),),
        (layouts.transfer(1001, 1003, SLOT, 6),),
    ],
    ids=["empty", "another", "of another contract", "another arrives", "invalid", "too many leave"],
)
def test_what_a_block_disproves_is_neither_held_nor_given_away(disproves: tuple[bytes, ...]) -> None:
    replay = after(*BORN, mint(5), mint(3, OTHER, NEXT_SLOT), *disproves)
    # What lies elsewhere is not touched.
    assert nfts(accounts(replay)[1001]) == ((78, 3),)
    assert not is_complete(replay, 1001)
    assert is_complete(replay, 1002)
    passed_on = after(*BORN, mint(5), *disproves, TO_BEN, layouts.transfer(1002, 1004, SLOT, 1))
    for account in (1002, 1004):
        assert nfts(accounts(passed_on)[account]) == ()
    assert not is_complete(passed_on, 1004)


def test_what_lies_in_a_slot_that_the_replay_has_as_empty_is_not_known() -> None:
    replay = after(*BORN, *layouts.nft_data(1001, SLOT, OTHER), mint(1))
    assert (nfts(accounts(replay)[1001]), replay.deviation_count) == ((), 1)
    replay = after(*BORN, *layouts.nft_data(1001, SLOT, OTHER), TO_BEN)
    assert not is_complete(replay, 1002)


def test_who_gets_more_than_was_there_got_something_that_is_not_known() -> None:
    replay = after(*BORN, mint(5), layouts.transfer(1001, 1002, SLOT, 6))
    assert nfts(accounts(replay)[1002]) == ()
    assert not is_complete(replay, 1002)


def test_where_an_nft_cannot_arrive_neither_side_holds_what_it_seemed_to() -> None:
    bens = layouts.mint_to_self(1002, SLOT, 2, 900, MadeNft(BEN, 0, CONTRACT, (80).to_bytes(32, "big"), 5))
    transfer = after(*BORN, bens, mint(5), TO_BEN)
    trade = after(*BORN, bens, mint(5), layouts.trade((1001, 1002), (SLOT, 0), (1, 7), bought=(0, SLOT)))
    for replay in (transfer, trade):
        assert [nfts(accounts(replay)[account]) for account in (1001, 1002)] == [(), ()]
        assert replay.deviation_count == 1


def test_what_is_bought_with_a_fee_in_copies_is_not_known() -> None:
    bens = layouts.mint_to_self(1002, SLOT, 1, 900, MadeNft(BEN, 0, CONTRACT, (80).to_bytes(32, "big"), 5))
    replay = after(*BORN, bens, mint(1), layouts.trade((1001, 1002), (SLOT, SLOT), (1, 1), fee_bips=(0, 100)))
    assert [nfts(accounts(replay)[account]) for account in (1001, 1002)] == [(), ()]


def test_something_unknown_contradicts_nothing_and_makes_unknown_what_it_comes_to() -> None:
    unknown = layouts.withdrawal(7, ANN, 1001, SLOT, 1)
    into_it = after(*BORN, unknown, layouts.mint_to_self(1002, SLOT, 5, 900, NFT), mint(2))
    assert (into_it.deviation_count, nfts(accounts(into_it)[1001])) == (1, ())
    bens = layouts.mint_to_self(1002, SLOT, 2, 900, MadeNft(BEN, 0, CONTRACT, (80).to_bytes(32, "big"), 5))
    from_it = after(*BORN, bens, unknown, mint(2), TO_BEN)
    assert (from_it.deviation_count, nfts(accounts(from_it)[1002])) == (1, ())
    assert not is_complete(from_it, 1002)


@pytest.mark.parametrize("kind", [3, 7, 255])
def test_a_withdrawal_of_unknown_meaning_makes_nobody_an_owner(kind: int) -> None:
    withdrawal = layouts.withdrawal(kind, CARL, 1003, SLOT, 1)
    state = accounts(after(*BORN, withdrawal))[1003]
    assert (state.owner, state.owner_since) == ("", None)
    later = accounts(after(*BORN, withdrawal, layouts.deposit(BEN, 1003, 0, 5)))[1003]
    assert later.owner == "0x" + BEN.hex()
    assert later.owner_since is not None
    assert later.owner_since.transaction == len(BORN) + 1
    # That it names another owner than the known one is seen.
    assert accounts(after(*BORN, layouts.withdrawal(kind, CARL, 1001, SLOT, 1)))[1001].owner == ""


def test_an_nft_of_a_contract_that_a_block_disproves_is_held_by_nobody() -> None:
    # The contract of a mint is who owns the token account; two blocks name two.
    disputed = layouts.transfer(1001, 900, 0, 5, to=CARL)
    of_another = layouts.mint_to(2, 0, NEXT_SLOT, 1, 1002, BEN)
    elsewhere = MadeNft(ANN, 0, b"\xcd" * 20, NFT.nft_id, 5)
    replay = after(
        *BORN, mint(5), TO_BEN, of_another, *layouts.nft_data(1002, NEXT_SLOT, elsewhere), disputed, mint(1, OTHER)
    )
    assert [nfts(accounts(replay)[account]) for account in (1001, 1002)] == [(), ((77, 1),)]
    assert accounts(replay)[1002].holdings[0].contract == "0x" + "cd" * 20
    assert not is_complete(replay, 1001)
    assert not is_complete(replay, 1002)
