"""Roles that need a young proof, and what their members were sent about it."""

from __future__ import annotations

from datetime import timedelta

from bot.gates.gate import Gate
from bot.gates.rule import AllOf, Holds, ProvenWithin
from bot.store.sync.post_table import PostKind
from bot.sync.report import Post
from tests.sync.sync_harness import (
    HARBOUR,
    START,
    SyncHarness,
    user,
)

DAY = timedelta(days=1)

MONTH = ProvenWithin(30 * DAY)  # a word three days before

HELD = AllOf((Holds(HARBOUR), MONTH))

WORD, END = 27 * DAY, 30 * DAY


def words(harness: SyncHarness) -> list[Post]:
    """The messages about proofs that were sent."""
    return [post for post in harness.sent.values() if post.kind is PostKind.PROOF_ENDS]


async def prove_again(harness: SyncHarness, number: int = 1) -> None:
    """A member signs again."""
    at = int(harness.now.timestamp())
    await harness.rows("UPDATE proofs SET proven_at = ? WHERE user_id = ?", [at, user(number)])


async def rested(harness: SyncHarness, *, until: timedelta, step: timedelta = DAY) -> None:
    """Let time go by until so long after the start."""
    await harness.pass_time(START + until - harness.now, step)


async def _leave(harness: SyncHarness, _gate: Gate) -> None:
    del harness.server.members[user(1)]


async def _take_by_hand(harness: SyncHarness, _gate: Gate) -> None:
    harness.source.is_down = True  # so that it is not given again
    await harness.turn()
    harness.server.members[user(1)].clear()


async def _unlink(harness: SyncHarness, _gate: Gate) -> None:
    await harness.unlink(1, 1)
