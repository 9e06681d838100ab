"""The content of long answers, page by page: the page sources that `bot.ui.paginator` shows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import discord

from bot.cogs.holdings import holdings_embeds
from bot.cogs.holdings.shared_accounts import SharedAccounts
from bot.errors import InputError
from bot.holdings import Account, Collection, Holding, Holdings, NftList, Order, Owner, ShownHoldings
from bot.lookup.lookup import Lookup
from bot.messages import Message
from bot.reasons import Reason, ReasonCode
from bot.sources.askers import Asker
from bot.text import safe_pages, safe_text
from bot.text.plural import different_nfts
from bot.ui import embeds
from bot.ui.page_items import Choice

_NOT_IN_LIST = Message("That collection is no longer in the list. Use the command again.")
_NO_TAB = Message("There is no tab {value} here.")
_NOT_OPENABLE = Message("{value} cannot be opened.")

# A description is shown whole: what exceeds this is on a page of its own, so that NFTs always have room beside it.
_DESCRIPTION_PAGE = 3000
# A row of buttons holds five.
_TABS = 5
# A member who presses a tab sees no change until the answer arrives.
_SWITCH_SECONDS = 20.0


@dataclass(frozen=True)
class HoldingsPages:
    """An account's collections, five a page; each can be opened.

    `asker` is who may press: what is opened is fetched at their turn. `main` is one's own main account, and words that
    say so. `shared` is where another member's account is shown: then the tabs are the accounts which that member
    shares, and no others of the same owner.
    """

    lookup: Lookup
    asker: Asker
    holdings: Holdings
    owner: Owner
    gateways: Sequence[str]
    order: Order
    reading: bool
    hide_scam: bool = True
    main: tuple[Account, str] | None = None
    shared: SharedAccounts | None = None

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

    @cached_property
    def shown(self) -> ShownHoldings:
        """The rows in their order, without those that are to be hidden."""
        return self.holdings.shown(self.order, hide_scam=self.hide_scam)

    def page_count(self) -> int:
        """At least one, for the header."""
        return max(1, -(-len(self.shown.rows) // holdings_embeds.COLLECTIONS_A_PAGE))

    def embeds(self, page: int) -> list[discord.Embed]:
        """A header and up to five cards."""
        # The tab of another network shows another account, which is not the main one.
        whose = self.main[1] if self.main and self.main[0] == self.holdings.account else ""
        if self.shared:
            whose = self.shared.whose(self.holdings.account)
        return holdings_embeds.holdings_embeds(
            self.shown,
            page,
            owner=self.owner,
            reading=self.reading,
            gateways=self.gateways,
            whose=whose,
        )

    def choices(self, page: int) -> Sequence[Choice]:
        """The collections of that page."""
        return [
            Choice(
                holding.collection.collection_id,
                safe_text(holding.collection.name, 100, plain=True),
                different_nfts(holding.counted_kinds),
            )
            for holding in self._of_page(page)
        ]

    def tabs(self) -> Sequence[Choice]:
        """The networks on which the same owner can have an account; none while the owner is not known.

        Of another member only the accounts that they share: naming one is not sharing the others.
        """
        if self.shared:
            return self.shared.tabs({source.network: source.label for source in self.lookup.sources})[:_TABS]
        if not self.owner.address or len(self.lookup.sources) == 1:
            return ()
        shown = [Choice(source.network, source.label) for source in self.lookup.sources]
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
        for holding in self.shown.rows:
            if holding.collection.collection_id == value:
                nfts = await self.lookup.nfts(self.holdings.account, holding, self.asker)
                await self.read_again()  # that took a while
                return CollectionPages(
                    holding.collection,
                    source_label=self.holdings.source_label,
                    as_of=self.holdings.as_of,
                    gateways=self.gateways,
                    held=holdings_embeds.held_words(holding.counted_kinds, nfts),
                    nfts=nfts,
                )
        raise InputError(_NOT_IN_LIST)

    def _of_page(self, page: int) -> Sequence[Holding]:
        start = page * holdings_embeds.COLLECTIONS_A_PAGE
        return self.shown.rows[start : start + holdings_embeds.COLLECTIONS_A_PAGE]


class CollectionPages:
    """One collection: its card and description, then the NFTs that an account holds of it, four a page."""

    def __init__(
        self,
        collection: Collection,
        *,
        source_label: str,
        as_of: datetime,
        gateways: Sequence[str],
        held: str = "",
        nfts: NftList | None = None,
    ) -> None:
        self._collection = collection
        self._source_label = source_label
        self._as_of = as_of
        self._gateways = gateways
        self._held = held
        self._nfts = nfts or NftList(complete=True)
        self._description = safe_pages(collection.description, _DESCRIPTION_PAGE) or [""]

    def page_count(self) -> int:
        """The card, more of a very long description, and the NFTs; the first four are below the (last) text."""
        nft_pages = -(-len(self._nfts.nfts) // holdings_embeds.NFTS_A_PAGE)
        return len(self._description) - 1 + max(1, nft_pages)

    def embeds(self, page: int) -> list[discord.Embed]:
        """The card or a part of its text, and the NFTs of that page."""
        shown: list[discord.Embed] = []
        if page == 0:
            shown.append(self._card())
        elif page < len(self._description):
            shown.append(discord.Embed(description=self._description[page], colour=embeds.BRAND))
        nft_page = page - (len(self._description) - 1)
        if nft_page >= 0:
            start = nft_page * holdings_embeds.NFTS_A_PAGE
            shown += holdings_embeds.nft_embeds(
                self._nfts.nfts[start : start + holdings_embeds.NFTS_A_PAGE], self._gateways
            )
            if self._nfts.fallback_reason and page == 0:
                shown.append(holdings_embeds.fallback_embed(self._nfts.source_label, self._nfts.fallback_reason))
            if not self._nfts.complete and page == self.page_count() - 1:
                shown.append(holdings_embeds.incomplete_embed(self._nfts.incomplete_reason))
        return embeds.fit(shown)

    def must_ask(self) -> bool:
        """Nobody: see `ask_again`."""
        return False

    async def ask_again(self) -> CollectionPages:
        """The same: a collection belongs to nobody. What it was opened from is asked before it."""
        return self

    def choices(self, _page: int) -> Sequence[Choice]:
        """Nothing further can be opened."""
        return ()

    def tabs(self) -> Sequence[Choice]:
        """None: a collection is on one network."""
        return ()

    def tab(self) -> str:
        """None is shown: there are no tabs."""
        return ""

    async def switch(self, value: str) -> CollectionPages:
        """A collection has no tabs.

        Raises:
            InputError: always.
        """
        raise InputError(_NO_TAB, value=safe_text(value, 40, plain=True))

    async def open(self, value: str) -> CollectionPages:
        """Nothing further can be opened.

        Raises:
            InputError: always.
        """
        raise InputError(_NOT_OPENABLE, value=safe_text(value, 40, plain=True))

    def _card(self) -> discord.Embed:
        return holdings_embeds.collection_embed(
            self._collection,
            description=self._description[0],
            held=self._held,
            source_label=self._source_label,
            as_of=self._as_of,
            gateways=self._gateways,
        )
