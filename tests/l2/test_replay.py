"""Single transactions: who owns an account, what lies in a slot, and what a contradiction does to whom."""

from __future__ import annotations

import pytest

from bot.l2.account_state import ContractHoldings, Place
from bot.l2.replay import Replay
from bot.messages import Message
from sandbox.rollup import layouts
from sandbox.rollup.layouts import MadeNft
from tests.l2.made_blocks import accounts, after, block_of, replayed

ANN, BEN, CARL = (bytes([letter]) * 20 for letter in (0xA1, 0xB2, 0xC3))
CONTRACT = b"\xcc" * 20
OTHER_CONTRACT = b"\xcd" * 20
SLOT, NEXT_SLOT = 0x8000, 0x8001
NFT = MadeNft(ANN, 0, CONTRACT, (77).to_bytes(32, "big"), 5)
OTHER = MadeNft(ANN, 0, CONTRACT, (78).to_bytes(32, "big"), 5)
# Ann is account 1001, Ben 1002; the contract has an account, as contracts of layer 2 do.
BORN = (
    layouts.deposit(ANN, 1001, 0, 5),
    layouts.deposit(BEN, 1002, 0, 5),
    layouts.transfer(1001, 900, 0, 0, to=CONTRACT),
)


def mint(amount: int, nft: MadeNft = NFT, slot: int = SLOT) -> bytes:
    return layouts.mint_to_self(1001, slot, amount, 900, nft)


def held(replay: Replay, account: int) -> tuple[ContractHoldings, ...]:
    return accounts(replay)[account].holdings


def of_contract(*nfts: tuple[int, int], contract: bytes = CONTRACT) -> tuple[ContractHoldings, ...]:
    return (ContractHoldings("0x" + contract.hex(), nfts, frozenset({0})),)


def whole(replay: Replay) -> bool:
    return replay.deviation_count == 0 and all(state.incomplete_reason is None for state in replay.accounts())


def incomplete(replay: Replay) -> dict[int, str]:
    return {state.account_id: str(state.incomplete_reason) for state in replay.accounts() if state.incomplete_reason}


@pytest.mark.parametrize(
    "transactions",
    [
        (layouts.deposit(BEN, 1002, 0, 5),),
        (layouts.transfer(1001, 1002, 0, 5, to=BEN),),
        (mint(1), layouts.transfer(1001, 1002, SLOT, 1, to=BEN)),
        (layouts.mint_to(1, 1001, SLOT, 1, 1002, BEN), *layouts.nft_data(1002, SLOT, NFT)),
        (layouts.mint_to(2, 0, SLOT, 1, 1002, BEN), *layouts.nft_data(1002, SLOT, NFT)),
        (layouts.account_update(BEN, 1002, bytes(32), 0),),
        (layouts.withdrawal(0, BEN, 1002, 0, 5),),
        (layouts.amm_update(BEN, 1002, 1, 5),),
        (layouts.signature_verification(BEN, 1002, bytes(32)),),
        (layouts.transfer(1002, 1001, 0, 5, owner=BEN),),
    ],
    ids=["deposit", "transfer", "NFT", "mint", "NFT deposit", "update", "withdrawal", "pool", "signature", "sender"],
)
def test_every_transaction_that_names_an_owner_makes_it_known(transactions: tuple[bytes, ...]) -> None:
    first = (BORN[0], BORN[2])
    replay = after(*first, *transactions)
    state = accounts(replay)[1002]
    assert state.owner == "0x" + BEN.hex()
    assert state.owner_since is not None
    place = state.owner_since.transaction - len(first)
    assert BEN in transactions[place]
    assert whole(replay)


def test_an_owner_is_named_with_the_transaction_that_says_so_first() -> None:
    replay = replayed([block_of(*BORN), block_of(layouts.deposit(ANN, 1001, 0, 5), number=2)])
    assert accounts(replay)[1001].owner_since == Place(1, 0)
    assert accounts(replay)[900].owner_since == Place(1, 2)


