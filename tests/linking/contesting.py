"""Two members who claim one address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.linking.outcome import Result
from bot.links import Contest
from tests.linking.harness import ANN, BEN, CONTEST, LinkingHarness, owner_of

ACCOUNT = "loopring:10001"
OTHER = "loopring:10002"
KEY = "a wallet"
OWNER = owner_of(KEY)
LITTLE = timedelta(minutes=30)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
async def contest(harness: LinkingHarness) -> Contest:
    """Ann has proven an address, and half an hour later Ben signs for it too."""
    await harness.prove(ANN, ACCOUNT, KEY)
    harness.pass_time(LITTLE)
    outcome = await harness.prove(BEN, ACCOUNT, KEY)
    assert (outcome.result, outcome.until) == (Result.CONTESTED, harness.now + CONTEST)
    return next(iter(await harness.store.contests.opened_by(BEN)))
