"""Who is missing in a server: the holders that a collection's source lists, against the accounts that are linked there.

The list is read from the source page by page, which can take minutes, and can be cancelled. What arrived is stated as
"at least". Where a source cannot list holders, how many there are in all is unknown, and said to be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.counts import count_listed_holders
from bot.errors import TesseraError
from bot.gates.rule import CollectionRef
from bot.holders.gap import CollectionHolders, HolderGap
from bot.holders.held import HolderList, holders_of, perhaps_of
from bot.lookup.lookup import Lookup
from bot.messages import Message, Words
from bot.reasons import reason_words
from bot.sources.askers import Asker, Askers
from bot.sources.capabilities import holders_of as lister_of
from bot.sources.source import Source
from bot.sync.holder_lists import HolderLists
from bot.sync.holder_progress import Progress
from bot.text import safe_text

_NO_SOURCE = Message("no source here knows `{network}`")
_CANNOT_LIST = Message("{label} cannot list the holders of a collection")
_NOT_LIVE = Message("{label} reports the past, not the present")
_CANCELLED = Message("it was cancelled before the list was read to its end")
_BROKE_OFF = Message("{cause}")
# Of these some holders may be left out by the rows that a source joins.
_MANY_KINDS = Message("its source lists an {standard} by holder and NFT, and may leave some out")
_ONE_ROW_EACH = "ERC-721"
_STANDARD, _CAUSE = 20, 300
_NOT_TOLD = Message("its source does not say which standard it follows")


class HolderGaps:
    """Finds out who is missing. Every method may raise `StoreError`.

    Args:
        lookup: Knows the sources.
        lists: Who holds a collection in a server.
        clock: Returns the present as an aware datetime.
    """

    def __init__(self, lookup: Lookup, lists: HolderLists, clock: Callable[[], datetime]) -> None:
        self._lookup = lookup
        self._lists = lists
        self._clock = clock

    async def of(
        self,
        guild_id: int,
        collection: CollectionRef,
        asker: Asker,
        progress: Progress,
        *,
        server_members: int | None,
    ) -> HolderGap:
        """Who is missing among the holders of a collection, or of one that counts as the same.

        Args:
            guild_id: The server.
            collection: The collection.
            asker: Who asks.
            progress: Who waits.
            server_members: How many members the server has, bots included; None: not known.
        """
        here = await self._lists.of_collection(guild_id, collection)
        listed = [await self._listed(each, asker, progress) for each in here.collections]
        members = await asyncio.to_thread(here.members)
        proven = await self._lists.proven_members(guild_id)
        return HolderGap(
            guild_id=guild_id,
            collections=tuple(listed),
            linked_accounts=_linked(listed, here),
            linked_holders=len(holders_of(members)),
            maybe_holders=len(perhaps_of(members)),
            proven_members=len(proven),
            server_members=server_members,
            made_at=self._clock(),
            left_out=here.left_out,
        )

    async def _listed(self, collection: CollectionRef, asker: Asker, progress: Progress) -> CollectionHolders:
        source = next((each for each in self._lookup.sources if each.network == collection.network), None)
        if source is None:
            return _unlisted(collection, _NO_SOURCE(network=collection.network))
        lister = lister_of(source)
        if lister is None:
            return _unlisted(collection, _CANNOT_LIST(label=source.label))
        if not source.abilities.is_live:
            return _unlisted(collection, _NOT_LIVE(label=source.label))
        as_of = self._clock()
        accounts: frozenset[str] = frozenset()
        why: Words | None = None
        try:
            async for scan in lister.iter_holders(collection.collection_id, Askers(asker)):
                accounts = frozenset(row.account.account_id for row in scan.rows)
                if reason := scan.incomplete_reason or scan.fallback_reason:
                    why = _BROKE_OFF(cause=safe_text(reason_words(reason), _CAUSE))
                await progress.report(len(accounts))
                if progress.is_cancelled and not scan.finished:
                    why = _CANCELLED()
                    break
            why = why or await self._hides_some(source, collection, asker)
        except TesseraError as error:
            why = _BROKE_OFF(cause=safe_text(error.words.render().rstrip(".。"), _CAUSE))
            if not accounts:
                return _unlisted(collection, why)
        holders = count_listed_holders(len(accounts), whole=why is None)
        return CollectionHolders(collection, holders, accounts, as_of, why)

    async def _hides_some(self, source: Source, collection: CollectionRef, asker: Asker) -> Words | None:
        """Why a list that arrived whole may still leave some holders out; None: it does not."""
        found = await source.fetch_collection(collection.collection_id, Askers(asker))
        if found.standard == _ONE_ROW_EACH:
            return None
        return _MANY_KINDS(standard=safe_text(found.standard, _STANDARD)) if found.standard else _NOT_TOLD()


def _unlisted(collection: CollectionRef, why: Words) -> CollectionHolders:
    return CollectionHolders(collection, count_listed_holders(0, whole=False), why_open=why)


def _linked(listed: list[CollectionHolders], here: HolderList) -> int:
    """How many of the listed accounts members here have proven; by name, whatever was read of them."""
    proven = {(each.account.network, each.account.account_id) for each in here.accounts}
    return len(proven & {(each.collection.network, name) for each in listed for name in each.accounts})
