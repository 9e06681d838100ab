"""What a server has set, and which accounts members keep out of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database

from bot.errors import InputError
from bot.gates.gate import GuildSettings
from bot.gates.rule import CollectionRef
from bot.holdings import Account
from bot.links import MAX_LINKS, Link
from bot.messages import Message
from bot.store import Store
from bot.store.pseudonyms import pseudonyms

NOW = datetime(2026, 11, 26, tzinfo=UTC)
HERE, THERE = 910_000_000_000_000_000, 910_000_000_000_000_001
ADA, ANN, BEN = 1, 2, 3
VAULT = Account("loopring", "10001")
OWNER = "0x" + "ab" * 20
EVERYTHING = GuildSettings(
    log_channel_id=5,
    grace=timedelta(hours=48),
    protected_members=frozenset({ANN, BEN}),
    protected_roles=frozenset({70, 71}),
    admin_role_id=72,
    excluded_accounts=frozenset({VAULT, Account("eip155:1", OWNER)}),
    excluded_collections=frozenset({CollectionRef("loopring", "254"), CollectionRef("eip155:1", OWNER)}),
    cool_down=timedelta(hours=3),
    shows_requirements=False,
)
_REFUSED = Message("no")


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """In memory."""
    store = await Store.open(None)
    yield store
    await store.close()


async def test_a_server_that_has_set_nothing_has_what_the_operator_set(store: Store) -> None:
    assert await store.guild_settings.of(HERE) == GuildSettings()
    default = GuildSettings(grace=timedelta(hours=9))
    assert await store.guild_settings.of(HERE, default) == default


async def test_what_a_server_left_as_it_was_follows_the_operators_defaults(store: Store) -> None:
    earlier, later = GuildSettings(grace=timedelta(hours=9)), GuildSettings(grace=timedelta(hours=2))
    await store.guild_settings.change(HERE, lambda now: replace(now, log_channel_id=5), ADA, NOW, earlier)
    assert await store.guild_settings.of(HERE, later) == replace(later, log_channel_id=5)


async def test_everything_that_is_saved_is_read_again_in_that_server_alone(store: Store) -> None:
    await store.guild_settings.save(HERE, EVERYTHING, ADA, NOW)
    assert await store.guild_settings.of(HERE) == EVERYTHING
    assert await store.guild_settings.of(THERE) == GuildSettings()


async def test_who_is_no_longer_protected_is_not_and_may_be_again(store: Store) -> None:
    for members in ({ANN, BEN}, {BEN}, {ANN}):
        wanted = GuildSettings(protected_members=frozenset(members))
        await store.guild_settings.save(HERE, wanted, ADA, NOW)
        assert (await store.guild_settings.of(HERE)).protected_members == members


async def test_a_change_that_is_refused_changes_nothing(store: Store) -> None:
    await store.guild_settings.save(HERE, EVERYTHING, ADA, NOW)

    def refuse(_: GuildSettings) -> GuildSettings:
        raise InputError(_REFUSED)

    with pytest.raises(InputError):
        await store.guild_settings.change(HERE, refuse, ADA, NOW)
    assert await store.guild_settings.of(HERE) == EVERYTHING


async def test_every_change_is_in_the_history_and_can_be_taken_back(store: Store) -> None:
    await store.guild_settings.save(HERE, EVERYTHING, ADA, NOW)
    version = await store.gates.version(HERE)
    shorter = replace(EVERYTHING, grace=timedelta(hours=1), protected_members=frozenset({BEN}))
    await store.guild_settings.save(HERE, shorter, BEN, NOW)
    assert await store.gates.version(HERE) == version + 1
    latest, first_one = await store.gates.history(HERE)
    assert (latest.by, latest.verb, latest.changed_at) == (BEN, "set", NOW)
    assert first_one.by == ADA
    assert latest.before["setting grace_seconds"] == 48 * 3600
    assert latest.after["setting grace_seconds"] == 3600
    assert await store.gates.take_back(HERE, latest.change_id, ADA, NOW)
    assert await store.guild_settings.of(HERE) == EVERYTHING


async def test_what_changes_nothing_is_no_change(store: Store) -> None:
    await store.guild_settings.save(HERE, EVERYTHING, ADA, NOW)
    await store.guild_settings.save(HERE, EVERYTHING, BEN, NOW)
    assert len(await store.gates.history(HERE)) == 1


async def test_a_server_that_is_forgotten_has_set_nothing(store: Store) -> None:
    for guild_id in (HERE, THERE):
        await store.guild_settings.save(guild_id, EVERYTHING, ADA, NOW)
    await store.guild_settings.forget_guild(HERE)
    assert await store.guild_settings.of(HERE) == GuildSettings()
    assert await store.guild_settings.of(THERE) == EVERYTHING


async def link(store: Store, user_id: int) -> None:
    """Let a member name the account."""
    await store.links.add(user_id, Link(VAULT, OWNER, "", is_main=False, linked_at=NOW), limit=MAX_LINKS)


async def test_an_account_is_kept_out_of_one_server_by_one_member(store: Store) -> None:
    await link(store, ANN)
    await link(store, BEN)
    assert await store.keep_outs.start(ANN, HERE, VAULT)
    assert await store.keep_outs.start(ANN, HERE, VAULT)  # again: as before
    assert await store.keep_outs.of(ANN, HERE) == {VAULT}
    assert await store.keep_outs.of(ANN, THERE) == await store.keep_outs.of(BEN, HERE) == frozenset()
    await store.keep_outs.end(ANN, HERE, VAULT)
    assert await store.keep_outs.of(ANN, HERE) == frozenset()


async def test_an_account_that_is_not_linked_is_not_kept_out(store: Store) -> None:
    assert not await store.keep_outs.start(ANN, HERE, VAULT)
    assert await store.keep_outs.of(ANN, HERE) == frozenset()


async def test_what_is_kept_out_goes_with_its_link_and_with_its_server(store: Store) -> None:
    for guild_id in (HERE, THERE):
        await link(store, ANN)
        await store.keep_outs.start(ANN, guild_id, VAULT)
    await store.keep_outs.forget_guild(HERE)
    assert await store.keep_outs.of(ANN, HERE) == frozenset()
    assert await store.keep_outs.of(ANN, THERE) == {VAULT}
    await store.links.remove(ANN, VAULT, NOW, pseudonyms("token"), refused_until=NOW)
    assert await store.keep_outs.of(ANN, THERE) == frozenset()


async def test_no_query_reads_a_whole_table(store: Store) -> None:
    asked: list[str] = []
    await store.writer.run(lambda db: db.conn.set_trace_callback(asked.append))
    await store.guild_settings.save(HERE, EVERYTHING, ADA, NOW)
    await store.guild_settings.of(HERE)
    await link(store, ANN)
    await store.keep_outs.start(ANN, HERE, VAULT)
    await store.keep_outs.of(ANN, HERE)
    await store.keep_outs.end(ANN, HERE, VAULT)
    await store.keep_outs.forget_guild(HERE)
    await store.guild_settings.forget_guild(HERE)
    await store.writer.run(lambda db: db.conn.set_trace_callback(None))
    ours = [sql for sql in asked if any(table in sql for table in ("guild_settings", "protected_", "keep_outs"))]
    assert len(ours) > 8

    def plan(db: Database) -> list[str]:
        return [row[-1] for sql in ours for row in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]

    assert [step for step in await store.writer.run(plan) if step.startswith("SCAN")] == []
