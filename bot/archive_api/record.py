"""Records what accounts hold, account by account: one that cannot be read is never recorded as empty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bot.archive.lines import AccountRecord, HeldRecord
from bot.archive.partial import Partial
from bot.errors import (
    InputError,
    NotFoundError,
    RefusedError,
    SourceError,
    TesseraError,
    ThrottledError,
    UnavailableError,
)
from bot.holdings import Account, Collection, Holding, NftList
from bot.messages import Message
from bot.names import AccountRef, Names, RefKind, is_numbered
from bot.reasons import Reason, ReasonCode, reason_words
from bot.sources.askers import Asker, Askers
from bot.sources.capabilities import holders_of, resolver_of
from bot.sources.pace import REAL_CLOCK, Clock
from bot.sources.reading import fetch_holdings, last_of, read_nfts
from bot.sources.source import Source

_WRONG_LINE = Message("Line {number} of the list of accounts: {reason}")
_EMPTY_LIST = Message("The list of accounts is empty.")
_NO_HOLDERS = Message("{label} cannot list the holders of a collection: use --accounts instead.")
_NO_HOLDERS_ANSWER = Message("{label} gave no list of holders.")
_NO_NAMES = Message("{label} knows no names: use an account's number or address.")

# Accounts that are read at the same time; the source limits its own request rate.
_BATCH = 8
# Longer than the pause of a source that kept failing (30 s), so that the next batch may send requests again.
_PAUSE_SECONDS = 35.0
# After so many batches in a row without any answer, the recording stops.
_MAX_SILENT_BATCHES = 5


@dataclass
class Report:
    """How a recording went.

    Attributes:
        asked: How many accounts were asked about.
        failed: Those that are not recorded, each with a sentence.
        absent: Those among them that do not exist: to ask once more changes nothing.
        without_owner: How many were recorded without one.
    """

    asked: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    without_owner: int = 0


def parse_refs(lines: Iterable[str], names: Names) -> Sequence[AccountRef]:
    """A list of accounts, one a line; empty lines and those that start with `#` are skipped.

    Raises:
        InputError: a line is no account, or there is none at all.
    """
    refs: dict[AccountRef, None] = {}
    for number, line in enumerate(lines, 1):
        if (text := line.strip()) and not text.startswith("#"):
            try:
                refs[names.parse_account(text)] = None
            except InputError as error:
                raise InputError(_WRONG_LINE, number=number, reason=error.words) from error
    if not refs:
        raise InputError(_EMPTY_LIST)
    return list(refs)


async def list_holders(source: Source, collection_id: str) -> tuple[Sequence[AccountRef], str]:
    """The accounts that hold a collection, and why the list is not complete, or "" when it is."""
    lister = holders_of(source)
    if lister is None:
        raise InputError(_NO_HOLDERS, label=source.label)
    scan = await last_of(lister.iter_holders(collection_id, Askers(Asker.job("record holders"))))
    if scan is None:
        raise SourceError(_NO_HOLDERS_ANSWER, label=source.label)
    accounts = [holder.account.account_id for holder in scan.rows]
    return [AccountRef(source.network, RefKind.ID, account) for account in accounts], reason_words(
        scan.incomplete_reason
    )


async def record(
    source: Source,
    refs: Sequence[AccountRef],
    partial: Partial,
    *,
    progress: Callable[[int], None] = lambda _done: None,
    clock: Clock = REAL_CLOCK,
) -> Report:
    """Read the accounts that are not completely recorded yet; those without an answer are tried once more at the end.

    What was read is on the disk before the next accounts are asked about.

    Args:
        source: Where to read from, with background priority.
        refs: The accounts to read.
        partial: Where to save what was read.
        progress: Called after each batch with how many accounts are done.
        clock: Of the pauses after a batch without any answer, and before those that failed are tried once more.

    Raises:
        RefusedError: the source refuses the key: there will be no answer.
        ConfigError: the recording cannot be written.
    """
    todo = [ref for ref in refs if not (ref.kind is RefKind.ID and partial.done.get(ref.value))]
    report = Report(asked=len(refs))
    done = len(refs) - len(todo)
    for attempt in (1, 2):
        silent_batches = 0
        for start in range(0, len(todo), _BATCH):
            batch = todo[start : start + _BATCH]
            outcomes = await asyncio.gather(*(_read(source, ref, partial) for ref in batch))
            _save(partial, report, batch, outcomes)
            done += len(batch) if attempt == 1 else 0
            progress(done)
            if not all(isinstance(outcome, UnavailableError | ThrottledError) for outcome in outcomes):
                silent_batches = 0
                continue
            silent_batches += 1
            if silent_batches == _MAX_SILENT_BATCHES:
                left = todo[start + _BATCH :]
                report.failed |= {ref.value: "Not asked about: the source did not answer." for ref in left}
                return report
            if start + _BATCH < len(todo):
                await clock.sleep(_PAUSE_SECONDS)
        todo = [ref for ref in todo if ref.value in report.failed.keys() - report.absent]
        if todo and attempt == 1:
            await clock.sleep(_PAUSE_SECONDS)
    return report


@dataclass(frozen=True)
class _Found:
    """What was read of one account; `record` None: it is recorded completely already."""

    record: AccountRecord | None = None
    collections: Sequence[Collection] = ()


def _save(
    partial: Partial, report: Report, batch: Sequence[AccountRef], outcomes: Sequence[_Found | TesseraError]
) -> None:
    found = [outcome for outcome in outcomes if isinstance(outcome, _Found) and outcome.record]
    # On this thread: nothing else needs it, and a cancelled write on another could not be awaited.
    partial.add(
        (collection for each in found for collection in each.collections),
        (each.record for each in found if each.record),
    )
    if is_numbered(partial.header.network):
        report.without_owner += sum(not each.record.owner for each in found if each.record)
    for ref, outcome in zip(batch, outcomes, strict=True):
        if isinstance(outcome, RefusedError):
            raise outcome
        if isinstance(outcome, TesseraError):
            report.failed[ref.value] = outcome.sentence
            if isinstance(outcome, NotFoundError):
                report.absent.add(ref.value)
        else:
            report.failed.pop(ref.value, None)


async def _read(source: Source, ref: AccountRef, partial: Partial) -> _Found | TesseraError:
    askers = Askers(Asker.job(f"record {ref.value}"))
    try:
        account, owner = await _resolve(source, ref, askers)
        if partial.done.get(account.account_id):
            return _Found()
        read = await fetch_holdings(source, account, askers)
        counted = [row for row in read.holdings if row.is_counted]
        held = [await _held(source, account, row, askers, with_nfts=partial.header.has_nfts) for row in counted]
        # On a chain the account is the address.
        owner = owner or await _owner(source, account, askers) if is_numbered(source.network) else ""
    except TesseraError as error:
        return error
    why = read.incomplete_reason
    if uncounted := len(read.holdings) - len(counted):
        why = why or Reason.of(ReasonCode.UNCOUNTED, uncounted=uncounted)
    record = AccountRecord(account.account_id, read.as_of, owner, read.total, reason_words(why), tuple(held))
    return _Found(record, [row.collection for row in counted])


async def _resolve(source: Source, ref: AccountRef, askers: Askers) -> tuple[Account, str]:
    """The account, and its owner if that was needed to find it."""
    if ref.kind is RefKind.ID:
        return Account(source.network, ref.value), ""
    owner = await _resolve_name(source, ref.value, askers) if ref.kind is RefKind.NAME else ref.value
    return await source.fetch_account(owner, askers), owner


async def _resolve_name(source: Source, name: str, askers: Askers) -> str:
    resolver = resolver_of(source)
    if resolver is None:
        raise SourceError(_NO_NAMES, label=source.label)
    return await resolver.resolve_name(name, askers)


async def _held(source: Source, account: Account, row: Holding, askers: Askers, *, with_nfts: bool) -> HeldRecord:
    if not with_nfts:
        return HeldRecord(row.collection.collection_id, row.kinds)
    nfts = NftList()
    try:
        async for state in read_nfts(source, account, row.collection, askers):
            nfts = state
    except RefusedError:
        raise
    except SourceError as error:
        nfts = nfts.broken_off(error.words)
    return HeldRecord(row.collection.collection_id, row.kinds, nfts)


async def _owner(source: Source, account: Account, askers: Askers) -> str:
    try:
        return await source.fetch_owner(account, askers)
    except (SourceError, NotFoundError):
        return ""  # counted in the report; the holdings are known nevertheless