def test_an_account_update_changes_the_owner_and_says_since_when() -> None:
    replay = replayed(
        [block_of(*BORN), block_of(layouts.noop(), layouts.account_update(CARL, 1002, bytes(32), 1), number=2)]
    )
    state = accounts(replay)[1002]
    assert (state.owner, state.owner_since) == ("0x" + CARL.hex(), Place(2, 1))
    assert whole(replay)


@pytest.mark.parametrize(
    "contradicts",
    [
        layouts.deposit(CARL, 1002, 0, 5),
        layouts.transfer(1001, 1002, 0, 5, to=CARL),
        layouts.withdrawal(0, CARL, 1002, 0, 5),
        layouts.signature_verification(CARL, 1002, bytes(32)),
    ],
)
def test_where_two_transactions_name_different_owners_nobody_is_named(contradicts: bytes) -> None:
    replay = after(
        *BORN, contradicts, layouts.deposit(CARL, 1002, 0, 5), layouts.account_update(BEN, 1002, bytes(32), 1)
    )
    state = accounts(replay)[1002]
    assert (state.owner, state.owner_since) == ("", None)
    assert str(state.incomplete_reason) == "Two transactions name different owners of this account."
    assert [deviation.place for deviation in replay.deviations] == [Place(1, 3)]
    assert incomplete(replay).keys() == {1002}


def test_the_contract_of_a_mint_is_who_owns_the_token_account() -> None:
    replay = after(*BORN, mint(3))
    assert held(replay, 1001) == of_contract((77, 3))
    assert whole(replay)


def test_a_mint_of_an_unknown_contract_makes_all_who_get_it_incomplete_and_nobody_else() -> None:
    replay = after(*BORN[:2], mint(3), layouts.transfer(1001, 1002, SLOT, 1))
    assert held(replay, 1002) == ()
    assert incomplete(replay) == {
        1001: "The contract or the minter of an NFT minted to this account is not known.",
        1002: "This account holds an NFT whose contract is not known.",
    }


def test_the_same_nft_in_two_slots_is_counted_once_with_all_copies() -> None:
    replay = after(*BORN, mint(3), mint(4, slot=NEXT_SLOT))
    assert held(replay, 1001) == of_contract((77, 7))


def test_an_amount_of_ninety_six_bits_is_kept() -> None:
    many = 2**96 - 1
    replay = after(*BORN, mint(many - 1), mint(1))
    assert held(replay, 1001) == of_contract((77, many))
    replay = after(*BORN, mint(many), layouts.withdrawal(0, ANN, 1001, SLOT, many - 2))
    assert held(replay, 1001) == of_contract((77, 2))


def test_an_emptied_slot_forgets_its_nft() -> None:
    replay = after(*BORN, mint(1), layouts.transfer(1001, 1002, SLOT, 1), mint(2, OTHER))
    assert (held(replay, 1001), held(replay, 1002)) == (of_contract((78, 2)), of_contract((77, 1)))
    assert whole(replay)


def test_an_nft_arrives_in_the_slot_that_the_transfer_names() -> None:
    replay = after(
        *BORN, mint(5), layouts.transfer(1001, 1002, SLOT, 2, to_token=0x8123), *layouts.nft_data(1002, 0x8123, NFT)
    )
    assert held(replay, 1002) == of_contract((77, 2))
    assert whole(replay)


def test_a_transfer_from_a_slot_to_itself_changes_nothing() -> None:
    replay = after(*BORN, mint(5), layouts.transfer(1001, 1001, SLOT, 5))
    assert held(replay, 1001) == of_contract((77, 5))
    assert whole(replay)


def test_a_transfer_of_nothing_changes_nothing() -> None:
    replay = after(*BORN, mint(5), layouts.transfer(1001, 1002, SLOT, 0), layouts.transfer(1002, 1001, NEXT_SLOT, 0))
    assert (held(replay, 1001), held(replay, 1002)) == (of_contract((77, 5)), ())
    assert whole(replay)


def test_two_nfts_are_exchanged_into_the_slots_that_they_leave() -> None:
    bens = MadeNft(BEN, 0, CONTRACT, (80).to_bytes(32, "big"), 5)
    replay = after(
        *BORN,
        mint(1),
        layouts.mint_to_self(1002, SLOT, 1, 900, bens),
        layouts.trade((1001, 1002), (SLOT, SLOT), (1, 1)),
    )
    assert (held(replay, 1001), held(replay, 1002)) == (of_contract((80, 1)), of_contract((77, 1)))
    assert whole(replay)


