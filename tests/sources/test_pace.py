"""Waiting people go first, and a source that keeps failing gets a pause."""

import asyncio

import pytest

from bot.sources.pace import Breaker, Pace, Priority
from tests.sources.virtual_time import in_virtual_time


async def take_turn(pace: Pace, priority: Priority) -> float:
    """When a request may be sent."""
    async with pace.acquire_turn(priority):
        await pace.take_token()
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("rate", [1, 4, 20])
@in_virtual_time
async def test_no_second_has_more_requests_than_the_rate_plus_one(rate: float) -> None:
    pace = Pace(rate)
    given = await asyncio.gather(*(take_turn(pace, Priority.INTERACTIVE) for _ in range(int(rate * 1.5) + 2)))
    assert max(sum(start <= each < start + 1 for each in given) for start in given) <= rate + 1
    assert given[-1] - given[0] < 2


@in_virtual_time
async def test_the_two_requests_of_a_first_page_do_not_wait_for_each_other() -> None:
    pace = Pace(requests_per_second=1)
    async with asyncio.timeout(0.5):
        await take_turn(pace, Priority.INTERACTIVE)
        await take_turn(pace, Priority.INTERACTIVE)


@in_virtual_time
async def test_nobody_passes_the_one_whose_turn_it_is() -> None:
    pace = Pace(requests_per_second=1000)
    async with pace.acquire_turn(Priority.BACKGROUND):
        other = asyncio.create_task(take_turn(pace, Priority.INTERACTIVE))
        await asyncio.sleep(0.05)
        assert not other.done()
    await other


@in_virtual_time
async def test_a_person_passes_background_work() -> None:
    pace = Pace(requests_per_second=20)
    for _ in range(2):
        await take_turn(pace, Priority.BACKGROUND)  # the burst is used up
    order: list[str] = []

    async def queue(name: str, priority: Priority) -> None:
        await take_turn(pace, priority)
        order.append(name)

    tasks = [asyncio.create_task(queue(f"background {n}", Priority.BACKGROUND)) for n in range(3)]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(queue("person", Priority.INTERACTIVE)))
    await asyncio.gather(*tasks)
    assert order == ["background 0", "person", "background 1", "background 2"]


@in_virtual_time
async def test_a_cancelled_waiter_does_not_block_the_others() -> None:
    pace = Pace(requests_per_second=50)
    for _ in range(2):
        await take_turn(pace, Priority.INTERACTIVE)
    waiters = [asyncio.create_task(take_turn(pace, Priority.INTERACTIVE)) for _ in range(4)]
    await asyncio.sleep(0)
    waiters[0].cancel()  # at the bucket
    waiters[2].cancel()  # in the queue
    done = await asyncio.wait_for(asyncio.gather(*waiters, return_exceptions=True), timeout=5)
    assert [type(result) for result in done] == [asyncio.CancelledError, float, asyncio.CancelledError, float]
    await asyncio.wait_for(take_turn(pace, Priority.INTERACTIVE), timeout=5)


def test_the_breaker_opens_after_failures_in_a_row_and_is_half_open_afterwards() -> None:
    now = 100.0
    breaker = Breaker(lambda: now, threshold=3, pause=30)
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    assert (breaker.wait_seconds(), breaker.half_open) == (0, False)
    breaker.failed()
    assert breaker.wait_seconds() == 30
    now += 30
    assert (breaker.wait_seconds(), breaker.half_open) == (0, True)
    breaker.failed()
    assert breaker.wait_seconds() == 30
    now += 30
    breaker.succeeded()
    assert (breaker.wait_seconds(), breaker.half_open) == (0, False)


def test_an_answer_to_a_request_sent_before_it_opened_does_not_close_the_breaker() -> None:
    now = 0.0
    breaker = Breaker(lambda: now)
    breaker.open_for(60)
    breaker.succeeded()
    assert breaker.wait_seconds() == 60
    now += 60
    assert breaker.half_open


def test_an_open_breaker_never_closes_earlier() -> None:
    breaker = Breaker(lambda: 0.0)
    breaker.open_for(60)
    breaker.open_for(5)
    assert breaker.wait_seconds() == 60
