"""Two members, one address: who keeps it, and what cannot be used to get around that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import InputError
from bot.linking.contest_rules import HISTORY_RETAINED, LONGER_CONTESTS, MESSAGE_SPAN
from bot.linking.outcome import Result
from bot.links import Contest, NotificationKind, ProofKind
from bot.store.rows import to_account
from tests.linking.contesting import A_SECOND, ACCOUNT, KEY, LITTLE, OTHER, OWNER
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, HERE, LinkingHarness


async def test_a_second_signature_moves_nothing_and_both_members_know_of_it(
    harness: LinkingHarness, contest: Contest
) -> None:
    assert contest == Contest(OWNER, ANN, BEN, harness.now, harness.now + CONTEST)
    assert await harness.store.contests.held_by(ANN) == [contest]
    assert await harness.listed(ANN) == {ACCOUNT: True}
    assert await harness.listed(BEN) == {ACCOUNT: False}
    assert await harness.store.links.holder(OWNER) == ANN
    [notification] = await harness.notifications.pending(ANN)
    assert (notification.kind, notification.owner, notification.until) == (
        NotificationKind.CONTESTED,
        OWNER,
        contest.ends_at,
    )
    assert await harness.pending_kinds(BEN) == []
    await harness.notifications.mark_notified(notification)
    assert await harness.pending_kinds(ANN) == []


@pytest.mark.usefixtures("contest")
async def test_an_address_moves_after_a_day_without_an_objection(harness: LinkingHarness) -> None:
    assert await harness.run_for(CONTEST - A_SECOND) == 0
    harness.pass_time(A_SECOND)
    assert await harness.settle() == 1
    assert await harness.settle() == 0
    assert await harness.listed(ANN) == {ACCOUNT: False}
    assert await harness.listed(BEN) == {ACCOUNT: True}
    assert await harness.pending_kinds(ANN) == [NotificationKind.LOST]
    assert await harness.pending_kinds(BEN) == [NotificationKind.WON]
    assert await harness.store.contests.held_by(ANN) == await harness.store.contests.opened_by(BEN) == []


@pytest.mark.usefixtures("contest")
async def test_a_member_who_lost_an_address_may_claim_it_back_and_waits_a_day(harness: LinkingHarness) -> None:
    assert await harness.run_for(CONTEST) == 1
    assert (await harness.prove(ANN, ACCOUNT, KEY)).result is Result.CONTESTED
    assert await harness.store.links.holder(OWNER) == BEN


@pytest.mark.usefixtures("contest")
async def test_a_holder_who_objects_has_a_week(harness: LinkingHarness) -> None:
    await harness.run_for(LITTLE)
    await harness.accounts.object(ANN, OWNER)
    [objected] = await harness.store.contests.held_by(ANN)
    assert (objected.objected_at, objected.ends_at) == (harness.now, harness.now + timedelta(days=7))
    assert await harness.run_for(timedelta(days=7) - A_SECOND) == 0
    assert await harness.run_for(A_SECOND) == 1
    assert await harness.store.links.holder(OWNER) == BEN


@pytest.mark.usefixtures("contest")
async def test_a_member_can_object_once_and_only_about_their_own_address(harness: LinkingHarness) -> None:
    for stranger in (BEN, CLEO):
        with pytest.raises(InputError, match="nothing to object to"):
            await harness.accounts.object(stranger, OWNER)
    await harness.accounts.object(ANN, OWNER)
    with pytest.raises(InputError, match="nothing to object to"):
        await harness.accounts.object(ANN, OWNER)


@pytest.mark.usefixtures("contest")
async def test_a_new_signature_of_the_holder_ends_the_contest_and_the_next_one_takes_a_week(
    harness: LinkingHarness,
) -> None:
    harness.pass_time(LITTLE)
    assert (await harness.prove(ANN, ACCOUNT, KEY)).result is Result.KEPT
    assert await harness.store.contests.opened_by(BEN) == []
    assert await harness.pending_kinds(ANN) == [NotificationKind.KEPT]
    assert await harness.pending_kinds(BEN) == [NotificationKind.REFUSED]
    outcome = await harness.prove(BEN, ACCOUNT, KEY)
    assert (outcome.result, outcome.until) == (Result.CONTESTED, harness.now + LONGER_CONTESTS[0])
    assert NotificationKind.CONTESTED in await harness.pending_kinds(ANN)


@pytest.mark.usefixtures("contest")
async def test_a_claim_is_counted_of_the_address_and_not_of_the_member_who_makes_it(harness: LinkingHarness) -> None:
    await harness.prove(ANN, ACCOUNT, KEY)
    outcome = await harness.prove(CLEO, ACCOUNT, KEY)
    assert (outcome.result, outcome.until) == (Result.CONTESTED, harness.now + LONGER_CONTESTS[0])
    assert (await harness.prove(BEN, OTHER, "another wallet")).result is Result.LINKED
    assert (await harness.prove(CLEO, OTHER, "another wallet")).until == harness.now + CONTEST


async def test_a_claim_is_counted_for_a_year(harness: LinkingHarness, contest: Contest) -> None:
    await harness.prove(ANN, ACCOUNT, KEY)
    harness.now = contest.opened_at + HISTORY_RETAINED - A_SECOND
    await harness.purge()
    assert await harness.rows("SELECT event FROM address_events") == [("claim",)]
    harness.pass_time(2 * A_SECOND)
    await harness.purge()
    assert await harness.rows("SELECT event FROM address_events") == []
    assert (await harness.prove(BEN, ACCOUNT, KEY)).until == harness.now + CONTEST


async def test_what_is_counted_names_nobody_and_no_address(harness: LinkingHarness, contest: Contest) -> None:
    rows = await harness.rows("SELECT owner_hash FROM address_events")
    assert rows == [(harness.pseudonym(contest.owner),)]
    assert contest.owner[2:] not in rows[0][0].hex()


@pytest.mark.parametrize("has_objected", [False, True])
async def test_the_member_who_signs_last_becomes_the_challenger(
    harness: LinkingHarness, contest: Contest, *, has_objected: bool
) -> None:
    """Or anyone who claims it first, by a signature that was lured out of its owner, would shut the owner out."""
    if has_objected:
        await harness.accounts.object(ANN, OWNER)
    [before] = await harness.store.contests.held_by(ANN)
    await harness.run_for(LITTLE)
    ends_at = max(before.ends_at, harness.now + MESSAGE_SPAN + CONTEST)
    outcome = await harness.prove(CLEO, ACCOUNT, KEY)
    assert (outcome.result, outcome.until) == (Result.CONTESTED, ends_at)
    assert await harness.store.contests.held_by(ANN) == [replace(before, challenger_id=CLEO, ends_at=ends_at)]
    assert await harness.store.contests.opened_by(BEN) == []
    assert await harness.pending_kinds(BEN) == [NotificationKind.OVERTAKEN]
    assert await harness.pending_kinds(ANN) == []
    # Who was overtaken may sign once more.
    assert (await harness.prove(BEN, ACCOUNT, KEY)).result is Result.CONTESTED
    assert await harness.store.contests.held_by(ANN) == [replace(before, ends_at=ends_at)]
    assert await harness.pending_kinds(CLEO) == [NotificationKind.OVERTAKEN]
    assert contest.opened_at == before.opened_at


@pytest.mark.usefixtures("contest")
async def test_the_address_moves_to_the_member_who_signed_last_by_their_own_signature(harness: LinkingHarness) -> None:
    [(bens,)] = await harness.rows("SELECT text_hash FROM contests")
    await harness.prove(CLEO, ACCOUNT, KEY)
    [(text_hash,)] = await harness.rows("SELECT text_hash FROM contests")
    assert len(text_hash) == len(bens) == 32
    assert text_hash != bens
    assert await harness.run_for(MESSAGE_SPAN + CONTEST) == 1
    assert await harness.listed(CLEO) == {ACCOUNT: True}
    assert await harness.listed(BEN) == {ACCOUNT: False}
    assert await harness.rows("SELECT text_hash FROM proofs") == [(text_hash,)]


async def test_claiming_again_does_not_extend_the_contest(harness: LinkingHarness, contest: Contest) -> None:
    await harness.run_for(LITTLE)
    outcome = await harness.prove(BEN, ACCOUNT, KEY)
    assert (outcome.result, outcome.until) == (Result.CONTESTED, contest.ends_at)
    assert await harness.store.contests.opened_by(BEN) == [contest]
    assert (await harness.pending_kinds(ANN), await harness.pending_kinds(BEN)) == ([], [])


@pytest.mark.usefixtures("contest")
@pytest.mark.parametrize("how", ["unlink", "delete"])
async def test_an_address_that_its_holder_gives_up_is_the_challengers_at_once(
    harness: LinkingHarness, how: str
) -> None:
    if how == "unlink":
        await harness.accounts.remove(ANN, to_account(ACCOUNT))
    else:
        assert await harness.delete(ANN) == 1
    assert await harness.listed(ANN) == {}
    assert await harness.listed(BEN) == {ACCOUNT: True}
    assert await harness.pending_kinds(BEN) == [NotificationKind.WON]
    assert await harness.store.contests.opened_by(BEN) == []


@pytest.mark.usefixtures("contest")
@pytest.mark.parametrize("how", ["unlink", "delete"])
async def test_a_withdrawn_claim_is_deleted(harness: LinkingHarness, how: str) -> None:
    if how == "unlink":
        await harness.accounts.remove(BEN, to_account(ACCOUNT))
    else:
        await harness.delete(BEN)
    assert await harness.store.contests.held_by(ANN) == []
    assert await harness.run_for(CONTEST) == 0
    assert await harness.listed(ANN) == {ACCOUNT: True}


@pytest.mark.usefixtures("contest")
@pytest.mark.parametrize("how", ["unlink", "delete"])
@pytest.mark.parametrize("is_notified", [False, True])
async def test_a_holder_is_notified_of_a_withdrawal_if_they_were_notified_of_the_claim(
    harness: LinkingHarness, how: str, *, is_notified: bool
) -> None:
    if is_notified:
        await harness.round()
    if how == "unlink":
        await harness.accounts.remove(BEN, to_account(ACCOUNT))
    else:
        await harness.delete(BEN)
    assert await harness.pending_kinds(ANN) == ([NotificationKind.WITHDRAWN] if is_notified else [])


@pytest.mark.usefixtures("contest")
@pytest.mark.parametrize("how", ["unlink", "delete"])
async def test_withdrawing_and_claiming_again_takes_no_week_from_a_holder_who_objected(
    harness: LinkingHarness, how: str
) -> None:
    await harness.accounts.object(ANN, OWNER)
    if how == "unlink":
        await harness.accounts.remove(BEN, to_account(ACCOUNT))
    else:
        await harness.delete(BEN)
    outcome = await harness.prove(BEN, ACCOUNT, KEY)
    assert (outcome.result, outcome.until) == (Result.CONTESTED, harness.now + LONGER_CONTESTS[0])


async def test_a_holder_keeps_what_another_account_of_the_address_still_needs(
    harness: LinkingHarness, contest: Contest
) -> None:
    await harness.name(ANN, OTHER, KEY)
    await harness.accounts.remove(ANN, to_account(ACCOUNT))
    assert await harness.listed(ANN) == {OTHER: True}
    assert await harness.store.contests.held_by(ANN) == [contest]


async def test_a_vouch_opens_no_contest_and_a_signature_outweighs_it_at_once(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ACCOUNT, OWNER)
    assert await harness.proven(ANN, HERE) == {ACCOUNT: None}
    assert (await harness.prove(BEN, ACCOUNT, KEY)).result is Result.LINKED
    assert (await harness.proven(ANN, HERE), await harness.proven(BEN, HERE)) == ({}, {ACCOUNT: ProofKind.KEY})
    assert await harness.pending_kinds(ANN) == []
    assert await harness.store.contests.held_by(ANN) == await harness.store.contests.opened_by(BEN) == []


async def test_a_vouch_takes_nothing_from_a_member_who_signed(harness: LinkingHarness) -> None:
    await harness.vouch(ANN, ACCOUNT, OWNER)
    await harness.prove(ANN, ACCOUNT, KEY)
    assert await harness.proven(ANN, HERE) == {ACCOUNT: ProofKind.KEY}
    assert (await harness.prove(BEN, ACCOUNT, KEY)).result is Result.CONTESTED
    assert await harness.listed(ANN) == {ACCOUNT: True}


@pytest.mark.usefixtures("contest")
async def test_a_contest_of_one_address_leaves_others_alone(harness: LinkingHarness) -> None:
    await harness.prove(ANN, OTHER, "another wallet")
    await harness.run_for(CONTEST)
    assert await harness.listed(ANN) == {ACCOUNT: False, OTHER: True}
