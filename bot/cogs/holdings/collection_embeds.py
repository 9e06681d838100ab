"""One collection, and its NFTs → embeds: a card, a gallery of large pictures, and each NFT by itself.

Text from upstream passes `safe_text()` or `safe_image_url()` here. Discord draws the pictures of neighbouring embeds
with the same URL as a grid of two by two, in the first of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.cogs.holdings import card_parts, counted_words
from bot.cogs.holdings.outside_links import links_of
from bot.holdings import Collection, Nft, NftList
from bot.messages import Message, Words
from bot.text import read_text, safe_text
from bot.text.plural import different_nfts
from bot.ui.embeds import first_image, short_address

# As many pictures as Discord puts into one grid.
NFTS_A_PAGE = 4

_ITEM_TEXT = 1500
_FIELD = 100
# A message has room for 25 fields; traits beyond these are counted.
_MOST_TRAITS = 15
_PROPERTY_WORDS = {
    "isLegacy": Message("legacy"),
    "isPublic": Message("public"),
    "isCounterFactualNFT": Message("counterfactual"),
    "isMintable": Message("mintable"),
    "isEditable": Message("editable"),
    "isDeletable": Message("deletable"),
}
_HELD = Message("Held")
_TYPE = Message("Type")
_PROPERTIES = Message("Properties")
_CREATED = Message("Created")
_UPDATED = Message("Updated")
_CONTRACT = Message("Contract")
_CREATOR = Message("Creator")
_COPIES_HELD = Message("Copies held")
_COLLECTION = Message("Collection")
_TOKEN_ID = Message("Token id")
_MORE = Message("More")
_MORE_TRAITS = Message("{count:,} more trait", "{count:,} more traits")
# The time of the answer follows, which Discord shows by itself.
_FOOTER = Message("{source} · collection {number}, as of")
_ITEM_FOOTER = Message("{place} · {source}, as of")
_HELD_COPIES = Message("{nfts}, {copies}")
# Embeds are one gallery if they have the same URL. What it leads to matters only where nothing better is known.
_GALLERY_URL = "https://docs.discord.com/"


def collection_embed(
    collection: Collection,
    *,
    description: str,
    held: str,
    source_label: Words | str,
    as_of: datetime,
    gateways: Sequence[str],
) -> discord.Embed:
    """One collection, large: banner, description, times, properties.

    Args:
        collection: Its texts are not yet safe.
        description: What to show of its description: safe already, at most 3,000 units.
        held: What the account holds of it in words, or "".
        source_label: Where the data is from.
        as_of: When it was read.
        gateways: For `ipfs://` pictures.
    """
    is_hidden = card_parts.hides_art(collection)
    embed = discord.Embed(
        title=card_parts.card_name(collection),
        description=None if is_hidden else description or None,
        colour=card_parts.accent(collection),
        timestamp=as_of,
    )
    if held:
        embed.add_field(name=_HELD().render(), value=held)
    kind = " · ".join(safe_text(word, 40) for word in card_parts.type_and_status(collection))
    embed.add_field(name=_TYPE().render(), value=kind)
    for name, moment in ((_CREATED, collection.created_at), (_UPDATED, collection.updated_at)):
        if moment:
            embed.add_field(name=name().render(), value=discord.utils.format_dt(moment, "D"))
    for name, address in ((_CONTRACT, collection.contract_address), (_CREATOR, collection.owner)):
        if address:
            embed.add_field(name=name().render(), value=f"`{short_address(address)}`")
    if words := [_property_words(name) for name, value in collection.properties if value]:
        embed.add_field(name=_PROPERTIES().render(), value=safe_text(", ".join(words), 200))
    if not is_hidden:
        embed.set_thumbnail(url=first_image(collection.avatar_uris, gateways))
        embed.set_image(url=first_image(collection.banner_uris, gateways))
    footer = _FOOTER(source=source_label, number=short_address(collection.collection_id))
    return embed.set_footer(text=footer.render())


def gallery_embeds(
    collection: Collection, nfts: Sequence[Nft], first: int, gateways: Sequence[str]
) -> list[discord.Embed]:
    """Up to four NFTs as large pictures, under their names.

    Args:
        collection: Theirs.
        nfts: Those of one page.
        first: The number of the first of them in the list, from 1.
        gateways: For `ipfs://` pictures.
    """
    if not nfts:
        return []
    lines = [
        f"{number}\\. {card_parts.bold(card_parts.nft_name(nft), is_hidden=card_parts.hides_nft(nft))} · "
        f"{counted_words.copies(nft.copies)}"
        for number, nft in enumerate(nfts, first)
    ]
    url = next((link.value for link in links_of(collection)), _GALLERY_URL)
    pictures = [found for nft in nfts if (found := _picture(collection, nft, gateways))]
    colour = card_parts.accent(collection)
    embed = discord.Embed(description="\n".join(lines), colour=colour, url=url if len(pictures) > 1 else None)
    if pictures:
        embed.set_image(url=pictures[0])
    return [embed, *(discord.Embed(url=url, colour=colour).set_image(url=each) for each in pictures[1:])]


def item_embed(
    collection: Collection, nft: Nft, place: str, *, source_label: Words | str, as_of: datetime, gateways: Sequence[str]
) -> discord.Embed:
    """One NFT, large: its picture, what it is and has, and how many of it are held.

    Args:
        collection: Its own.
        nft: Its texts are not yet safe.
        place: "3 of 12".
        source_label: Where the data is from.
        as_of: When it was read.
        gateways: For `ipfs://` pictures.
    """
    is_hidden = card_parts.hides_art(collection) or card_parts.hides_nft(nft)
    text = "" if is_hidden else safe_text(nft.description, _ITEM_TEXT, lines=True) if read_text(nft.description) else ""
    embed = discord.Embed(
        title=card_parts.nft_name(nft), description=text or None, colour=card_parts.accent(collection), timestamp=as_of
    )
    embed.add_field(name=_COPIES_HELD().render(), value=counted_words.number(nft.copies))
    embed.add_field(name=_COLLECTION().render(), value=card_parts.card_name(collection))
    embed.add_field(name=_TOKEN_ID().render(), value=f"`{_token_id(nft)}`")
    traits = nft.traits or ()
    for name, value in () if is_hidden else traits[:_MOST_TRAITS]:
        embed.add_field(name=safe_text(name, _FIELD), value=safe_text(value, _FIELD))
    if len(traits) > _MOST_TRAITS and not is_hidden:
        more = _MORE_TRAITS(count=len(traits) - _MOST_TRAITS)
        embed.add_field(name=_MORE().render(), value=more.render())
    if not is_hidden:
        embed.set_image(url=_picture(collection, nft, gateways))
    return embed.set_footer(text=_ITEM_FOOTER(place=place, source=source_label).render())


def held_words(kinds: int | None, nfts: NftList) -> str:
    """What an account holds of a collection: `"3 different NFTs, 17 copies"`; copies only where all are known."""
    words = different_nfts(kinds)
    if not nfts.complete:
        return words
    copies = counted_words.copies(sum(nft.copies for nft in nfts.nfts))
    return _HELD_COPIES(nfts=words, copies=copies).render()


def _property_words(name: str) -> str:
    known = _PROPERTY_WORDS.get(name)
    return known().render() if known else name


def _picture(collection: Collection, nft: Nft, gateways: Sequence[str]) -> str | None:
    if card_parts.hides_art(collection) or card_parts.hides_nft(nft):
        return None
    return first_image(nft.image_uris, gateways, token_id=nft.token_id)


def _token_id(nft: Nft) -> str:
    """Whole where it is short enough to be compared; those of Loopring have 64 digits."""
    number = nft.token_id
    words = str(number) if number is not None and len(str(number)) <= 20 else short_address(nft.nft_id)  # noqa: PLR2004 - longer ones are hashes
    return safe_text(words.replace("`", ""), 80, plain=True)
