"""What the cards of collections and NFTs have in common: one colour for each collection, the place for its name."""

from __future__ import annotations

import colorsys
import hashlib
import unicodedata

import discord

from bot.holdings import Collection, Nft
from bot.messages import Message
from bot.text import read_text
from bot.text.spam import looks_like_spam, shown_name
from bot.ui.embeds import short_address

PROVEN = discord.Colour(0x3BA55D)

NAME = 100
# Names of which nothing else is needed to find them.
_CARD_NAME = 60
_STATUS_WORDS = {
    "DEPLOYED": Message("deployed on Ethereum"),
    "NOT_DEPLOYED": Message("not deployed on Ethereum"),
    "DEPLOYING": Message("being deployed on Ethereum"),
    "DEPLOY_FAILED": Message("deployment failed"),
}
_TYPE_UNKNOWN = Message("type unknown")
_NFT = Message("NFT {number}")
# Neither the amber of a warning, nor the red of a fault, nor the green of what is proven.
_FIRST_HUE, _LAST_HUE = 165, 345
# All can be seen on Discord's light and on its dark ground.
_LIGHTNESSES = (0.45, 0.57, 0.69)


def accent(collection: Collection) -> discord.Colour:
    """The colour of a collection, the same wherever it is shown: by its id, as no picture is read here."""
    digest = hashlib.sha256(str(collection).encode()).digest()
    hue = _FIRST_HUE + int.from_bytes(digest[:2]) % (_LAST_HUE - _FIRST_HUE)
    lightness, saturation = _LIGHTNESSES[digest[2] % len(_LIGHTNESSES)], 0.55
    parts = colorsys.hls_to_rgb(hue / 360, lightness, saturation)
    return discord.Colour.from_rgb(*(round(part * 255) for part in parts))


def hides_art(collection: Collection) -> bool:
    """Whether what its creator wrote and drew is left out: it is an advertisement."""
    return looks_like_spam(collection.name)


def card_name(collection: Collection) -> str:
    """The name of a collection on its card."""
    return shown_name(collection.name, _CARD_NAME)


def bold(name: str, *, is_hidden: bool) -> str:
    """A name as it begins a line; what stands in place of a hidden one is not emphasized further."""
    return name if is_hidden else f"**{name}**"


def plain_name(collection: Collection) -> str:
    """The name of a collection where no markdown is rendered: in a menu, on a button."""
    return shown_name(collection.name, NAME, plain=True)


def nft_name(nft: Nft, *, plain: bool = False) -> str:
    """The name of an NFT, or its number."""
    if read_text(nft.name):
        return shown_name(nft.name, NAME, plain=plain)
    return shown_name(_NFT(number=short_address(nft.nft_id)).render(), NAME, plain=plain)


def type_and_status(collection: Collection) -> tuple[str, ...]:
    """Its standard, and whether it is on Ethereum; not yet safe to show."""
    known = _STATUS_WORDS.get(collection.deploy_status)
    status = known().render() if known else collection.deploy_status
    return tuple(filter(None, (collection.standard, status))) or (_TYPE_UNKNOWN().render(),)


def cut_columns(text: str, columns: int) -> str:
    """The beginning of a text that fits on one line: letters of East Asia are twice as wide."""
    left = columns
    for place, letter in enumerate(text):
        left -= 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if left < 0:
            return text[:place].rstrip() + "…"
    return text


def hides_nft(nft: Nft) -> bool:
    """Whether the picture and the words of an NFT are left out, as those of an advertisement."""
    return looks_like_spam(nft.name)
