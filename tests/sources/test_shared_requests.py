"""One request for all who need the same answer: it goes at the first turn of any of them, and ends with the last."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import LimitError
from bot.sources.askers import Asker, Askers
from bot.sources.fair_queue import MAX_WAITING, Ticket
from bot.sources.pace import Pace
from bot.sources.shared_requests import SharedRequests
from tests.sources.virtual_time import in_virtual_time

ADA, BEN = Asker.member(1), Asker.member(2)


class Upstream:
    """A source of five requests a second that answers each with its own name, and what it was sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.requests: SharedRequests[str] = SharedRequests()
        self._pace = Pace(requests_per_second=5)

    def fetch(self, name: str, asker: Asker | Askers) -> asyncio.Task[str]:
        """Ask for something."""
        askers = asker if isinstance(asker, Askers) else Askers(asker)

        async def send(ticket: Ticket) -> str:
            async with self._pace.acquire_turn(ticket) as pass_on:
                await self._pace.take_token()
                self.sent.append(name)
                pass_on()
            return name

        return asyncio.create_task(self.requests.fetch(name, askers, send))

    async def busy(self, asker: Asker, count: int = MAX_WAITING - 1) -> list[asyncio.Task[str]]:
        """One who asks for so many things; two are sent at once, the others wait."""
        asked = [self.fetch(f"{number}", asker) for number in range(count)]
        await asyncio.sleep(0.01)
        return asked


@in_virtual_time
async def test_one_who_needs_what_another_waits_for_gets_it_at_their_own_turn() -> None:
    upstream = Upstream()
    asked = await upstream.busy(ADA)
    assert await upstream.fetch("15", BEN) == "15"
    assert upstream.sent == ["0", "1", "2", "15"]
    await asyncio.gather(*asked)
    assert upstream.sent.count("15") == 1


@in_virtual_time
async def test_a_proof_does_not_wait_behind_the_background_work_that_began_its_request() -> None:
    upstream = Upstream()
    asked = [*await upstream.busy(ADA), upstream.fetch("wallet", Asker.job("nightly"))]
    await asyncio.sleep(0.01)
    assert await upstream.fetch("wallet", Asker.prover(2)) == "wallet"
    assert upstream.sent == ["0", "1", "wallet"]
    await asyncio.gather(*asked)


@in_virtual_time
async def test_a_request_that_nobody_waits_for_any_more_is_not_sent() -> None:
    upstream = Upstream()
    asked = await upstream.busy(ADA)
    reading = Askers(ADA)
    leaving = upstream.fetch("left", reading)
    await asyncio.sleep(0.01)
    leaving.cancel()
    await asyncio.gather(*asked)
    assert "left" not in upstream.sent
    assert [task for task in asyncio.all_tasks() if task.get_name() == "shared request"] == []
    assert reading.observers == []


@in_virtual_time
async def test_one_who_asks_when_the_only_other_has_just_left_gets_an_answer() -> None:
    upstream = Upstream()
    asked = await upstream.busy(ADA, 4)
    leaving = upstream.fetch("left", ADA)
    await asyncio.sleep(0.01)
    leaving.cancel()
    await asyncio.sleep(0)  # the request is cancelled, and has not ended
    assert await upstream.fetch("left", BEN) == "left"
    await asyncio.gather(*asked)
    assert upstream.sent.count("left") == 1


@in_virtual_time
async def test_who_asks_for_too_much_is_refused_and_who_needs_the_same_is_not() -> None:
    upstream = Upstream()
    asked = await upstream.busy(ADA, MAX_WAITING + 2)  # two are sent at once
    with pytest.raises(LimitError, match="questions under way"):
        await upstream.fetch("one more", ADA)
    refused, granted = upstream.fetch("one more", ADA), upstream.fetch("one more", BEN)
    assert await granted == await refused == "one more"
    await asyncio.gather(*asked)


@in_virtual_time
async def test_closing_ends_those_that_wait() -> None:
    upstream = Upstream()
    asked = await upstream.busy(ADA)
    await upstream.requests.close()
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert [end for end in ended if isinstance(end, str)] == upstream.sent
    assert sum(isinstance(end, asyncio.CancelledError) for end in ended) == len(asked) - len(upstream.sent)
