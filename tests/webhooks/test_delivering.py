"""Events arrive in order, at least once and signed; failures wait longer and longer; no server waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.messages import Message
from bot.store.sync.post_table import PostKind
from bot.webhooks.delivery.delivering import PLACES, PLACES_OF_A_SERVER
from bot.webhooks.delivery.posting import Attempt
from bot.webhooks.values.delivery_failure import FailureCode
from bot.webhooks.values.endpoint import EndpointState, Standing
from bot.webhooks.values.retry_pauses import GIVE_UP_AFTER
from tests.webhooks.harness import ADMIN, GUILD, OTHER_GUILD, WebhookHarness, open_webhooks

AN_HOUR = timedelta(hours=1)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
async def harness() -> AsyncIterator[WebhookHarness]:
    """One server, with nothing in it yet."""
    async with open_webhooks() as harness:
        yield harness


async def standing(harness: WebhookHarness, guild_id: int = GUILD) -> Standing:
    """The only endpoint of a server."""
    (found,) = await harness.webhooks.standings(guild_id)
    return found


async def test_events_arrive_in_order_and_a_receiver_verifies_each(harness: WebhookHarness) -> None:
    _, secret = await harness.add()
    await harness.happen(45)
    await harness.deliveries.drain()
    received = await harness.received(secret=secret)
    assert [each["body"]["sequence"] for each in received] == list(range(1, 46))
    assert all(each["verified"] for each in received)
    assert len({each["id"] for each in received}) == 45
    assert all(each["headers"]["content-type"] == "application/json" for each in received)
    now = await standing(harness)
    assert (now.endpoint.cursor, now.backlog, now.endpoint.next_at) == (45, 0, None)
    assert now.endpoint.delivered_at == harness.now


async def test_a_wrong_secret_verifies_nothing(harness: WebhookHarness) -> None:
    await harness.add("one")
    _, other = await harness.add("other")
    await harness.happen()
    await harness.deliveries.drain()
    assert [each["verified"] for each in await harness.received("one", secret=other)] == [False]
    assert [each["verified"] for each in await harness.received("other", secret=other)] == [True]


async def test_what_happened_before_an_endpoint_was_added_is_not_sent_to_it(harness: WebhookHarness) -> None:
    await harness.add("first")
    await harness.happen(3)
    await harness.add("second")
    await harness.happen(1)
    await harness.deliveries.drain()
    assert await harness.numbers("first") == [1, 2, 3, 4]
    assert await harness.numbers("second") == [4]


async def test_a_failed_event_is_tried_again_with_its_id_before_any_other(harness: WebhookHarness) -> None:
    await harness.add()
    await harness.order(status=500, times=2)
    await harness.happen(3)
    await harness.deliveries.drain()
    waiting = await standing(harness)
    assert await harness.numbers() == [1]
    assert (waiting.backlog, waiting.endpoint.next_at) == (3, harness.now + timedelta(seconds=5))
    assert waiting.endpoint.failure
    assert waiting.endpoint.failure.words.render() == (
        "it answered with HTTP 500; anything from 200 to 299 confirms an event."
    )
    harness.advance(timedelta(seconds=4))
    await harness.deliveries.drain()
    assert await harness.numbers() == [1]  # not before it is time
    harness.advance(A_SECOND)
    await harness.deliveries.drain()
    assert (await standing(harness)).endpoint.next_at == harness.now + timedelta(seconds=15)
    harness.advance(timedelta(seconds=15))
    await harness.deliveries.drain()
    received = await harness.received()
    assert [each["body"]["sequence"] for each in received] == [1, 1, 1, 2, 3]
    assert len({each["id"] for each in received[:3]}) == 1
    assert [each["status"] for each in received] == [500, 500, 204, 204, 204]
    assert (await standing(harness)).endpoint.tries == 0


async def test_what_an_endpoint_asks_to_wait_is_waited(harness: WebhookHarness) -> None:
    await harness.add()
    await harness.order(status=429, headers={"Retry-After": "120"}, times=1)
    await harness.happen()
    await harness.deliveries.drain()
    assert (await standing(harness)).endpoint.next_at == harness.now + timedelta(seconds=120)


async def test_an_absurd_wish_to_wait_is_cut(harness: WebhookHarness) -> None:
    await harness.add()
    await harness.order(status=503, headers={"Retry-After": "999999999"}, times=1)
    await harness.happen()
    await harness.deliveries.drain()
    assert (await standing(harness)).endpoint.next_at == harness.now + timedelta(minutes=15)


async def turn_off(harness: WebhookHarness, span: timedelta) -> None:
    """Nothing is delivered for so long: the bot is off, or has no key."""
    await harness.deliveries.close()
    harness.advance(span)
    harness.start()


async def leave(harness: WebhookHarness, span: timedelta) -> None:
    """The bot is removed from the server, and is invited again after so long."""
    await harness.store.sync.servers.left(GUILD, harness.now)
    harness.advance(span)
    await harness.deliveries.drain()
    await harness.store.sync.servers.entered(GUILD)


@pytest.mark.parametrize("absent", [turn_off, leave])
async def test_time_in_which_nobody_tried_pauses_no_endpoint(
    harness: WebhookHarness, absent: Callable[[WebhookHarness, timedelta], Awaitable[None]]
) -> None:
    await harness.add()
    await harness.order(status=500)
    await harness.happen()
    await harness.deliveries.drain()
    for tries in range(2, 8):
        await absent(harness, timedelta(days=4))
        await harness.deliveries.drain()
        now = (await standing(harness)).endpoint
        assert (now.state, now.tries) == (EndpointState.ACTIVE, tries)
        assert now.failing_since
        assert harness.now - now.failing_since < AN_HOUR


async def test_three_days_of_attempts_count_with_an_absence_between_them(harness: WebhookHarness) -> None:
    await harness.add()
    await harness.order(status=500)
    await harness.happen()
    began, absence = harness.now, timedelta()
    while (now := await standing(harness)).endpoint.state is EndpointState.ACTIVE:
        if not absence and harness.now - began > GIVE_UP_AFTER / 2:
            absence = timedelta(days=9)
            await turn_off(harness, absence)
        harness.advance(max((now.endpoint.next_at or harness.now) - harness.now, timedelta()))
        await harness.deliveries.drain()
    assert absence
    assert GIVE_UP_AFTER <= harness.now - began - absence + AN_HOUR <= GIVE_UP_AFTER + 3 * AN_HOUR


async def test_an_endpoint_that_fails_for_three_days_is_paused_and_its_server_told(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    await harness.order(status=502)
    await harness.happen()
    began = harness.now
    while (now := await standing(harness)).endpoint.state is EndpointState.ACTIVE:
        harness.advance(max((now.endpoint.next_at or harness.now) - harness.now, timedelta()))
        await harness.deliveries.drain()
    assert GIVE_UP_AFTER <= harness.now - began <= GIVE_UP_AFTER + 2 * AN_HOUR
    assert len(await harness.received()) < 100
    posts = await harness.store.sync.posts.to_send(harness.now, 50)
    (told,) = [post for post in posts if post.kind is PostKind.WEBHOOK_FAILED]
    assert (told.guild_id, told.detail) == (GUILD, f'[{endpoint_id}, "127.0.0.1", "status", 502]')
    harness.advance(AN_HOUR * 1000)
    before = len(await harness.received())
    await harness.deliveries.drain()
    assert len(await harness.received()) == before  # nothing more is sent
    await harness.happen()
    await harness.order(status=204)
    await harness.webhooks.resume(GUILD, endpoint_id)
    await harness.deliveries.drain()
    assert (await harness.numbers())[-2:] == [1, 2]


async def test_one_that_says_it_is_gone_is_paused_at_once(harness: WebhookHarness) -> None:
    await harness.add()
    await harness.order(status=410)
    await harness.happen()
    await harness.deliveries.drain()
    assert (await standing(harness)).endpoint.state is EndpointState.FAILED
    assert len(await harness.received()) == 1


async def test_nothing_is_sent_while_it_is_paused_and_all_of_it_afterwards(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    await harness.webhooks.pause(GUILD, endpoint_id)
    await harness.happen(2)
    await harness.deliveries.drain()
    assert await harness.received() == []
    await harness.webhooks.resume(GUILD, endpoint_id)
    await harness.deliveries.drain()
    assert await harness.numbers() == [1, 2]


async def test_a_replay_sends_everything_from_a_number_on_with_the_same_ids(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    await harness.happen(5)
    await harness.deliveries.drain()
    endpoint, count = await harness.webhooks.replay(GUILD, endpoint_id, 3)
    assert (endpoint.cursor, count) == (2, 3)
    await harness.deliveries.drain()
    received = await harness.received()
    assert [each["body"]["sequence"] for each in received] == [1, 2, 3, 4, 5, 3, 4, 5]
    assert [each["id"] for each in received[5:]] == [each["id"] for each in received[2:5]]


async def test_who_missed_what_was_deleted_is_told_which_numbers(harness: WebhookHarness) -> None:
    endpoint_id, secret = await harness.add()
    await harness.happen(2)
    await harness.deliveries.drain()
    await harness.webhooks.pause(GUILD, endpoint_id)
    await harness.happen(6)
    await harness.store.webhooks.purge(harness.now - AN_HOUR, most=2)
    await harness.webhooks.resume(GUILD, endpoint_id)
    await harness.deliveries.drain()
    received = [each["body"] for each in await harness.received(secret=secret)]
    assert [(each["type"], each["sequence"]) for each in received[2:]] == [
        ("missed", 6),
        ("snapshot_made", 7),
        ("snapshot_made", 8),
    ]
    assert received[2]["data"] == {"first": 3, "last": 6}


async def test_who_missed_everything_is_told_that_too_and_then_nothing_is_due(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    await harness.webhooks.pause(GUILD, endpoint_id)
    await harness.happen(3)
    await harness.store.webhooks.purge(harness.now + AN_HOUR, most=100)
    await harness.webhooks.resume(GUILD, endpoint_id)
    await harness.deliveries.drain()
    assert [each["body"]["data"] for each in await harness.received()] == [{"first": 1, "last": 3}]
    assert (await standing(harness)).endpoint.next_at is None


# ---------------------------------------------------------------- killed and stopped


class KilledAfterSending:
    """The process ends between the answer of a receiver and writing it down."""

    def __init__(self, harness: WebhookHarness) -> None:
        self._harness = harness
        self.sent = asyncio.Event()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Attempt:
        """Send it, and never come back."""
        await self._harness.poster.post(url, headers, body)
        self.sent.set()
        await asyncio.Event().wait()
        raise AssertionError


async def test_killed_between_sending_and_writing_it_down_the_same_event_is_sent_again(tmp_path: Path) -> None:
    async with open_webhooks(tmp_path / "t.db") as harness:
        await harness.add()
        await harness.happen(2)
        killed = KilledAfterSending(harness)
        dying = harness.start(killed)
        await dying.run()
        await killed.sent.wait()
        await dying.close()
        assert (await standing(harness)).endpoint.cursor == 0
        await harness.start().drain()
        received = await harness.received()
        assert [each["body"]["sequence"] for each in received] == [1, 1, 2]
        assert received[0]["id"] == received[1]["id"]
        assert received[0]["body"] == received[1]["body"]


async def test_a_stop_waits_for_no_endpoint(harness: WebhookHarness) -> None:
    await harness.add()
    await harness.order(behaviour="silent")
    await harness.happen()
    await harness.deliveries.run()
    await harness.received(count=1)
    async with asyncio.timeout(5):
        await harness.deliveries.close()
    assert (await standing(harness)).endpoint.cursor == 0


class ChangesMeanwhile:
    """Somebody asks for a replay while a request is under way."""

    def __init__(self, harness: WebhookHarness, endpoint_id: int) -> None:
        self._harness = harness
        self._endpoint_id = endpoint_id
        self.sent: list[int] = []

    async def post(self, _url: str, _headers: Mapping[str, str], _body: bytes) -> Attempt:
        """Confirm everything; at the third request a replay was asked for."""
        self.sent.append(1)
        if len(self.sent) == 3:
            await self._harness.webhooks.replay(GUILD, self._endpoint_id, 1)
        return Attempt()


async def test_a_replay_while_a_request_is_under_way_is_not_undone_by_its_outcome(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    await harness.happen(4)
    poster = ChangesMeanwhile(harness, endpoint_id)
    await harness.start(poster).drain()
    assert len(poster.sent) == 3 + 4
    assert (await standing(harness)).endpoint.cursor == 4


async def test_an_endpoint_that_is_removed_while_a_request_is_under_way_gets_no_more(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    await harness.happen(3)
    await harness.order(behaviour="silent", times=1)
    await harness.deliveries.run()
    await harness.received(count=1)
    await harness.webhooks.remove(GUILD, endpoint_id, by=ADMIN)
    await harness.deliveries.close()
    await harness.start().drain()
    assert len(await harness.received()) == 1


# ---------------------------------------------------------------- who waits for whom


class Recording:
    """Confirms everything, and records which server was served."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    async def post(self, url: str, _headers: Mapping[str, str], _body: bytes) -> Attempt:
        """Confirm it."""
        self.hosts.append(url.rpartition("/")[2])
        return Attempt()


