"""Data that were deleted while Discord was asked for something: what becomes of that is written nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.gates.gate import GateDraft
from bot.gates.rule import CollectionRef, Holds
from bot.links import NotificationKind
from bot.roles.grants import Grant, GrantState, Misses
from bot.roles.plan import Act
from bot.store.rows import to_account
from bot.store.sync.ledger_table import Intent
from bot.store.sync.miss_table import JudgedMisses
from tests.linking.harness import ANN, BEN, CLEO, GUILD, JOINED, LinkingHarness, owner_of

HERS = "loopring:10001"
ROLE = 7


async def rows_of(harness: LinkingHarness, user_id: int) -> dict[str, list[tuple[object, ...]]]:
    """Every row with somebody's id, by table."""
    tables = [row[0] for row in await harness.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {}
    for table in tables:
        rows = [row for row in await harness.rows(f"SELECT * FROM {table}") if user_id in row]  # noqa: S608 - names from the schema
        if rows:
            found[table] = rows
    return found


async def contested(harness: LinkingHarness) -> None:
    """Ann holds an address, and Ben claims it."""
    await harness.prove(ANN, HERS, "hers")
    await harness.prove(BEN, HERS, "hers")


@pytest.mark.parametrize("refused", [False, True])
async def test_a_direct_message_that_was_on_its_way_leaves_nothing(harness: LinkingHarness, *, refused: bool) -> None:
    await contested(harness)
    [message] = [each for each in await harness.notifications.messages() if each[0].user_id == ANN]
    await harness.delete(ANN)
    for each in message:
        await harness.notifications.mark_notified(each, by_message=not refused, refused=refused)
    assert await rows_of(harness, ANN) == {}
    exported = await harness.export(ANN)
    assert {part for part, rows in exported.items() if rows and isinstance(rows, list)} == {"audit"}


async def test_a_direct_message_about_a_contest_that_ended_meanwhile_still_counts(harness: LinkingHarness) -> None:
    """About one address there is one in a day."""
    await contested(harness)
    [message] = [each for each in await harness.notifications.messages() if each[0].user_id == ANN]
    await harness.prove(ANN, HERS, "hers")
    for each in message:
        await harness.notifications.mark_notified(each, by_message=True)
    assert [kind.value for kind in await harness.pending_kinds(ANN)] == [NotificationKind.KEPT.value]
    assert [each for each in await harness.notifications.messages() if each[0].user_id == ANN] == []
    harness.pass_time(timedelta(days=1, seconds=1))
    assert [each for each in await harness.notifications.messages() if each[0].user_id == ANN]


async def test_a_notification_that_is_gone_takes_none_of_another_member(harness: LinkingHarness) -> None:
    """Its number may be given again."""
    await contested(harness)
    [message] = [each for each in await harness.notifications.messages() if each[0].user_id == ANN]
    await harness.delete(ANN)
    await harness.rows("DELETE FROM notices")
    await harness.prove(CLEO, "loopring:10003", "cleos")
    await harness.prove(BEN, "loopring:10003", "cleos")
    [cleos] = await harness.notifications.pending(CLEO)
    assert cleos.notification_id == message[0].notification_id
    await harness.notifications.mark_notified(message[0], by_message=True)
    assert await harness.notifications.pending(CLEO) == [cleos]


async def test_a_role_that_was_being_given_is_owed_and_nothing_else_is_left(harness: LinkingHarness) -> None:
    draft = GateDraft(role_id=ROLE, rule=Holds(CollectionRef("loopring", "254")))
    gate = await harness.store.gates.add(GUILD, draft, BEN, harness.now)
    assert gate
    now, sync = harness.now, harness.store.sync
    await harness.prove(ANN, HERS, "hers")
    await sync.members.seen(GUILD, ANN, JOINED, now, now)
    run_id = await sync.runs.begin(GUILD, now)
    intent = Intent(GUILD, ANN, ROLE, gate.gate_id, run_id, Act.ADD, f"{ANN} holds 1", is_counted=False, at=now)
    await sync.ledger.begin(intent)
    await harness.delete(ANN)
    await sync.ledger.done(intent)
    misses = JudgedMisses(ROLE, Misses(1, now, now), "rule", "why", warns_until=now)
    found = Grant(GUILD, ANN, ROLE, gate.gate_id, GrantState.FOUND, now)
    await sync.misses.replace(GUILD, ANN, {gate.gate_id: misses}, [found], now)
    assert set(await rows_of(harness, ANN)) == {"owed_roles"}  # which Discord takes, and then it is gone
    assert await harness.rows("SELECT act, user_id, reason FROM sync_changes") == [("add", None, "")]


async def test_an_account_that_another_press_unlinked_stops_no_deletion(harness: LinkingHarness) -> None:
    await harness.prove(ANN, HERS, "hers")
    await harness.name(ANN, "loopring:10002", "another")
    for account in (HERS, HERS, "loopring:10002"):
        await harness.accounts.remove_any(ANN, to_account(account))
    assert await harness.listed(ANN) == {}
    assert await harness.store.links.holder(owner_of("hers")) is None
