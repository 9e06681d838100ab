"""A pass reads every account that is due once, a few at a time, and leaves a source alone that answers nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.virtual_pass import run_virtual_pass
from bot.holdings import LOOPRING, Account
from bot.sync.reading_passes import AT_ONCE, ReadingPasses
from bot.sync.readings import ReadOutcome
from tests.linking.harness import BEN, owner_of
from tests.sandbox_client import SandboxClient
from tests.sync.reading_harness import INTERVAL, ReadingHarness

DETAILS = "user/collection/details"


def passes_of(reading: ReadingHarness, outcomes: list[ReadOutcome]) -> ReadingPasses:
    """Passes whose outcomes are collected."""

    async def on_read(outcome: ReadOutcome) -> None:
        outcomes.append(outcome)

    return ReadingPasses(
        reading.linking.store.readings,
        reading.readings,
        holder="this process",
        on_read=on_read,
        clock=lambda: reading.linking.now,
    )


async def own_many(
    reading: ReadingHarness, sandbox: SandboxClient, count: int, *, of_one: bool = False
) -> list[Account]:
    """Accounts of as many members, or `of_one`, each of which exists and holds something."""
    accounts = [Account(LOOPRING, await sandbox.new_account(2)) for _ in range(count)]
    for number, account in enumerate(accounts, start=1):
        member = BEN if of_one else BEN + number
        await reading.linking.vouch(member, str(account), owner_of("10001"), guild_id=int(account.account_id))
    return accounts


async def test_a_pass_reads_each_account_that_is_due_by_one_request(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    accounts = await own_many(reading, sandbox, 60)
    outcomes: list[ReadOutcome] = []
    passes = passes_of(reading, outcomes)
    assert await passes.next_at() == datetime.fromtimestamp(0, UTC)
    assert await passes.run_pass() == 60
    assert sorted(str(outcome.account) for outcome in outcomes) == sorted(map(str, accounts))
    assert all(outcome.is_read for outcome in outcomes)
    assert len(await sandbox.requests(DETAILS)) == 60
    assert await passes.run_pass() == 0
    assert await passes.next_at() == reading.linking.now + INTERVAL
    reading.pass_time()
    assert await passes.run_pass() == 60
    assert len(await sandbox.requests(DETAILS)) == 120


async def test_where_nothing_is_due_the_store_is_asked_once(sandbox: SandboxClient, reading: ReadingHarness) -> None:
    await own_many(reading, sandbox, 3)
    passes = passes_of(reading, [])
    assert await passes.run_pass() == 3
    statements: list[str] = []
    writer = reading.linking.store.writer
    await writer.run(lambda db: db.conn.set_trace_callback(statements.append))
    assert await passes.run_pass() == 0
    await writer.run(lambda db: db.conn.set_trace_callback(None))
    assert len([each for each in statements if each.startswith("BEGIN")]) == 1


async def test_no_more_accounts_are_asked_for_at_once_than_a_source_has_places(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await own_many(reading, sandbox, 3 * AT_ONCE)
    await sandbox.fault("slow", seconds=0.05)
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, sum(task.get_name() == "shared request" for task in asyncio.all_tasks()))
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await passes_of(reading, []).run_pass()
    watching.cancel()
    assert most == AT_ONCE


async def test_a_source_that_answers_nothing_is_left_alone_and_then_asked_about_one_account(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await own_many(reading, sandbox, 60)
    outcomes: list[ReadOutcome] = []
    passes = passes_of(reading, outcomes)
    await sandbox.fault("error", code=102003, message="none", times=40)  # as a source that lost its data says
    tried = await passes.run_pass()
    assert 2 * AT_ONCE <= tried <= 4 * AT_ONCE
    assert await passes.run_pass() == 0
    paused_until = await passes.next_at()
    assert paused_until
    assert paused_until > reading.linking.now
    reading.linking.now = paused_until
    assert await passes.run_pass() == 1
    assert await passes.run_pass() == 0
    reading.pass_time(timedelta(hours=1))
    while len(outcomes) < 40:
        assert await passes.run_pass() == 1
        reading.pass_time(timedelta(hours=1))
    assert await passes.run_pass() == 60
    assert len({str(outcome.account) for outcome in outcomes if outcome.is_read}) == 60


async def test_one_members_accounts_do_not_keep_a_source_that_answers_again_left_alone(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    others = await own_many(reading, sandbox, 2 * AT_ONCE)
    outcomes: list[ReadOutcome] = []
    passes = passes_of(reading, outcomes)
    await sandbox.fault("error", code=102003, message="none")
    await passes.run_pass()
    assert await passes.run_pass() == 0
    await sandbox.clear_faults()
    for account in await own_many(reading, sandbox, 9, of_one=True):  # new ones are first in the queue
        await sandbox.fault("error", account=account.account_id, code=102003, message="none")
    reading.pass_time(timedelta(hours=1))
    assert await passes.run_pass() == 1
    reading.pass_time(timedelta(hours=1))
    await passes.run_pass()
    assert {outcome.account for outcome in outcomes if outcome.is_read} == set(others)


async def test_where_it_may_answer_again_it_is_asked_at_once_about_what_failed(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await own_many(reading, sandbox, 60)
    outcomes: list[ReadOutcome] = []
    passes = passes_of(reading, outcomes)
    await sandbox.fault("error", code=102003, message="none")
    await passes.run_pass()
    await sandbox.clear_faults()
    assert await passes.run_pass() == 0
    await reading.linking.store.readings.retry(LOOPRING, reading.linking.now, timedelta(minutes=15))
    passes.resume()
    await passes.run_pass()
    assert len({str(outcome.account) for outcome in outcomes if outcome.is_read}) == 60


async def test_what_was_leased_and_not_read_is_given_back(sandbox: SandboxClient, reading: ReadingHarness) -> None:
    await own_many(reading, sandbox, 60)
    await sandbox.fault("slow", seconds=0.2)
    running = asyncio.create_task(passes_of(reading, []).run_pass())
    await sandbox.until_answered(DETAILS)
    running.cancel()
    await asyncio.wait([running])
    leased = await reading.rows("SELECT count(*) FROM sync_accounts WHERE leased_until > 0")
    assert leased[0][0] <= 2 * AT_ONCE


async def test_an_account_that_is_due_again_as_soon_as_it_is_stored_is_not_left_leased(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await own_many(reading, sandbox, 30)
    outcomes: list[ReadOutcome] = []

    async def on_read(outcome: ReadOutcome) -> None:
        outcomes.append(outcome)

    passes = ReadingPasses(
        reading.linking.store.readings,
        reading.readings,
        holder="this process",
        on_read=on_read,
        clock=lambda: reading.linking.now + (INTERVAL if len(outcomes) < 150 else timedelta(0)),
    )
    for _ in range(3):
        await passes.run_pass()
    assert await reading.rows("SELECT account FROM sync_accounts WHERE leased_until > 0") == []
    before = len(outcomes)
    reading.pass_time()
    assert await passes.run_pass() == 30
    assert len(outcomes) == before + 30


@pytest.mark.parametrize(
    ("kind", "options", "count"),
    [
        pytest.param("status", {"status": 403, "body": {"message": "Forbidden"}}, 2, id="refused without a reason"),
        pytest.param("status", {"status": 401, "body": {"message": "Unauthorized"}}, 2, id="refused by name"),
        pytest.param("status", {"status": 500}, 3, id="failed"),
        pytest.param("error", {"code": 102003, "message": "none"}, 3 * AT_ONCE, id="answered with an error"),
    ],
)
async def test_whatever_one_members_accounts_meet_those_of_others_are_read(
    sandbox: SandboxClient, reading: ReadingHarness, kind: str, options: dict[str, Any], count: int
) -> None:
    poisoned = await own_many(reading, sandbox, count, of_one=True)
    for account in poisoned:
        await sandbox.fault(kind, account=account.account_id, **options)
    outcomes: list[ReadOutcome] = []
    passes = passes_of(reading, outcomes)
    assert await passes.run_pass() == count
    assert not any(outcome.is_read for outcome in outcomes)
    others = await own_many(reading, sandbox, 4)
    assert await passes.run_pass() == len(others)
    assert {outcome.account for outcome in outcomes if outcome.is_read} == set(others)


@pytest.mark.parametrize(
    ("kind", "options", "most"),
    [
        pytest.param("status", {"status": 401, "body": {"message": "Unauthorized"}}, 8, id="refused"),
        pytest.param("error", {"code": 102003, "message": "none"}, 3 * AT_ONCE, id="answered with an error"),
    ],
)
async def test_an_account_that_all_say_is_theirs_hides_no_outage(
    sandbox: SandboxClient, reading: ReadingHarness, kind: str, options: dict[str, Any], most: int
) -> None:
    accounts = await own_many(reading, sandbox, 40)
    for number in range(40):
        await reading.linking.add(BEN + 1 + number, str(accounts[0]), owner_of("10001"))
    await sandbox.fault(kind, **options)
    await passes_of(reading, []).run_pass()
    assert len(await sandbox.requests(DETAILS)) <= most


def test_a_pass_at_a_limited_rate_takes_as_long_as_the_rate_says() -> None:
    """A thousand accounts at four requests a second, in virtual time: within two hundredths of 250 seconds."""
    seconds, calls = run_virtual_pass(1000, 4, 0.05)
    assert calls == 1000
    assert 245 <= seconds <= 255


async def test_some_failures_do_not_keep_a_source_from_being_asked_again(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await own_many(reading, sandbox, 2)
    outcomes: list[ReadOutcome] = []
    passes = passes_of(reading, outcomes)
    await sandbox.fault("error", code=102003, message="none", times=2)
    assert await passes.run_pass() == 2
    assert not any(outcome.is_read for outcome in outcomes)
    reading.pass_time(timedelta(hours=1))
    assert await passes.run_pass() == 2
    assert [outcome.is_read for outcome in outcomes] == [False, False, True, True]


def test_a_pass_without_a_limit_leaves_no_place_at_the_source_empty() -> None:
    """A thousand accounts, eight at a time, 50 ms each: 6.25 seconds in virtual time, whatever asks for them."""
    seconds, calls = run_virtual_pass(1000, 10_000, 0.05)
    assert calls == 1000
    assert 6.25 <= seconds < 1.01 * 6.25


async def test_an_account_that_cannot_be_stored_stops_no_other_and_is_tried_again_later(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    accounts = await own_many(reading, sandbox, 60)
    await reading.rows(f"""
        CREATE TRIGGER broken BEFORE UPDATE OF due ON sync_accounts
        WHEN NEW.account = '{accounts[0]}' AND NEW.tries = 0 BEGIN SELECT RAISE(ABORT, 'cannot be stored'); END
    """)
    outcomes: list[ReadOutcome] = []
    passes = passes_of(reading, outcomes)
    assert await passes.run_pass() == 60
    assert {str(outcome.account) for outcome in outcomes if outcome.is_read} == {str(each) for each in accounts[1:]}
    [(due, tries)] = await reading.rows("SELECT due, tries FROM sync_accounts WHERE account = ?", str(accounts[0]))
    assert due > reading.linking.now.timestamp()
    assert tries == 1
    assert await passes.run_pass() == 0


async def test_a_defect_in_what_follows_from_a_reading_stops_no_other(
    sandbox: SandboxClient, reading: ReadingHarness
) -> None:
    await own_many(reading, sandbox, 60)
    outcomes: list[ReadOutcome] = []

    async def on_read(outcome: ReadOutcome) -> None:
        outcomes.append(outcome)
        if len(outcomes) == 1:
            raise ValueError("a defect")

    passes = ReadingPasses(
        reading.linking.store.readings,
        reading.readings,
        holder="this process",
        on_read=on_read,
        clock=lambda: reading.linking.now,
    )
    assert await passes.run_pass() == 60
    assert len(outcomes) == 60
