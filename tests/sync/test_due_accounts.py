"""Which accounts are read, in which order, by whom; and how they stand all together."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.gates.facts import Level, Token
from bot.gates.rule import CollectionRef
from bot.holdings import LOOPRING, Account
from bot.roles.safety import CollectionCensus, SourceCensus
from bot.store import Store
from bot.store.schema import MIGRATIONS
from bot.store.sync.observation_writer import MOST_LEVELS
from bot.store.sync.observations import ReadAccount, ReadTokens, Retention
from tests.linking.harness import ANN, BEN, CLEO, GUILD, MOD, LinkingHarness, open_linking, owner_of
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient
from tests.sync.reading_harness import ADA, INTERVAL, WHALE, ReadingHarness, open_readings

RETENTION = Retention(timedelta(minutes=30), timedelta(days=366))
TIME = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@pytest.fixture
async def reading() -> AsyncIterator[ReadingHarness]:
    """Readings of no source."""
    async with open_readings() as harness:
        yield harness


async def save(reading: ReadingHarness, account: Account, **kinds: int) -> None:
    """Let an account have been read now: `c254=3`."""
    refs = {CollectionRef(account.network, name[1:]): count for name, count in kinds.items()}
    now = reading.linking.now
    read = ReadAccount(account, now, is_whole=True, kinds=refs)
    await reading.linking.store.readings.save(read, now, RETENTION, next_at=now + INTERVAL)


# ---------------------------------------------------------------- the set of accounts


async def test_accounts_are_read_from_their_proof_until_nobody_has_them(reading: ReadingHarness) -> None:
    linking = reading.linking
    await linking.name(ANN, str(WHALE), "10005")
    assert await reading.accounts() == []
    await reading.own()
    assert await reading.accounts() == [str(ADA)]
    await linking.accounts.remove(ANN, ADA)
    assert await reading.accounts() == []
    assert await reading.rows("SELECT 1 FROM sync_held") == []


async def test_an_account_of_two_members_is_one_and_stays_until_the_last_of_them_is_gone(
    reading: ReadingHarness,
) -> None:
    await reading.own()
    await save(reading, ADA, c254=3)
    await reading.linking.vouch(BEN, str(ADA), owner_of("10001"))
    assert await reading.accounts() == [str(ADA)]
    await reading.linking.delete(ANN)
    assert await reading.accounts() == [str(ADA)]
    assert len(await reading.rows("SELECT 1 FROM sync_held")) == 1
    await reading.linking.delete(BEN)
    assert await reading.accounts() == []
    for table in ("sync_held", "sync_levels"):
        assert await reading.rows(f"SELECT 1 FROM {table}") == []  # noqa: S608 - names from above


async def test_the_export_has_what_was_read_of_a_members_accounts_and_of_nobody_elses(reading: ReadingHarness) -> None:
    await reading.own()
    await reading.own(WHALE, BEN)
    await reading.linking.name(ANN, str(WHALE), "10005")  # which tells her nothing about its holder
    await save(reading, ADA, c254=3)
    await save(reading, WHALE, c254=1, c300=1)
    export = await reading.linking.export(ANN)
    assert [(row["account"], row["collection_id"], row["kinds"], row["read_at"]) for row in export["holdings"]] == [
        (str(ADA), "254", 3, reading.linking.now.isoformat())
    ]


async def test_a_vouch_counts_from_its_confirmation_until_it_is_withdrawn(reading: ReadingHarness) -> None:
    linking = reading.linking
    assert await linking.ask(CLEO, str(ADA), owner_of("10001"))
    assert await reading.accounts() == []
    await linking.vouch(BEN, str(WHALE), owner_of("10005"))
    assert await reading.accounts() == [str(WHALE)]
    await linking.store.vouches.withdraw(GUILD, BEN, WHALE, linking.now, linking.pseudonym, MOD)
    assert await reading.accounts() == []
    await linking.vouch(BEN, str(WHALE), owner_of("10005"))
    await linking.store.vouches.forget_guild(GUILD)
    assert await reading.accounts() == []


COUNTS = """
    SELECT account FROM links JOIN proofs USING (owner, user_id)
    WHERE method = 'eoa' OR account GLOB 'loopring:*' OR account GLOB 'eip155:1:*'
    UNION SELECT account FROM vouches WHERE confirmed_at IS NOT NULL
