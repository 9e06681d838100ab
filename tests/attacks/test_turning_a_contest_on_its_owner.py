"""A thief with a few lured signatures tries to have the owner of an address shut out by the rules that protect owners.

Ann is the owner: she can sign at any time. Mallory has as many signatures as Ann was tricked into, each for one of
Mallory's Discord accounts, and cannot make another one. Time is virtual, all else is real.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.errors import InputError
from bot.linking.outcome import Result
from bot.links import NOWHERE, NotificationKind
from bot.store.rows import to_account
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, DAN, LinkingHarness, open_linking, owner_of

MALLORY, MALLORY_2, MALLORY_3 = BEN, CLEO, DAN
ACCOUNT = "loopring:10001"
KEY = "ann's wallet"
OWNER = owner_of(KEY)
DAY = timedelta(days=1)
A_SECOND = timedelta(seconds=1)
LITTLE = timedelta(minutes=30)


@dataclass
class Theft:
    """Ann, Mallory, and what is left of what Ann was tricked into."""

    harness: LinkingHarness
    lured: int

    async def lure(self, member: int) -> Result:
        """Mallory uses up one of the signatures, in the name of one of her accounts."""
        assert self.lured > 0
        self.lured -= 1
        return (await self.harness.prove(member, ACCOUNT, KEY)).result

    async def ann_signs(self) -> Result:
        """Ann runs `/verify` and signs: whatever was done before, she is not refused."""
        return (await self.harness.prove(ANN, ACCOUNT, KEY)).result

    async def ann_signs_daily(self, days: int) -> None:
        """Ann signs once in every day where the address is not hers, or is contested."""
        for _ in range(days):
            await self.ann_answers()
            await self.run_for(CONTEST - A_SECOND)

    async def ann_answers(self) -> None:
        """Ann signs where that is called for."""
        is_hers = await self.holder() == ANN
        if not is_hers or await self.harness.store.contests.held_by(ANN):
            await self.ann_signs()

    async def run_for(self, span: timedelta) -> None:
        """Let time go by with the bot running, hour by hour."""
        await self.harness.run_for(span, step=timedelta(hours=1))

    async def holder(self) -> int | None:
        """Who has it."""
        return await self.harness.store.links.holder(OWNER)

    async def is_anns(self) -> bool:
        """Whether it is hers, and nobody claims it."""
        return await self.holder() == ANN and await self.harness.store.contests.held_by(ANN) == []


@pytest.fixture
async def theft() -> AsyncIterator[Theft]:
    """Nobody has linked anything yet."""
    async with open_linking() as harness:
        await harness.round()
        yield Theft(harness, lured=3)


async def test_a_lured_signature_that_renews_a_lured_proof_does_not_shut_the_owner_out(theft: Theft) -> None:
    """The holder is the thief, and the owner is the challenger: "who loses may not claim again for a month" hit her."""
    assert await theft.lure(MALLORY) is Result.LINKED
    assert await theft.ann_signs() is Result.CONTESTED
    assert await theft.lure(MALLORY) is Result.KEPT
    assert await theft.ann_signs() is Result.CONTESTED
    assert await theft.lure(MALLORY) is Result.KEPT
    assert await theft.ann_signs() is Result.CONTESTED
    await theft.run_for(14 * DAY)
    assert await theft.is_anns()


async def test_an_owner_who_slept_for_a_week_gets_the_address_back(theft: Theft) -> None:
    await theft.ann_signs()
    await theft.lure(MALLORY)
    await theft.run_for(7 * DAY)
    assert await theft.holder() == MALLORY
    await theft.ann_signs()
    assert await theft.lure(MALLORY) is Result.KEPT
    await theft.ann_signs()
    assert await theft.lure(MALLORY) is Result.KEPT
    await theft.ann_signs()
    await theft.run_for(14 * DAY)
    assert await theft.is_anns()


async def test_withdrawing_and_claiming_again_with_a_second_account_leaves_a_holder_who_objected_their_week(
    theft: Theft,
) -> None:
    await theft.ann_signs()
    await theft.lure(MALLORY)
    await theft.run_for(LITTLE)
    await theft.harness.accounts.object(ANN, OWNER)
    await theft.harness.accounts.remove(MALLORY, to_account(ACCOUNT))
    await theft.lure(MALLORY_2)
    await theft.run_for(7 * DAY - A_SECOND)
    assert await theft.holder() == ANN
    assert await theft.ann_signs() is Result.KEPT


async def test_two_accounts_of_a_thief_cannot_pass_the_address_to_each_other_at_the_last_second(theft: Theft) -> None:
    """The owner claims it, and is overtaken a second before it would be hers."""
    await theft.lure(MALLORY)
    await theft.ann_signs()
    await theft.run_for(CONTEST - A_SECOND)
    assert await theft.lure(MALLORY_2) is Result.CONTESTED
    await theft.run_for(CONTEST)
    assert await theft.holder() == MALLORY
    assert NotificationKind.OVERTAKEN not in await theft.harness.pending_kinds(ANN)  # she has heard of it
    await theft.ann_signs_daily(1)
    assert await theft.lure(MALLORY_3) is Result.CONTESTED
    await theft.ann_signs_daily(4)
    assert await theft.is_anns()


async def test_a_thief_who_gives_the_address_up_to_a_second_account_only_gains_time(theft: Theft) -> None:
    await theft.lure(MALLORY)
    await theft.ann_signs()
    await theft.lure(MALLORY_2)
    await theft.harness.accounts.remove(MALLORY, to_account(ACCOUNT))
    assert await theft.holder() == MALLORY_2
    await theft.ann_signs()
    await theft.lure(MALLORY_3)
    await theft.harness.accounts.remove(MALLORY_2, to_account(ACCOUNT))
    await theft.ann_signs_daily(16)
    assert await theft.is_anns()


@pytest.mark.parametrize("how", ["unlink", "delete"])
async def test_claims_that_are_opened_and_withdrawn_do_not_flood_the_owner(theft: Theft, how: str) -> None:
    await theft.ann_signs()
    for member in (MALLORY, MALLORY_2, MALLORY_3):
        await theft.lure(member)
        await theft.run_for(LITTLE)
        if how == "unlink":
            await theft.harness.accounts.remove(member, to_account(ACCOUNT))
        else:
            await theft.harness.delete(member)
        await theft.run_for(LITTLE)
    await theft.run_for(9 * DAY)
    times = [at for at, member, _ in theft.harness.messages if member == ANN]
    assert len(times) == 2  # the first claim; a day later all that came of it and of the others
    assert times[1] - times[0] >= DAY
    assert await theft.harness.pending_kinds(ANN) == []
    assert await theft.is_anns()


async def test_a_message_that_waits_for_its_day_takes_no_time_from_the_owner(theft: Theft) -> None:
    """The first claim uses up the message of the day, the second one is hidden behind it."""
    await theft.ann_signs()
    await theft.lure(MALLORY)
    await theft.run_for(LITTLE)
    await theft.ann_signs()
    await theft.lure(MALLORY_2)
    [contest] = await theft.harness.store.contests.held_by(ANN)
    opened_at = theft.harness.now
    while all(at <= opened_at for at, member, _ in theft.harness.messages if member == ANN):
        await theft.run_for(LITTLE)
    assert theft.harness.now - opened_at <= DAY
    [contest] = await theft.harness.store.contests.held_by(ANN)
    assert contest.ends_at - theft.harness.now >= CONTEST


async def test_deleting_data_resets_no_count(theft: Theft) -> None:
    """Claims are counted of the address: the second takes a week, though nothing of the first one is left."""
    await theft.ann_signs()
    await theft.lure(MALLORY)
    await theft.harness.delete(MALLORY)
    await theft.harness.delete(ANN)
    await theft.ann_signs()
    await theft.lure(MALLORY)
    await theft.run_for(7 * DAY - A_SECOND)
    assert await theft.holder() == ANN


async def test_deleting_data_frees_no_frozen_address(theft: Theft) -> None:
    """Or a thief could delete everything, and then be the first to prove a free address."""
    await theft.ann_signs()
    await theft.lure(MALLORY)
    await theft.run_for(CONTEST)
    await theft.lure(MALLORY_2)
    await theft.run_for(7 * DAY)
    assert await theft.holder() == MALLORY_2
    assert NotificationKind.WON not in await theft.harness.pending_kinds(MALLORY_2)
    for member in (MALLORY, MALLORY_2, ANN):
        await theft.harness.delete(member)
    assert await theft.harness.rows("SELECT owner FROM frozen") == [(None,)]
    assert await theft.lure(MALLORY_3) is Result.FROZEN
    assert await theft.ann_signs() is Result.FROZEN
    assert await theft.holder() is None
    assert [each.owner for each in await theft.harness.store.contests.frozen_of(ANN)] == [OWNER]


async def test_an_address_that_moved_twice_earns_neither_the_thief_nor_the_owner_a_new_role(theft: Theft) -> None:
    await theft.ann_signs()
    await theft.lure(MALLORY)
    await theft.run_for(CONTEST)
    await theft.ann_signs()
    await theft.run_for(7 * DAY)
    assert await theft.holder() == ANN
    proven = await theft.harness.store.proven.of(ANN, NOWHERE)
    assert [each.is_frozen for each in proven.accounts.values()] == [True]
    assert await theft.lure(MALLORY_2) is Result.FROZEN
    await theft.run_for(30 * DAY)
    assert await theft.holder() == ANN
    assert await theft.harness.store.contests.held_by(ANN) == []


async def test_with_three_lured_signatures_a_thief_can_freeze_nothing_while_the_owner_answers(theft: Theft) -> None:
    """Each claim of the thief, and each answer of the owner, as many as can be: the operator is not needed."""
    await theft.lure(MALLORY)
    await theft.ann_signs()
    for member in (MALLORY_2, MALLORY_3):
        await theft.lure(member)
        await theft.ann_signs()
    await theft.ann_signs_daily(20)
    assert await theft.is_anns()
    kinds = Counter(await theft.harness.pending_kinds(ANN))
    assert kinds[NotificationKind.FROZEN] == 0


async def test_two_who_can_both_sign_are_put_before_the_operator(theft: Theft) -> None:
    """A stolen key: no signature can decide between its owner and the thief."""
    theft.lured = 100
    await theft.ann_signs()
    for _ in range(5):
        assert await theft.lure(MALLORY) is Result.CONTESTED
        await theft.run_for(LITTLE)
        assert await theft.ann_signs() is Result.KEPT
    assert await theft.lure(MALLORY_2) is Result.FROZEN
    for member in (ANN, MALLORY_2):
        assert [each.owner for each in await theft.harness.store.contests.frozen_of(member)] == [OWNER]
    assert await theft.holder() == ANN


async def test_nobody_but_its_claimants_learns_that_an_address_is_frozen(theft: Theft) -> None:
    await test_two_who_can_both_sign_are_put_before_the_operator(theft)
    await theft.harness.add(MALLORY_3, ACCOUNT, OWNER)
    assert await theft.harness.store.contests.frozen_of(MALLORY_3) == []
    with pytest.raises(InputError, match="nothing to object to"):
        await theft.harness.accounts.object(MALLORY_3, OWNER)
