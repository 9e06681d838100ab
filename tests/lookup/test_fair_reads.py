"""A read that somebody joins goes at their turn too, to its last page: by the order in which Loopring is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.errors import LimitError
from bot.holdings import LOOPRING, Account, Holdings
from bot.lookup.lookup import Lookup
from bot.names import Names
from bot.sources.askers import Asker
from bot.sources.fair_queue import MAX_AT_ONCE, MAX_WAITING
from bot.store import Store
from tests.lookup.conftest import LONG
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient

ADA, BEN = Asker.member(1), Asker.member(2)
WHALE = Account(LOOPRING, "10005")  # three pages
DETAILS = "user/collection/details"


@pytest.fixture
async def lookup(sandbox: SandboxClient, store: Store) -> AsyncIterator[Lookup]:
    """A lookup of a source that is asked five times a second."""
    async with open_source(sandbox, requests_per_second=5) as source:
        lookup = Lookup([source], store, cache_for=LONG)
        yield lookup
        await lookup.close()


async def final(lookup: Lookup, account: Account, asker: Asker) -> Holdings:
    states = [holdings async for holdings in lookup.subscribe_holdings(account, asker)]
    return states[-1]


async def ask_for_many(
    sandbox: SandboxClient, lookup: Lookup, count: int, last: Account | None = None
) -> list[asyncio.Task[Holdings]]:
    """Ada asks for so many accounts at once, and for one more as the last."""
    accounts = [Account(LOOPRING, await sandbox.new_account(1)) for _ in range(count)]
    asked = [asyncio.create_task(final(lookup, account, ADA)) for account in [*accounts, *([last] if last else [])]]
    await sandbox.until_answered(DETAILS)
    return asked


async def order(sandbox: SandboxClient) -> list[str]:
    """The accounts in the order in which Loopring was asked for what they hold."""
    return [each["query"]["accountId"] for each in await sandbox.requests(DETAILS)]


async def test_a_read_that_waits_behind_many_goes_at_the_turn_of_one_who_joins(
    sandbox: SandboxClient, lookup: Lookup
) -> None:
    asked = await ask_for_many(sandbox, lookup, 15, last=WHALE)
    assert (await final(lookup, WHALE, BEN)).complete
    # Its pages alternate with Ada's other reads: all of them are over before half of those.
    assert len(await order(sandbox)) < 12
    await asyncio.gather(*asked)
    assert (await order(sandbox)).count("10005") == 3


async def test_a_proof_finds_the_owner_before_the_reads_of_others(sandbox: SandboxClient, lookup: Lookup) -> None:
    asked = await ask_for_many(sandbox, lookup, 15)
    assert await lookup.owner_of(WHALE, Asker.prover(3))
    assert len(await order(sandbox)) < 6
    await asyncio.gather(*asked)


async def test_a_question_of_one_is_finished_before_their_next_but_two_begins(
    sandbox: SandboxClient, lookup: Lookup
) -> None:
    async def ask(typed: str) -> None:
        _, answer = await lookup.find_holdings(Names().parse_account(typed), ADA)
        async for _ in answer:
            pass

    numbers = ("10001", "10002", "10003", "10006", "10007")
    owners = [await lookup.owner_of(Account(LOOPRING, number), BEN) for number in numbers]
    before = len(await sandbox.requests(""))
    await asyncio.gather(*(ask(owner) for owner in owners))  # each takes two requests
    sent = [each["query"] for each in (await sandbox.requests(""))[before:]]
    first_read = next(place for place, query in enumerate(sent) if query.get("accountId") == "10001")
    last_begun = next(place for place, query in enumerate(sent) if query.get("owner") == owners[-1])
    assert first_read < last_begun


async def test_a_read_that_everybody_left_goes_on_behind_those_who_wait(sandbox: SandboxClient, lookup: Lookup) -> None:
    accounts = [Account(LOOPRING, await sandbox.new_account(1)) for _ in range(5)]
    async for _ in lookup.subscribe_holdings(WHALE, ADA):
        break
    await asyncio.gather(*(final(lookup, account, BEN) for account in accounts))
    assert (await order(sandbox)).count("10005") <= 2
    assert (await final(lookup, WHALE, BEN)).complete
    assert (await order(sandbox)).count("10005") == 3


async def test_of_the_reads_that_everybody_left_only_the_latest_go_on(sandbox: SandboxClient, lookup: Lookup) -> None:
    await sandbox.fault("slow", seconds=300)
    for number in range(60):
        asked = asyncio.create_task(final(lookup, Account(LOOPRING, f"{700_000 + number}"), Asker.member(number)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.wait([asked])
    await asyncio.sleep(0)
    reads = {task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("read ")}
    assert reads == {f"read loopring:{700_000 + number}" for number in range(10, 60)}


async def test_who_never_listens_does_not_wait(sandbox: SandboxClient, lookup: Lookup) -> None:
    accounts = [Account(LOOPRING, await sandbox.new_account(1)) for _ in range(5)]
    lookup.subscribe_holdings(WHALE, ADA)
    await asyncio.gather(*(final(lookup, account, BEN) for account in accounts))
    assert (await order(sandbox)).count("10005") <= 2
    assert (await final(lookup, WHALE, BEN)).complete
    assert (await order(sandbox)).count("10005") == 3


async def test_of_the_reads_that_nobody_ever_listened_to_only_the_latest_go_on(
    sandbox: SandboxClient, lookup: Lookup
) -> None:
    await sandbox.fault("slow", seconds=300)
    for number in range(60):
        lookup.subscribe_holdings(Account(LOOPRING, f"{700_000 + number}"), Asker.member(number))
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    reads = {task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("read ")}
    assert reads == {f"read loopring:{700_000 + number}" for number in range(10, 60)}


async def test_too_many_questions_of_one_are_refused_and_those_of_others_are_not(
    sandbox: SandboxClient, lookup: Lookup
) -> None:
    await sandbox.fault("slow", seconds=300)
    many = MAX_AT_ONCE + MAX_WAITING + 10
    asked = [asyncio.create_task(final(lookup, Account(LOOPRING, f"{700_000 + n}"), ADA)) for n in range(many)]
    done, waiting = await asyncio.wait(asked, timeout=60, return_when=asyncio.FIRST_EXCEPTION)
    while len(done) < 10:
        done, waiting = await asyncio.wait(asked, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    assert all(isinstance(task.exception(), LimitError) for task in done)
    assert MAX_WAITING <= len(waiting) <= MAX_AT_ONCE + MAX_WAITING
    assert await lookup.owner_of(WHALE, BEN)
    await lookup.close()
    await asyncio.gather(*waiting, return_exceptions=True)
