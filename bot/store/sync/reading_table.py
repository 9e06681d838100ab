"""Accounts that are read for gates, and what they hold, as it was read last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlite_utils import Database

from bot.gates.rule import CollectionRef
from bot.holdings import Account
from bot.roles.safety import CollectionCensus, SourceCensus
from bot.store.rows import moment
from bot.store.sync import account_queue, doubtful_levels, reading_census
from bot.store.sync.membership_table import mark_owners
from bot.store.sync.observation_rows import stored_accounts
from bot.store.sync.observation_writer import forget_part, save
from bot.store.sync.observations import ReadAccount, Retention, Saved, StoredAccount
from bot.store.thread import Reader, Writer

# Long lists are read in parts, so that others who read need not wait for the whole.
_AT_ONCE = 500


class Readings:
    """Reads and writes both. Every method raises `StoreError` when SQLite fails; nothing is half-saved.

    Args:
        writer: The store's thread.
        reader: For long lists, and for what is counted: it sees all that was committed before.
    """

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def lease(
        self, network: str, holder: str, now: datetime, *, until: datetime, limit: int
    ) -> Sequence[Account]:
        """Take accounts of a network that are due, those that have waited longest first."""
        return await self._writer.transaction(lambda db: account_queue.lease(db, network, holder, now, until, limit))

    async def release(self, holder: str, accounts: Sequence[Account]) -> None:
        """Give back what was leased and not read."""
        await self._writer.transaction(lambda db: account_queue.release(db, holder, accounts))

    async def release_all(self) -> None:
        """Give back everything that is leased: to be called once, when this process starts to read."""
        await self._writer.transaction(account_queue.release_all)

    async def next_due(self, networks: Iterable[str]) -> datetime | None:
        """When the next account of some networks is due, leased or not; None: they have none."""

        def work(db: Database) -> datetime | None:
            return min((due for each in networks if (due := account_queue.next_due(db, each))), default=None)

        return await self._writer.run(work)

    async def members_of(self, account: Account) -> frozenset[int]:
        """The members an account counts for; if there are none, the one who said first that it is theirs."""
        return await self._writer.run(lambda db: account_queue.members_of(db, account))

    async def set_due(self, accounts: Sequence[Account], now: datetime) -> None:
        """Let accounts be read as soon as possible."""
        await self._writer.transaction(lambda db: account_queue.set_due(db, accounts, now))

    async def retry(self, network: str, now: datetime, longest: timedelta) -> None:
        """Let the accounts of a network that could not be read, and wait for `longest` at most, be read now."""
        await self._writer.transaction(lambda db: account_queue.retry(db, network, now, longest))

    async def save(self, read: ReadAccount, now: datetime, retention: Retention, *, next_at: datetime) -> Saved:
        """Store a complete reading, after which the account is due again at `next_at`, and its members now."""

        def work(db: Database) -> Saved:
            saved = save(db, read, now, retention)
            if saved is Saved.WHOLE:
                account_queue.set_read(db, read.account, next_at)
                mark_owners(db, str(read.account), now)
            return saved

        return await self._writer.transaction(work)

    async def save_failure(
        self,
        account: Account,
        now: datetime,
        failure: str,
        pause_after: Callable[[int], timedelta],
        part: ReadAccount | None = None,
        retention: Retention | None = None,
    ) -> Saved:
        """Record that reading an account failed, and what was seen before it did; its members are due now.

        Args:
            account: The account.
            now: The present.
            failure: Why, as `reason_text` has it.
            pause_after: From the number of failures in a row to how long it is left alone.
            part: What was seen all the same, of a live source; nothing follows from what is not in it.
            retention: With `part`.
        """

        def work(db: Database) -> Saved:
            saved = save(db, part, now, retention) if part and retention else Saved.UNUSED
            tries = account_queue.tries_of(db, account) + 1
            account_queue.set_failed(db, account, now, failure, now + pause_after(tries))
            mark_owners(db, str(account), now)
            return saved

        return await self._writer.transaction(work)

    async def forget_part(self, account: Account) -> None:
        """What was seen of an account that was not completely read is nobody's word any more."""
        await self._writer.transaction(lambda db: forget_part(db, account))

    async def doubt(self, account: Account, collection: CollectionRef, since: Sequence[datetime]) -> None:
        """What an account held of a collection from these moments on was not observed."""
        await self._writer.transaction(lambda db: doubtful_levels.doubt(db, account, collection, since))

    async def of(self, accounts: Sequence[Account]) -> Mapping[Account, StoredAccount]:
        """What is stored of some accounts; one that counts for nobody is not in it."""
        if len(accounts) <= _AT_ONCE:
            return await self._writer.run(lambda db: stored_accounts(db, accounts))
        found: dict[Account, StoredAccount] = {}
        for start in range(0, len(accounts), _AT_ONCE):
            found |= await self._reader.run(partial(stored_accounts, accounts=accounts[start : start + _AT_ONCE]))
        return found

    async def names_of(self, collections: Collection[CollectionRef]) -> Mapping[CollectionRef, str]:
        """Collection → its name, upstream's; of those that were ever seen with one."""
        return await self._writer.run(lambda db: reading_census.names_of(db, collections))

    async def source_census(self, network: str, now: datetime, *, accepted_at: datetime | None = None) -> SourceCensus:
        """How a network stands; `accepted_at`: without what was lost up to then."""
        since = max(now - reading_census.LOOK_BACK, accepted_at or moment(0))
        return await self._reader.run(lambda db: reading_census.source_census(db, network, since, now))

    async def collection_census(
        self, collection: CollectionRef, now: datetime, *, accepted_at: datetime | None = None
    ) -> CollectionCensus:
        """How a collection stands; `accepted_at`: without what was lost up to then."""
        since = max(now - reading_census.LOOK_BACK, accepted_at or moment(0))
        return await self._reader.run(lambda db: reading_census.collection_census(db, collection, since))

    async def held_source(self, network: str, since: datetime, now: datetime) -> SourceCensus:
        """How a network stands by which removals have waited since then."""

        def work(db: Database) -> SourceCensus:
            begin = min(now, since) - reading_census.LOOK_BACK
            lasting = reading_census.unresolved_accounts(db, network, begin, now)
            census = reading_census.source_census(db, network, now - reading_census.LOOK_BACK, now)
            return SourceCensus(census.accounts + lasting, census.emptied + lasting, census.at_once + lasting)

        return await self._reader.run(work)

    async def held_collection(self, collection: CollectionRef, since: datetime, now: datetime) -> CollectionCensus:
        """How a collection stands by which removals have waited since then."""

        def work(db: Database) -> CollectionCensus:
            begin = min(now, since) - reading_census.LOOK_BACK
            lasting = reading_census.unresolved_holders(db, collection, begin, now)
            census = reading_census.collection_census(db, collection, now - reading_census.LOOK_BACK)
            return CollectionCensus(census.holders + lasting, census.gone + lasting)

        return await self._reader.run(work)

    async def account_count(self, network: str) -> int:
        """How many accounts of a network are read."""
        return await self._reader.run(lambda db: reading_census.account_count(db, network))

    async def unread_count(self, network: str) -> int:
        """How many of these were never read."""
        return await self._reader.run(lambda db: reading_census.unread_count(db, network))

    async def oldest_reading(self, network: str) -> datetime | None:
        """As of when the oldest reading is, of those accounts that were read; None: none was."""
        return await self._reader.run(lambda db: reading_census.oldest_reading(db, network))

    async def newest_reading(self, network: str) -> datetime | None:
        """As of when the newest reading is; None: there is none."""
        return await self._reader.run(lambda db: reading_census.newest_reading(db, network))

    async def failing_since(self, network: str) -> datetime | None:
        """Since when no account of a network was read though it was tried; None: the latest attempt succeeded."""
        return await self._writer.run(lambda db: reading_census.failing_since(db, network))
