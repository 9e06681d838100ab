"""All that a member's proven accounts hold, in one list, and each of these accounts as a tab beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import discord

from bot.cogs.holdings import collection_embeds, counted_words, holdings_embeds
from bot.cogs.holdings.collection_pages import CollectionPages
from bot.cogs.holdings.pages import HoldingsPages
from bot.errors import InputError, LimitError, NotFoundError, SourceError, TesseraError
from bot.holdings import Account, Collection, Holding, Holdings, NftList
from bot.messages import Message, Words, reader_text
from bot.reasons import Reason, ReasonCode, source_error
from bot.text.plural import different_nfts
from bot.ui.embeds import short_address
from bot.ui.page_items import Choice

_NOT_IN_LIST = Message("That collection is no longer in the list. Use the command again.")
_NOT_YOURS = Message("That account is not among those that are shown here. Use the command again.")
_TITLE = Message("Your {count:,} proven account", "Your {count:,} proven accounts")
_ALL_TOGETHER = Message("All")
_YOURS = Message("Yours, proven")
_SUM = Message("{numbers} different")
_AT_LEAST = Message("at least {nfts}")

ALL = "all"
# A row of buttons holds five.
_MOST_TABS = 5
# A member sees nothing until the slowest of the accounts is read, or this is over.
_READ_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class _Unread:
    """An account whose NFTs could not be read, and why."""

    account: Account
    error: TesseraError


@dataclass(frozen=True)
class SummedPages(HoldingsPages):
    """What several accounts hold; `holdings` has a row for each collection, and `parts` what each account has."""

    parts: tuple[Holdings, ...] = ()

    async def read(self, accounts: Sequence[Account]) -> SummedPages:
        """The same with what these accounts hold now, as far as it is known within some seconds."""
        contract = self.holdings.contract
        parts = await asyncio.gather(*(self._read_one(account, contract) for account in accounts))
        return replace(self, parts=tuple(parts), holdings=_sum_of(parts), reading=False)

    def embeds(self, page: int) -> list[discord.Embed]:
        """A header and up to five cards."""
        return holdings_embeds.holdings_embeds(
            self.shown,
            page,
            owner=self.owner,
            reading=False,
            gateways=self.gateways,
            about=holdings_embeds.About(
                is_proven=True, searched=self.searched, title=_TITLE(count=len(self.parts)).render()
            ),
            counts=self._counts(),
        )

    def tabs(self) -> Sequence[Choice]:
        """All together, and each account."""
        if self.searched:
            return ()
        accounts = [part.account for part in self.parts][: _MOST_TABS - 1]
        return [
            Choice(ALL, _ALL_TOGETHER().render()),
            *(Choice(str(account), self._label(account)) for account in accounts),
        ]

    def tab(self) -> str:
        """All together."""
        return ALL

    async def switch(self, value: str) -> HoldingsPages:
        """One of the accounts, with the same tabs.

        Raises:
            InputError: it is none of them.
        """
        if value == ALL:
            return self
        part = next((part for part in self.parts if str(part.account) == value), None)
        if part is None:
            raise InputError(_NOT_YOURS)
        return _OnePart(
            self.lookup,
            self.asker,
            part,
            await self.lookup.known_owner(part.account),
            self.gateways,
            self.order,
            reading=False,
            hide_scam=self.hide_scam,
            main=(part.account, _YOURS()),
            is_proven=True,
            whole=self,
        )

    async def open(self, value: str) -> CollectionPages:
        """One collection, with the NFTs that all the accounts have in it.

        Raises:
            InputError: it is no longer in the list.
        """
        rows = self.shown.rows
        place = next((place for place, row in enumerate(rows) if self._value(row.collection) == value), None)
        if place is None:
            raise InputError(_NOT_IN_LIST)
        collection, following = rows[place].collection, rows[place + 1 : place + 2]
        holders = self._holders(collection)
        nfts = await self._nfts(collection, holders)
        return CollectionPages(
            collection,
            source_label=self._source(holders[0][0]),
            as_of=self.holdings.as_of,
            gateways=self.gateways,
            held=_held_words(nfts, [row for _, row in holders]),
            nfts=nfts,
            following=next((self._choice(row) for row in following), None),
        )

    async def _nfts(self, collection: Collection, holders: Sequence[tuple[Account, Holding]]) -> NftList:
        """The NFTs of all who hold of a collection: not complete where one of the accounts was not read.

        Raises:
            TesseraError: none of the lists could be read.
        """
        outcomes = await asyncio.gather(*(self._nfts_of_one(account, row) for account, row in holders))
        lists = [outcome for outcome in outcomes if isinstance(outcome, NftList)]
        failed = [outcome for outcome in outcomes if not isinstance(outcome, NftList)]
        if not lists:
            raise failed[0].error
        holding = {account for account, _ in holders}
        unread = [part for part in self.parts if part.account.network == collection.network and not part.complete]
        # Whether one whose list of collections is not whole holds of this one is unknown, too.
        silent = {part.account: part.incomplete_reason for part in unread if part.account not in holding}
        silent |= {each.account: source_error(each.error.words) for each in failed}
        found = _joined(lists)
        reason = _not_read(silent)
        return replace(found, complete=False, incomplete_reason=reason) if silent else found

    async def _nfts_of_one(self, account: Account, row: Holding) -> NftList | _Unread:
        try:
            return await self.lookup.nfts(account, row, self.asker)
        except (SourceError, NotFoundError, LimitError) as error:  # what the others hold is shown all the same
            return _Unread(account, error)

    def _value(self, collection: Collection) -> str:
        return str(collection)

    async def _read_one(self, account: Account, contract: str | None) -> Holdings:
        found = Holdings(account, discord.utils.utcnow(), contract=contract)
        try:
            async with asyncio.timeout(_READ_SECONDS):
                async for found in self.lookup.subscribe_holdings(account, self.asker, contract):  # noqa: B007 - the last one counts
                    pass
        except TimeoutError:
            return replace(found, complete=False, incomplete_reason=Reason.of(ReasonCode.STILL_READING))
        except (SourceError, NotFoundError, LimitError) as error:  # what the others hold is shown all the same
            return replace(found, complete=False, incomplete_reason=source_error(error.words))
        return found

    def _holders(self, collection: Collection) -> list[tuple[Account, Holding]]:
        key = str(collection)
        return [(part.account, row) for part in self.parts for row in part.holdings if str(row.collection) == key]

    def _counts(self) -> Mapping[str, str]:
        """How many, of what several accounts have: some may be the same, so they are not added up.

        Where of one account it is not known how many, there is no number here: the card says that it is unknown.
        """
        counts: dict[str, list[int | None]] = {}
        for part in self.parts:
            for row in part.holdings:
                counts.setdefault(str(row.collection), []).append(row.counted_kinds)
        return {
            key: _SUM(numbers=counted_words.numbers(kinds for kinds in several if kinds is not None)).render()
            for key, several in counts.items()
            if len(several) > 1 and None not in several
        }

    def _source(self, account: Account) -> Words | str:
        return next(part.source_label for part in self.parts if part.account == account)

    def _label(self, account: Account) -> str:
        several = sum(part.account.network == account.network for part in self.parts) > 1
        label = reader_text(self.lookup.label(account.network))
        return f"{label} {short_address(account.account_id)}" if several else label


@dataclass(frozen=True)
class _OnePart(HoldingsPages):
    """One of several accounts, with the tabs of them all."""

    whole: SummedPages | None = None

    def tabs(self) -> Sequence[Choice]:
        """Those of all."""
        return self.whole.tabs() if self.whole and not self.searched else ()

    def tab(self) -> str:
        """This account."""
        return str(self.holdings.account)

    async def switch(self, value: str) -> HoldingsPages:
        """Another one, or all.

        Raises:
            InputError: it is none of them.
        """
        if self.whole is None:
            raise InputError(_NOT_YOURS)
        return await self.whole.switch(value)


def _sum_of(parts: Sequence[Holdings]) -> Holdings:
    """One list: certain only where each of them is."""
    rows: dict[str, Holding] = {}
    for part in parts:
        for row in part.holdings:
            known = rows.get(str(row.collection))
            rows[str(row.collection)] = row if known is None else _added(known, row)
    return replace(
        next((part for part in parts if part.fallback_reason), parts[0]),  # whose name is said
        account=parts[0].account,
        as_of=min(part.as_of for part in parts),
        holdings=tuple(rows.values()),
        complete=all(part.complete for part in parts),
        total=None,
        incomplete_reason=_not_read({part.account: part.incomplete_reason for part in parts if not part.complete}),
        stale_reason=next((part.stale_reason for part in parts if part.stale_reason), None),
    )


def _not_read(reasons: Mapping[Account, Reason | None]) -> Reason | None:
    """Which accounts were not read, and the first reason among theirs; None: all were."""
    cause = next(filter(None, reasons.values()), None)
    if cause is None:
        return None
    accounts = ", ".join(short_address(account.account_id) for account in reasons)
    return Reason.of(ReasonCode.ACCOUNTS_NOT_READ, cause, accounts=accounts)


def _held_words(nfts: NftList, rows: Sequence[Holding]) -> str:
    """How many all of them have: at least so many, where one of them was not read."""
    if nfts.complete:
        return collection_embeds.held_words(len(nfts.nfts), nfts)
    known = max(len(nfts.nfts), *(row.counted_kinds or 0 for row in rows))
    return _AT_LEAST(nfts=different_nfts(known)).render() if known else ""


def _added(one: Holding, other: Holding) -> Holding:
    copies = None if one.copies is None or other.copies is None else one.copies + other.copies
    return replace(one, kinds=one.kinds + other.kinds, is_counted=one.is_counted and other.is_counted, copies=copies)


def _joined(lists: Sequence[NftList]) -> NftList:
    """The NFTs of all; of one that several accounts have, all the copies."""
    found = lists[0]
    for more in lists[1:]:
        by_key = {nft.key: nft for nft in found.nfts}
        for nft in more.nfts:
            known = by_key.get(nft.key)
            by_key[nft.key] = replace(nft, copies=nft.copies + known.copies) if known else nft
        found = replace(
            found,
            nfts=tuple(by_key.values()),
            complete=found.complete and more.complete,
            incomplete_reason=found.incomplete_reason or more.incomplete_reason,
            as_of=min(filter(None, (found.as_of, more.as_of)), default=None),
            origin=(found if found.fallback_reason or not more.fallback_reason else more).origin,
            fallback_reason=found.fallback_reason or more.fallback_reason,
        )
    return found


def summed(pages: HoldingsPages) -> SummedPages:
    """Pages like these, which are to be read for several accounts."""
    return SummedPages(
        pages.lookup,
        pages.asker,
        pages.holdings,
        pages.owner,
        pages.gateways,
        pages.order,
        reading=False,
        hide_scam=pages.hide_scam,
        searched=pages.searched,
    )
