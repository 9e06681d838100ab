"""Since when an address is whose."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.linking.outcome import Result
from bot.links import NOWHERE
from bot.store.rows import to_account
from tests.linking.contesting import ACCOUNT, KEY, LITTLE
from tests.linking.harness import ANN, BEN, CONTEST, LinkingHarness


async def since(harness: LinkingHarness, user_id: int) -> datetime | None:
    """Since when it has been theirs without a break."""
    accounts = (await harness.store.proven.of(user_id, NOWHERE)).accounts
    return next((proven.first_proven_at for proven in accounts.values()), None)


async def test_signing_again_does_not_change_since_when_an_address_is_a_members(harness: LinkingHarness) -> None:
    await harness.prove(ANN, ACCOUNT, KEY)
    first = harness.now
    harness.pass_time(LITTLE)
    await harness.prove(ANN, ACCOUNT, KEY)
    [proven] = (await harness.store.proven.of(ANN, NOWHERE)).accounts.values()
    assert (proven.first_proven_at, proven.proven_at) == (first, harness.now)
    await harness.prove(BEN, ACCOUNT, KEY)
    harness.pass_time(LITTLE)
    assert (await harness.prove(ANN, ACCOUNT, KEY)).result is Result.KEPT
    assert await since(harness, ANN) == first
    assert await since(harness, BEN) is None


@pytest.mark.usefixtures("contest")
@pytest.mark.parametrize("how", ["a contest", "the holder gives it up"])
async def test_a_move_starts_it_again(harness: LinkingHarness, how: str) -> None:
    if how == "a contest":
        await harness.run_for(CONTEST)
    else:
        await harness.run_for(LITTLE)
        await harness.accounts.remove(ANN, to_account(ACCOUNT))
    assert await since(harness, BEN) == harness.now


async def test_unlinking_and_proving_again_starts_it_again(harness: LinkingHarness) -> None:
    await harness.prove(ANN, ACCOUNT, KEY)
    harness.pass_time(LITTLE)
    await harness.accounts.remove(ANN, to_account(ACCOUNT))
    await harness.prove(ANN, ACCOUNT, KEY)
    assert await since(harness, ANN) == harness.now
