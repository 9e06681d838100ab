"""All tables of roles that follow holdings."""

from __future__ import annotations

from bot.store.sync.hold_table import Holds
from bot.store.sync.ledger_table import Ledger
from bot.store.sync.membership_table import SyncMembers
from bot.store.sync.miss_table import MissTable
from bot.store.sync.owed_table import OwedRoles
from bot.store.sync.post_table import Posts
from bot.store.sync.run_table import Runs
from bot.store.sync.server_table import Servers
from bot.store.sync.warned_proofs import WarnedProofs
from bot.store.thread import Reader, Writer


class SyncStore:
    """All tables of roles that follow holdings, each with its own object."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self.members = SyncMembers(writer, reader)
        self.ledger = Ledger(writer, reader)
        self.misses = MissTable(writer, reader)
        self.holds = Holds(writer)
        self.owed = OwedRoles(writer)
        self.runs = Runs(writer, reader)
        self.posts = Posts(writer)
        self.servers = Servers(writer)
        self.warned_proofs = WarnedProofs(writer)
