"""Lists that do not arrive whole: what is missing in them is unknown, and the last whole list stays what is known."""

from __future__ import annotations

import asyncio

from tests.faults.sandboxed import AN_HOUR, HOLDINGS, SandboxedSync, open_sandboxed
from tests.sandbox_client import SandboxClient
from tests.sync.sync_harness import TEN_MINUTES

_OBSERVED = "SELECT * FROM sync_held ORDER BY 1, 2, 3"


async def test_case_08_the_second_of_five_pages_times_out_and_what_was_read_before_stays(
    sandbox: SandboxClient,
) -> None:
    async with open_sandboxed(sandbox, timeout_seconds=0.2) as synced:
        await synced.holder(1, others=200)
        await synced.holders_of(2)
        before = await synced.rows(_OBSERVED)
        assert len(before) == 202
        await synced.fails("slow", "offset=50", seconds=1)
        await synced.pass_time(AN_HOUR)
        assert synced.having() == [1, 2]
        assert await synced.rows(_OBSERVED) == before
        assert await synced.misses() == {}
        await synced.repaired()
        await synced.all_goes_on(1, 9)


async def test_case_09_of_a_hundred_and_twenty_rows_a_hundred_arrive(synced: SandboxedSync) -> None:
    await synced.holder(1, others=119)
    await synced.holders_of(2)
    await synced.fails("empty", "offset=100")
    await synced.pass_time(2 * AN_HOUR)
    assert synced.having() == [1, 2]
    assert await synced.misses() == {}
    await synced.repaired()
    await synced.all_goes_on(1, 9)


async def test_case_10_a_row_that_moves_to_a_page_that_was_read_before_is_not_missing(synced: SandboxedSync) -> None:
    await synced.holder(1, others=50)  # so that the NFT of the gate begins the second page
    await synced.holders_of(2)
    account = synced.account_id(1)
    pages = await synced.answers_about(1)
    first = str(pages[0]["collections"][0]["collection"]["id"])
    assert [len(each["collections"]) for each in pages] == [50, 1]
    for _ in range(5):
        await synced.fails("slow", "offset=50", seconds=0.2, times=1, account=account)
        synced.advance(TEN_MINUTES)
        turn = asyncio.create_task(synced.turn())
        await synced.sandbox.until_asked("offset=50")
        await synced.sandbox.trade(account, None, first)  # everything moves up by one row, between two pages
        await turn
        await synced.sandbox.trade(None, account, first)
    assert synced.having() == [1, 2]
    assert await synced.misses() == {}
    await synced.all_goes_on(1, 9)


async def test_case_11_a_server_that_ignores_the_offset_is_not_asked_for_ever(synced: SandboxedSync) -> None:
    await synced.holder(1, others=119)
    await synced.holders_of(2)
    page = (await synced.answers_about(1))[0]
    await synced.fails("status", HOLDINGS, status=200, body={**page, "totalNum": 10**6}, account=synced.account_id(1))
    before = await synced.requests()
    assert not await synced.reads(1)
    assert await synced.requests() - before == 2
    await synced.pass_time(AN_HOUR)
    assert synced.having() == [1, 2]
    assert await synced.misses() == {}
    await synced.repaired()
    await synced.all_goes_on(1, 9)
