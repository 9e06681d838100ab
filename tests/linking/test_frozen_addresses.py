"""An address that moves twice within a month is frozen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.linking.contest_rules import HISTORY_RETAINED, LONGER_CONTESTS
from bot.linking.outcome import Result
from bot.links import Contest, FreezeReason, FrozenAddress, NotificationKind
from bot.store.rows import seconds, to_account
from tests.linking.contesting import A_SECOND, ACCOUNT, KEY, LITTLE, OWNER
from tests.linking.harness import ANN, BEN, CLEO, CONTEST, LinkingHarness


async def test_an_address_that_moves_twice_within_a_month_is_frozen(harness: LinkingHarness, contest: Contest) -> None:
    assert await harness.run_for(CONTEST) == 1
    assert await harness.store.contests.frozen_of(ANN) == []
    await harness.prove(ANN, ACCOUNT, KEY)
    await harness.run_for(LONGER_CONTESTS[0], step=timedelta(hours=1))
    expected = FrozenAddress(contest.owner, harness.now, FreezeReason.MOVES, ANN)
    assert [await harness.store.contests.frozen_of(each) for each in (ANN, BEN)] == [[expected], [expected]]
    assert [await harness.listed(each) for each in (ANN, BEN)] == [{ACCOUNT: True}, {ACCOUNT: False}]
    for each in (ANN, BEN):
        assert await harness.pending_kinds(each) == [NotificationKind.FROZEN]
    reclaimed = seconds(harness.now - LONGER_CONTESTS[0])
    rows = await harness.rows("SELECT user_id, signed_at FROM frozen_claims ORDER BY user_id")
    assert rows == [(ANN, reclaimed), (BEN, reclaimed)]  # his since it moved to him, hers since she signed


async def test_who_signs_for_a_frozen_address_is_listed_and_moves_nothing(harness: LinkingHarness) -> None:
    await harness.prove(ANN, ACCOUNT, KEY)
    await harness.freeze(OWNER)
    before = await harness.rows("SELECT * FROM proofs")
    harness.pass_time(LITTLE)
    for member in (BEN, ANN):
        assert (await harness.prove(member, ACCOUNT, KEY)).result is Result.FROZEN
    assert await harness.rows("SELECT * FROM proofs") == before
    rows = await harness.rows("SELECT user_id, signed_at FROM frozen_claims ORDER BY user_id")
    assert rows == [(ANN, seconds(harness.now)), (BEN, seconds(harness.now))]
    assert await harness.run_for(CONTEST) == 0


@pytest.mark.parametrize("how", ["unlink", "delete"])
async def test_a_frozen_address_outlives_all_whom_it_concerns_for_a_year(harness: LinkingHarness, how: str) -> None:
    await harness.prove(ANN, ACCOUNT, KEY)
    await harness.freeze(OWNER)
    if how == "unlink":
        await harness.accounts.remove(ANN, to_account(ACCOUNT))
    else:
        await harness.delete(ANN)
    assert await harness.rows("SELECT owner FROM frozen") == [(None,)]
    harness.pass_time(HISTORY_RETAINED)
    await harness.purge()
    assert (await harness.prove(BEN, ACCOUNT, KEY)).result is Result.FROZEN  # and he is somebody whom it concerns
    harness.pass_time(A_SECOND)
    await harness.purge()
    assert await harness.rows("SELECT owner FROM frozen") == [(OWNER,)]
    await harness.delete(BEN)
    await harness.purge()
    assert (await harness.prove(CLEO, ACCOUNT, KEY)).result is Result.LINKED
