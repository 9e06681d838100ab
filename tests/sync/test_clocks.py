"""A clock that was wrong for a while costs nobody a role, and nothing waits for a day that only that clock knew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.gates.gate import GateState
from bot.gates.rule import ProvenWithin
from bot.roles.safety import Cause
from bot.sync.results import UndoneRun
from tests.sync.sync_harness import GUILD, HARBOUR, MOSAIC, TEN_MINUTES, SyncHarness, account_of, open_sync, user

pytestmark = pytest.mark.asyncio
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)


async def set_back(harness: SyncHarness) -> None:
    """The clock is corrected while the bot runs."""
    harness.now -= A_DAY


async def set_back_while_stopped(harness: SyncHarness) -> None:
    """The bot is stopped, the clock corrected, and the bot started."""
    await harness.sync.close()
    harness.now -= A_DAY
    harness.ran = 0.0
    harness.start()


Corrected = Callable[[SyncHarness], Awaitable[None]]
CORRECTIONS = pytest.mark.parametrize("corrected", [set_back, set_back_while_stopped])


async def an_hour_tomorrow(harness: SyncHarness) -> None:
    """Some members have roles; for an hour the clock is a day ahead."""
    await harness.gate()
    await harness.members(4)
    await harness.turn()
    harness.now += A_DAY
    await harness.pass_time(AN_HOUR)


@CORRECTIONS
async def test_accounts_are_read_and_roles_given_at_once_after_the_clock_was_set_back(corrected: Corrected) -> None:
    async with open_sync() as harness:
        await an_hour_tomorrow(harness)
        await harness.member(5, holds=0)
        await harness.turn()
        await corrected(harness)
        del harness.source.asked[:]
        harness.buy(5)
        harness.advance(TEN_MINUTES)
        await harness.turn()
        assert len(harness.source.asked) == 5
        assert harness.has(5)


@CORRECTIONS
async def test_a_gate_that_was_parked_by_the_wrong_clock_heals(corrected: Corrected) -> None:
    async with open_sync() as harness:
        await an_hour_tomorrow(harness)
        harness.discord.servers[GUILD].own_powers = frozenset()
        await harness.member(5)
        await harness.turn()
        assert [gate.state for gate in await harness.store.gates.of_guild(GUILD)] == [GateState.PARKED]
        harness.discord.servers[GUILD].own_powers = frozenset({"manage_roles"})
        await corrected(harness)
        await harness.pass_time(timedelta(hours=2))
        assert harness.holders() == [1, 2, 3, 4, 5]


@CORRECTIONS
async def test_a_true_sale_is_seen_within_the_usual_time_after_the_clock_was_set_back(corrected: Corrected) -> None:
    async with open_sync() as harness:
        await an_hour_tomorrow(harness)
        harness.sell(1)
        await harness.pass_time(2 * TEN_MINUTES)  # misses of tomorrow
        await corrected(harness)
        await harness.pass_time(TEN_MINUTES)
        assert harness.holders() == [1, 2, 3, 4]
        await harness.pass_time(2 * AN_HOUR)
        assert harness.holders() == [2, 3, 4]


@CORRECTIONS
async def test_a_server_that_was_left_tomorrow_is_entered_again_today(corrected: Corrected) -> None:
    async with open_sync() as harness:
        await an_hour_tomorrow(harness)
        await harness.sync.left(GUILD)
        await corrected(harness)
        await harness.sync.in_servers([GUILD])  # as Discord says at every connection
        await harness.turn()
        held = await harness.rows("SELECT cause, since FROM role_holds")
        assert [cause for cause, _ in held] == [Cause.INVITED_AGAIN.value]
        await harness.pass_time(2 * TEN_MINUTES)
        assert (await harness.sync.status(GUILD)).holds == []


@CORRECTIONS
async def test_nothing_is_dated_in_the_future_afterwards_but_what_is_planned(corrected: Corrected) -> None:
    async with open_sync() as harness:
        await an_hour_tomorrow(harness)
        harness.sell(1)
        await harness.pass_time(TEN_MINUTES)
        await harness.sync.discard(GUILD, by=9)
        await harness.rows("UPDATE sync_members SET warned_proof = ?", [int(harness.now.timestamp())])
        await corrected(harness)
        await harness.turn()
        now = int(harness.now.timestamp())
        for table, columns in (
            ("sync_accounts", ("due - 900", "leased_until", "emptied_at", "failed_at", "read_at")),
            ("sync_held", ("first_at", "last_at", "gone_at", "tokens_at")),
            ("sync_levels", ("at", "before_at")),
            ("sync_members", ("due", "retry_at", "drift_due - 21600", "judged_at", "seen_at", "warned_proof")),
            ("sync_guilds", ("drift_due - 21600", "search_due - 86400", "counted_at")),
            ("role_misses", ("first_at", "last_at", "warned_at", "approved_at", "excused_until - 86400")),
            ("proofs", ("first_proven_at",)),
            ("role_grants", ("granted_at", "repaired_at")),
            ("sync_changes", ("at",)),
        ):
            for column in columns:
                [(latest,)] = await harness.rows(f"SELECT max({column}) FROM {table}")  # noqa: S608 - names from above
                assert (latest or 0) <= now, (table, column, latest - now)


A_YEAR = timedelta(days=365)
_VOUCH = """
    INSERT INTO vouches (guild_id, owner, user_id, account, asked_at, confirmed_at, notified)
    VALUES (?, ?, ?, ?, ?, ?, 1)
