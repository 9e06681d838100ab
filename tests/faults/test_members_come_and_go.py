"""Members leave, come again, are missing from answers, and are announced although they were there all the time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.linking.vouching import Vouching
from bot.links import InGuild
from bot.lookup.lookup import Lookup
from bot.store.pseudonyms import pseudonyms
from tests.cogs.gates.live_bot import ADA, MOSAIC
from tests.faults.live_sync import FIRST, LiveSync, live_sync
from tests.sync.sync_harness import JOINED, TEN_MINUTES, account_of, user

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
MEMBER = user(FIRST)
ROSALIND = 920018874494020106


async def move(harness: LiveSync, action: str, **fields: object) -> None:
    """The first of our members leaves, joins, or is announced."""
    await harness.sandbox.control("members", action=action, guild=MOSAIC, user=MEMBER, **fields)
    await harness.gateway_is_read()


async def absent(harness: LiveSync) -> list[int]:
    """Who counts as having left, by number."""
    rows = await harness.rows("SELECT user_id FROM sync_members WHERE absent_since IS NOT NULL")
    return [user_id - user(0) for (user_id,) in rows]


async def scanned(harness: LiveSync, span: timedelta, step: timedelta = AN_HOUR) -> None:
    """Time goes by with all jobs, the scans among them."""
    end = harness.now + span
    while harness.now < end:
        harness.advance(step)
        await harness.sync.scan()
        await harness.turn()


# ---------------------------------------------------------------- 27: left, and joined again


@pytest.mark.parametrize("members_intent", [True, False], ids=["joins are reported", "nothing is reported"])
async def test_case_27_who_leaves_and_joins_again_two_days_later_gets_the_role_back_without_a_proof(
    tmp_path: Path, *, members_intent: bool
) -> None:
    async with live_sync(tmp_path, members_intent=members_intent) as harness:
        await harness.gate()
        await harness.members(3)
        await harness.turn()
        proofs = await harness.rows("SELECT * FROM proofs ORDER BY owner")
        await move(harness, "leave")
        await scanned(harness, A_DAY, 6 * AN_HOUR)
        assert await absent(harness) == [FIRST]
        writes = await harness.changes()
        await scanned(harness, A_DAY, 6 * AN_HOUR)
        assert await harness.changes() == writes  # nobody asks Discord for the role of somebody who is not there
        assert await harness.rows("SELECT * FROM proofs ORDER BY owner") == proofs
        await move(harness, "join", joined_at=harness.now.isoformat())
        await (harness.turn() if members_intent else scanned(harness, A_DAY + AN_HOUR, 6 * AN_HOUR))
        assert await harness.have() == [101, 102, 103]
        assert await absent(harness) == []
        assert await harness.rows("SELECT * FROM proofs ORDER BY owner") == proofs
        assert await harness.count_log_lines("Took") == 0


async def test_case_27_somebody_who_leaves_while_a_role_is_given_is_absent_and_keeps_the_link(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(2)
        gone = {"status": 404, "body": {"code": 10007, "message": "Unknown Member"}}
        await harness.live.fault("status", f"{MEMBER}/roles/", times=1, **gone)
        await harness.turn()
        assert await absent(harness) == [FIRST]
        assert await harness.have() == [102]
        assert len(await harness.rows("SELECT 1 FROM links")) == 2
        await harness.sync.seen(MOSAIC, MEMBER, JOINED)
        await harness.turn()
        assert await harness.have() == [101, 102]


# ---------------------------------------------------------------- 51, 52: missing from an answer, and no answer


async def test_case_51_who_is_missing_from_a_chunk_is_asked_about_alone_and_is_not_absent(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(5)
        await harness.live.odd_queries(omit=[MEMBER, user(103)], times=1)
        await harness.turn()
        assert await harness.have() == [101, 102, 103, 104, 105]
        assert await absent(harness) == []
        asked = [sent for sent in await harness.live.sent("/members/") if sent.startswith("GET")]
        assert sorted(sent.rpartition("/")[2] for sent in asked) == [str(MEMBER), str(user(103))]


async def test_case_51_who_is_missing_and_cannot_be_asked_about_is_unknown_and_due_until_it_is_known(
    tmp_path: Path,
) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(3)
        await harness.live.odd_queries(omit=[MEMBER], times=1)
        await harness.live.fault("status", f"/members/{MEMBER}", times=4, status=503, method="GET")
        await harness.turn()
        assert await harness.have() == [102, 103]
        assert await absent(harness) == []
        await harness.pass_time(timedelta(minutes=1), timedelta(minutes=1))
        assert await harness.have() == [101, 102, 103]


@pytest.mark.parametrize("fault", [{"retry_after": 30}, {"silent": True}], ids=["RATE_LIMITED", "no answer"])
async def test_case_52_a_gateway_that_does_not_answer_about_members_makes_nobody_absent_and_is_left_in_peace(
    tmp_path: Path, fault: dict[str, object]
) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(5)
        await harness.live.odd_queries(times=None, **fault)
        await harness.turn()
        assert await harness.have() == [101, 102, 103, 104, 105]  # asked about one by one
        assert await absent(harness) == []
        await harness.member(110)
        await harness.turn()
        assert 110 in await harness.have()
        assert await harness.live.questions() == 1  # within the pause that Discord asked for
        harness.live.time.time += 31
        await harness.member(111)
        await harness.turn()
        assert await harness.live.questions() == 2
        assert 111 in await harness.have()


# ---------------------------------------------------------------- 53: announced, and there already


async def test_case_53_a_join_of_somebody_who_is_there_changes_nothing(tmp_path: Path) -> None:
    async with live_sync(tmp_path, members_intent=True) as harness:
        await harness.gate()
        await harness.members(3)
        await harness.member(110, holds=0)
        await harness.turn()
        proofs = await harness.rows("SELECT * FROM proofs ORDER BY owner")
        before, said = await harness.sandbox.role_writes(), await harness.log_lines()
        for _ in range(5):
            await move(harness, "announce")
            await harness.sandbox.control("members", action="announce", guild=MOSAIC, user=user(110))
            await harness.gateway_is_read()
            await harness.turn()
        assert await harness.sandbox.role_writes() == before
        assert await harness.log_lines() == said
        assert await harness.have() == [101, 102, 103]
        assert await harness.rows("SELECT * FROM proofs ORDER BY owner") == proofs


async def test_case_53_it_does_not_bring_a_removal_nearer(tmp_path: Path) -> None:
    async with live_sync(tmp_path, members_intent=True) as harness:
        await harness.gate()
        await harness.members(5)
        await harness.turn()
        await harness.sells(FIRST)
        await harness.pass_time(TEN_MINUTES)
        for _ in range(10):
            await move(harness, "announce")
            await harness.turn()
        assert FIRST in await harness.have()
        await harness.pass_time(AN_HOUR)
        assert FIRST not in await harness.have()


# ---------------------------------------------------------------- 54: the moderator left


async def test_case_54_what_a_moderator_vouched_for_counts_on_when_they_leave_and_others_can_take_it_back(
    tmp_path: Path,
) -> None:
    async with live_sync(tmp_path, members_intent=True, vouching=True) as harness:
        account, scope = account_of(FIRST).account_id, InGuild(MOSAIC, JOINED)
        lookup = Lookup([harness.source], harness.store, cache_for=timedelta(minutes=1))
        vouching = Vouching(harness.store, lookup, pseudonyms("a token"), lambda: harness.now, enabled=True)
        await harness.gate()
        await harness.newcomer(FIRST, 1)
        await vouching.ask(MEMBER, scope, account, moderator_id=ADA)
        await harness.sync.seen(MOSAIC, MEMBER, JOINED)
        await harness.turn()
        assert await harness.have() == []
        (vouch,) = await vouching.of(MEMBER, scope)
        harness.advance(timedelta(minutes=1))
        await vouching.confirm(MEMBER, scope, vouch.vouch_id)
        await harness.sync.links_changed(MEMBER)
        await harness.turn()
        assert await harness.have() == [FIRST]
        await harness.sandbox.control("members", action="leave", guild=MOSAIC, user=ADA)
        await harness.gateway_is_read()
        await scanned(harness, A_DAY, 6 * AN_HOUR)
        assert await harness.have() == [FIRST]
        await vouching.withdraw(MEMBER, MOSAIC, account, moderator_id=ROSALIND)
        await harness.sync.links_changed(MEMBER)
        await harness.pass_time(AN_HOUR)
        assert await harness.have() == []
        await lookup.close()
