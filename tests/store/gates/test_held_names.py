"""Names of collections that a server's members hold, for suggestions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlite_utils import Database

from bot.gates.rule import CollectionRef
from bot.store import Store
from bot.store.gates.held_names import held_names
from tests.store.gates.holders import (
    BEGAN,
    DAY,
    ELSEWHERE,
    HERE,
    READ_AT,
    add_collection,
    add_member,
    fill,
    hold,
    link,
    prove,
    vouch,
)

LIGHTS = [(CollectionRef("loopring", "254"), "Harbour Lights")]


async def test_what_members_of_a_server_hold_now_is_named_the_most_held_first(store: Store) -> None:
    await store.writer.transaction(fill)
    assert await held_names(store.reader, HERE) == [*LIGHTS, (CollectionRef("loopring", "255"), "Tiny Boats")]
    assert await held_names(store.reader, ELSEWHERE) == [(CollectionRef("loopring", "257"), "Far away")]


async def test_what_counts_by_a_vouch_is_named_in_its_server_alone(store: Store) -> None:
    def work(db: Database) -> None:
        add_collection(db, 1, "Harbour Lights")
        for guild_id in (HERE, ELSEWHERE):
            add_member(db, 1, guild_id)
        vouch(db, 1, HERE)
        hold(db, 1, 1)

    await store.writer.transaction(work)
    assert await held_names(store.reader, HERE) == LIGHTS
    assert await held_names(store.reader, ELSEWHERE) == []


async def test_what_is_proven_and_vouched_for_too_counts_once(store: Store) -> None:
    def work(db: Database) -> None:
        fill(db)
        vouch(db, 2, HERE)
        prove(db, 5)
        add_member(db, 5, HERE)
        hold(db, 5, 3)
        hold(db, 1, 3)
        hold(db, 2, 4)  # twice, if its vouch counted besides its signature

    await store.writer.transaction(work)
    assert [name for _, name in await held_names(store.reader, HERE)] == [
        "Harbour Lights",
        "Gone with them",
        "Tiny Boats",
        "Far away",
    ]


def not_confirmed(db: Database) -> None:
    """A vouch that its member has not answered yet."""
    vouch(db, 1, HERE, is_confirmed=False)


def from_before(db: Database) -> None:
    """A vouch from before they left and joined again."""
    vouch(db, 1, HERE, asked_at=BEGAN - 1)


def only_linked(db: Database) -> None:
    """An account that is linked and not proven."""
    link(db, 1)


def kept_out(db: Database) -> None:
    """An account that its member keeps out of this server."""
    prove(db, 1)
    db.execute("INSERT INTO keep_outs (user_id, guild_id, account) VALUES (1, ?, 'loopring:1')", [HERE])


def signed_by_another(db: Database) -> None:
    """A vouch for an account that somebody else, elsewhere, has signed for since."""
    vouch(db, 1, HERE)
    sign_elsewhere(db)


def linked_and_signed_by_another(db: Database) -> None:
    """An account that is linked here, and proven by somebody else elsewhere."""
    link(db, 1)
    sign_elsewhere(db)


def sign_elsewhere(db: Database) -> None:
    """A member of the other server signs for the address of the member of this one."""
    prove(db, 4)
    db.execute("UPDATE proofs SET owner = (SELECT owner FROM vouches LIMIT 1)")


@pytest.mark.parametrize(
    "change",
    [not_confirmed, from_before, only_linked, kept_out, signed_by_another, linked_and_signed_by_another],
)
async def test_what_does_not_count_in_a_server_is_not_named_there_though_it_is_read_for_another_one(
    store: Store, change: Callable[[Database], None]
) -> None:
    def work(db: Database) -> None:
        add_collection(db, 1, "Harbour Lights")
        add_member(db, 1, HERE)
        vouch(db, 1, ELSEWHERE)
        change(db)
        hold(db, 1, 1)

    await store.writer.transaction(work)
    assert await held_names(store.reader, HERE) == []


async def test_names_do_not_vanish_while_a_source_is_blank(store: Store) -> None:
    def work(db: Database) -> None:
        fill(db)
        db.execute("UPDATE sync_held SET kinds = 0, gone_at = ? WHERE gone_at IS NULL", [READ_AT - DAY + 1])

    await store.writer.transaction(work)
    assert [name for _, name in await held_names(store.reader, HERE)] == ["Harbour Lights", "Tiny Boats"]


async def test_it_is_found_without_reading_a_whole_table(store: Store) -> None:
    asked: list[str] = []
    await store.writer.run(lambda db: db.conn.set_trace_callback(asked.append))
    await held_names(store.reader, HERE)
    await store.writer.run(lambda db: db.conn.set_trace_callback(None))
    [sql] = [sql for sql in asked if "SELECT" in sql]
    plan = await store.writer.run(lambda db: [row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()])
    assert plan
    assert [step for step in plan if step.startswith("SCAN")] == ["SCAN theirs"]  # what was found first: no table
