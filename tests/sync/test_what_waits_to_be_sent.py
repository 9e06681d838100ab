"""What is to be sent is sent for each server, whatever becomes of that of the others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.gates.gate import GateState
from bot.store.sync.post_table import NewPost, PostKind
from bot.store.sync.warned_proofs import ProofEnds
from tests.sync.sync_harness import GUILD, MOD, OTHER_GUILD, WHALE, open_sync, user

pytestmark = pytest.mark.asyncio


async def test_a_server_whose_channel_takes_nothing_does_not_keep_the_messages_of_others_waiting() -> None:
    async with open_sync() as harness:
        for detail in map(str, range(200)):
            await harness.store.sync.posts.add(NewPost(PostKind.SILENT, GUILD, harness.now, detail=detail))
        await harness.store.sync.posts.add(NewPost(PostKind.SILENT, OTHER_GUILD, harness.now, detail="Loopring"))
        posts = await harness.sync.outbox.posts()
        assert [post.guild_id for post in posts] == [GUILD] * 50 + [OTHER_GUILD]
        assert [post.post_id for post in posts] == [*range(1, 51), 201]


async def test_what_is_to_be_sent_is_found_without_what_was_sent() -> None:
    async with open_sync() as harness:
        asked: list[str] = []
        await harness.store.sync.posts.add(NewPost(PostKind.SILENT, GUILD, harness.now))
        await harness.store.writer.run(lambda db: db.conn.set_trace_callback(asked.append))
        await harness.sync.outbox.posts()
        await harness.store.writer.run(lambda db: db.conn.set_trace_callback(None))
        questions = [sql for sql in asked if "FROM sync_posts" in sql and "sent_at IS NULL" in sql]
        plans = [row[-1] for sql in questions for row in await harness.rows(f"EXPLAIN QUERY PLAN {sql}")]
        steps = [step for step in plans if "sync_posts" in step]
        assert len(steps) == 3
        assert all("USING" in step and "INDEX sync_posts_to_send" in step for step in steps)


async def test_words_that_wait_for_a_gate_that_is_stopped_keep_no_word_of_another_gate_waiting() -> None:
    async with open_sync() as harness:
        stopped, works = await harness.gate(), await harness.gate(role_id=WHALE)
        await harness.store.gates.set_state(stopped.gate_id, GateState.PAUSED, None, MOD, harness.now)
        for number, gate in enumerate([stopped] * 60 + [works]):
            ends = ProofEnds("loopring:10001", [(gate.gate_id, harness.now + timedelta(days=7))])
            await harness.member(number)
            await harness.store.sync.warned_proofs.warn(GUILD, user(number), harness.now, ends, harness.now)
        assert [post.user_id for post in await harness.sync.outbox.posts()] == [user(60)]


async def test_what_members_are_notified_of_days_in_advance_keeps_nothing_else_waiting() -> None:
    async with open_sync() as harness:
        for number in range(60):
            ends = ProofEnds("loopring:10001", [(number, harness.now + timedelta(days=7))])
            await harness.member(number)
            await harness.store.sync.warned_proofs.warn(GUILD, user(number), harness.now, ends, harness.now)
        await harness.store.sync.posts.add(NewPost(PostKind.SILENT, GUILD, harness.now, detail="Loopring"))
        rows = await harness.store.sync.posts.to_send(harness.now, 50)
        assert len(rows) == 50
        assert PostKind.SILENT in {row.kind for row in rows}
