"""What admins do with endpoints: limits, tests, secrets; and nothing of another server's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import InputError, LimitError
from bot.store.sync.post_table import PostKind
from bot.webhooks.delivery.webhooks import Webhooks
from bot.webhooks.values.endpoint import EndpointState
from tests.webhooks.harness import ADMIN, GUILD, OTHER_GUILD, WebhookHarness, open_webhooks


@pytest.fixture
async def harness() -> AsyncIterator[WebhookHarness]:
    """No endpoint yet; a server may have two."""
    async with open_webhooks(most=2) as harness:
        yield harness


async def test_a_test_is_signed_and_changes_nothing(harness: WebhookHarness) -> None:
    endpoint_id, secret = await harness.add()
    _, attempt = await harness.webhooks.test(GUILD, endpoint_id)
    assert attempt.failure is None
    (received,) = await harness.received(secret=secret)
    assert received["verified"]
    assert (received["body"]["type"], received["body"]["sequence"]) == ("test", None)
    (standing,) = await harness.webhooks.standings(GUILD)
    assert (standing.endpoint.cursor, standing.endpoint.delivered_at) == (0, None)


async def test_a_test_that_fails_says_why_and_changes_nothing(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    await harness.order(status=404)
    _, attempt = await harness.webhooks.test(GUILD, endpoint_id)
    assert attempt.failure
    assert attempt.failure.status == 404
    (standing,) = await harness.webhooks.standings(GUILD)
    assert (standing.endpoint.tries, standing.endpoint.failure) == (0, None)


async def test_tests_are_not_made_one_after_the_other(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    await harness.webhooks.test(GUILD, endpoint_id)
    with pytest.raises(LimitError, match="wait ten seconds"):
        await harness.webhooks.test(GUILD, endpoint_id)
    harness.advance(timedelta(seconds=10))
    await harness.webhooks.test(GUILD, endpoint_id)
    assert len(await harness.received()) == 2


async def test_a_server_has_so_many_at_most_and_no_address_twice(harness: WebhookHarness) -> None:
    first, _ = await harness.add("one")
    with pytest.raises(InputError, match=f"has a webhook to that address already: {first}"):
        await harness.add("one")
    await harness.add("two")
    with pytest.raises(LimitError, match="has 2 webhooks, and may have no more"):
        await harness.add("three")
    await harness.add("one", OTHER_GUILD)
    await harness.webhooks.remove(GUILD, first, by=ADMIN)
    await harness.add("three")


async def test_after_a_rotation_both_secrets_verify_for_a_day_and_then_one(harness: WebhookHarness) -> None:
    endpoint_id, old = await harness.add()
    new = (await harness.webhooks.rotate(GUILD, endpoint_id, by=ADMIN)).reveal()
    assert new != old
    await harness.happen()
    await harness.deliveries.drain()
    for secret in (old, new):
        assert [each["verified"] for each in await harness.received(secret=secret)] == [True]
    harness.advance(timedelta(days=1))
    await harness.happen()
    await harness.deliveries.drain()
    signatures = [each["headers"]["webhook-signature"].split(" ") for each in await harness.received()]
    assert [len(each) for each in signatures] == [2, 1]


async def test_numbers_that_the_log_has_not_are_refused_with_those_that_it_has(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    with pytest.raises(InputError, match="Nothing has happened yet"):
        await harness.webhooks.replay(GUILD, endpoint_id, 1)
    await harness.happen(5)
    await harness.store.webhooks.purge(harness.now - timedelta(days=1), most=3)
    for number in (2, 6):
        with pytest.raises(InputError, match="has the events 3 to 5"):
            await harness.webhooks.replay(GUILD, endpoint_id, number)


async def test_a_paused_one_that_is_replayed_stays_paused(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    await harness.happen(2)
    await harness.deliveries.drain()
    await harness.webhooks.pause(GUILD, endpoint_id)
    endpoint, _ = await harness.webhooks.replay(GUILD, endpoint_id, 1)
    assert endpoint.state is EndpointState.PAUSED
    await harness.deliveries.drain()
    assert await harness.numbers() == [1, 2]
    await harness.webhooks.resume(GUILD, endpoint_id)
    await harness.deliveries.drain()
    assert await harness.numbers() == [1, 2, 1, 2]


async def test_who_added_rotated_and_removed_is_said_and_recorded(harness: WebhookHarness) -> None:
    endpoint_id, secret = await harness.add()
    await harness.webhooks.rotate(GUILD, endpoint_id, by=ADMIN)
    await harness.webhooks.remove(GUILD, endpoint_id, by=ADMIN)
    posts = await harness.store.sync.posts.to_send(harness.now, 50)
    assert [(post.kind, post.user_id, post.detail) for post in posts] == [
        (kind, ADMIN, "127.0.0.1")
        for kind in (PostKind.WEBHOOK_ADDED, PostKind.WEBHOOK_ROTATED, PostKind.WEBHOOK_REMOVED)
    ]
    verbs = await harness.store.writer.run(
        lambda db: db.execute("SELECT verb, actor FROM audit ORDER BY id").fetchall()
    )
    assert verbs == [(f"webhook_{verb}", str(ADMIN).encode()) for verb in ("add", "rotate", "remove")]
    assert secret not in await harness.store.writer.run(lambda db: "\n".join(map(str, db.conn.iterdump())))


async def test_no_secret_is_in_the_store(harness: WebhookHarness) -> None:
    _, secret = await harness.add()
    await harness.happen()
    await harness.deliveries.drain()
    dump = await harness.store.writer.run(lambda db: "\n".join(map(str, db.conn.iterdump())))
    assert "webhook_endpoints" in dump
    assert secret.removeprefix("whsec_") not in dump


async def test_without_the_operators_key_it_is_said_how_to_set_one(harness: WebhookHarness) -> None:
    endpoint_id, _ = await harness.add()
    off = Webhooks(harness.store.webhooks, harness.poster, None, lambda _: b"", lambda: harness.now, most=2)
    assert not off.are_on
    for refused in (off.add(GUILD, "https://example.org/", by=ADMIN), off.test(GUILD, endpoint_id)):
        with pytest.raises(InputError, match="set WEBHOOK_KEY"):
            await refused
    await off.remove(GUILD, endpoint_id, by=ADMIN)  # what is there can still be ended
