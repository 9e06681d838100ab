"""What a source answers about one account, as what is stored of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.counts import count_copies, count_listed
from bot.errors import SourceError
from bot.gates.facts import Held, Token
from bot.gates.rule import CollectionRef
from bot.holdings import Account, Collection, Holdings, NftList
from bot.messages import Message
from bot.reasons import Reason, ReasonCode
from bot.sources.askers import Askers
from bot.sources.reading import read_holdings, read_nfts
from bot.sources.source import Source
from bot.store.sync.observations import ReadAccount, ReadTokens, StoredAccount

_FORGOTTEN = Message(
    "{label} says that it has never seen this account, of which it listed NFTs before. Nothing follows from that."
)

# Pages that arrived so long after each other say nothing about one moment.
_LONGEST_READING = timedelta(minutes=5)
# A balance may have 78 digits, and the store's numbers end before that; no rule asks for so many.
MOST_COPIES = 2**60

T = TypeVar("T", Holdings, NftList)


async def last_holdings(
    source: Source, account: Account, askers: Askers, clock: Callable[[], datetime]
) -> Holdings | None:
    """What an account holds; where the list broke off in the middle, what had arrived, marked as incomplete.

    Raises:
        SourceError, NotFoundError: nothing arrived; see `read_holdings`.
    """
    started = clock()
    holdings = await _last(read_holdings(source, account, askers, clock=clock))
    if holdings and holdings.complete and clock() - started > _LONGEST_READING:
        return replace(holdings, complete=False, incomplete_reason=Reason.of(ReasonCode.LIST_CHANGED))
    return holdings


def checked(holdings: Holdings, stored: StoredAccount | None) -> Holdings:
    """The same; incomplete where the source says "never seen" of what was observed: it has forgotten the account."""
    if not holdings.never_seen or stored is None or not (stored.whole or stored.part or stored.emptied_at):
        return holdings
    return holdings.broken_off(_FORGOTTEN(label=holdings.source_label))


async def last_nfts(
    source: Source, account: Account, collection: Collection, askers: Askers, clock: Callable[[], datetime]
) -> NftList | None:
    """The NFTs of one collection that an account holds, likewise."""
    return await _last(read_nfts(source, account, collection, askers, clock=clock))


async def _last(states: AsyncIterator[T]) -> T | None:
    latest: T | None = None
    try:
        async for state in states:
            latest = state
    except SourceError as error:
        if latest is None:
            raise
        return latest.broken_off(error.words)
    return latest


def ref_of(collection: Collection) -> CollectionRef:
    """How rules name a collection."""
    return CollectionRef(collection.network, collection.collection_id)


def to_reading(
    holdings: Holdings,
    *,
    is_whole: bool,
    asked: frozenset[CollectionRef] = frozenset(),
    tokens: Mapping[CollectionRef, ReadTokens] | None = None,
) -> ReadAccount:
    """What was read of an account, with the NFTs of those collections that were asked for."""
    return ReadAccount(
        account=holdings.account,
        as_of=holdings.as_of,
        is_whole=is_whole,
        kinds={ref_of(row.collection): row.kinds for row in holdings.holdings if row.is_counted},
        uncounted=frozenset(ref_of(row.collection) for row in holdings.holdings if not row.is_counted),
        names={ref_of(row.collection): row.collection.name for row in holdings.holdings},
        asked=asked,
        tokens=tokens or {},
    )


def to_held(nfts: NftList, now: datetime, max_age: timedelta) -> Held:
    """What a list of single NFTs says of their collection."""
    tokens = to_tokens(nfts, now, max_age)
    return Held(
        count_listed(nfts, now=now, max_age=max_age),
        count_copies(nfts, now=now, max_age=max_age),
        tokens.tokens,
        has_all_tokens=tokens.is_whole,
    )


def to_tokens(nfts: NftList, now: datetime, max_age: timedelta) -> ReadTokens:
    """Tokens by number; one that has none makes the list incomplete."""
    tokens: dict[int, Token] = {}
    copies = count_copies(nfts, now=now, max_age=max_age)
    numbered = 0
    for nft in nfts.nfts:
        number = nft.token_id
        if number is None:
            continue
        numbered += 1
        before = tokens.get(number)
        traits = None if nft.traits is None else frozenset((a.casefold(), b.casefold()) for a, b in nft.traits)
        tokens[number] = Token(min(nft.copies + (before.copies if before else 0), MOST_COPIES), traits)
    is_whole = copies.high is not None and numbered == len(nfts.nfts)
    return ReadTokens(nfts.as_of or now, tokens, min(copies.low, MOST_COPIES), is_whole=is_whole)
