"""One collection, page by page: its card, its NFTs as a gallery, and each of them by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import discord

from bot.cogs.holdings import card_parts, collection_embeds, counted_words, holdings_embeds
from bot.cogs.holdings.outside_links import links_of
from bot.errors import InputError
from bot.holdings import Collection, Nft, NftList
from bot.messages import Message, Words
from bot.text import read_text, safe_pages, safe_text
from bot.text.typed_values import typed_number
from bot.ui import embeds
from bot.ui.page_items import Choice

_NO_TAB = Message("There is no tab {value} here.")
_NOT_OPENABLE = Message("{value} cannot be opened.")
_NOT_FOUND = Message("None of these NFTs has “{text}” in its name. Try fewer letters.")
_LOOK = Message("Look at an NFT…")
_PLACE = Message("{number} of {total}")

# A description is shown whole: what exceeds this is on a page of its own, so that NFTs always have room beside it.
_DESCRIPTION_PAGE = 3000
_CHOICE = 100


class _Opened:
    """What pages have in common that were opened from others, and belong to nobody."""

    def must_ask(self) -> bool:
        """Nobody: what it was opened from is asked before it."""
        return False

    def tabs(self) -> Sequence[Choice]:
        """None: a collection is on one network."""
        return ()

    def tab(self) -> str:
        """None is shown: there are no tabs."""
        return ""


class CollectionPages(_Opened):
    """One collection: its card and description, then the NFTs that an account holds of it, four a page."""

    def __init__(
        self,
        collection: Collection,
        *,
        source_label: Words | str,
        as_of: datetime,
        gateways: Sequence[str],
        held: str = "",
        nfts: NftList | None = None,
        following: Choice | None = None,
    ) -> None:
        self._collection = collection
        self._source_label = source_label
        self._as_of = as_of
        self._gateways = gateways
        self._held = held
        self._following = following
        self._nfts = nfts or NftList(complete=True)
        shown = "" if card_parts.hides_art(collection) else collection.description
        self._description = safe_pages(shown, _DESCRIPTION_PAGE) or [""]

    @property
    def placeholder(self) -> str:
        """The text on the menu of NFTs."""
        return _LOOK().render()

    def page_count(self) -> int:
        """The card, more of a very long description, and the NFTs; the first four are below the (last) text."""
        nft_pages = -(-len(self._nfts.nfts) // collection_embeds.NFTS_A_PAGE)
        return len(self._description) - 1 + max(1, nft_pages)

    def embeds(self, page: int) -> list[discord.Embed]:
        """The card or a part of its text, and the NFTs of that page."""
        shown: list[discord.Embed] = []
        if page == 0:
            shown.append(self._card())
        elif page < len(self._description):
            shown.append(self._more(page))
        nft_page = page - (len(self._description) - 1)
        if nft_page >= 0:
            shown += self._gallery(nft_page)
            if self._nfts.fallback_reason and page == 0:
                shown.append(holdings_embeds.fallback_embed(self._nfts.source_label, self._nfts.fallback_reason))
            if not self._nfts.complete and page == self.page_count() - 1:
                shown.append(holdings_embeds.incomplete_embed(self._nfts.incomplete_reason))
        return embeds.fit(shown)

    async def ask_again(self) -> CollectionPages:
        """The same: a collection belongs to nobody."""
        return self

    def choices(self, page: int) -> Sequence[Choice]:
        """The NFTs of that page."""
        nft_page = page - (len(self._description) - 1)
        start = nft_page * collection_embeds.NFTS_A_PAGE
        return [
            Choice(
                str(place),
                f"{place + 1}. {card_parts.nft_name(nft, plain=True)}"[:_CHOICE],
                counted_words.copies(nft.copies),
            )
            for place, nft in enumerate(self._nfts.nfts)
            if nft_page >= 0 and start <= place < start + collection_embeds.NFTS_A_PAGE
        ]

    def find(self, text: str) -> ItemPages:
        """The NFTs with these letters in their names, or with this number, one by one.

        Raises:
            InputError: there is none.
        """
        return self._items(_found(self._nfts.nfts, text), 0)

    def following(self) -> Choice | None:
        """The next collection of the list."""
        return self._following

    def links(self, _page: int) -> Sequence[Choice]:
        """Its contract on the explorer of its chain."""
        return links_of(self._collection)

    async def switch(self, value: str) -> CollectionPages:
        """A collection has no tabs.

        Raises:
            InputError: always.
        """
        raise InputError(_NO_TAB, value=safe_text(value, 40, plain=True))

    async def open(self, value: str) -> ItemPages:
        """One NFT, and from there to those before and after it.

        Raises:
            InputError: there is none at that place.
        """
        nfts = self._nfts.nfts
        place = typed_number(value, 0, len(nfts) - 1)
        if place is None:
            raise InputError(_NOT_OPENABLE, value=safe_text(value, 40, plain=True))
        return self._items(nfts, place)

    def _items(self, nfts: Sequence[Nft], first_shown: int) -> ItemPages:
        label = self._nfts.source_label or self._source_label
        as_of = self._nfts.as_of or self._as_of
        return ItemPages(self._collection, nfts, first_shown, label, as_of, self._gateways)

    def _card(self) -> discord.Embed:
        return collection_embeds.collection_embed(
            self._collection,
            description=self._description[0],
            held=self._held,
            source_label=self._source_label,
            as_of=self._as_of,
            gateways=self._gateways,
        )

    def _more(self, page: int) -> discord.Embed:
        colour = card_parts.accent(self._collection)
        return discord.Embed(description=self._description[page], colour=colour)

    def _gallery(self, nft_page: int) -> list[discord.Embed]:
        start = nft_page * collection_embeds.NFTS_A_PAGE
        nfts = self._nfts.nfts[start : start + collection_embeds.NFTS_A_PAGE]
        return collection_embeds.gallery_embeds(self._collection, nfts, start + 1, self._gateways)


@dataclass(frozen=True)
class ItemPages(_Opened):
    """NFTs one by one.

    Attributes:
        collection: Theirs.
        nfts: Each is a page.
        first_shown: The one that was opened.
        source_label: Where the data is from.
        as_of: When it was read.
        gateways: For `ipfs://` pictures.
    """

    collection: Collection
    nfts: Sequence[Nft]
    first_shown: int
    source_label: Words | str
    as_of: datetime
    gateways: Sequence[str]

    def page_count(self) -> int:
        """One for each NFT."""
        return len(self.nfts)

    def embeds(self, page: int) -> list[discord.Embed]:
        """One NFT, large."""
        place = _PLACE(number=page + 1, total=len(self.nfts)).render()
        embed = collection_embeds.item_embed(
            self.collection,
            self.nfts[page],
            place,
            source_label=self.source_label,
            as_of=self.as_of,
            gateways=self.gateways,
        )
        return embeds.fit([embed])

    async def ask_again(self) -> ItemPages:
        """The same: an NFT's page belongs to nobody."""
        return self

    def choices(self, _page: int) -> Sequence[Choice]:
        """Nothing further can be opened."""
        return ()

    def find(self, text: str) -> ItemPages:
        """Those of them with these letters in their names, or with this number.

        Raises:
            InputError: there is none.
        """
        return replace(self, nfts=_found(self.nfts, text), first_shown=0)

    def links(self, page: int) -> Sequence[Choice]:
        """It on the explorer and on a marketplace."""
        return links_of(self.collection, self.nfts[page])

    async def open(self, value: str) -> ItemPages:
        """Nothing further can be opened.

        Raises:
            InputError: always.
        """
        raise InputError(_NOT_OPENABLE, value=safe_text(value, 40, plain=True))

    async def switch(self, value: str) -> ItemPages:
        """There are no tabs.

        Raises:
            InputError: always.
        """
        raise InputError(_NO_TAB, value=safe_text(value, 40, plain=True))


def _found(nfts: Sequence[Nft], text: str) -> Sequence[Nft]:
    wanted = read_text(text).casefold()
    found = [nft for nft in nfts if _fits(nft, wanted)] if wanted else []
    if not found:
        raise InputError(_NOT_FOUND, text=safe_text(text, 60, plain=True))
    return found


def _fits(nft: Nft, wanted: str) -> bool:
    """Whether an NFT is meant by what was typed; a hidden name is no name to be found by."""
    name = "" if card_parts.hides_nft(nft) else read_text(card_parts.nft_name(nft, plain=True))
    return wanted in name.casefold() or wanted.removeprefix("#") in (nft.nft_id.casefold(), str(nft.token_id))