"""


async def stopped_and_set_back_a_year(harness: SyncHarness) -> None:
    """The bot is stopped, the clock corrected, and the bot started."""
    await harness.sync.close()
    harness.now -= A_YEAR
    harness.start()
    await harness.turn()


@pytest.mark.parametrize("act", ["discard", "undo"])
async def test_what_an_admin_excused_next_year_is_excused_for_a_day_and_no_longer(act: str) -> None:
    async with open_sync() as harness:
        harness.now += A_YEAR
        harness.start()
        await harness.gate()
        await harness.members(30)
        await harness.turn()
        harness.sell(1, 2, 3)
        if act == "undo":
            await harness.pass_time(AN_HOUR)
            (run, *_) = await harness.sync.runs(GUILD, to_undo=True)
            assert await harness.sync.undo(GUILD, run.run_id, by=9) == UndoneRun(3)
        else:
            await harness.sync.hold(GUILD, by=9)
            await harness.pass_time(TEN_MINUTES)
            assert await harness.sync.discard(GUILD, by=9) == 3
            await harness.sync.release(GUILD, by=9)
        await stopped_and_set_back_a_year(harness)
        await harness.pass_time(A_DAY - TEN_MINUTES, step=AN_HOUR)
        assert len(harness.holders()) == 30
        await harness.pass_time(3 * AN_HOUR)
        assert len(harness.holders()) == 27


async def test_a_sensitive_role_waits_for_a_day_and_not_for_the_year_that_the_clock_was_ahead() -> None:
    async with open_sync() as harness:
        harness.vouching = True
        harness.now += A_YEAR
        harness.start()
        await harness.gate(is_sensitive=True)
        await harness.members(2)
        await harness.rows("DELETE FROM proofs WHERE user_id = ?", [user(2)])
        vouched = [GUILD, f"0x{2:040x}", user(2), str(account_of(2))]
        await harness.rows(_VOUCH, [*vouched, *[int(harness.now.timestamp())] * 2])
        await harness.turn()
        await stopped_and_set_back_a_year(harness)
        await harness.pass_time(A_DAY - AN_HOUR, step=AN_HOUR)
        assert harness.holders() == []
        await harness.pass_time(2 * AN_HOUR)
        assert harness.holders() == [1, 2]


async def test_a_clock_that_is_behind_for_a_while_makes_no_proof_too_old() -> None:
    """As of a small computer whose clock has no battery: it begins in some other year."""
    rule = ProvenWithin(timedelta(days=30))
    async with open_sync() as harness:
        harness.vouching = True
        harness.start()
        await harness.gate(rule)
        await harness.members(2)
        await harness.rows("DELETE FROM proofs WHERE user_id = ?", [user(2)])
        vouched = [GUILD, f"0x{2:040x}", user(2), str(account_of(2))]
        await harness.rows(_VOUCH, [*vouched, *[int(harness.now.timestamp())] * 2])
        await harness.turn()
        assert harness.holders() == [1, 2]
        await stopped_and_set_back_a_year(harness)
        await harness.pass_time(AN_HOUR)
        await harness.sync.close()
        harness.now += A_YEAR
        harness.start()
        await harness.pass_time(A_DAY, step=AN_HOUR)
        assert harness.holders() == [1, 2]


async def test_a_snapshot_and_a_delivery_that_were_planned_for_next_year_are_made_now() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.turn()
        at = int((harness.now + A_YEAR).timestamp())
        schedule = "INSERT INTO snapshot_schedules (guild_id, rule, weight, minimum, every, retain, first_at, next_at) "
        await harness.rows(f"{schedule} VALUES (?, '254', 'kinds', 1, 'week', 3, ?, ?)", [GUILD, at, at])
        endpoint = "INSERT INTO webhook_endpoints (guild_id, url, salt, cursor, created_at, due, failing_since) "
        await harness.rows(f"{endpoint} VALUES (?, 'https://tools.example/hook', x'00', 0, 1, ?, ?)", [GUILD, at, at])
        await harness.sync.close()
        harness.start()
        await harness.turn()
        now = int(harness.now.timestamp())
        endpoints = await harness.rows("SELECT due, failing_since FROM webhook_endpoints")
        assert endpoints == [(now, now)]
        [(first_at, next_at)] = await harness.rows("SELECT first_at, next_at FROM snapshot_schedules")
        assert first_at <= now
        assert next_at <= now


async def test_what_was_read_tomorrow_says_nothing_about_tomorrow() -> None:
    """Nobody can know how old it is; when that day comes it must not count as new."""
    async with open_sync() as harness:
        await an_hour_tomorrow(harness)
        await set_back(harness)
        harness.source.is_down = True
        await harness.turn()
        await harness.pass_time(A_DAY, step=AN_HOUR)
        report = await harness.sync.explain(GUILD, user(1))
        assert all(account.facts.otherwise.kinds.high is None for account in report.accounts)


@pytest.mark.parametrize("jump", [A_DAY, -A_DAY], ids=["ahead", "back"])
async def test_what_was_taken_within_a_day_is_counted_after_the_clock_was_set(jump: timedelta) -> None:
    async with open_sync() as harness:
        await harness.gate()
        for number in range(1, 21):
            await harness.member(number)
            harness.source.held[account_of(number)] |= {MOSAIC: 1}  # so that no account is empty
        await harness.turn()
        for sold in ((1, 2, 3), (4, 5)):
            for number in sold:
                del harness.source.held[account_of(number)][HARBOUR]
            await harness.pass_time(2 * AN_HOUR)
        assert len(harness.holders()) == 15  # as many as are taken in a day without a person
        harness.now += jump
        await harness.turn()
        del harness.source.held[account_of(6)][HARBOUR]
        await harness.pass_time(4 * AN_HOUR)
        assert harness.has(6)
        (opened,) = await harness.store.sync.holds.open(GUILD)
        assert opened.hold.cause is Cause.TOO_MANY_IN_A_DAY
        await harness.pass_time(A_DAY)
        assert not harness.has(6)


async def test_what_a_source_took_back_within_a_day_is_counted_after_the_clock_was_set_ahead() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(20)
        await harness.turn()
        harness.sell(1, 2)
        await harness.turn()
        await harness.pass_time(TEN_MINUTES)
        readings = harness.store.readings
        before = (
            await readings.source_census("loopring", harness.now),
            await readings.collection_census(HARBOUR, harness.now),
        )
        assert (before[0].emptied, before[0].lately, before[1].gone) == (2, 2, 2)
        harness.now += 2 * A_DAY
        await harness.turn()
        after = (
            await readings.source_census("loopring", harness.now),
            await readings.collection_census(HARBOUR, harness.now),
        )
        assert after == before


async def test_an_hour_of_empty_answers_in_which_the_clock_was_set_costs_nobody_a_role() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(2)
        await harness.turn()
        harness.source.is_empty = True
        await harness.turn()
        harness.now += A_DAY
        await harness.pass_time(AN_HOUR)
        harness.source.is_empty = False
        await harness.pass_time(A_DAY)
        assert harness.holders() == [1, 2]
