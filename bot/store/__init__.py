"""What must survive a restart, in one SQLite file.

All SQL runs on one thread that owns the connection: one writer, no locks of ours. WAL with `synchronous=FULL`, so
what was acknowledged is on the disk. A file that is corrupt or from a newer Tessera is refused, never recreated.

    thread      the thread, and what a transaction is
    opening     lock it (`lock`), look at it (`examine`), save it (`backup`), bring its tables up to date (`schema`)
    nightly     a backup every night; `kept` knows their names and how to go back to one
    links       accounts that members named, and proofs (`rows` makes values of rows)
    sessions    proofs under way; `proving` ends them: link, contest, or a code to be typed
    contests    two members, one address, and what both must be told
    members     all about one member, for them or to be forgotten; `audit` counts under pseudonyms
    wallets     how wallets that are not deployed come by their addresses
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
from bot.store.file.open_store import open_file, open_memory
from bot.store.linking.contest_table import Contests
from bot.store.linking.link_table import Links
from bot.store.linking.member_data import Members
from bot.store.linking.session_table import Sessions
from bot.store.linking.wallet_table import Wallets
from bot.store.thread import Writer


class Store:
    """The open store. Every method raises `StoreError` when SQLite fails; nothing is ever half-saved."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.links = Links(writer)
        self.contests = Contests(writer)
        self.sessions = Sessions(writer)
        self.members = Members(writer)
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
        return cls(await Writer.start(lambda closing: open_file(place, folder, patience, closing)))

    @staticmethod
    async def inspect(path: Path, *, backups: Path | None = None) -> Findings | None:
        """Say what `open` would find, changing nothing, also while a bot uses the store. None: a first start.

        Raises:
            DamagedStoreError, ConfigError: as `open`, except that it may be in use.
        """
        return await asyncio.to_thread(inspect, _real(path), _real(backups or path.parent / "backups"))

    async def close(self) -> None:
        """Finish what is under way, and close the file."""
        await self.writer.close()

    async def ping(self) -> None:
        """Prove that the file still answers."""
        await self.writer.run(lambda db: db.execute("SELECT 1").fetchone())

    async def get_owner(self, account: Account) -> str | None:
        """The address that owns an account, if it was ever learnt."""
        row: tuple[Any, ...] | None = await self.writer.run(
            lambda db: db.execute("SELECT owner FROM owners WHERE account = ?", [str(account)]).fetchone()
        )
        return str(row[0]) if row else None

    async def save_owner(self, account: Account, owner: str, seen_at: datetime) -> str:
        """Remember the address that owns an account, which never changes; the one that is known, told now or before."""

        def work(db: Database) -> str:
            row = [str(account), owner, seen_at.isoformat(timespec="seconds")]
            db.execute("INSERT INTO owners (account, owner, seen_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)
            return str(db.execute("SELECT owner FROM owners WHERE account = ?", [str(account)]).fetchone()[0])

        return await self.writer.transaction(work)


def _real(path: Path) -> Path:
    """Where a path leads: SQLite keeps its log beside the file, not beside a link to it."""
    return Path(os.path.realpath(path))