async def test_a_server_with_a_full_log_does_not_keep_the_others_waiting(harness: WebhookHarness) -> None:
    servers = [GUILD + number for number in range(PLACES * 2)]
    for guild_id in servers:
        await harness.add(str(guild_id), guild_id)
    await harness.happen(300, servers[0])
    harness.advance(A_SECOND)
    for guild_id in servers[1:]:
        await harness.happen(1, guild_id)
    recording = Recording()
    await harness.start(recording).drain()
    last_of_others = max(recording.hosts.index(str(guild_id)) for guild_id in servers[1:])
    assert last_of_others < 100
    assert len(recording.hosts) == 300 + len(servers) - 1


async def test_endpoints_that_do_not_answer_take_two_places_of_a_server_at_most(harness: WebhookHarness) -> None:
    for number in range(5):
        await harness.add(f"silent-{number}")
        await harness.order(f"silent-{number}", behaviour="silent")
    await harness.add("other", OTHER_GUILD)
    await harness.happen(1, GUILD)
    harness.advance(A_SECOND)
    await harness.happen(3, OTHER_GUILD)
    await harness.deliveries.run()
    assert len(await harness.received("other", count=3)) == 3
    reached = [len(await harness.received(f"silent-{number}")) for number in range(5)]
    assert sum(reached) == PLACES_OF_A_SERVER