"""
A, B = owner_of("a"), owner_of("b")
# What any part of the bot may do, and more; @A and @B are addresses.
CHANGES = (
    "INSERT OR IGNORE INTO links (user_id, account, owner, linked_at) VALUES (1, 'loopring:1', '@A', 1)",
    "INSERT OR REPLACE INTO links (user_id, account, owner, linked_at) VALUES (2, 'loopring:1', '@A', 1)",
    "INSERT OR REPLACE INTO links (user_id, account, owner, linked_at) VALUES (1, 'eip155:10:@A', '@A', 1)",
    "INSERT INTO proofs (owner, user_id, method, proven_at) VALUES ('@A', 1, 'eoa', 1) ON CONFLICT DO NOTHING",
    "INSERT OR REPLACE INTO proofs (owner, user_id, method, proven_at) VALUES ('@A', 2, '1271', 1)",
    "UPDATE proofs SET user_id = 3 - user_id WHERE owner = '@A'",
    "UPDATE proofs SET method = CASE method WHEN 'eoa' THEN '1271' ELSE 'eoa' END",
    "UPDATE links SET owner = CASE owner WHEN '@A' THEN '@B' ELSE '@A' END",
    "UPDATE OR IGNORE proofs SET owner = '@B'",
    "DELETE FROM proofs",
    "DELETE FROM links WHERE user_id = 1",
    "REPLACE INTO vouches (guild_id, owner, user_id, account, asked_at) VALUES (9, '@A', 3, 'loopring:2', 1)",
    "UPDATE vouches SET confirmed_at = 5",
    "UPDATE vouches SET confirmed_at = NULL",
    "UPDATE OR REPLACE vouches SET account = 'loopring:1'",
    "DELETE FROM vouches",
)


def change(db: Database, number: int) -> None:
    """Make one of the changes."""
    db.execute(CHANGES[number].replace("@A", A).replace("@B", B))


def test_whatever_changes_links_proofs_and_vouches_the_set_of_accounts_is_equal_to_those_that_count() -> None:
    with Database(memory=True) as db:
        MIGRATIONS.apply(db)
        db.execute("PRAGMA foreign_keys=ON")
        seen = set()
        for one, other, third in itertools.product(range(len(CHANGES)), repeat=3):
            for number in (one, other, third):
                change(db, number)
                expected = db.execute(f"{COUNTS} ORDER BY 1").fetchall()
                assert db.execute("SELECT account FROM sync_accounts ORDER BY 1").fetchall() == expected, CHANGES[
                    number
                ]
                seen.add(len(expected))
        networks = {"loopring:1": "loopring", f"eip155:10:{A}": "eip155:10"}
        for account, network in db.execute("SELECT account, network FROM sync_accounts").fetchall():
            assert networks.get(account, LOOPRING) == network
        assert seen >= {0, 1, 2}


async def test_a_store_of_before_begins_with_all_accounts_that_count(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    db = Database(path)
    MIGRATIONS.apply(db, stop_before="m010_readings")
    for number in (0, 2, 3, 11, 12):
        change(db, number)
    db.conn.commit()
    db.close()
    store = await Store.open(path)
    found = await store.readings.lease("eip155:10", "x", TIME, until=TIME, limit=9)
    assert [str(account) for account in found] == [f"eip155:10:{A}"]
    found = await store.readings.lease(LOOPRING, "x", TIME, until=TIME, limit=9)
    assert sorted(map(str, found)) == ["loopring:1", "loopring:2"]
    await store.close()


# ---------------------------------------------------------------- due, leased, failed


async def owned(reading: ReadingHarness, count: int) -> list[Account]:
    """Accounts that count."""
    accounts = [Account(LOOPRING, str(20_000 + number)) for number in range(count)]
    for account in accounts:
        await reading.linking.vouch(
            BEN + int(account.account_id), str(account), owner_of("10001"), guild_id=int(account.account_id)
        )
    return accounts


async def test_the_account_that_has_waited_longest_is_first_and_each_is_leased_once(reading: ReadingHarness) -> None:
    store, accounts = reading.linking.store.readings, await owned(reading, 4)
    for account in reversed(accounts[1:]):
        await save(reading, account)
        reading.pass_time(timedelta(minutes=1))
    now = reading.linking.now
    assert await store.next_due([LOOPRING, "eip155:1"]) == datetime.fromtimestamp(0, UTC)
    assert await store.next_due(["eip155:1"]) is None
    until = now + timedelta(minutes=5)
    assert await store.lease(LOOPRING, "a", now, until=until, limit=9) == accounts[:1]
    assert await store.lease(LOOPRING, "b", now, until=until, limit=9) == []
    reading.pass_time(INTERVAL)
    now = reading.linking.now
    until = now + timedelta(minutes=5)
    assert await store.lease(LOOPRING, "b", now, until=until, limit=3) == [accounts[0], accounts[3], accounts[2]]
    assert await store.lease(LOOPRING, "c", now, until=until, limit=3) == accounts[1:2]
    await store.release("c", accounts)
    assert await store.lease(LOOPRING, "d", now, until=until, limit=3) == accounts[1:2]
    await store.set_due(accounts, now)
    assert await store.lease(LOOPRING, "e", until, until=until + INTERVAL, limit=9) == [*accounts[:1], *accounts[:0:-1]]


async def test_since_when_nothing_was_read_is_known_of_each_network(sandbox: SandboxClient) -> None:
    async with open_source(sandbox) as source, open_readings(source) as reading:
        await reading.own()
        await reading.own(WHALE, BEN)
        await reading.read()
        store, start = reading.linking.store.readings, reading.linking.now
        assert await store.failing_since(LOOPRING) is None
        await sandbox.fault("error", code=102003, message="invalid account id", times=2)
        for account in (ADA, WHALE):
            reading.pass_time()
            await reading.read(account)
        assert await store.failing_since(LOOPRING) == start + INTERVAL
        await reading.read()
        assert await store.failing_since(LOOPRING) is None


# ---------------------------------------------------------------- the census


async def test_the_census_counts_who_held_a_day_ago_and_holds_nothing_now(reading: ReadingHarness) -> None:
    store, accounts = reading.linking.store.readings, await owned(reading, 5)
    harbour = CollectionRef(LOOPRING, "254")
    for account in accounts[:4]:
        await save(reading, account, c254=2, c300=1)
    await save(reading, accounts[4])
    now = reading.linking.now
    assert await store.source_census(LOOPRING, now) == SourceCensus(accounts=4, emptied=0, lately=0)
    reading.pass_time()
    await save(reading, accounts[0])
    await save(reading, accounts[1], c300=1)
    now = reading.linking.now
    assert await store.source_census(LOOPRING, now) == SourceCensus(accounts=4, emptied=1, lately=1)
    assert await store.collection_census(harbour, now) == CollectionCensus(holders=4, gone=2)
    assert await store.collection_census(CollectionRef(LOOPRING, "1"), now) == CollectionCensus(holders=0, gone=0)
    later = now + timedelta(hours=2)
    assert await store.source_census(LOOPRING, later) == SourceCensus(accounts=4, emptied=1, lately=0)
    later = now + timedelta(days=1)
    assert await store.source_census(LOOPRING, later) == SourceCensus(accounts=3, emptied=0, lately=0)
    assert await store.collection_census(harbour, later) == CollectionCensus(holders=2, gone=0)
    assert (await store.account_count(LOOPRING), await store.unread_count(LOOPRING)) == (5, 0)
    assert await store.oldest_reading(LOOPRING) == now - INTERVAL


# ---------------------------------------------------------------- history is bounded


async def test_history_that_no_rule_asks_for_is_pruned_to_one_and_bounded_in_number(reading: ReadingHarness) -> None:
    [account] = await owned(reading, 1)
    for number in range(MOST_LEVELS + 20):
        await save(reading, account, c254=1 + number % 2)
        reading.pass_time(timedelta(minutes=1))
    assert await reading.rows("SELECT count(*) FROM sync_levels") == [(MOST_LEVELS,)]
    reading.pass_time(timedelta(days=400))
    await save(reading, account, c254=7)
    levels = await reading.rows("SELECT kinds FROM sync_levels ORDER BY at")
    assert levels == [(None,), (7,)]


async def test_a_level_counts_the_readings_that_saw_it_and_copies_only_where_they_were_read(
    reading: ReadingHarness,
) -> None:
    [account] = await owned(reading, 1)
    harbour, start = CollectionRef(LOOPRING, "254"), reading.linking.now

    async def read(copies: int | None) -> None:
        now = reading.linking.now
        tokens = {} if copies is None else {harbour: ReadTokens(now, {1: Token(copies)}, copies, is_whole=True)}
        its = ReadAccount(account, now, is_whole=True, kinds={harbour: 1}, asked=frozenset({harbour}), tokens=tokens)
        await reading.linking.store.readings.save(its, now, RETENTION, next_at=now + INTERVAL)
        reading.pass_time()

    for copies in (9, 9, 9, 2, None, None, 2, 9):
        await read(copies)
    stored = (await reading.linking.store.readings.of([account]))[account].whole[harbour]
    assert stored.levels == (
        Level(start, 1, 9, 3, start + 2 * INTERVAL),
        Level(start + 3 * INTERVAL, 1, 2, 2, start + 6 * INTERVAL),
        Level(start + 7 * INTERVAL, 1, 9, 1, start + 7 * INTERVAL),
    )


async def test_a_reading_that_sees_the_same_writes_no_row_of_the_history(reading: ReadingHarness) -> None:
    [account] = await owned(reading, 1)
    await save(reading, account, c254=2)
    before = await reading.rows("SELECT * FROM sync_levels")
    for _ in range(3):
        reading.pass_time()
        await save(reading, account, c254=2)
    assert await reading.rows("SELECT * FROM sync_levels") == before
    [level] = (await reading.linking.store.readings.of([account]))[account].whole[CollectionRef(LOOPRING, "254")].levels
    assert (level.seen, level.last_at) == (4, reading.linking.now)


# ---------------------------------------------------------------- no query reads a whole table


async def test_no_query_of_readings_reads_a_whole_table() -> None:
    async with open_linking() as harness:
        statements = await statements_of(harness)
        triggers = await harness.rows("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'sync_*'")
        for (trigger,) in triggers:
            body = re.sub(r"\b(OLD|NEW)\.[a-z_]+", "'x'", trigger.partition("BEGIN")[2].rpartition("END")[0])
            statements += [each for each in body.split(";") if each.strip()]

        def plans(db: Database) -> list[str]:
            explained = [(sql, db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()) for sql in statements]
            return [f"{row[3]} <- {sql}" for sql, rows in explained for row in rows]

        found = await harness.store.writer.run(plans)
        scans = [plan for plan in found if plan.startswith("SCAN") and not plan.startswith(SMALL)]
    assert len(triggers) == 27
    assert len(statements) > 50
    assert scans == []


# Lists of the statement itself.
SMALL = ("SCAN json_each", "SCAN CONSTANT ROW", "SCAN changed")


async def statements_of(harness: LinkingHarness) -> list[str]:
    """What SQLite is asked, with its values, while accounts are read, fail, are leased, counted and shown."""
    heard: list[str] = []
    await harness.store.writer.run(lambda db: db.conn.set_trace_callback(heard.append))
    reading_of = ReadingHarness(harness, None)  # type: ignore[arg-type]  # no source is asked here
    [account] = await owned(reading_of, 1)
    await save(reading_of, account, c254=2)
    store, now = harness.store.readings, harness.now
    await store.save_failure(account, now, "why", lambda _: timedelta(0))
    await store.lease(LOOPRING, "a", now + INTERVAL, until=now + INTERVAL, limit=9)
    await store.release("a", [account])
    await store.set_due([account], now)
    await store.retry(LOOPRING, now, timedelta(minutes=15))
    await store.next_due([LOOPRING])
    await store.of([account])
    assert len(await store.members_of(account)) == 1
    assert await store.members_of(WHALE) == frozenset()
    await store.source_census(LOOPRING, now)
    await store.collection_census(CollectionRef(LOOPRING, "254"), now)
    await store.held_source(LOOPRING, now, now)
    await store.held_collection(CollectionRef(LOOPRING, "254"), now, now)
    await store.doubt(account, CollectionRef(LOOPRING, "254"), [now])
    await store.account_count(LOOPRING)
    await store.unread_count(LOOPRING)
    await store.oldest_reading(LOOPRING)
    await store.failing_since(LOOPRING)
    harness.now += timedelta(hours=3)
    await save(reading_of, account, c254=3)
    await save(reading_of, account)
    await save(reading_of, account, c254=3)
    await harness.delete(BEN + 20_000)
    await harness.store.writer.run(lambda db: db.conn.set_trace_callback(None))
    asked = [sql for sql in heard if not sql.lstrip().startswith("--")]
    return [
        sql for sql in asked if "sync_" in sql or sql.lstrip().startswith("SELECT user_id FROM links WHERE account")
    ]
