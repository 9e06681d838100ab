"""A source that refuses the key, or has had enough requests: it is asked as seldom as it says, and takes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.faults.sandboxed import AN_HOUR, UNTIL_A_SALE_IS_SEEN, SandboxedSync
from tests.sync.sync_harness import GUILD

_A_MINUTE = timedelta(minutes=1)
_QUARTER = timedelta(minutes=15)


async def test_case_18_a_revoked_key_is_sent_three_times_in_a_quarter_of_an_hour_at_most(
    synced: SandboxedSync,
) -> None:
    await synced.holders_of(4)
    await synced.sold(1)
    await synced.fails("error", code=104002, message="Invalid apiKey", http=401)
    await synced.pass_time(_QUARTER, step=_A_MINUTE)
    for _ in range(4):
        before = await synced.requests()
        await synced.pass_time(_QUARTER, step=_A_MINUTE)
        assert await synced.requests() - before <= 3
    assert synced.having() == [1, 2, 3, 4]
    assert await synced.misses() == {}
    assert list((await synced.sync.status(GUILD)).failing) == ["Loopring"]
    await synced.repaired()
    await synced.pass_time(UNTIL_A_SALE_IS_SEEN)
    assert synced.having() == [2, 3, 4]


@pytest.mark.parametrize(
    ("retry_after", "most"),
    # Three accounts may be asked about at once before the first refusal arrives; from then on one is after each pause,
    # of which the last may end within the hour or with it.
    [("3600", 3 + 2), ("900", 3 + 5), ("600", 3 + 7), (None, 120), ("soon", 120), ("-5", 120), ("0", 120)],
)
async def test_case_19_a_source_that_has_had_enough_is_asked_as_seldom_as_it_says(
    synced: SandboxedSync, retry_after: str | None, most: int
) -> None:
    await synced.holders_of(3)
    await synced.fails("throttle", retry_after=retry_after)
    before = await synced.requests()
    await synced.pass_time(AN_HOUR, step=_A_MINUTE)
    asked = await synced.requests() - before
    assert 0 < asked <= most
    assert synced.having() == [1, 2, 3]
    assert await synced.misses() == {}
    await synced.repaired()
    await synced.pass_time(_QUARTER)
    await synced.all_goes_on(1, 9)