class FailingStore:
    """A store that cannot write down what was confirmed."""

    def __init__(self, harness: WebhookHarness) -> None:
        self._store = harness.store.webhooks

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def delivered(self, *_args: object) -> bool:
        """The disk is full."""
        raise StoreError(Message("The disk is full."))


async def test_a_store_that_fails_does_not_make_the_bot_send_one_event_for_ever(harness: WebhookHarness) -> None:
    await harness.add()
    await harness.happen()
    working = harness.store.webhooks
    harness.store.webhooks = FailingStore(harness)  # type: ignore[assignment] # stands in for one whose disk is full
    deliveries = harness.start()
    await deliveries.drain()
    await deliveries.drain()
    assert len(await harness.received()) == 1
    harness.advance(timedelta(seconds=61))
    await deliveries.drain()
    assert len(await harness.received()) == 2
    harness.store.webhooks = working
    await harness.start().drain()
    assert (await standing(harness)).backlog == 0


# ---------------------------------------------------------------- what is refused on the way


async def test_a_redirect_is_not_followed(harness: WebhookHarness) -> None:
    await harness.add()
    await harness.order(status=307, headers={"Location": f"{harness.sandbox.url}/receiver/elsewhere"})
    await harness.happen()
    await harness.deliveries.drain()
    failure = (await standing(harness)).endpoint.failure
    assert failure
    assert failure.code is FailureCode.REDIRECTED
    assert await harness.received("elsewhere") == []


async def test_a_connection_that_is_cut_is_a_failure_and_no_crash(harness: WebhookHarness) -> None:
    await harness.add()
    await harness.order(behaviour="cut", times=1)
    await harness.happen()
    await harness.deliveries.drain()
    failure = (await standing(harness)).endpoint.failure
    assert failure
    assert failure.code is FailureCode.NO_CONNECTION
    harness.advance(timedelta(seconds=5))
    await harness.deliveries.drain()
    assert (await standing(harness)).backlog == 0


async def test_an_answer_without_an_end_is_not_read(harness: WebhookHarness) -> None:
    await harness.add()
    await harness.order(behaviour="endless", status=200)
    await harness.happen(2)
    async with asyncio.timeout(5):
        await harness.deliveries.drain()
    assert await harness.numbers() == [1, 2]


async def test_one_that_does_not_answer_is_left_after_the_deadline() -> None:
    async with open_webhooks(deadline=timedelta(milliseconds=200)) as harness:
        await harness.add()
        await harness.order(behaviour="silent")
        await harness.happen()
        await harness.deliveries.drain()
        failure = (await standing(harness)).endpoint.failure
        assert failure
        assert failure.code is FailureCode.TOO_SLOW
