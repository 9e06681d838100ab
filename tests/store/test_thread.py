"""Work on the store is done whole or not at all, whatever happens to it or to who waits for it."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import InputError, StoreError
from bot.messages import Message
from bot.store.thread import Rollback, Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.db"


@pytest.fixture
async def writer(path: Path) -> AsyncIterator[Writer]:
    writer = await Writer.start(lambda closing: _open(path, closing))
    yield writer
    await writer.close()


def _open(path: Path, closing: ExitStack) -> Database:
    db = Database(sqlite3.connect(path, timeout=0))
    closing.callback(db.close)
    db.execute("PRAGMA journal_mode=WAL").fetchall()
    db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT")
    return db


def _words(path: Path) -> list[str]:
    """What another connection sees: only what was committed."""
    other = sqlite3.connect(path)
    try:
        return [word for (word,) in other.execute("SELECT word FROM notes ORDER BY id")]
    finally:
        other.close()


def _add(*words: str) -> Callable[[Database], None]:
    """Each of the ways in which sqlite-utils writes, one after the other."""

    def work(db: Database) -> None:
        for number, word in enumerate(words):
            if number % 3 == 0:
                db.execute("INSERT INTO notes (word) VALUES (?)", [word])
            elif number % 3 == 1:
                db.table("notes").insert({"word": word})
            else:
                list(db.query("INSERT INTO notes (word) VALUES (?) RETURNING id", [word]))

    return work


async def test_a_transaction_is_seen_by_others_as_a_whole_when_it_returns(writer: Writer, path: Path) -> None:
    seen: list[list[str]] = []

    def work(db: Database) -> str:
        for word in ("one", "two", "three"):
            _add(word)(db)
            seen.append(_words(path))
        return "done"

    assert await writer.transaction(work) == "done"
    assert seen == [[], [], []]
    assert _words(path) == ["one", "two", "three"]


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda db: db.execute("INSERT INTO notes (word) VALUES ('b')"), id="execute"),
        pytest.param(
            lambda db: db.execute("INSERT INTO notes (word) VALUES ('b') RETURNING id").fetchall(), id="returning"
        ),
        pytest.param(lambda db: db.table("notes").insert({"word": "b"}), id="insert"),
        pytest.param(lambda db: db.table("notes").upsert({"id": 1, "word": "b"}, pk="id"), id="upsert"),
        pytest.param(lambda db: db.table("notes").delete_where("word = 'a'"), id="delete_where"),
        pytest.param(lambda db: db.table("notes").update(1, {"word": "b"}), id="update"),
        pytest.param(lambda db: list(db.query("UPDATE notes SET word = 'b' RETURNING id")), id="query"),
        pytest.param(lambda db: db.executescript("DELETE FROM notes; CREATE TABLE t (a INTEGER);"), id="executescript"),
        pytest.param(lambda db: db.table("notes").create_index(["word"]), id="create_index"),
        pytest.param(lambda db: db.table("t").create({"a": int}), id="create"),
    ],
)
async def test_nothing_that_sqlite_utils_does_commits_behind_a_transactions_back(
    writer: Writer, path: Path, write: Callable[[Database], object]
) -> None:
    await writer.run(_add("a"))

    def work(db: Database) -> None:
        write(db)
        assert db.conn.in_transaction
        raise InputError(Message("no"))

    with pytest.raises(InputError, match="no"):
        await writer.transaction(work)
    assert _words(path) == ["a"]
    assert await writer.run(lambda db: db.table_names()) == ["notes"]


@pytest.mark.parametrize("error", [InputError(Message("no")), ValueError("odd"), KeyboardInterrupt(), SystemExit(3)])
async def test_any_exception_of_the_work_rolls_back_and_passes_through(
    writer: Writer, path: Path, error: BaseException
) -> None:
    def work(db: Database) -> None:
        _add("one", "two", "three")(db)
        raise error

    with pytest.raises(type(error)) as caught:
        await writer.transaction(work)
    assert caught.value is error
    assert _words(path) == []
    await writer.transaction(_add("after"))
    assert _words(path) == ["after"]


async def test_a_rule_of_the_table_that_is_broken_undoes_what_went_before(writer: Writer, path: Path) -> None:
    with pytest.raises(StoreError, match="store refused that: its operator can read why in the log") as caught:
        await writer.transaction(_add("one", "two", "one"))
    assert isinstance(caught.value.__cause__, sqlite3.IntegrityError)
    assert _words(path) == []


@pytest.mark.parametrize("way", ["run", "transaction"])
async def test_no_row_where_one_was_expected_is_an_error_and_not_silence(writer: Writer, way: str) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        async with asyncio.timeout(60):
            await getattr(writer, way)(lambda db: next(iter(db.execute("SELECT 1 WHERE 0").fetchall())))


async def test_work_that_commits_by_itself_raises_an_error(writer: Writer, path: Path) -> None:
    def work(db: Database) -> None:
        _add("one")(db)
        db.commit()

    with pytest.raises(RuntimeError, match="ended the transaction"):
        await writer.transaction(work)
    await writer.transaction(_add("two"))
    assert _words(path) == ["one", "two"]


async def test_a_statement_that_would_stay_uncommitted_is_refused_at_once(writer: Writer, path: Path) -> None:
    with pytest.raises(RuntimeError, match="left a transaction open"):
        await writer.run(lambda db: db.execute("INSERT INTO notes (word) VALUES ('lost') RETURNING id").fetchall())
    await writer.run(_add("kept"))
    assert _words(path) == ["kept"]


async def test_a_transaction_is_finished_when_nobody_waits_for_it_any_more(writer: Writer, path: Path) -> None:
    started, go_on = threading.Event(), threading.Event()

    def work(db: Database) -> None:
        _add("one")(db)
        started.set()
        assert go_on.wait(10)
        _add("two")(db)

    waiting = asyncio.create_task(writer.transaction(work))
    queued = asyncio.create_task(writer.transaction(_add("never started")))
    assert await asyncio.to_thread(started.wait, 10)
    for task in (waiting, queued):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    go_on.set()
    await writer.run(lambda db: db.execute("SELECT 1").fetchone())  # comes after it on the same thread
    assert _words(path) == ["one", "two"]


async def test_a_transaction_waits_for_another_program_at_its_start_and_starts_nothing(
    writer: Writer, path: Path
) -> None:
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    called: list[bool] = []
    with pytest.raises(StoreError):
        await writer.transaction(lambda _db: called.append(True))
    assert called == []
    other.close()
    await writer.transaction(_add("one"))
    assert _words(path) == ["one"]


async def test_many_at_once_are_done_in_the_order_they_came(writer: Writer, path: Path) -> None:
    words = [f"word {number}" for number in range(50)]
    await asyncio.gather(*(writer.transaction(_add(word)) for word in words))
    assert _words(path) == words


async def test_a_store_that_another_program_keeps_locked_is_no_fault_of_the_disk(writer: Writer, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for way in (writer.run, writer.transaction):
        with pytest.raises(StoreError, match=r"Another program keeps Tessera's store locked. Try again in a minute"):
            await way(_add("one"))
    other.execute("ROLLBACK")
    other.close()
    await writer.transaction(_add("one"))
    assert _words(path) == ["one"]


async def test_a_closed_store_reports_that_tessera_is_stopping(path: Path) -> None:
    writer = await Writer.start(lambda closing: _open(path, closing))
    last = asyncio.create_task(writer.transaction(_add("one")))
    await asyncio.sleep(0)
    await writer.close()
    await last
    assert _words(path) == ["one"]
    for way in (writer.run, writer.transaction):
        with pytest.raises(StoreError, match=r"Tessera is stopping. Try again in a minute"):
            await way(_add("two"))
    with pytest.raises(StoreError):
        await writer.close()


async def test_what_was_opened_is_closed_when_the_rest_cannot_be() -> None:
    closed: list[str] = []

    def fail(closing: ExitStack) -> Database:
        closing.callback(closed.append, threading.current_thread().name)
        raise InputError(Message("no"))

    with pytest.raises(InputError, match="no"):
        await Writer.start(fail)
    assert [name.partition("_")[0] for name in closed] == ["store-writer"]


async def test_what_is_opened_for_nobody_is_closed_again(path: Path) -> None:
    started, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def slowly(closing: ExitStack) -> Database:
        started.set()
        assert go_on.wait(10)
        closing.callback(closed.set)
        return _open(path, closing)

    starting = asyncio.create_task(Writer.start(slowly))
    assert await asyncio.to_thread(started.wait, 10)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    go_on.set()
    assert await asyncio.to_thread(closed.wait, 10)


async def test_a_rolled_back_transaction_changes_nothing_and_returns_its_outcome(writer: Writer, path: Path) -> None:
    def work(db: Database) -> str:
        _add("one", "two", "three")(db)
        raise Rollback("too many")

    assert await writer.transaction(work) == "too many"
    assert _words(path) == []
    await writer.transaction(_add("after"))
    assert _words(path) == ["after"]


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
async def test_a_number_that_no_column_can_have_is_a_sentence_and_writes_nothing(
    writer: Writer, path: Path, number: int
) -> None:
    def work(db: Database) -> None:
        _add("before")(db)
        db.execute("INSERT INTO notes (id, word) VALUES (?, 'after')", [number])

    with pytest.raises(InputError, match="No number here is above 9223372036854775807"):
        await writer.transaction(work)
    with pytest.raises(InputError, match="No number here is above"):
        await writer.reader().run(lambda db: db.execute("SELECT 1 FROM notes WHERE id = ?", [number]).fetchall())
    assert _words(path) == []


async def test_another_overflow_is_a_bug_and_passes_through(writer: Writer) -> None:
    with pytest.raises(OverflowError, match="too large to convert to float"):
        await writer.run(lambda _: float(10**400))
