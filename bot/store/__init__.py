"""What must survive a restart, in one SQLite file.

All writes of the bot run on one thread that owns its connection: one writer, no locks of ours. A second connection
serves long reads. The one exception are the operator's commands (`change_beside_bot`): each makes one short transaction
as a process of its own beside the running bot, which waits for it as SQLite has it, and retains nothing that the change
would make untrue: it reads the store each time. WAL with `synchronous=FULL`, so what was acknowledged is on the disk. A
file that is corrupt or from a newer Tessera is refused, never recreated. The store returns what it found, as values; it
makes no decisions, and has no messages for members.

    thread      the threads, and how transactions run; `store_errors`: what is said when SQLite fails
    schema      the tables; `rows` converts rows to values; `audit` records actions under pseudonyms
    gateway_table  how the sessions with Discord's gateway went
    file/       open_store: `lock` it, `examine` it, back it up (`backup`), migrate its tables;
                beside_bot: what operator's commands read and change while the bot runs
                nightly: a backup every night; backup_files: their names, and how to restore one
                file_owners: whose files they are
    linking/    link_table: accounts that members named, and proofs; vouch_table: what a server's moderators vouch for
                proven_accounts: what counts as proven for a member, in one server or in none
                session_table: proofs in progress (session_moves: their status; browser_table: browsers that
                wait to take one up); proof_writer: their results
                contest_table: two members, one address (address_history: what is counted of it; freeze_table: which
                the operator must decide about; dispute_table: how they do); notice_table: what members must be
                notified of
                owner_table: who owns an account, and which sources say so
                share_table: which accounts others may see, and where
                language_table: in which language members read
                member_data: all data of one member; wallet_table: how addresses of undeployed wallets are computed
                refusal: why a change was refused
    gates/      gate_table: what servers' admins decided; alias_table: which collections count as the same;
                gate_history: every change of it, and how one is taken back (history_bounds: how many are retained);
                gate_rows; guild_table: its versions, and servers that the bot has left; settings_table: what a server
                has set; keep_out_table: accounts that members keep out of a server; held_names: of collections
    holders/    holder_rows: the proven accounts of a server's members, with what was observed of some collections
                (past_rows: since a moment); shared_rows: which of them members share; gate_numbers: how often a role
                was given and taken; view_record: who looked at a full list; snapshot_table: who held what at
                a moment (snapshot_columns: as rows; snapshot_search: which there are); schedule_table: which of these
                are made by themselves
    sync/       sync_store: all of these; membership_table: who is due; ledger_table: what was given; miss_table: how
                often a holder did not qualify (gate_census: how many do not now); hold_table: why removals wait;
                run_table: what was done; post_table: what is to be said of it; server_table: servers, and which process
                may take roles; owed_table: what is to be taken from members whose data is deleted; clock_repair: what a
                wrong clock dated in the future; member_rows: all of this that is about one member
                reading_table: accounts that are read for gates, and what they hold (observations: as values;
                observation_writer, observation_rows: to rows and back; account_queue: which are due, and who reads
                them; reading_census: how networks and collections stand; doubtful_levels:
                what was observed and is not believed; awaited_removals: for whom that is in doubt)
                backlog: how much waits, for the metrics
    webhooks/   webhook_store: all of it; endpoint_table: where servers' events are sent, and how far that is;
                event_log: what happened in each server, numbered
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from bot.store.file.beside_bot import change_beside_bot, read_beside_bot
from bot.store.file.examine import LOCK_TIMEOUT, Findings, inspect
from bot.store.file.open_store import open_file, open_memory, open_to_read
from bot.store.gates.gate_table import Gates
from bot.store.gates.keep_out_table import KeepOuts
from bot.store.gates.settings_table import SettingsTable
from bot.store.gateway_table import GatewayTable
from bot.store.holders.schedule_table import SnapshotSchedules
from bot.store.holders.snapshot_table import Snapshots
from bot.store.linking.browser_table import OtherBrowsers
from bot.store.linking.contest_table import Contests
from bot.store.linking.language_table import MemberLanguages
from bot.store.linking.link_table import Links
from bot.store.linking.member_data import Members
from bot.store.linking.notice_table import Notices
from bot.store.linking.owner_table import Owners
from bot.store.linking.proven_accounts import ProvenAccounts
from bot.store.linking.session_table import Sessions
from bot.store.linking.share_table import Shares
from bot.store.linking.vouch_table import Vouches
from bot.store.linking.wallet_table import Wallets
from bot.store.sync.reading_table import Readings
from bot.store.sync.sync_store import SyncStore
from bot.store.thread import Reader, Writer
from bot.store.webhooks.webhook_store import WebhookStore

T = TypeVar("T")


class Store:
    """The open store. Every method raises `StoreError` when SQLite fails; nothing is ever half-saved.

    Args:
        writer: Makes changes.
        reader: Serves long reads; without one the writer's own connection does.
    """

    def __init__(self, writer: Writer, reader: Reader | None = None) -> None:
        self.writer = writer
        self.reader = reader or writer.reader()
        self.links = Links(writer)
        self.languages = MemberLanguages(writer)
        self.proven = ProvenAccounts(writer)
        self.vouches = Vouches(writer)
        self.owners = Owners(writer)
        self.contests = Contests(writer)
        self.notices = Notices(writer, self.reader)
        self.shares = Shares(writer)
        self.sessions = Sessions(writer)
        self.other_browsers = OtherBrowsers(writer)
        self.members = Members(writer, self.reader)
        self.wallets = Wallets(writer)
        self.gates = Gates(writer)
        self.guild_settings = SettingsTable(writer)
        self.keep_outs = KeepOuts(writer)
        self.sync = SyncStore(writer, self.reader)
        self.readings = Readings(writer, self.reader)
        self.gateway = GatewayTable(writer)
        self.webhooks = WebhookStore(writer, self.reader)
        self.snapshots = Snapshots(writer, self.reader)
        self.snapshot_schedules = SnapshotSchedules(writer)

    @classmethod
    async def open(cls, path: Path | None, *, backups: Path | None = None, lock_timeout: float = LOCK_TIMEOUT) -> Store:
        """Open the file at `path`, or create it with mode 0600, and bring its tables up to date.

        Args:
            path: The file. Without one the store is in memory, for commands that must not touch the bot's file.
            backups: The folder of its backups: one is made before tables change. By default `backups` beside the file.
            lock_timeout: Seconds to wait, now and in every later call, for a lock that another program holds.

        Raises:
            DamagedStoreError: the file is damaged, or gone while its log or backups are there.
            ConfigError: the file cannot be opened, written or saved, is in use, belongs to another program, or was
                written by a newer Tessera.
        """
        if path is None:
            return cls(await Writer.start(open_memory))
        place, folder = _real(path), _real(backups or path.parent / "backups")
        writer = await Writer.start(lambda closing: open_file(place, folder, lock_timeout, closing))
        try:
            reader = await Reader.start(lambda closing: open_to_read(place, folder, lock_timeout, closing))
        except BaseException:
            await writer.close()
            raise
        return cls(writer, reader)

    @staticmethod
    async def inspect(path: Path, *, backups: Path | None = None) -> Findings | None:
        """Return what `open` would find, changing nothing, even while a bot uses the store. None: a first start.

        Raises:
            DamagedStoreError, ConfigError: as `open`, except that it may be in use.
        """
        return await asyncio.to_thread(inspect, _real(path), _real(backups or path.parent / "backups"))

    @staticmethod
    async def change_beside_bot(path: Path, work: Callable[[Database], T], *, backups: Path | None = None) -> T:
        """Make one change to a store that a running bot may have open, as an operator's command does.

        Raises:
            DamagedStoreError, ConfigError, StoreError: see `bot.store.file.beside_bot`.
        """
        return await asyncio.to_thread(change_beside_bot, _real(path), _real(backups or path.parent / "backups"), work)

    @staticmethod
    async def read_beside_bot(path: Path, work: Callable[[Database], T], *, backups: Path | None = None) -> T:
        """Read a store that a running bot may have open.

        Raises:
            DamagedStoreError, ConfigError: see `bot.store.file.beside_bot`.
        """
        return await asyncio.to_thread(read_beside_bot, _real(path), _real(backups or path.parent / "backups"), work)

    async def close(self) -> None:
        """Cancel reads, finish writes, and close the file."""
        try:
            await self.reader.close()
        finally:
            await self.writer.close()  # the last connection: SQLite then removes its log

    async def ping(self) -> None:
        """Check that the file can be read."""
        await self.writer.run(lambda db: db.execute("SELECT 1").fetchone())


def _real(path: Path) -> Path:
    """The real path: SQLite's log is beside the file, not beside a link to it."""
    return Path(os.path.realpath(path))
