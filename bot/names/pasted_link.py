"""The account or collection that a page of an explorer, a marketplace or a wallet's site is about, by its address.

EIP-3091 says how explorers' addresses look (`/address/…`, `/token/…`, `/tx/…`); marketplaces have forms of their own.
The site is never asked: what it shows is in the address of its page, or it is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.holdings import LOOPRING

_LINK = re.compile(r"(?:https?://|www\.)\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)+/\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}")
_NAME = re.compile(r"[^\s/]+\.eth", re.IGNORECASE)
# A page at which a name is served.
_HOST_OF_NAME = re.compile(r"(?P<name>.+\.eth)\.(?:limo|link|xyz|lc|ac|art|cd)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,18}")
_TOKEN_ID = re.compile(r"[0-9]{1,78}|0x[0-9a-fA-F]{64}")

# What follows is a contract, or one of its tokens.
_OF_COLLECTIONS = frozenset(
    [
        "token",
        "tokens",
        "nft",
        "nfts",
        "asset",
        "assets",
        "item",
        "items",
        "item-details",
        "artwork",
        "mint",
        "collect",
        "collection",
        "collections",
    ]
)
_OF_TRANSACTIONS = frozenset({"tx", "transaction", "transactions"})
_CHAINS = {
    "etherscan.io": 1,
    "eth.blockscout.com": 1,
    "ethplorer.io": 1,
    "rarible.com": 1,  # where the page names no other
    "optimistic.etherscan.io": 10,
    "optimism.blockscout.com": 10,
    "bscscan.com": 56,
    "gnosisscan.io": 100,
    "gnosis.blockscout.com": 100,
    "polygonscan.com": 137,
    "polygon.blockscout.com": 137,
    "basescan.org": 8453,
    "base.blockscout.com": 8453,
    "arbiscan.io": 42161,
    "arbitrum.blockscout.com": 42161,
    "lineascan.build": 59144,
    "taikoscan.io": 167000,
}
_CHAIN_WORDS = {
    "ethereum": 1,
    "eth": 1,
    "optimism": 10,
    "bsc": 56,
    "matic": 137,
    "polygon": 137,
    "base": 8453,
    "arbitrum": 42161,
}


class Page(Enum):
    """What a page is about."""

    ACCOUNT = "an account"
    COLLECTION = "a collection"
    TRANSACTION = "a transaction"
    OTHER = "something else"


@dataclass(frozen=True, slots=True)
class PastedLink:
    """What a link leads to.

    Attributes:
        page: What its page is about.
        value: An address, a name or a number of Loopring's; "" where there is none.
        network: Of that, where the link says it; else "".
        holder: On the page of a collection that shows one holder's part: the holder.
    """

    page: Page
    value: str = ""
    network: str = ""
    holder: str = ""


def read_link(text: str) -> PastedLink | None:
    """What a link leads to; None: the text is no link."""
    if not _LINK.fullmatch(text):
        return None
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return PastedLink(Page.OTHER)
    if named := _HOST_OF_NAME.fullmatch(host):
        return PastedLink(Page.ACCOUNT, named["name"])
    # Sites of one page have their path behind a #.
    path = parts.path + ("/" + parts.fragment if parts.fragment.startswith(("/", "!/")) else "")
    # Some put a colon between a chain, a contract and the number of an NFT.
    segments = [unquote(each).strip() for each in re.split("[/:]", path.split("?")[0]) if each]
    page = _page(segments, host)
    if page.page is not Page.COLLECTION:
        return page
    query = dict(parse_qsl(parts.query))
    return replace(
        page, holder=next((query[key] for key in ("a", "holder") if _ADDRESS.fullmatch(query.get(key, ""))), "")
    )


def _page(segments: Sequence[str], host: str) -> PastedLink:
    words = [each.lower() for each in segments]
    if not _OF_TRANSACTIONS.isdisjoint(words):
        return PastedLink(Page.TRANSACTION)
    network = _network(host, words)
    for place, (word, value) in enumerate(zip(["", *words], segments, strict=False)):
        if _ADDRESS.fullmatch(value):
            # What is behind an address may be a part of an account's page: its NFTs, its collections.
            is_of_nft = _TOKEN_ID.fullmatch("".join(segments[place + 1 : place + 2])) is not None
            if is_of_nft or not _OF_COLLECTIONS.isdisjoint(words[:place]):
                return PastedLink(Page.COLLECTION, value, network)
        if _ADDRESS.fullmatch(value) or _NAME.fullmatch(value):
            return PastedLink(Page.ACCOUNT, value)
        if network == LOOPRING and _NUMBER.fullmatch(number := value.split("-")[0]):
            if word in ("account", "accounts"):
                return PastedLink(Page.ACCOUNT, number, LOOPRING)
            if word in ("collection", "collections"):
                return PastedLink(Page.COLLECTION, number, LOOPRING)
    return PastedLink(Page.OTHER)


def _network(host: str, words: Sequence[str]) -> str:
    if "loopring" in host or "lexplorer" in host:
        return LOOPRING
    chain = next((_CHAIN_WORDS[word] for word in words if word in _CHAIN_WORDS), None) or _CHAINS.get(host)
    return f"eip155:{chain}" if chain else ""
