"""Whoever waits in person goes first, and a source that keeps failing is left alone."""

import asyncio

from bot.sources.pace import Breaker, Pace, Priority


async def test_a_person_passes_background_work() -> None:
    pace = Pace(requests_per_second=20)
    for _ in range(20):
        await pace.wait_turn(Priority.BACKGROUND)  # the burst is used up
    order: list[str] = []

    async def queue(name: str, priority: Priority) -> None:
        await pace.wait_turn(priority)
        order.append(name)

    tasks = [asyncio.create_task(queue(f"background {n}", Priority.BACKGROUND)) for n in range(3)]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(queue("person", Priority.INTERACTIVE)))
    await asyncio.gather(*tasks)
    assert order == ["background 0", "person", "background 1", "background 2"]


async def test_a_waiter_who_leaves_does_not_block_the_others() -> None:
    pace = Pace(requests_per_second=50)
    for _ in range(50):
        await pace.wait_turn(Priority.INTERACTIVE)
    waiters = [asyncio.create_task(pace.wait_turn(Priority.INTERACTIVE)) for _ in range(4)]
    await asyncio.sleep(0)
    waiters[0].cancel()  # at the bucket
    waiters[2].cancel()  # in the queue
    done = await asyncio.wait_for(asyncio.gather(*waiters, return_exceptions=True), timeout=5)
    assert [type(result) for result in done] == [asyncio.CancelledError, type(None), asyncio.CancelledError, type(None)]
    await asyncio.wait_for(pace.wait_turn(Priority.INTERACTIVE), timeout=5)


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_through_again() -> None:
    now = 100.0
    breaker = Breaker(lambda: now, threshold=3, pause=30)
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    assert breaker.wait_seconds() == 0
    breaker.failed()
    assert breaker.wait_seconds() == 30
    now += 30
    assert breaker.wait_seconds() == 0
    breaker.failed()
    assert breaker.wait_seconds() == 30


def test_a_hold_is_never_shortened() -> None:
    breaker = Breaker(lambda: 0.0)
    breaker.hold(60)
    breaker.hold(5)
    assert breaker.wait_seconds() == 60
