"""A source that answers from yesterday: what was bought or sold since is not undone by it."""

from __future__ import annotations

from datetime import timedelta

from tests.faults.sandboxed import AN_HOUR, HOLDINGS, UNTIL_A_SALE_IS_SEEN, SandboxedSync, open_sandboxed


async def _yesterday(synced: SandboxedSync, *members: int) -> None:
    """From now on Loopring answers about these as it did before they bought."""
    for member in members:
        body = {"totalNum": 0, "collections": []}
        await synced.fails("status", HOLDINGS, status=200, body=body, account=synced.account_id(member))


async def test_case_17_yesterdays_answers_about_everybody_take_nothing_from_who_bought_today(
    synced: SandboxedSync,
) -> None:
    await synced.holders_of(8)
    await _yesterday(synced, 1, 2, 3, 4)
    await synced.pass_time(2 * AN_HOUR)
    assert synced.having() == list(range(1, 9))
    assert await synced.holds() != []
    await synced.repaired()
    await synced.pass_time(AN_HOUR)
    assert await synced.holds() == []
    await synced.all_goes_on(1, 20)


async def test_case_17_a_source_that_is_configured_as_one_of_the_past_takes_nothing_and_gives_nothing(
    synced: SandboxedSync,
) -> None:
    await synced.holders_of(3)
    live = synced.source
    await synced.sold(1)
    await synced.holder(9)
    async with open_sandboxed(synced.sandbox, live=False) as mirror:
        synced.source = mirror.source
        synced.start()
        await synced.pass_time(6 * AN_HOUR, step=timedelta(minutes=30))
        assert synced.having() == [1, 2, 3]
        assert await synced.misses() == {}
    synced.source = live
    synced.start()
    await synced.pass_time(UNTIL_A_SALE_IS_SEEN)
    assert synced.having() == [2, 3, 9]
