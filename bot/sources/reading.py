"""The one reading loop: what a source yields becomes frozen values, one after each page.

Commands read through `Lookup`, which shares and caches. What decides about roles reads here, without any cache.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import TypeVar

from bot.errors import UnavailableError
from bot.holdings import Account, Collection, Holding, Holdings, NftList, Origin
from bot.messages import Message
from bot.reasons import Reason, ReasonCode
from bot.sources.askers import Askers
from bot.sources.paging import Scan
from bot.sources.source import Source, origin_of

T = TypeVar("T")

_BROKEN_OFF = Message("{label} broke off in the middle.")


def _now() -> datetime:
    return datetime.now(UTC)


async def read_holdings(
    source: Source,
    account: Account,
    askers: Askers,
    *,
    contract: str | None = None,
    clock: Callable[[], datetime] = _now,
) -> AsyncIterator[Holdings]:
    """What an account holds, growing with each page; the last is the answer.

    Args:
        source: The source to ask.
        account: The account to read.
        askers: Who is waiting for the answer.
        contract: Only collections of this contract.
        clock: Returns the current time. What was read may be newer than its `as_of`, never older.

    Raises:
        SourceError: no usable answer; what was yielded before stays valid, and `broken_off` marks it as incomplete.
        NotFoundError: the source says that there is no such account; this does not mean that it holds nothing.
    """
    asked_at = clock()
    async for scan in source.iter_holdings(account, contract, askers):
        yield _to_holdings(account, contract, scan.as_of or asked_at, scan.origin or origin_of(source), scan)


async def fetch_holdings(
    source: Source,
    account: Account,
    askers: Askers,
    *,
    contract: str | None = None,
    clock: Callable[[], datetime] = _now,
) -> Holdings:
    """The last value of `read_holdings`, for callers who need only that. It may be incomplete, and then says why.

    Raises:
        SourceError: no usable answer, or it ended before the list was finished.
        NotFoundError: as in `read_holdings`.
    """
    found = await last_of(read_holdings(source, account, askers, contract=contract, clock=clock))
    if found is None or not found.finished:
        raise UnavailableError(_BROKEN_OFF, label=source.label)
    return found


async def read_nfts(
    source: Source,
    account: Account,
    collection: Collection,
    askers: Askers,
    *,
    clock: Callable[[], datetime] = _now,
) -> AsyncIterator[NftList]:
    """The NFTs of one collection that an account holds, as in `read_holdings`."""
    asked_at = clock()
    async for scan in source.iter_nfts(account, collection, askers):
        yield NftList(
            tuple(nft for nft in scan.rows if nft.copies > 0),
            complete=scan.complete,
            total=scan.total,
            incomplete_reason=scan.incomplete_reason,
            as_of=scan.as_of or asked_at,
            origin=scan.origin or origin_of(source),
            fallback_reason=scan.fallback_reason,
        )


async def last_of(states: AsyncIterator[T]) -> T | None:
    """The last state of a list that grows; None if there was none."""
    last = None
    async for state in states:
        last = state
    return last


def _to_holdings(
    account: Account, contract: str | None, as_of: datetime, origin: Origin, scan: Scan[Holding]
) -> Holdings:
    # The request has nonZero and tokenAddress; a server that ignores them must not put wrong rows on a card.
    rows = [row for row in scan.rows if row.kinds > 0 or not row.is_counted]
    incomplete_reason = scan.incomplete_reason
    if contract:
        unnamed = sum(not row.collection.contract_address for row in rows)
        if unnamed and scan.finished and not incomplete_reason:
            incomplete_reason = Reason.of(ReasonCode.CONTRACT_UNNAMED, unnamed=unnamed)
        rows = [row for row in rows if row.collection.contract_address == contract]
    return Holdings(
        account,
        as_of,
        tuple(rows),
        complete=scan.complete and not incomplete_reason,
        total=scan.total,
        incomplete_reason=incomplete_reason,
        contract=contract,
        origin=origin,
        fallback_reason=scan.fallback_reason,
        never_seen=scan.never_seen,
    )
