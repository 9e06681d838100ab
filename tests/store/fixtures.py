"""Stores for the tests: with rows in them, damaged, or of an older Tessera."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from bot.holdings import Account
from bot.store import Store
from bot.store.file.backup import backup_file
from bot.store.linking.owner_table import FIRST, OwnerFact
from bot.store.schema import MIGRATIONS

NOW = datetime(2026, 11, 25, tzinfo=UTC)

OLDEST = "m001_owners"
SECOND = "m002_links"


@dataclass(frozen=True)
class Place:
    """Where a test's store is, and where its backups are looked for."""

    path: Path
    backups: Path


def account(number: int) -> Account:
    """One of many."""
    return Account("loopring", str(number))


def owner(number: int) -> str:
    """The address that owns it."""
    return f"0x{number:040x}"


def fact(account: Account, owner: str) -> OwnerFact:
    """One that is confirmed."""
    return OwnerFact(account, owner, ("loopring",), FIRST, is_confirmed=True, seen_at=NOW)


async def stored_owner(store: Store, account: Account) -> str | None:
    """The owner of an account, as the store has it."""
    found = await store.owners.get(account)
    return found.owner if found else None


async def save(store: Store, *numbers: int) -> None:
    """Save the owners of some accounts, one after the other."""
    for number in numbers:
        await store.owners.save(fact(account(number), owner(number)))


async def make_store(path: Path, rows: int = 3) -> None:
    """A store with the owners of that many accounts, counted from 0, that was closed properly."""
    store = await Store.open(path)
    await store.writer.transaction(lambda db: _insert(db, rows))
    await store.close()


async def make_saved_store(place: Place, rows: int = 3) -> None:
    """A store and its backup of 24 November."""
    await make_store(place.path, rows)
    place.backups.mkdir()
    await backup_file(place.path, place.backups / f"{place.path.stem}-2026-11-24.db", backups=place.backups)


def make_old_store(path: Path, rows: int = 3) -> None:
    """A store as the first Tessera made it."""
    with closing(Database(sqlite3.connect(path))) as db:
        MIGRATIONS.apply(db, stop_before=SECOND)
        _insert(db, rows)


def _insert(db: Database, rows: int) -> None:
    seen_at = NOW.isoformat()
    db.table("owners").insert_all(
        {"account": str(account(number)), "owner": owner(number), "seen_at": seen_at} for number in range(rows)
    )


def read_owners(path: Path) -> dict[str, str]:
    """The owners that a file holds, by a connection of its own."""
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT account, owner FROM owners"))


def owners(rows: int) -> dict[str, str]:
    """What `read_owners` finds when the first so many were saved."""
    return {str(account(number)): owner(number) for number in range(rows)}


def damage(path: Path) -> bytes:
    """Overwrite a page in the middle, as a failing disk does; returns the whole file as it is now."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 4096 // 2 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    return bytes(content)
