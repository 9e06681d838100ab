"""What must survive a restart, in one SQLite file.

All that writes runs on one thread that owns its connection: one writer, no locks of ours. A second connection reads
what may be long. WAL with `synchronous=FULL`, so what was acknowledged is on the disk. A file that is corrupt or from a
newer Tessera is refused, never recreated. The store says what it found, as values; it decides nothing, and has no words
for members.

    thread      the threads, and what a transaction is
    schema      the tables; `rows` makes values of rows; `audit` counts under pseudonyms
    file/       open_store: `lock` it, `examine` it, save it (`backup`), bring its tables up to date;
                nightly: a backup every night; backup_files: their names, and how to go back to one
    linking/    link_table: accounts that members named, and proofs
                session_table: proofs under way (session_moves: from where to where); proof_writer: their end
                contest_table: two members, one address, and what both must be notified of
                member_data: all about one member; wallet_table: how wallets that are not deployed get their addresses
                refusal: why something was not done
"""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.holdings import Account
from bot.store.file.examine import PATIENCE, Findings, inspect
from bot.store.file.open_store import open_file, open_memory, open_to_read
from bot.store.linking.contest_table import Contests
from bot.store.linking.link_table import Links
from bot.store.linking.member_data import Members
from bot.store.linking.session_table import Sessions
from bot.store.linking.wallet_table import Wallets
from bot.store.thread import Reader, Writer


class Store:
    """The open store. Every method raises `StoreError` when SQLite fails; nothing is ever half-saved.

    Args:
        writer: Changes it.
        reader: Reads what may be long; without one the writer's own connection does.
    """

    def __init__(self, writer: Writer, reader: Reader | None = None) -> None:
        self.writer = writer
        self.reader = reader or writer.reader()
        self.links = Links(writer)
        self.contests = Contests(writer, self.reader)
        self.sessions = Sessions(writer)
        self.members = Members(writer, self.reader)
        self.wallets = Wallets(writer)

    @classmethod
    async def open(cls, path: Path | None, *, backups: Path | None = None, patience: float = PATIENCE) -> Store:
        """Open the file at `path`, or create it with mode 0600, and bring its tables up to date.

        Args:
            path: The file. Without one the store lives in memory, for commands that must not touch the bot's file.
            backups: The folder of its backups: one is made before tables change. By default `backups` beside the file.
            patience: Seconds to wait, now and in every later call, for a lock that another program holds.

        Raises:
            DamagedStoreError: the file is damaged, or gone while its log or backups are there.
            ConfigError: the file cannot be opened, written or saved, is in use, belongs to another program, or was
                written by a newer Tessera.
        """
        if path is None:
            return cls(await Writer.start(open_memory))
        place, folder = _real(path), _real(backups or path.parent / "backups")
        writer = await Writer.start(lambda closing: open_file(place, folder, patience, closing))
        try:
            reader = await Reader.start(lambda closing: open_to_read(place, folder, patience, closing))
        except BaseException:
            await writer.close()
            raise
        return cls(writer, reader)

    @staticmethod
    async def inspect(path: Path, *, backups: Path | None = None) -> Findings | None:
        """Say what `open` would find, changing nothing, also while a bot uses the store. None: a first start.

        Raises:
            DamagedStoreError, ConfigError: as `open`, except that it may be in use.
        """
        return await asyncio.to_thread(inspect, _real(path), _real(backups or path.parent / "backups"))

    async def close(self) -> None:
        """End the reads that are under way, finish what is being written, and close the file."""
        try:
            await self.reader.close()
        finally:
            await self.writer.close()  # the last one: SQLite then puts its log away

    async def ping(self) -> None:
        """Prove that the file still answers."""
        await self.writer.run(lambda db: db.execute("SELECT 1").fetchone())

    async def get_owner(self, account: Account) -> str | None:
        """The address that owns an account, if it was ever found out."""
        row: tuple[Any, ...] | None = await self.writer.run(
            lambda db: db.execute("SELECT owner FROM owners WHERE account = ?", [str(account)]).fetchone()
        )
        return str(row[0]) if row else None

    async def save_owner(self, account: Account, owner: str, seen_at: datetime) -> str:
        """Remember the address that owns an account, which never changes; the one that is known, now or before."""

        def work(db: Database) -> str:
            db.execute(
                """
                INSERT INTO owners (account, owner, seen_at) VALUES (:account, :owner, :seen_at) ON CONFLICT DO NOTHING
                """,
                {"account": str(account), "owner": owner, "seen_at": seen_at.isoformat(timespec="seconds")},
            )
            return str(db.execute("SELECT owner FROM owners WHERE account = ?", [str(account)]).fetchone()[0])

        return await self.writer.transaction(work)


def _real(path: Path) -> Path:
    """Where a path leads: SQLite keeps its log beside the file, not beside a link to it."""
    return Path(os.path.realpath(path))
