"""Two members, one address: who is told what, who keeps it, and what cannot be used to get around that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import InputError
from bot.linking.outcome import Ending
from bot.links import Contest, Method, News
from bot.store.linking.contest_table import REFUSED_FOR
from bot.store.rows import to_account
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, Desk, owner_of

ACCOUNT = "loopring:10001"
OTHER = "loopring:10002"
KEY = "a wallet"
OWNER = owner_of(KEY)
LITTLE = timedelta(minutes=30)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
async def contest(desk: Desk) -> Contest:
    """Ann has proven an address, and half an hour later Ben signs for it too."""
    await desk.prove(ANN, ACCOUNT, KEY)
    desk.pass_time(LITTLE)
    outcome = await desk.prove(BEN, ACCOUNT, KEY)
    assert (outcome.ending, outcome.until) == (Ending.CONTESTED, desk.now + CONTEST)
    return next(iter(await desk.contests.opened_by(BEN)))


async def test_a_second_signature_moves_nothing_and_both_know_of_it(desk: Desk, contest: Contest) -> None:
    assert contest == Contest(OWNER, ANN, BEN, desk.now, desk.now + CONTEST)
    assert await desk.contests.held_by(ANN) == [contest]
    assert await desk.listed(ANN) == {ACCOUNT: True}
    assert await desk.listed(BEN) == {ACCOUNT: False}
    assert await desk.store.links.holder(OWNER) == ANN
    [notice] = await desk.contests.notices(ANN)
    assert (notice.news, notice.owner, notice.until) == (News.CONTESTED, OWNER, contest.ends_at)
    assert await desk.news(BEN) == []
    await desk.contests.told(notice)
    assert await desk.news(ANN) == []


@pytest.mark.usefixtures("contest")
async def test_it_moves_after_a_day_without_a_word(desk: Desk) -> None:
    assert await desk.run_for(CONTEST - A_SECOND) == 0
    desk.pass_time(A_SECOND)
    assert await desk.contests.settle() == 1
    assert await desk.contests.settle() == 0
    assert await desk.listed(ANN) == {ACCOUNT: False}
    assert await desk.listed(BEN) == {ACCOUNT: True}
    assert await desk.news(ANN) == [News.LOST]
    assert await desk.news(BEN) == [News.WON]
    assert await desk.contests.held_by(ANN) == await desk.contests.opened_by(BEN) == []


@pytest.mark.usefixtures("contest")
async def test_whoever_lost_it_may_claim_it_back_and_waits_in_turn(desk: Desk) -> None:
    assert await desk.run_for(CONTEST) == 1
    assert (await desk.prove(ANN, ACCOUNT, KEY)).ending is Ending.CONTESTED
    assert await desk.store.links.holder(OWNER) == BEN


@pytest.mark.usefixtures("contest")
async def test_who_objects_has_a_week(desk: Desk) -> None:
    await desk.run_for(LITTLE)
    await desk.contests.object(ANN, OWNER)
    [objected] = await desk.contests.held_by(ANN)
    assert (objected.objected_at, objected.ends_at) == (desk.now, desk.now + timedelta(days=7))
    assert await desk.run_for(timedelta(days=7) - A_SECOND) == 0
    assert await desk.run_for(A_SECOND) == 1
    assert await desk.store.links.holder(OWNER) == BEN


@pytest.mark.usefixtures("contest")
async def test_one_objects_once_and_only_about_what_one_has(desk: Desk) -> None:
    for stranger in (BEN, CLEO):
        with pytest.raises(InputError, match="nothing to object to"):
            await desk.contests.object(stranger, OWNER)
    await desk.contests.object(ANN, OWNER)
    with pytest.raises(InputError, match="nothing to object to"):
        await desk.contests.object(ANN, OWNER)


@pytest.mark.usefixtures("contest")
async def test_a_new_signature_keeps_it_and_shuts_the_challenger_out_for_a_month(desk: Desk) -> None:
    desk.pass_time(LITTLE)
    assert (await desk.prove(ANN, ACCOUNT, KEY)).ending is Ending.KEPT
    assert await desk.contests.opened_by(BEN) == []
    assert await desk.news(ANN) == [News.CONTESTED, News.KEPT]
    assert await desk.news(BEN) == [News.REFUSED]
    again = desk.now + REFUSED_FOR
    desk.pass_time(REFUSED_FOR - A_SECOND)
    await desk.privacy.purge()
    with pytest.raises(InputError, match=f"you cannot claim it again before {again:%Y-%m-%d}"):
        await desk.prove(BEN, ACCOUNT, KEY)
    assert await desk.contests.opened_by(BEN) == []
    desk.pass_time(timedelta(hours=2))
    assert (await desk.prove(BEN, ACCOUNT, KEY)).ending is Ending.CONTESTED


@pytest.mark.usefixtures("contest")
async def test_a_refusal_is_of_one_member_and_one_address(desk: Desk) -> None:
    await desk.prove(ANN, ACCOUNT, KEY)
    assert (await desk.prove(CLEO, ACCOUNT, KEY)).ending is Ending.CONTESTED
    assert (await desk.prove(BEN, OTHER, "another wallet")).ending is Ending.LINKED


@pytest.mark.parametrize("has_objected", [False, True])
async def test_whoever_signs_last_takes_the_challengers_place(
    desk: Desk, contest: Contest, *, has_objected: bool
) -> None:
    """Or whoever claims it first, by a signature that was lured out of its owner, would shut the owner out."""
    if has_objected:
        await desk.contests.object(ANN, OWNER)
    [before] = await desk.contests.held_by(ANN)
    await desk.run_for(LITTLE)
    outcome = await desk.prove(CLEO, ACCOUNT, KEY)
    assert (outcome.ending, outcome.until) == (Ending.CONTESTED, before.ends_at)
    assert await desk.contests.held_by(ANN) == [replace(before, challenger_id=CLEO)]
    assert await desk.contests.opened_by(BEN) == []
    assert await desk.news(BEN) == [News.OVERTAKEN]
    assert await desk.news(ANN) == []
    # Who was overtaken may sign once more.
    assert (await desk.prove(BEN, ACCOUNT, KEY)).ending is Ending.CONTESTED
    assert await desk.contests.held_by(ANN) == [before]
    assert await desk.news(CLEO) == [News.OVERTAKEN]
    assert contest.opened_at == before.opened_at


@pytest.mark.usefixtures("contest")
async def test_it_moves_to_whoever_signed_last_by_their_own_signature(desk: Desk) -> None:
    [(bens,)] = await desk.rows("SELECT text_hash FROM contests")
    await desk.prove(CLEO, ACCOUNT, KEY)
    [(text_hash,)] = await desk.rows("SELECT text_hash FROM contests")
    assert len(text_hash) == len(bens) == 32
    assert text_hash != bens
    assert await desk.run_for(CONTEST) == 1
    assert await desk.listed(CLEO) == {ACCOUNT: True}
    assert await desk.listed(BEN) == {ACCOUNT: False}
    assert await desk.rows("SELECT text_hash FROM proofs") == [(text_hash,)]


async def test_whoever_claims_again_gets_no_other_day(desk: Desk, contest: Contest) -> None:
    await desk.run_for(LITTLE)
    outcome = await desk.prove(BEN, ACCOUNT, KEY)
    assert (outcome.ending, outcome.until) == (Ending.CONTESTED, contest.ends_at)
    assert await desk.contests.opened_by(BEN) == [contest]
    assert (await desk.news(ANN), await desk.news(BEN)) == ([], [])


@pytest.mark.usefixtures("contest")
@pytest.mark.parametrize("how", ["unlink", "delete"])
async def test_what_its_holder_gives_up_is_the_challengers_at_once(desk: Desk, how: str) -> None:
    if how == "unlink":
        await desk.accounts.remove(ANN, to_account(ACCOUNT))
    else:
        assert await desk.privacy.delete(ANN) == 1
    assert await desk.listed(ANN) == {}
    assert await desk.listed(BEN) == {ACCOUNT: True}
    assert await desk.news(BEN) == [News.WON]
    assert await desk.contests.opened_by(BEN) == []


@pytest.mark.usefixtures("contest")
@pytest.mark.parametrize("how", ["unlink", "delete"])
async def test_a_claim_that_is_withdrawn_is_gone(desk: Desk, how: str) -> None:
    if how == "unlink":
        await desk.accounts.remove(BEN, to_account(ACCOUNT))
    else:
        await desk.privacy.delete(BEN)
    assert await desk.contests.held_by(ANN) == []
    assert await desk.run_for(CONTEST) == 0
    assert await desk.listed(ANN) == {ACCOUNT: True}


@pytest.mark.usefixtures("contest")
@pytest.mark.parametrize("how", ["unlink", "delete"])
@pytest.mark.parametrize("is_told", [False, True])
async def test_a_holder_hears_that_a_claim_is_withdrawn_if_they_heard_of_the_claim(
    desk: Desk, how: str, *, is_told: bool
) -> None:
    if is_told:
        await desk.round()
    if how == "unlink":
        await desk.accounts.remove(BEN, to_account(ACCOUNT))
    else:
        await desk.privacy.delete(BEN)
    assert await desk.news(ANN) == ([News.WITHDRAWN] if is_told else [])


@pytest.mark.usefixtures("contest")
@pytest.mark.parametrize("how", ["unlink", "delete"])
async def test_withdrawing_and_claiming_anew_takes_no_week_from_who_objected(desk: Desk, how: str) -> None:
    await desk.contests.object(ANN, OWNER)
    if how == "unlink":
        await desk.accounts.remove(BEN, to_account(ACCOUNT))
    else:
        await desk.privacy.delete(BEN)
    with pytest.raises(InputError, match=f"you cannot claim it again before {desk.now + REFUSED_FOR:%Y-%m-%d}"):
        await desk.prove(BEN, ACCOUNT, KEY)
    assert await desk.contests.held_by(ANN) == []


async def test_a_holder_keeps_what_another_account_of_the_address_still_needs(desk: Desk, contest: Contest) -> None:
    await desk.name(ANN, OTHER, KEY)
    await desk.accounts.remove(ANN, to_account(ACCOUNT))
    assert await desk.listed(ANN) == {OTHER: True}
    assert await desk.contests.held_by(ANN) == [contest]


async def test_a_moderators_word_gives_way_to_a_signature_at_once(desk: Desk) -> None:
    await desk.vouch(ANN, ACCOUNT, OWNER)
    assert (await desk.prove(BEN, ACCOUNT, KEY)).ending is Ending.LINKED
    assert (await desk.listed(ANN), await desk.listed(BEN)) == ({ACCOUNT: False}, {ACCOUNT: True})
    assert await desk.news(ANN) == [News.LOST]
    assert await desk.contests.held_by(ANN) == await desk.contests.opened_by(BEN) == []
    assert (await desk.accounts.main(BEN)).method is Method.EOA


async def test_who_has_signed_keeps_it_against_a_moderators_word(desk: Desk) -> None:
    await desk.vouch(ANN, ACCOUNT, OWNER)
    await desk.prove(ANN, ACCOUNT, KEY)
    assert (await desk.accounts.main(ANN)).method is Method.EOA
    assert (await desk.prove(BEN, ACCOUNT, KEY)).ending is Ending.CONTESTED
    assert await desk.listed(ANN) == {ACCOUNT: True}


@pytest.mark.usefixtures("contest")
async def test_a_contest_of_one_address_leaves_others_alone(desk: Desk) -> None:
    await desk.prove(ANN, OTHER, "another wallet")
    await desk.run_for(CONTEST)
    assert await desk.listed(ANN) == {ACCOUNT: False, OTHER: True}
