"""Snapshots say of everybody what gates would say, are stored as they were made, and come by themselves when due."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.counts import Count, Ternary, exact
from bot.errors import InputError, StoreError
from bot.gates.gate import GuildSettings
from bot.gates.parser import parse_rule
from bot.gates.patience import Patience
from bot.holders.change_kind import ChangeKind
from bot.holders.held import OpenReason
from bot.holders.snapshot import Every, Snapshot, SnapshotRequest
from bot.holders.snapshot_changes import compare_snapshots
from bot.linking.vouching import ProvenHere
from bot.messages import words_of_text
from bot.names import Names
from bot.store.holders.schedule_table import MOST_SCHEDULES
from bot.store.pseudonyms import pseudonyms
from bot.store.webhooks.event_log import read_events
from bot.store.webhooks.webhook_store import Admin
from bot.sync.gather import Gatherer
from bot.sync.rule_holders import Knowledge
from bot.sync.snapshots import SnapshotMaker, post_of
from bot.webhooks.values.event import EventType
from tests.sync.sync_harness import (
    GUILD,
    HARBOUR,
    MOSAIC,
    OTHER_GUILD,
    WHALE,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

PATIENCE = Patience()
LIGHTS = SnapshotRequest("254")
ADMIN = Admin(9, b"nine")


def maker_of(sync: SyncHarness, retain: int = 50) -> SnapshotMaker:
    """What makes snapshots over what a harness has stored."""
    knowledge = Knowledge({}, sync.settings.interval, sync.vouching, PATIENCE, retain)
    return SnapshotMaker(sync.store, Names(), GuildSettings(), knowledge, lambda: sync.now)


def kinds(snapshot: Snapshot) -> dict[int, tuple[int, int | None]]:
    """Members by their number in a test → the interval of kinds."""
    return {each.user_id - user(0): (each.held.kinds.low, each.held.kinds.high) for each in snapshot.members}


@pytest.fixture
async def sync() -> AsyncIterator[SyncHarness]:
    """Sync with one gate, so that accounts are read."""
    async with open_sync() as harness:
        await harness.gate()
        yield harness


async def test_who_holds_and_who_may_hold_is_in_it_and_stored_as_it_was_made(sync: SyncHarness) -> None:
    await sync.member(1, holds=3)
    await sync.member(2, holds=0)
    await sync.turn()
    await sync.member(3, holds=9)  # linked just now, and never read
    made = await maker_of(sync).make(GUILD, LIGHTS)
    assert kinds(made) == {1: (3, 3), 3: (0, None)}
    assert made.gaps == {OpenReason.NEVER_READ: 1}
    assert made.names == ("Collection 254",)
    assert await maker_of(sync).get(GUILD, made.snapshot_id) == made
    [listed] = await sync.store.snapshots.of_guild(GUILD, 9)
    assert (listed.members, listed.is_complete) == (2, False)
    assert listed.snapshot == replace(made, members=())


async def test_one_that_is_made_is_an_event_for_the_tools_of_its_server(sync: SyncHarness) -> None:
    await sync.member(1, holds=3)
    await sync.turn()
    for guild_id in (GUILD, OTHER_GUILD):
        await sync.store.webhooks.add_endpoint(guild_id, "https://example.org/", b"salt", sync.now, ADMIN, most=5)
    made = await maker_of(sync).make(GUILD, LIGHTS)
    [event] = await sync.store.writer.run(
        lambda db: [each for each in read_events(db, GUILD, 0, 99) if each.type is EventType.SNAPSHOT_MADE]
    )
    assert event.facts == {
        "snapshot_id": str(made.snapshot_id),
        "schedule_id": None,
        "members": 1,
        "is_complete": True,
    }
    assert await sync.store.writer.run(lambda db: read_events(db, OTHER_GUILD, 0, 99)) == []


async def test_a_server_has_its_own_members_and_snapshots_alone(sync: SyncHarness) -> None:
    await sync.member(1)
    await sync.member(2, guild_id=OTHER_GUILD)
    await sync.turn()
    made = await maker_of(sync).make(GUILD, LIGHTS)
    assert set(kinds(made)) == {1}
    with pytest.raises(InputError, match="has no snapshot yet"):
        await maker_of(sync).get(OTHER_GUILD, made.snapshot_id)
    its = await maker_of(sync).make(OTHER_GUILD, LIGHTS)
    with pytest.raises(InputError, match=rf"no snapshot {made.snapshot_id}\. The newest ones: {its.snapshot_id}\."):
        await maker_of(sync).get(OTHER_GUILD, made.snapshot_id)


async def test_who_left_is_in_no_new_one(sync: SyncHarness) -> None:
    await sync.members(2)
    await sync.turn()
    await sync.store.sync.members.mark_absent(GUILD, user(1), sync.now)
    assert set(kinds(await maker_of(sync).make(GUILD, LIGHTS))) == {2}


async def test_a_source_that_fails_makes_it_incomplete_and_nobody_a_leaver(sync: SyncHarness) -> None:
    await sync.members(3, holds=2)
    await sync.turn()
    before = await maker_of(sync).make(GUILD, LIGHTS)
    sync.source.is_down = True
    await sync.pass_time(timedelta(hours=2))
    after = await maker_of(sync).make(GUILD, LIGHTS)
    assert kinds(after) == dict.fromkeys((1, 2, 3), (0, None))
    assert after.gaps == {OpenReason.TOO_OLD: 3}
    assert {change.kind for change in compare_snapshots(before, after).changes} == {ChangeKind.UNKNOWN}


async def test_what_a_server_excludes_and_what_members_keep_out_does_not_count(sync: SyncHarness) -> None:
    await sync.members(3)
    await sync.turn()
    await sync.set(excluded_accounts=frozenset({account_of(1)}))
    await sync.store.keep_outs.start(user(2), GUILD, account_of(2))
    assert set(kinds(await maker_of(sync).make(GUILD, LIGHTS))) == {3}
    await sync.set(excluded_collections=frozenset({MOSAIC}))
    assert kinds(await maker_of(sync).make(GUILD, SnapshotRequest("261"))) == {}


RULES = (
    "254",
    "254 >= 3",
    "copies 254 >= 2",
    "254 and not 261",
    "254 or 261 >= 2",
    "2 of (254, 261, 254 >= 5)",
    "collections of (254, 261) >= 2",
    "collections >= 2",
    "loopring:* >= 4",
    "254 for 2 hours",
    "254 ids (1-3)",
    "proof within 30 days and 254",
    "account in (loopring:10002) or 254 >= 4",
    "254 until 2027-01-01",
)


@pytest.mark.parametrize("rule", RULES)
async def test_it_says_of_everybody_what_a_gate_says(rule: str) -> None:
    async with open_sync() as sync:
        parsed = parse_rule(rule, Names(), find_by_name=lambda _: ())
        await sync.gate(parsed, WHALE)
        for number in range(1, 7):
            await sync.member(number, holds=number - 1)
            sync.source.held[account_of(number)][MOSAIC] = number % 3
        await sync.turn()
        await sync.pass_time(timedelta(hours=3))
        await sync.member(7, holds=5)  # never read
        gatherer = Gatherer(
            sync.store, ProvenHere(sync.store, vouching=False), sync.readings, timedelta(0), patience=PATIENCE
        )
        members = await sync.store.sync.members.present(GUILD)
        judged = {
            known.member.user_id: known.judged[0].verdict.status
            for known in await gatherer.members(await gatherer.server(GUILD), members, sync.now)
        }
        made = await maker_of(sync).make(GUILD, SnapshotRequest(rule))
        assert {each.user_id: each.fits for each in made.members} == {
            user_id: status for user_id, status in judged.items() if status is not Ternary.NO
        }
        assert len(judged) == 7
        assert {Ternary.YES, Ternary.UNKNOWN} & set(judged.values())


async def test_copies_are_counted_where_a_gate_has_them_read(sync: SyncHarness) -> None:
    await sync.gate(parse_rule("copies 254 >= 2", Names(), find_by_name=lambda _: ()), WHALE)
    await sync.member(1, holds=4)
    await sync.turn()
    [member] = (await maker_of(sync).make(GUILD, LIGHTS)).members
    assert member.held.copies == exact(4)


async def test_where_nobody_has_copies_read_they_are_at_least_the_kinds(sync: SyncHarness) -> None:
    await sync.member(1, holds=4)
    await sync.turn()
    [member] = (await maker_of(sync).make(GUILD, LIGHTS)).members
    assert member.held.copies == Count(4, None)


# ---------------------------------------------------------------- retention and schedules


async def test_the_oldest_made_by_hand_are_deleted_beyond_a_number(sync: SyncHarness) -> None:
    await sync.member(1)
    made = [(await maker_of(sync, retain=3).make(GUILD, LIGHTS)).snapshot_id for _ in range(5)]
    left = [each.snapshot.snapshot_id for each in await sync.store.snapshots.of_guild(GUILD, 999)]
    assert left == made[:1:-1]
    assert await sync.rows("SELECT DISTINCT snapshot_id FROM snapshot_rows ORDER BY 1") == [
        (each,) for each in made[2:]
    ]


async def test_a_schedule_makes_one_when_it_is_due_retains_so_many_and_is_told_in_the_log_channel(
    sync: SyncHarness,
) -> None:
    await sync.member(1, holds=2)
    await sync.turn()
    by_hand = await maker_of(sync).make(GUILD, LIGHTS)
    schedule = await sync.store.snapshot_schedules.add(GUILD, LIGHTS, Every.DAY, 2, sync.now)
    assert schedule
    assert await maker_of(sync).run_due() == 1
    assert await maker_of(sync).run_due() == 0
    for day in range(3):
        sync.buy(1, holds=3 + day)
        sync.advance(timedelta(days=1))
        await sync.turn()
        assert await maker_of(sync).run_due() == 1
    listed = [each.snapshot for each in await sync.store.snapshots.of_guild(GUILD, 9)]
    assert [each.schedule_id for each in listed] == [schedule.schedule_id, schedule.schedule_id, None]
    assert listed[2].snapshot_id == by_hand.snapshot_id
    diff = await maker_of(sync).compare(GUILD, listed[0].snapshot_id, listed[1].snapshot_id)
    assert [(each.kind, each.before, each.after) for each in diff.changes] == [(ChangeKind.UP, exact(4), exact(5))]
    await sync.post()
    assert [line for line in sync.said() if line.startswith("Snapshot")][-1] == (
        f"Snapshot {listed[0].snapshot_id} of `254` was made by its schedule, with one member."
    )


async def test_what_was_missed_is_made_once(sync: SyncHarness) -> None:
    await sync.member(1)
    await sync.store.snapshot_schedules.add(GUILD, LIGHTS, Every.DAY, 9, sync.now)
    first = sync.now
    sync.advance(timedelta(days=5, hours=1))
    assert await maker_of(sync).run_due() == 1
    [schedule] = await sync.store.snapshot_schedules.of_guild(GUILD)
    assert schedule.next_at == first + timedelta(days=6)


async def test_an_incomplete_one_is_said_to_be_so_in_the_log_channel(sync: SyncHarness) -> None:
    await sync.member(1)
    await sync.store.snapshot_schedules.add(GUILD, LIGHTS, Every.DAY, 9, sync.now)
    await maker_of(sync).run_due()
    await sync.post()
    assert "**Incomplete:** of one of them something is not known." in sync.said()


async def test_more_than_fits_into_the_store_is_at_least_so_much_and_stops_no_other(sync: SyncHarness) -> None:
    await sync.gate(parse_rule("collections >= 2", Names(), find_by_name=lambda _: ()), WHALE)
    await sync.member(1, holds=2**62)
    sync.source.held[account_of(1)][MOSAIC] = 2**62
    await sync.turn()
    both = SnapshotRequest("254 or 261")
    await sync.store.snapshot_schedules.add(GUILD, both, Every.DAY, 9, sync.now - timedelta(minutes=1))
    await sync.store.snapshot_schedules.add(OTHER_GUILD, LIGHTS, Every.DAY, 9, sync.now)
    assert await maker_of(sync).run_due() == 2
    [listed] = await sync.store.snapshots.of_guild(GUILD, 9)
    assert kinds(await maker_of(sync).get(GUILD, listed.snapshot.snapshot_id)) == {1: (2**63 - 1, None)}


class Defective(Names):
    """Names with a defect that the rule of one server meets."""

    def parse_collection(self, text: str) -> tuple[str, str]:
        if text == "261":
            raise ZeroDivisionError
        return super().parse_collection(text)


async def test_a_defect_that_one_schedule_meets_stops_no_other_and_is_said(
    sync: SyncHarness, caplog: pytest.LogCaptureFixture
) -> None:
    await sync.store.snapshot_schedules.add(
        GUILD, SnapshotRequest("261"), Every.DAY, 9, sync.now - timedelta(minutes=1)
    )
    await sync.store.snapshot_schedules.add(OTHER_GUILD, LIGHTS, Every.DAY, 9, sync.now)
    knowledge = Knowledge({}, sync.settings.interval, sync.vouching, PATIENCE, 50)
    maker = SnapshotMaker(sync.store, Defective(), GuildSettings(), knowledge, lambda: sync.now)
    assert await maker.run_due() == 1
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()
    [schedule] = await sync.store.snapshot_schedules.of_guild(GUILD)
    assert str(words_of_text(schedule.failure)).startswith("Something went wrong inside Tessera; its operator finds")
    assert schedule.next_at > sync.now


async def test_what_follows_a_long_rule_is_said_in_the_log_channel(sync: SyncHarness) -> None:
    await sync.member(1)
    rule = " or ".join(f"254 >= {number}" for number in range(1_000_000, 1_000_050))
    await sync.store.snapshot_schedules.add(GUILD, SnapshotRequest(rule), Every.DAY, 9, sync.now)
    assert await maker_of(sync).run_due() == 1
    await sync.post()
    lines = sync.said()
    assert "**Incomplete:** of one of them something is not known." in lines
    assert all(len(line) < 400 for line in lines)


async def test_a_rule_whose_network_has_no_source_any_more_fails_and_says_so_and_stops_no_other(
    sync: SyncHarness,
) -> None:
    await sync.member(1)
    gone = SnapshotRequest("eip155:1:0x" + "ab" * 20)
    await sync.store.snapshot_schedules.add(GUILD, gone, Every.DAY, 9, sync.now - timedelta(minutes=1))
    await sync.store.snapshot_schedules.add(GUILD, LIGHTS, Every.DAY, 9, sync.now)
    assert await maker_of(sync).run_due() == 1
    failing, working = await sync.store.snapshot_schedules.of_guild(GUILD)
    assert failing.failure
    assert working.failure == ""
    assert failing.next_at > sync.now


async def test_a_server_ends_its_own_schedules_alone_and_has_only_so_many(sync: SyncHarness) -> None:
    table = sync.store.snapshot_schedules
    made = [await table.add(GUILD, LIGHTS, Every.WEEK, 1, sync.now) for _ in range(MOST_SCHEDULES)]
    assert await table.add(GUILD, LIGHTS, Every.WEEK, 1, sync.now) is None
    assert made[0]
    assert not await table.remove(OTHER_GUILD, made[0].schedule_id)
    assert await table.remove(GUILD, made[0].schedule_id)
    assert len(await table.of_guild(GUILD)) == MOST_SCHEDULES - 1


async def test_a_server_that_the_bot_left_has_none_made_and_is_forgotten_later(sync: SyncHarness) -> None:
    await sync.member(1)
    await sync.store.snapshot_schedules.add(GUILD, LIGHTS, Every.DAY, 9, sync.now)
    await maker_of(sync).run_due()
    sync.server.is_available = False
    await sync.sync.left(GUILD)
    sync.advance(timedelta(days=2))
    assert await maker_of(sync).run_due() == 0
    sync.advance(timedelta(days=30))
    await sync.sync.purge()
    for table in ("snapshots", "snapshot_rows", "snapshot_schedules"):
        assert await sync.rows(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - names from the line above


async def test_addresses_that_members_share_are_those_since_they_joined(sync: SyncHarness) -> None:
    await sync.members(2)
    share = "INSERT INTO shares (user_id, guild_id, account, joined_at) VALUES (?, ?, ?, ?)"
    joined = int((await sync.store.sync.members.present(GUILD))[0].joined_at.timestamp())
    await sync.rows(share, [user(1), GUILD, str(account_of(1)), joined])
    await sync.rows(share, [user(2), GUILD, str(account_of(2)), joined - 1])  # before they left and came again
    assert await sync.store.snapshots.shared(GUILD) == {(user(1), str(account_of(1)))}
    assert await sync.store.snapshots.shared(OTHER_GUILD) == frozenset()


# ---------------------------------------------------------------- what is no change


async def test_what_counts_as_the_same_was_changed_between_two_and_nobody_joined_by_that(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.member(2, holds=2, of=MOSAIC)
    await sync.turn()
    maker = maker_of(sync)
    first = await maker.make(GUILD, LIGHTS)
    await sync.store.gates.set_alias(GUILD, HARBOUR, MOSAIC, 9, sync.now)
    sync.advance(timedelta(minutes=1))
    second = await maker.make(GUILD, LIGHTS)
    assert set(kinds(second)) == {1, 2}
    with pytest.raises(InputError, match=r"cannot be compared: which collections count as the same was changed"):
        await maker.compare(GUILD, first.snapshot_id, second.snapshot_id)
    third = await maker.make(GUILD, LIGHTS)
    diff = await maker.compare(GUILD, second.snapshot_id, third.snapshot_id)
    assert ({change.kind for change in diff.changes}, diff.remarks) == ({ChangeKind.SAME}, [])


async def test_who_had_their_data_deleted_and_links_again_has_neither_left_nor_joined(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.member(2, holds=0)
    await sync.turn()
    sync.advance(timedelta(minutes=1))
    maker = maker_of(sync)
    first = await maker.make(GUILD, LIGHTS)
    sync.advance(timedelta(minutes=1))
    await sync.store.members.delete(user(1), sync.now, pseudonyms("token"), refused_until=sync.now)
    without = await maker.make(GUILD, LIGHTS)
    assert (await maker.compare(GUILD, first.snapshot_id, without.snapshot_id)).changes == ()
    sync.advance(timedelta(minutes=1))
    await sync.member(1, holds=2)
    await sync.look_at(1)
    sync.buy(2, holds=3)
    await sync.look_at(2)
    second = await maker.make(GUILD, LIGHTS)
    assert set(kinds(second)) == {1, 2}
    diff = await maker.compare(GUILD, first.snapshot_id, second.snapshot_id)
    assert {change.user_id: change.kind for change in diff.changes} == {
        user(1): ChangeKind.UNKNOWN,
        user(2): ChangeKind.JOINED,  # what they linked before they have linked still
    }


# ---------------------------------------------------------------- what happens while one is made


async def test_who_has_their_data_deleted_while_one_is_made_is_not_in_it(sync: SyncHarness) -> None:
    await sync.members(2)
    await sync.turn()
    maker = maker_of(sync)
    # Read already, and not stored yet.
    taken = await maker.make(GUILD, LIGHTS)
    await sync.store.members.delete(user(1), sync.now, pseudonyms("token"), refused_until=sync.now)
    stored = await sync.store.snapshots.add(replace(taken, snapshot_id=0), retain=9)
    assert (set(kinds(stored)), stored.forgotten) == ({2}, 1)
    assert await maker.get(GUILD, stored.snapshot_id) == stored
    assert await sync.rows("SELECT count(*) FROM snapshot_rows WHERE user_id = ?", [user(1)]) == [(0,)]


_REFUSED = "BEGIN SELECT raise(ABORT, 'refused'); END"


async def test_a_snapshot_that_cannot_be_stored_leaves_nothing_behind_is_said_and_is_made_an_hour_later(
    sync: SyncHarness, caplog: pytest.LogCaptureFixture
) -> None:
    await sync.member(1)
    await sync.store.snapshot_schedules.add(GUILD, LIGHTS, Every.MONTH, 9, sync.now)
    await sync.rows(f"CREATE TRIGGER refused BEFORE INSERT ON sync_posts WHEN NEW.kind = 'snapshot' {_REFUSED}")
    assert await maker_of(sync).run_due() == 0
    assert "Traceback" in caplog.text
    caplog.clear()
    assert await sync.store.snapshots.of_guild(GUILD, 9) == []
    [schedule] = await sync.store.snapshot_schedules.of_guild(GUILD)
    assert str(words_of_text(schedule.failure)).startswith("Something went wrong inside Tessera; its operator finds")
    await sync.rows("DROP TRIGGER refused")
    assert await maker_of(sync).run_due() == 0
    sync.advance(timedelta(hours=1))
    assert await maker_of(sync).run_due() == 1
    [schedule] = await sync.store.snapshot_schedules.of_guild(GUILD)
    assert (schedule.failure, schedule.next_at > sync.now + timedelta(days=20)) == ("", True)
    assert len(await sync.store.snapshots.of_guild(GUILD, 9)) == 1


async def test_what_cannot_be_stored_of_one_server_stops_no_other(
    sync: SyncHarness, caplog: pytest.LogCaptureFixture
) -> None:
    await sync.store.snapshot_schedules.add(GUILD, LIGHTS, Every.DAY, 9, sync.now - timedelta(minutes=1))
    await sync.store.snapshot_schedules.add(OTHER_GUILD, LIGHTS, Every.DAY, 9, sync.now)
    await sync.rows(f"CREATE TRIGGER refused BEFORE INSERT ON snapshots WHEN NEW.guild_id = {GUILD} {_REFUSED}")
    assert await maker_of(sync).run_due() == 1
    caplog.clear()
    assert len(await sync.store.snapshots.of_guild(OTHER_GUILD, 9)) == 1


async def test_a_store_that_takes_nothing_at_all_fails_the_run_after_all_were_tried(tmp_path: Path) -> None:
    async with open_sync(path=tmp_path / "store.db") as sync:
        table = sync.store.snapshot_schedules
        for guild_id in (GUILD, OTHER_GUILD):
            await table.add(guild_id, LIGHTS, Every.DAY, 9, sync.now)
        for trigger, of in (("read_only", "snapshots"), ("nor_this", "snapshot_schedules")):
            act = "INSERT" if of == "snapshots" else "UPDATE"
            when = "" if of == "snapshots" else f"WHEN OLD.guild_id = {GUILD}"
            await sync.rows(f"CREATE TRIGGER {trigger} BEFORE {act} ON {of} {when} {_REFUSED}")
        with pytest.raises(StoreError, match="refused"):
            await maker_of(sync).run_due()
        [tried] = await table.of_guild(OTHER_GUILD)
        assert str(words_of_text(tried.failure)).startswith("Tessera's own store refused that: its operator can")
        [untold] = await table.of_guild(GUILD)
        assert untold.failure == ""


async def test_a_schedule_that_is_ended_meanwhile_makes_none(sync: SyncHarness) -> None:
    await sync.member(1)
    schedule = await sync.store.snapshot_schedules.add(GUILD, LIGHTS, Every.DAY, 1, sync.now)
    assert schedule
    by_hand = await maker_of(sync).make(GUILD, LIGHTS)
    await sync.store.snapshot_schedules.remove(GUILD, schedule.schedule_id)
    late = replace(by_hand, schedule_id=schedule.schedule_id)
    stored = await sync.store.snapshots.add_scheduled(
        late, retain=1, retain_others=9, next_at=sync.now, post=lambda made: post_of(made, sync.now)
    )
    assert stored is None
    assert [each.snapshot for each in await sync.store.snapshots.of_guild(GUILD, 9)] == [replace(by_hand, members=())]


async def test_what_an_ended_schedule_made_is_not_retained_for_ever(sync: SyncHarness) -> None:
    await sync.member(1)
    for _ in range(4):
        schedule = await sync.store.snapshot_schedules.add(GUILD, LIGHTS, Every.DAY, 9, sync.now)
        assert schedule
        await maker_of(sync, retain=2).run_due()
        await sync.store.snapshot_schedules.remove(GUILD, schedule.schedule_id)
    await sync.store.snapshot_schedules.add(GUILD, LIGHTS, Every.DAY, 9, sync.now)
    await maker_of(sync, retain=2).run_due()
    assert len(await sync.store.snapshots.of_guild(GUILD, 99)) == 2 + 1
