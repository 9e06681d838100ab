"""An account's collections, page by page, as `bot.ui.paginator` shows them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import discord

from bot.cogs.holdings import card_parts, collection_embeds, holdings_embeds
from bot.cogs.holdings.collection_pages import CollectionPages
from bot.cogs.holdings.shared_accounts import SharedAccounts
from bot.errors import InputError
from bot.holdings import Account, Collection, Holding, Holdings, Order, Owner, ShownHoldings
from bot.lookup.lookup import Lookup
from bot.messages import Message, Words, reader_text
from bot.reasons import Reason, ReasonCode
from bot.sources.askers import Asker
from bot.text import read_text, safe_text
from bot.text.spam import looks_like_spam
from bot.ui.page_items import Choice

_NOT_IN_LIST = Message("That collection is no longer in the list. Use the command again.")
_NOT_FOUND = Message("None of these collections has “{text}” in its name. Try fewer letters.")

# A row of buttons holds five.
_TABS = 5
# A member who presses a tab sees no change until the answer arrives.
_SWITCH_SECONDS = 20.0


@dataclass(frozen=True)
class HoldingsPages:
    """An account's collections, five a page; each can be opened.

    `asker` is who may press: what is opened is fetched at their turn. `main` is one's own main account, and words
    that say so. `shared` is where another member's account is shown: then the tabs are the accounts which that
    member shares, and no others of the same owner. `is_proven`: it is proven that the main account is theirs.
    `searched`: only the collections with that in their names are shown, as `read_text` has it; "": all.
    `understood`: what something typed was taken for.
    """

    lookup: Lookup
    asker: Asker
    holdings: Holdings
    owner: Owner
    gateways: Sequence[str]
    order: Order
    reading: bool
    hide_scam: bool = True
    main: tuple[Account, Words] | None = None
    shared: SharedAccounts | None = None
    is_proven: bool = False
    searched: str = ""
    understood: Words | None = None
    # By what names a collection: what was found out when it was opened. All versions of these pages share it.
    copies: dict[str, int] = field(default_factory=dict)

    def must_ask(self) -> bool:
        """What another member shares is asked about: Discord, and the store."""
        return self.shared is not None

    async def ask_again(self) -> HoldingsPages:
        """The same pages, if they may still be shown.

        Raises:
            WithdrawnError: they may not.
            UndecidedError: that cannot be found out now.
        """
        shared = self.shared
        return replace(self, shared=await shared.ask_again(self.holdings.account)) if shared else self

    async def read_again(self) -> HoldingsPages:
        """As `ask_again`, for what is shown without a press, soon after the command: Discord is not asked.

        Raises:
            WithdrawnError: they may not be shown any more.
        """
        shared = self.shared
        return replace(self, shared=await shared.read_again(self.holdings.account)) if shared else self

    def with_holdings(self, holdings: Holdings, *, reading: bool) -> HoldingsPages:
        """The same pages with newer data."""
        return replace(self, holdings=holdings, reading=reading)

    @property
    def is_of_member(self) -> bool:
        """Whether its header says whose it is, in place of the address that owns it."""
        return self.shared is not None or (self.main is not None and self.main[0] == self.holdings.account)

    @cached_property
    def shown(self) -> ShownHoldings:
        """The rows in their order, without those that are to be hidden; what looks like spam comes last."""
        shown = self.holdings.shown(self.order, hide_scam=self.hide_scam)
        wanted = self.searched.casefold()
        rows = (row for row in shown.rows if _fits(row, wanted)) if wanted else shown.rows
        return replace(shown, rows=tuple(sorted(rows, key=lambda row: looks_like_spam(row.collection.name))))

    def page_count(self) -> int:
        """At least one, for the header."""
        return max(1, -(-len(self.shown.rows) // holdings_embeds.COLLECTIONS_A_PAGE))

    def embeds(self, page: int) -> list[discord.Embed]:
        """A header and up to five cards."""
        # The tab of another network shows another account, which is not the main one.
        whose, is_proven = "", False
        if self.shared:
            whose = self.shared.whose(self.holdings.account).render()
            is_proven = self.shared.is_proven(self.holdings.account)
        elif self.main and self.is_of_member:
            whose, is_proven = self.main[1].render(), self.is_proven
        return holdings_embeds.holdings_embeds(
            self._counted(),
            page,
            owner=self.owner,
            reading=self.reading,
            gateways=self.gateways,
            about=holdings_embeds.About(whose, is_proven=is_proven, searched=self.searched, understood=self.understood),
        )

    def find(self, text: str) -> HoldingsPages:
        """Only the collections with these letters in their names, or with this number.

        Raises:
            InputError: there is none.
        """
        found = replace(self, searched=read_text(text))
        if not found.searched or not found.shown.rows:
            raise InputError(_NOT_FOUND, text=safe_text(text, 60, plain=True))
        return found

    def choices(self, page: int) -> Sequence[Choice]:
        """The collections of that page."""
        return [self._choice(holding) for holding in self._of_page(page)]

    def tabs(self) -> Sequence[Choice]:
        """The networks on which the same owner can have an account; none while the owner is not known.

        Of another member only the accounts that they share: naming one is not sharing the others.
        """
        if self.searched:
            return ()
        if self.shared:
            return self.shared.tabs({source.network: reader_text(source.label) for source in self.lookup.sources})[
                :_TABS
            ]
        if not self.owner.address or len(self.lookup.sources) == 1:
            return ()
        shown = [Choice(source.network, reader_text(source.label)) for source in self.lookup.sources]
        current = next(index for index, choice in enumerate(shown) if choice.value == self.tab())
        return shown[:_TABS] if current < _TABS else [*shown[: _TABS - 1], shown[current]]

    def tab(self) -> str:
        """The network shown; another member's account, where that is shown."""
        return str(self.holdings.account) if self.shared else self.holdings.account.network

    async def switch(self, value: str) -> HoldingsPages:
        """The same owner's account on another network, or another account that the same member shares.

        Raises:
            InputError: it is not shared.
            WithdrawnError: it was until now.
        """
        owner = self.owner
        if self.shared:
            account = self.shared.link_of(value).account
            owner = await self.lookup.known_owner(account)
        else:
            account = await self.lookup.account_of(owner.address, value, self.asker)
        clock = asyncio.get_running_loop().time
        deadline = clock() + _SWITCH_SECONDS
        async for holdings in self.lookup.subscribe_holdings(account, self.asker, self.holdings.contract):
            shown = holdings
            if clock() > deadline and not holdings.finished:
                shown = replace(holdings, incomplete_reason=Reason.of(ReasonCode.STILL_READING))
                break
        return await replace(self.with_holdings(shown, reading=False), owner=owner).read_again()

    async def open(self, value: str) -> CollectionPages:
        """One collection, with the account's NFTs in it.

        Raises:
            InputError: it is no longer in the list.
            WithdrawnError: the account may no longer be shown.
        """
        rows = self.shown.rows
        place = next((place for place, row in enumerate(rows) if row.collection.collection_id == value), None)
        if place is None:
            raise InputError(_NOT_IN_LIST)
        holding, following = rows[place], rows[place + 1 : place + 2]
        nfts = await self.lookup.nfts(self.holdings.account, holding, self.asker)
        await self.read_again()  # that took a while
        if nfts.complete:
            self.copies[value] = sum(nft.copies for nft in nfts.nfts)
        return CollectionPages(
            holding.collection,
            source_label=self.holdings.source_label,
            as_of=self.holdings.as_of,
            gateways=self.gateways,
            held=collection_embeds.held_words(holding.counted_kinds, nfts),
            nfts=nfts,
            following=next((self._choice(row) for row in following), None),
        )

    def _counted(self) -> ShownHoldings:
        """The rows with the copies that are known by now, of those whose source does not say them in a list."""
        rows = (
            replace(row, copies=self.copies.get(self._value(row.collection))) if row.copies is None else row
            for row in self.shown.rows
        )
        return replace(self.shown, rows=tuple(rows)) if self.copies else self.shown

    def _value(self, collection: Collection) -> str:
        """What names a collection among these: they are of one network."""
        return collection.collection_id

    def _choice(self, holding: Holding) -> Choice:
        return Choice(
            self._value(holding.collection),
            card_parts.plain_name(holding.collection),
            holdings_embeds.count_words(holding.counted_kinds, holding.copies),
        )

    def _of_page(self, page: int) -> Sequence[Holding]:
        start = page * holdings_embeds.COLLECTIONS_A_PAGE
        return self.shown.rows[start : start + holdings_embeds.COLLECTIONS_A_PAGE]


def _fits(row: Holding, wanted: str) -> bool:
    """Whether a collection is meant by what was typed; a hidden name is no name to be found by."""
    collection = row.collection
    name = "" if looks_like_spam(collection.name) else read_text(collection.name)
    return wanted in name.casefold() or wanted.removeprefix("#") == collection.collection_id.casefold()
