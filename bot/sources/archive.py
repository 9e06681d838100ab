"""A recorded archive as a source: it always answers, with what was true when it was recorded.

What is not in the archive is unknown, never absent: the answer is a `NotRecordedError`, not a `NotFoundError` and not
an empty list. All reading is done on threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bot.archive.lines import AccountRecord
from bot.archive.reader import Archive
from bot.errors import NotRecordedError, SourceError
from bot.holdings import Account, Collection, Holding, Nft, NftList
from bot.messages import Message, Words
from bot.names import is_numbered
from bot.reasons import Reason, ReasonCode, as_recorded
from bot.sources.archive_label import archive_label
from bot.sources.askers import Askers
from bot.sources.health import Health
from bot.sources.paging import Scan
from bot.sources.source import Abilities

T = TypeVar("T")

_ARCHIVE = Message("The archive of {network}")
_RECORDED_ON = Message("it was recorded on {day:%Y-%m-%d}")
_PARTLY_HELD = Message("{archive} contains only a part of what {account} had; {when}.")
_NO_NFTS = Message("{archive} does not list the single NFTs of this collection; {when}.")
_NO_COLLECTION = Message("{archive} does not contain collection {collection}; {when}.")
_NO_OWNER = Message("{archive} does not say who owns {account}; {when}.")
_NO_ACCOUNT_OF = Message("{archive} contains no account of {start}…{end}; {when}.")
_NO_ACCOUNT = Message("{archive} does not contain account {account_id}; {when}.")


class ArchiveSource:
    """Answers from an archive file; see `Source` for what can be asked.

    It cannot resolve names, and knows no wallets and no lists of holders: only the accounts that were recorded.

    Args:
        path: The file. Constructing reads all of it once, some 50 ms; in a running loop use `open()`.
        name: As configured.
        label: For people; "": made from the header of the archive.
        network: Whose accounts it must contain; "": any.
        may_grant: What it reports may earn roles, though it is of the past.

    Attributes:
        sha256: Of the whole file, as it was when it was opened.
        recorded_at: When that was recorded.

    Raises:
        ConfigError: the file cannot be used; the sentence says why.
    """

    def __init__(self, path: Path, *, name: str, label: str = "", network: str = "", may_grant: bool = False) -> None:
        self._archive = Archive.open(path, network=network)
        header = self._archive.header
        self.name = name
        self.label: Words | str = label or archive_label(header)
        self.network = header.network
        self.abilities = Abilities(numbers_copies=header.has_nfts, is_live=False, may_grant=may_grant)
        self.health = Health()
        self.sha256 = self._archive.sha256
        self.recorded_at = header.recorded_at
        self._what = _ARCHIVE(network=header.network)
        self._when = _RECORDED_ON(day=header.recorded_at)

    @classmethod
    async def open(
        cls, path: Path, *, name: str, label: str = "", network: str = "", may_grant: bool = False
    ) -> ArchiveSource:
        """Construct on a thread."""
        return await asyncio.to_thread(cls, path, name=name, label=label, network=network, may_grant=may_grant)

    async def close(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._archive.close)

    async def iter_holdings(
        self,
        account: Account,
        contract: str | None,
        askers: Askers,  # noqa: ARG002 - what every source can be asked
    ) -> AsyncIterator[Scan[Holding]]:
        """What the account held, at once and as complete as it was recorded."""

        def read() -> tuple[AccountRecord, list[Holding]]:
            record = self._record(account)
            return record, [Holding(self._archive.collection(h.collection_id), h.kinds) for h in record.holdings]

        record, rows = await self._ask(read)
        total, incomplete_reason = record.total, as_recorded(record.incomplete_reason)
        if contract:
            # A collection without a contract may belong to this one, so it must not be taken for absent.
            unnamed = sum(not row.collection.contract_address for row in rows)
            rows = [row for row in rows if row.collection.contract_address in (contract, "")]
            total = len(rows) if record.complete else None
            if unnamed and not incomplete_reason:
                incomplete_reason = Reason.of(ReasonCode.CONTRACT_UNRECORDED, unnamed=unnamed)
        yield _complete_scan(rows, lambda row: row.collection.collection_id, total, incomplete_reason, record.as_of)

    async def iter_nfts(
        self,
        account: Account,
        collection: Collection,
        askers: Askers,  # noqa: ARG002 - what every source can be asked
    ) -> AsyncIterator[Scan[Nft]]:
        """The NFTs that the account held of a collection, if they were recorded."""
        record = await self._ask(lambda: self._record(account))
        held = {held.collection_id: held for held in record.holdings}.get(collection.collection_id)
        if held is None and not record.complete:
            raise NotRecordedError(_PARTLY_HELD, archive=self._what, account=account, when=self._when)
        nfts = held.nfts if held else NftList(complete=True, total=0)
        if nfts is None:
            raise NotRecordedError(_NO_NFTS, archive=self._what, when=self._when)
        incomplete_reason = nfts.incomplete_reason
        if not nfts.complete and not incomplete_reason:
            incomplete_reason = Reason.of(ReasonCode.RECORDING_UNFINISHED)
        yield _complete_scan(nfts.nfts, lambda nft: nft.key, nfts.total, incomplete_reason, record.as_of)

    async def fetch_collection(self, collection_id: str, askers: Askers) -> Collection:  # noqa: ARG002 - as above
        """One collection, independent of who held it."""
        found = await self._ask(lambda: self._archive.find_collection(collection_id))
        if found is None:
            raise NotRecordedError(_NO_COLLECTION, archive=self._what, collection=collection_id, when=self._when)
        return replace(found, as_of=self._archive.header.recorded_at)

    async def fetch_owner(self, account: Account, askers: Askers) -> str:  # noqa: ARG002 - as above
        """The address that owns an account, lower case; on a chain that is the account."""
        if not is_numbered(self.network):
            return account.account_id
        record = await self._ask(lambda: self._record(account))
        if not record.owner:
            raise NotRecordedError(_NO_OWNER, archive=self._what, account=account, when=self._when)
        return record.owner

    async def fetch_owner_since(self, account: Account) -> tuple[int, int] | None:
        """Block and transaction of layer 2 in which an account got its owner; None: the archive does not say it."""
        return (await self._ask(lambda: self._record(account))).owner_since

    async def fetch_account(self, owner: str, askers: Askers) -> Account:  # noqa: ARG002 - as above
        """The account of an address; on a chain every address is an account, recorded or not."""
        if not is_numbered(self.network):
            return Account(self.network, owner)
        found = await self._ask(lambda: self._archive.find_account_of(owner))
        if found is None:
            raise NotRecordedError(_NO_ACCOUNT_OF, archive=self._what, start=owner[:6], end=owner[-4:], when=self._when)
        return Account(self.network, found)

    def _record(self, account: Account) -> AccountRecord:
        found = self._archive.find_account(account.account_id) if account.network == self.network else None
        if found is None:
            raise NotRecordedError(_NO_ACCOUNT, archive=self._what, account_id=account.account_id, when=self._when)
        return found

    async def _ask(self, read: Callable[[], T]) -> T:
        # "Not recorded" is a normal answer; only the errors that the reader itself raises are failures.
        try:
            found = await asyncio.to_thread(read)
        except NotRecordedError:
            raise
        except SourceError as error:
            self.health.last_failure_at = datetime.now(UTC)
            self.health.failure = error.words
            raise
        self.health.last_success_at = datetime.now(UTC)
        return found


def _complete_scan(
    rows: Iterable[T],
    key: Callable[[T], Hashable],
    total: int | None,
    incomplete_reason: Reason | None,
    as_of: datetime,
) -> Scan[T]:
    distinct = tuple({key(row): row for row in rows}.values())
    return Scan(distinct, total, finished=True, incomplete_reason=incomplete_reason, as_of=as_of)
