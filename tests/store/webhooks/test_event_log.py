"""The log of events: written with what it reports, numbered without a gap, retained for a while, each server's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.store.pseudonyms import pseudonyms
from bot.store.webhooks import event_log
from bot.store.webhooks.webhook_store import Admin
from bot.webhooks.values.event import Event, EventType, NewEvent
from tests.new_store import open_new
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    OTHER_GUILD,
    START,
    SyncHarness,
    open_sync,
    user,
)
from tests.sync.waves import AN_HOUR, a_wave

ADMIN = Admin(9, b"nine")
PSEUDONYM = pseudonyms("a token")
A_SNAPSHOT = NewEvent(EventType.SNAPSHOT_MADE, START, {"snapshot_id": "4"})


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[SyncHarness]:
    """Sync over a store in a file, whose triggers may not do all that those in memory may; one server listens."""
    await (await open_new(tmp_path / "t.db")).close()
    async with open_sync(tmp_path / "t.db") as harness:
        await listen(harness)
        yield harness


async def listen(harness: SyncHarness, guild_id: int = GUILD, url: str = "https://example.org/") -> int:
    """A server adds an endpoint; its id."""
    added = await harness.store.webhooks.add_endpoint(guild_id, url, b"salt", harness.now, ADMIN, most=5)
    assert added
    return added.endpoint_id


async def events(harness: SyncHarness, guild_id: int = GUILD) -> list[Event]:
    """Everything in the log of a server."""
    return list(await harness.store.writer.run(lambda db: event_log.read_events(db, guild_id, 0, 10_000)))


async def test_a_role_that_is_given_and_taken_is_two_events(harness: SyncHarness) -> None:
    gate = await harness.gate()
    await harness.members(10)
    await harness.turn()
    harness.sell(1)
    await harness.pass_time(AN_HOUR)
    *granted, taken = await events(harness)
    assert sorted((event.type, event.user_id) for event in granted) == [
        (EventType.GRANTED, user(number)) for number in range(1, 11)
    ]
    assert (taken.number, taken.type, taken.user_id) == (11, EventType.REVOKED, user(1))
    given = granted[0]
    run = (await harness.sync.runs(GUILD))[-1].run_id
    assert given.facts == {"role_id": str(COLLECTOR), "gate_id": str(gate.gate_id), "run_id": str(run)}
    assert given.at >= START
    assert given.event_id != taken.event_id


async def test_removals_that_wait_are_an_event_and_so_is_their_end(harness: SyncHarness) -> None:
    await a_wave(harness)
    held = [event for event in await events(harness) if event.type is EventType.HELD]
    assert len(held) == len({event.facts["hold_id"] for event in held}) > 0  # one for each, not for each removal
    assert {event.facts["scope"] for event in held} <= {"gate", "collection", "source", "guild"}
    assert held[0].facts["numbers"]["limit"] > 0
    await harness.sync.approve(GUILD, by=9)
    await harness.turn()
    found = await events(harness)
    over = [event for event in found if event.type is EventType.HOLD_OVER]
    assert over
    assert {event.facts["hold_id"] for event in over} <= {event.facts["hold_id"] for event in held}
    assert {event.facts["how"] for event in over} == {"approved"}
    assert sum(event.type is EventType.REVOKED for event in found) == 4
    assert [event.number for event in found] == list(range(1, len(found) + 1))


async def test_roles_given_back_by_an_undo_are_events(harness: SyncHarness) -> None:
    await a_wave(harness)
    await harness.sync.approve(GUILD, by=9)
    await harness.turn()
    before = len(await events(harness))
    await harness.sync.undo(GUILD, (await harness.sync.runs(GUILD))[0].run_id, by=9)
    assert [event.type for event in (await events(harness))[before:]] == [EventType.GRANTED] * 4


async def test_nothing_is_recorded_of_a_server_without_an_endpoint(harness: SyncHarness) -> None:
    await harness.gate(guild_id=OTHER_GUILD, role_id=77)
    await harness.member(1, guild_id=OTHER_GUILD)
    await harness.turn()
    assert harness.has(1, 77, OTHER_GUILD)
    assert await harness.store.webhooks.add_event(OTHER_GUILD, A_SNAPSHOT) is None
    assert await events(harness, OTHER_GUILD) == []
    assert await harness.store.webhooks.bounds(OTHER_GUILD) == (1, 0)


async def test_each_server_has_numbers_of_its_own(harness: SyncHarness) -> None:
    await listen(harness, OTHER_GUILD)
    for guild_id in (GUILD, OTHER_GUILD, GUILD):
        await harness.store.webhooks.add_event(guild_id, A_SNAPSHOT)
    assert [event.number for event in await events(harness)] == [1, 2]
    assert [event.number for event in await events(harness, OTHER_GUILD)] == [1]


async def test_what_is_rolled_back_leaves_no_gap(harness: SyncHarness) -> None:
    def fails(db: Database) -> None:
        assert event_log.add_event(db, GUILD, A_SNAPSHOT) == 2
        raise ZeroDivisionError

    await harness.store.webhooks.add_event(GUILD, A_SNAPSHOT)
    with pytest.raises(ZeroDivisionError):
        await harness.store.writer.transaction(fails)
    assert await harness.store.webhooks.add_event(GUILD, A_SNAPSHOT) == 2


async def test_many_who_write_at_once_leave_no_gap(harness: SyncHarness) -> None:
    numbers = await asyncio.gather(*(harness.store.webhooks.add_event(GUILD, A_SNAPSHOT) for _ in range(50)))
    assert sorted(number or 0 for number in numbers) == list(range(1, 51))


async def test_a_member_who_deletes_their_data_is_in_no_event_and_every_number_stays(harness: SyncHarness) -> None:
    await harness.gate()
    await harness.members(2)
    await harness.turn()
    await harness.store.members.delete(user(1), harness.now, PSEUDONYM, refused_until=harness.now)
    found = await events(harness)
    assert [event.number for event in found] == [1, 2]
    assert sorted(event.type for event in found) == [EventType.GRANTED, EventType.REMOVED]
    (removed,) = [event for event in found if event.type is EventType.REMOVED]
    assert (removed.user_id, removed.facts) == (None, {})
    assert str(user(1)) not in str(await harness.rows("SELECT * FROM webhook_events"))
    assert str(user(1)).encode() not in removed.body()


async def test_what_is_old_goes_from_the_front_and_the_rest_keeps_its_numbers(harness: SyncHarness) -> None:
    for hours in range(10):
        await harness.store.webhooks.add_event(GUILD, NewEvent(EventType.SNAPSHOT_MADE, START + hours * AN_HOUR))
    await harness.store.webhooks.purge(START + 4 * AN_HOUR, most=100)
    assert [event.number for event in await events(harness)] == [5, 6, 7, 8, 9, 10]
    assert await harness.store.webhooks.bounds(GUILD) == (5, 10)
    await harness.store.webhooks.purge(START, most=2)
    assert await harness.store.webhooks.bounds(GUILD) == (9, 10)
    await harness.store.webhooks.purge(START + 99 * AN_HOUR, most=2)
    assert await harness.store.webhooks.bounds(GUILD) == (11, 10)
    assert await harness.store.webhooks.add_event(GUILD, A_SNAPSHOT) == 11


async def test_a_clock_that_went_back_does_not_tear_a_hole(harness: SyncHarness) -> None:
    for hours in (5, 0, 5):
        await harness.store.webhooks.add_event(GUILD, NewEvent(EventType.SNAPSHOT_MADE, START + hours * AN_HOUR))
    await harness.store.webhooks.purge(START + AN_HOUR, most=100)
    assert [event.number for event in await events(harness)] == [1, 2, 3]


async def test_with_the_last_endpoint_the_events_go_and_the_numbers_go_on(harness: SyncHarness) -> None:
    await harness.store.webhooks.add_event(GUILD, A_SNAPSHOT)
    (standing,) = await harness.store.webhooks.standings(GUILD)
    await harness.store.webhooks.remove(GUILD, standing.endpoint.endpoint_id, harness.now, ADMIN)
    assert await events(harness) == []
    assert await harness.store.webhooks.add_event(GUILD, A_SNAPSHOT) is None
    await listen(harness)
    assert await harness.store.webhooks.add_event(GUILD, A_SNAPSHOT) == 2
    (standing,) = await harness.store.webhooks.standings(GUILD)
    assert standing.backlog == 1


async def test_what_a_server_had_is_gone_some_time_after_the_bot_left_it(harness: SyncHarness) -> None:
    await harness.store.webhooks.add_event(GUILD, A_SNAPSHOT)
    await harness.store.sync.servers.left(GUILD, harness.now)
    later = harness.now + timedelta(days=1)
    assert await harness.store.webhooks.due(later, except_=(), limit=9) == []  # and nothing is sent meanwhile
    await harness.store.sync.servers.entered(GUILD)
    assert len(await harness.store.webhooks.due(later, except_=(), limit=9)) == 1
    await harness.store.sync.servers.forget(GUILD)
    for table in ("webhook_endpoints", "webhook_events", "webhook_logs"):
        assert await harness.rows(f"SELECT 1 FROM {table}") == []  # noqa: S608 - names from above


async def test_a_message_about_a_hold_that_is_not_there_is_still_written(harness: SyncHarness) -> None:
    await harness.rows("INSERT INTO sync_posts (guild_id, kind, hold_id, at) VALUES (?, 'hold', 99, 0)", [GUILD])
    (event,) = await events(harness)
    assert (event.type, event.facts) == (EventType.HELD, {})


async def test_a_collection_with_odd_characters_in_its_id_is_quoted(harness: SyncHarness) -> None:
    odd = 'eip155:1:"\\odd'
    await harness.rows(
        """
        INSERT INTO role_holds (hold_id, guild_id, scope, key, cause, since) VALUES (5, ?, 'collection', ?, 'admin', 0)
        """,
        [GUILD, odd],
    )
    await harness.rows("INSERT INTO sync_posts (guild_id, kind, hold_id, at) VALUES (?, 'hold', 5, 0)", [GUILD])
    (event,) = await events(harness)
    assert event.facts["about"] == odd


async def test_due_endpoints_are_found_by_an_index(harness: SyncHarness) -> None:
    sql = """
        EXPLAIN QUERY PLAN SELECT guild_id, endpoint_id FROM webhook_endpoints INDEXED BY webhook_endpoints_due
        WHERE due <= 1 ORDER BY due LIMIT 9
    """
    plan = " ".join(str(row) for row in await harness.rows(sql))
    assert "webhook_endpoints_due (due<?)" in plan
    assert "TEMP B-TREE" not in plan
