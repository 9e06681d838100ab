"""Turns at a source: who goes next is fair, no turn is lost, and a source that keeps failing gets a pause."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import LimitError
from bot.sources.askers import Asker, Askers
from bot.sources.fair_queue import MAX_AT_ONCE, MAX_WAITING, Ticket
from bot.sources.pace import Breaker, Pace
from tests.sources.virtual_time import in_virtual_time

ADA, BEN = Asker.member(1), Asker.member(2)


async def take_turn(pace: Pace, asker: Asker) -> float:
    """When a request may be sent; its answer comes at once."""
    return await send(pace, Ticket(Askers(asker)))


async def send(pace: Pace, ticket: Ticket, answer_seconds: float = 0) -> float:
    async with pace.acquire_turn(ticket) as pass_on:
        await pace.take_token()
        sent_at = asyncio.get_running_loop().time()
        pass_on()
        await asyncio.sleep(answer_seconds)
    return sent_at


@pytest.mark.parametrize("rate", [1, 4, 20])
@in_virtual_time
async def test_no_second_has_more_requests_than_the_rate_plus_one(rate: float) -> None:
    pace = Pace(rate)
    given = await asyncio.gather(*(take_turn(pace, ADA) for _ in range(min(int(rate * 1.5) + 2, MAX_WAITING))))
    assert max(sum(start <= each < start + 1 for each in given) for start in given) <= rate + 1
    assert given[-1] - given[0] < 2


@in_virtual_time
async def test_the_two_requests_of_a_first_page_do_not_wait_for_each_other() -> None:
    pace = Pace(requests_per_second=1)
    async with asyncio.timeout(0.5):
        await take_turn(pace, ADA)
        await take_turn(pace, ADA)


@in_virtual_time
async def test_nobody_passes_the_one_whose_turn_it_is() -> None:
    pace = Pace(requests_per_second=1000)
    async with pace.acquire_turn(Ticket(Askers(Asker.job("nightly")))):
        other = asyncio.create_task(take_turn(pace, ADA))
        await asyncio.sleep(0.05)
        assert not other.done()
    await other


@in_virtual_time
async def test_proofs_pass_people_and_people_pass_background_work() -> None:
    pace = Pace(requests_per_second=20)
    for _ in range(2):
        await take_turn(pace, ADA)  # the burst is used up
    order: list[str] = []

    async def queue(name: str, asker: Asker) -> None:
        await take_turn(pace, asker)
        order.append(name)

    names = {"first": ADA, "job": Asker.job("nightly"), "person": BEN, "proof": Asker.prover(3)}
    async with asyncio.TaskGroup() as tasks:
        for name, asker in names.items():
            tasks.create_task(queue(name, asker))
    assert order == ["proof", "first", "person", "job"]


@in_virtual_time
async def test_a_cancelled_waiter_does_not_block_the_others() -> None:
    pace = Pace(requests_per_second=50)
    for _ in range(2):
        await take_turn(pace, ADA)
    waiters = [asyncio.create_task(take_turn(pace, Asker.member(n))) for n in range(4)]
    await asyncio.sleep(0)
    waiters[0].cancel()  # at the bucket
    waiters[2].cancel()  # in the queue
    done = await asyncio.wait_for(asyncio.gather(*waiters, return_exceptions=True), timeout=5)
    assert [type(result) for result in done] == [asyncio.CancelledError, float, asyncio.CancelledError, float]
    await asyncio.wait_for(take_turn(pace, ADA), timeout=5)


@in_virtual_time
async def test_a_fourth_reading_waits_for_an_answer_and_holds_nobody_else() -> None:
    pace = Pace(requests_per_second=1000)
    slow = [asyncio.create_task(send(pace, Ticket(Askers(ADA)), answer_seconds=10)) for _ in range(MAX_AT_ONCE + 1)]
    await asyncio.sleep(0)
    async with asyncio.timeout(1):
        await take_turn(pace, BEN)
    sent_at = await asyncio.gather(*slow)
    assert [at < 1 for at in sent_at] == [True] * MAX_AT_ONCE + [False]
    assert sent_at[-1] >= 10


@pytest.mark.parametrize(("asker", "at_most"), [(BEN, 0.4), (Asker.prover(2), 0.2)], ids=["a question", "a proof"])
@in_virtual_time
async def test_forty_requests_of_one_hold_another_for_two_turns_and_a_proof_for_one(
    asker: Asker, at_most: float
) -> None:
    pace, now = Pace(requests_per_second=5), asyncio.get_running_loop().time
    many = [asyncio.create_task(send(pace, Ticket(Askers(ADA)), answer_seconds=0.05)) for _ in range(40)]
    await asyncio.sleep(0.01)
    for _ in range(2):  # which a first page takes, and a proof
        asked_at = now()
        assert await take_turn(pace, asker) - asked_at <= at_most + 0.001
    ended = await asyncio.gather(*many, return_exceptions=True)
    assert sum(isinstance(end, LimitError) for end in ended) == 40 - MAX_WAITING - 2


@in_virtual_time
async def test_one_who_joins_a_waiting_reading_moves_it_forward() -> None:
    pace = Pace(requests_per_second=1000)
    slow = [asyncio.create_task(send(pace, Ticket(Askers(ADA)), answer_seconds=10)) for _ in range(MAX_AT_ONCE)]
    reading = Askers(ADA)
    shared = asyncio.create_task(send(pace, Ticket(reading)))
    await asyncio.sleep(1)
    assert not shared.done()
    reading.join(BEN)
    async with asyncio.timeout(1):
        await shared
    await asyncio.gather(*slow)


# ---------------------------------------------------------------- whatever happens

PEOPLE = [Asker.member(1), Asker.member(2), Asker.prover(1), Asker.prover(3), Asker.job("nightly")]
RATE = 5


@st.composite
def requests(draw: st.DrawFn) -> list[tuple[Asker, float, float, float | None]]:
    """Who asks, when, how long the answer takes, and when they stop waiting, if they do."""
    seconds = st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0])
    one = st.tuples(st.sampled_from(PEOPLE), seconds, seconds, st.none() | seconds)
    return draw(st.lists(one, max_size=60))


@settings(max_examples=60, deadline=None)
@given(requests())
def test_no_token_is_lost_and_no_limit_exceeded(asked: list[tuple[Asker, float, float, float | None]]) -> None:
    run_in_virtual_time(asked)


@in_virtual_time
async def run_in_virtual_time(asked: list[tuple[Asker, float, float, float | None]]) -> None:
    pace = Pace(RATE)
    tokens: list[float] = []
    under_way: dict[Asker, int] = dict.fromkeys(PEOPLE, 0)
    now = asyncio.get_running_loop().time

    async def one(asker: Asker, answer_seconds: float) -> None:
        async with pace.acquire_turn(Ticket(Askers(asker))) as pass_on:
            await pace.take_token()
            tokens.append(now())
            pass_on()
            under_way[asker] += 1
            assert under_way[asker] <= MAX_AT_ONCE
            try:
                await asyncio.sleep(answer_seconds)
            finally:
                under_way[asker] -= 1

    async def limited(asker: Asker, after: float, answer_seconds: float, patience: float | None) -> str:
        await asyncio.sleep(after)
        try:
            await asyncio.wait_for(one(asker, answer_seconds), patience)
        except TimeoutError:
            return "gave up"
        except LimitError:
            return "refused"
        return "answered"

    ended = await asyncio.gather(*(limited(*each) for each in asked))
    assert max((sum(start <= each < start + 1 for each in tokens) for start in tokens), default=0) <= RATE + 1
    assert len(tokens) >= ended.count("answered")
    # Nobody who is patient is forgotten, and nothing that was given up holds a place.
    assert all(end != "gave up" for end, each in zip(ended, asked, strict=True) if each[3] is None)
    async with asyncio.timeout(len(PEOPLE) / RATE + 0.1):
        for asker in PEOPLE:
            await take_turn(pace, asker)


@in_virtual_time
async def test_more_questions_than_anybody_reads_are_refused_in_one_sentence() -> None:
    pace = Pace(requests_per_second=1000)
    slow = []
    for _ in range(MAX_AT_ONCE + MAX_WAITING):
        slow.append(asyncio.create_task(send(pace, Ticket(Askers(ADA)), answer_seconds=10)))
        await asyncio.sleep(0.01)
    with pytest.raises(LimitError, match=r"You have 23 questions under way\. Ask again when they are answered\.$"):
        await take_turn(pace, ADA)
    await take_turn(pace, BEN)
    assert len(await asyncio.gather(*slow)) == MAX_AT_ONCE + MAX_WAITING


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