def test_a_fee_in_nfts_makes_both_incomplete() -> None:
    bens = MadeNft(BEN, 0, CONTRACT, (80).to_bytes(32, "big"), 5)
    trade = layouts.trade((1001, 1002), (SLOT, SLOT), (1, 1), fee_bips=(0, 100))
    replay = after(*BORN, mint(1), layouts.mint_to_self(1002, SLOT, 1, 900, bens), trade)
    assert incomplete(replay).keys() == {1001, 1002}


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_a_withdrawal_takes_copies_away(kind: int) -> None:
    replay = after(*BORN, mint(5), layouts.withdrawal(kind, ANN, 1001, SLOT, 5))
    assert held(replay, 1001) == ()
    assert whole(replay)


def test_an_invalid_withdrawal_takes_nothing() -> None:
    replay = after(*BORN, mint(5), layouts.withdrawal(3, ANN, 1001, SLOT, 0))
    assert held(replay, 1001) == of_contract((77, 5))
    assert whole(replay)


@pytest.mark.parametrize(
    ("transactions", "touched", "reason"),
    [
        ((layouts.transfer(1001, 1002, SLOT, 6),), {1001, 1002}, "More copies leave"),
        ((layouts.transfer(1002, 1001, SLOT, 1),), {1001, 1002}, "More copies leave"),
        ((layouts.trade((1001, 1002), (SLOT, 0), (6, 1)),), {1001, 1002}, "More copies leave"),
        ((layouts.withdrawal(0, ANN, 1001, SLOT, 6),), {1001}, "More copies leave"),
        ((layouts.withdrawal(2, ANN, 1001, SLOT, 4),), {1001}, "takes everything"),
        ((layouts.withdrawal(3, ANN, 1001, SLOT, 1),), {1001}, "marked as invalid"),
        ((mint(1, OTHER),), {1001}, "where another one lies"),
        ((layouts.transfer(1001, 1002, SLOT, 1, to_token=5),), {1001, 1002}, "not for NFTs"),
        (layouts.nft_data(1001, SLOT, OTHER), {1001}, "states that another NFT"),
        (layouts.nft_data(1001, SLOT, MadeNft(BEN, 0, CONTRACT, NFT.nft_id, 5))[:1], {1001}, "states that another NFT"),
        (layouts.nft_data(1001, SLOT, MadeNft(ANN, 0, OTHER_CONTRACT, NFT.nft_id, 5))[1:], {1001}, "another NFT"),
        (layouts.nft_data(1001, SLOT, MadeNft(ANN, 1, CONTRACT, NFT.nft_id, 5))[1:], {1001}, "states that another NFT"),
        (layouts.nft_data(1001, SLOT, MadeNft(ANN, 0, CONTRACT, NFT.nft_id, 6))[1:], {1001}, "states that another NFT"),
        (layouts.nft_data(1001, 0, NFT)[:1], {1001}, "not for NFTs"),
        (layouts.nft_data(1002, SLOT, NFT), {1002}, "states that another NFT"),
        (layouts.nft_data(1001, SLOT, MadeNft(layouts.NOBODY, 0, CONTRACT, NFT.nft_id, 5)), {1001}, "is empty"),
    ],
)  # fmt: skip
def test_a_contradiction_is_listed_and_makes_incomplete_whom_it_touches_and_nobody_else(
    transactions: tuple[bytes, ...], touched: set[int], reason: str
) -> None:
    replay = after(*BORN, mint(5), *transactions)
    assert incomplete(replay).keys() == touched
    assert all(reason in sentence for sentence in incomplete(replay).values())
    assert set(replay.deviations[0].accounts) == touched
    assert replay.deviations[0].place.block == 1
    assert all(count >= 0 for state in replay.accounts() for each in state.holdings for _, count in each.nfts)


def test_what_is_said_about_an_empty_slot_is_no_contradiction() -> None:
    empty = MadeNft(layouts.NOBODY, 0, OTHER_CONTRACT, bytes(32), 0)
    assert whole(after(*BORN, mint(1), layouts.transfer(1001, 1002, SLOT, 1), *layouts.nft_data(1001, SLOT, empty)))


