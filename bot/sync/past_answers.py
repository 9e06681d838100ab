"""What an archive answers about one account, as far as its operator lets that earn roles: at least that, and no more.

Single NFTs count only where the archive has all that an account held, and all of that collection: in an account that it
doubts, an id may be a wrong one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from bot.errors import TesseraError
from bot.gates.facts import Token
from bot.gates.rule import CollectionRef
from bot.holdings import Holding, Holdings, NftList
from bot.sources.askers import Askers
from bot.sources.source import Source
from bot.store.sync.observations import ReadAccount, ReadTokens
from bot.sync.source_answers import MOST_COPIES, last_nfts, ref_of, to_reading

log = logging.getLogger(__name__)


async def past_part(
    source: Source,
    holdings: Holdings,
    asked: Collection[CollectionRef],
    askers: Askers,
    clock: Callable[[], datetime],
) -> ReadAccount | None:
    """What an archive reports that may earn roles; None: it is of no such source.

    Not where it is the fallback of another one: it would give back what that source has seen to be gone.

    Args:
        source: Who answered.
        holdings: What it answered.
        asked: Collections whose single NFTs some rule asks for.
        askers: Who asks.
        clock: Returns the present as an aware datetime.
    """
    if not source.abilities.may_grant or holdings.fallback_reason or holdings.stale_reason:
        return None
    tokens = {}
    if holdings.complete:
        for row in holdings.holdings:
            if ref_of(row.collection) in asked and (listed := await _listed(source, holdings, row, askers, clock)):
                tokens[ref_of(row.collection)] = listed
    return replace(to_reading(holdings, is_whole=False, tokens=tokens), is_of_an_archive=True)


async def _listed(
    source: Source, holdings: Holdings, row: Holding, askers: Askers, clock: Callable[[], datetime]
) -> ReadTokens | None:
    try:
        nfts = await last_nfts(source, holdings.account, row.collection, askers, clock)
    except TesseraError as error:
        log.info("the NFTs of %s of %s: %s", ref_of(row.collection), holdings.account, error.sentence)
        return None
    return past_tokens(nfts.expecting(row.counted_kinds), holdings.as_of) if nfts else None


def past_tokens(nfts: NftList, as_of: datetime) -> ReadTokens | None:
    """The NFTs that an archive lists of a collection, by number and without traits; None: it does not list them all.

    Args:
        nfts: What it lists.
        as_of: When that was.
    """
    if not nfts.complete or nfts.incomplete_reason or nfts.fallback_reason:
        return None
    copies: dict[int, int] = {}
    for nft in nfts.nfts:
        number = nft.token_id
        if number is None:
            return None
        copies[number] = min(copies.get(number, 0) + nft.copies, MOST_COPIES)
    tokens = {number: Token(count) for number, count in copies.items()}
    return ReadTokens(as_of, tokens, min(sum(copies.values()), MOST_COPIES), is_whole=False)
