"""Members are judged together, as each alone would be, by as few questions to the store as one of them takes."""

from __future__ import annotations

import gc
from datetime import timedelta

from bot.linking.vouching import ProvenHere
from bot.store.sync.sync_member import SyncMember
from bot.sync.gather import Gatherer
from bot.sync.judging import MemberTurn
from tests.sync.sync_harness import GUILD, HARBOUR, MOSAIC, SyncHarness, account_of, open_sync, user


def gatherer_of(harness: SyncHarness) -> Gatherer:
    """The first step, over the harness's store."""
    return Gatherer(harness.store, ProvenHere(harness.store, vouching=True), harness.readings, timedelta(0))


async def present(harness: SyncHarness) -> list[SyncMember]:
    """Everybody in the server."""
    return list(await harness.store.sync.members.present(GUILD))


async def test_members_judged_together_are_judged_as_each_alone() -> None:
    async with open_sync() as harness:
        await harness.gate()
        for number in range(1, 8):
            await harness.member(number, holds=number % 3, of=HARBOUR if number % 2 else MOSAIC)
        await harness.link(1, 2)  # one member has two accounts, of which one is another member's as well
        await harness.store.keep_outs.start(user(3), GUILD, account_of(3))
        await harness.turn()
        harness.sell(1, 5)
        harness.advance(timedelta(minutes=11))
        await harness.turn()
        gatherer = gatherer_of(harness)
        server = await gatherer.server(GUILD)
        members = await present(harness)
        alone = [await gatherer.member(server, member, harness.now) for member in members]
        assert await gatherer.members(server, members, harness.now) == alone
        by_user = {known.member.user_id: known for known in alone}
        assert by_user[user(3)].accounts == []
        assert by_user[user(5)].misses
        assert by_user[user(7)].ledger
        assert not by_user[user(2)].ledger


async def test_a_member_who_is_marked_while_others_are_settled_stays_due() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(2)
        await harness.store.sync.members.mark(harness.now)
        both = await present(harness)
        await harness.store.sync.members.mark_user(user(2), harness.now)
        drift_due = harness.now + timedelta(hours=6)
        await harness.store.sync.members.settle(both, harness.now, roles_read=False, drift_due=drift_due)
        due = await harness.store.sync.members.due([GUILD], harness.now, 10)
        assert [member.user_id for member in due] == [user(2)]


async def test_who_is_read_is_due_with_it() -> None:
    """The reading and what it makes due are one transaction: no kill comes between them."""
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(3)
        await harness.turn()
        assert not await harness.store.sync.members.due([GUILD], harness.now, 10)
        harness.advance(timedelta(minutes=11))
        await harness.sync.read_due()
        due = await harness.store.sync.members.due([GUILD], harness.now, 10)
        assert [member.user_id for member in due] == [user(1), user(2), user(3)]


async def test_nothing_is_remembered_of_members_whom_nobody_is_judging() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(20)
        await harness.turn()
        assert len(harness.holders()) == 20
        gc.collect()
        assert [each for each in gc.get_objects() if isinstance(each, MemberTurn)] == []