def test_an_account_with_slots_and_no_owner_is_listed_without_one() -> None:
    replay = after(*BORN, mint(1), layouts.transfer(1001, 1003, SLOT, 1))
    state = accounts(replay)[1003]
    assert (state.owner, state.owner_since, state.holdings) == ("", None, of_contract((77, 1)))


def test_accounts_come_in_the_order_of_their_numbers() -> None:
    replay = after(*BORN, layouts.deposit(CARL, 20, 0, 1), mint(1))
    assert [state.account_id for state in replay.accounts()] == [20, 900, 1001, 1002]


def test_what_a_transaction_of_unknown_meaning_did_to_its_slot_is_not_known_and_the_rest_is() -> None:
    withdrawal = layouts.withdrawal(7, ANN, 1001, SLOT, 1)
    replay = after(*BORN, mint(5), mint(3, OTHER, NEXT_SLOT), withdrawal)
    assert held(replay, 1001) == of_contract((78, 3))
    assert incomplete(replay) == {1001: "Block 1, transaction 5: a withdrawal of the unknown kind 7."}
    assert accounts(replay)[1001].owner == "0x" + ANN.hex()
    # Who gets something out of that slot has something that is not known.
    passed_on = after(*BORN, mint(5), withdrawal, layouts.transfer(1001, 1002, SLOT, 1))
    assert held(passed_on, 1002) == ()
    assert incomplete(passed_on).keys() == {1001, 1002}


def test_after_a_block_that_cannot_be_read_all_accounts_are_incomplete_with_what_they_had_before() -> None:
    replay = after(*BORN, mint(5), layouts.transfer(1002, 1001, NEXT_SLOT, 1))
    reasons = incomplete(replay)
    replay.end(Message("The rest is not known.")())
    assert held(replay, 1001) == of_contract((77, 5))
    assert incomplete(replay) == {900: "The rest is not known."} | reasons
    assert reasons.keys() == {1001, 1002}


def test_a_trade_of_nothing_leaves_the_nft_without_a_copy_as_the_circuit_does() -> None:
    # RequireFillRateGadget takes two fills of zero; TokenTransferDataGadget then still writes what lies in the slot.
    nothing = layouts.trade((1001, 1002), (SLOT, 0), (0, 0))
    replay = after(*BORN, mint(5), nothing, *layouts.nft_data(1002, SLOT, NFT), *layouts.nft_data(1001, SLOT, NFT))
    assert (held(replay, 1001), held(replay, 1002)) == (of_contract((77, 5)), ())
    assert whole(replay)


@pytest.mark.parametrize("kind", range(4))
def test_a_withdrawal_of_nothing_forgets_an_nft_without_a_copy(kind: int) -> None:
    # WithdrawCircuit: the slot of an NFT is cleared where nothing is left in it, whatever kind the withdrawal is of.
    replay = after(
        *BORN,
        mint(5),
        layouts.trade((1001, 1002), (SLOT, 0), (0, 0)),
        layouts.withdrawal(kind, BEN, 1002, SLOT, 0),
        layouts.mint_to_self(1002, SLOT, 1, 900, MadeNft(BEN, 0, CONTRACT, (80).to_bytes(32, "big"), 5)),
    )
    assert held(replay, 1002) == of_contract((80, 1))
    assert whole(replay)


def test_an_nft_that_goes_to_another_slot_of_the_same_account_stays_there() -> None:
    replay = after(*BORN, mint(5), layouts.transfer(1001, 1001, SLOT, 2, to_token=NEXT_SLOT))
    assert held(replay, 1001) == of_contract((77, 5))
    replay = after(*BORN, mint(5), layouts.transfer(1001, 1001, SLOT, 5, to_token=NEXT_SLOT), mint(1, OTHER))
    assert held(replay, 1001) == of_contract((77, 5), (78, 1))
    assert whole(replay)


def test_an_account_that_trades_with_itself_keeps_what_it_has() -> None:
    trade = layouts.trade((1001, 1001), (SLOT, NEXT_SLOT), (2, 1), bought=(0x8005, 0x8006))
    replay = after(*BORN, mint(5), mint(3, OTHER, NEXT_SLOT), trade, *layouts.nft_data(1001, 0x8006, NFT))
    assert held(replay, 1001) == of_contract((77, 5), (78, 3))
    assert whole(replay)


@pytest.mark.parametrize("seller_first", [True, False])
def test_a_buyer_gets_an_nft_in_the_slot_that_the_trade_names(*, seller_first: bool) -> None:
    sold = layouts.trade((1001, 1002), (SLOT, 0), (2, 7), bought=(0, 0x8123), fee_bips=(0, 200))
    if not seller_first:
        sold = layouts.trade((1002, 1001), (0, SLOT), (7, 2), bought=(0x8123, 0), fee_bips=(200, 0))
    replay = after(*BORN, mint(5), sold, *layouts.nft_data(1002, 0x8123, NFT))
    assert (held(replay, 1001), held(replay, 1002)) == (of_contract((77, 3)), of_contract((77, 2)))
    assert whole(replay)


def test_a_mint_to_another_names_who_owns_the_minters_account() -> None:
    # NftMintCircuit hashes the owner of that account into the NFT: a replay that has another one is wrong.
    bens = MadeNft(BEN, 0, CONTRACT, NFT.nft_id, 5)
    to_ben = (layouts.mint_to(1, 1001, SLOT, 1, 1002, BEN), *layouts.nft_data(1002, SLOT, bens))
    replay = after(*BORN, *to_ben)
    assert accounts(replay)[1001].owner == ""
    assert incomplete(replay) == {1001: "Two transactions name different owners of this account."}
    assert held(replay, 1002) == of_contract((77, 1))


def test_an_account_of_which_nothing_is_known_is_not_made_up_by_a_mint() -> None:
    replay = after(*BORN, layouts.mint_to(2, 0, SLOT, 1, 1002, BEN), *layouts.nft_data(1002, SLOT, NFT))
    assert sorted(accounts(replay)) == [900, 1001, 1002]
    assert whole(replay)


@pytest.mark.parametrize(
    "follows",
    [
        (),
        layouts.nft_data(1002, SLOT, NFT)[:1],
        tuple(reversed(layouts.nft_data(1002, SLOT, NFT))),
        layouts.nft_data(1003, SLOT, NFT),
        layouts.nft_data(1002, NEXT_SLOT, NFT),
        (layouts.nft_data(1002, SLOT, NFT)[0], layouts.nft_data(1002, SLOT, OTHER)[1]),
        (layouts.noop(), *layouts.nft_data(1002, SLOT, NFT)),
    ],
    ids=["nothing", "half", "reversed", "of another account", "of another slot", "of two NFTs", "too late"],
)
@pytest.mark.parametrize("kind", [1, 2])
def test_a_mint_that_nothing_states_makes_who_gets_it_incomplete_and_nobody_else(
    kind: int, follows: tuple[bytes, ...]
) -> None:
    # ExchangeBlocks.sol asks for the two transactions only where no agent has approved the mint.
    replay = after(*BORN, mint(5), layouts.mint_to(kind, 1001, SLOT, 1, 1002, BEN), *follows)
    assert held(replay, 1001) == of_contract((77, 5))
    assert held(replay, 1002) == ()
    assert 1002 in incomplete(replay)
    assert 1001 not in incomplete(replay)
    assert (replay.deviations[0].place, replay.deviations[0].accounts) == (Place(1, 4), (1002,))


@pytest.mark.parametrize(
    ("transaction", "account"),
    [
        (layouts.deposit(ANN, 1001, SLOT, 1), 1001),
        (layouts.amm_update(BEN, 1002, SLOT, 5), 1002),
    ],
    ids=["deposit", "pool"],
)
def test_what_is_no_nft_in_a_slot_makes_its_account_incomplete(transaction: bytes, account: int) -> None:
    # AmmUpdateCircuit writes the weight where an NFT's hash is, and does not ask for which token.
    replay = after(*BORN, mint(5), transaction)
    assert account in incomplete(replay)
    assert "something else than an NFT" in incomplete(replay)[account]
    assert 900 not in incomplete(replay)
