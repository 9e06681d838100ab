"""The account or collection that a page of an explorer, a marketplace or a wallet's site is about, by its address.

EIP-3091 says how explorers' addresses look (`/address/…`, `/token/…`, `/tx/…`); marketplaces have forms of their own.
The site is never asked: what it shows is in the address of its page, or it is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from bot.holdings import LOOPRING
from bot.messages import Message
from bot.names.chain_names import chain_called
from bot.names.ens_name import is_like_a_name

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
# What follows is an account, or its name.
_OF_ACCOUNTS = frozenset(
    [
        "address",
        "addresses",
        "account",
        "accounts",
        "user",
        "users",
        "u",
        "profile",
        "profiles",
        "portfolio",
        "wallet",
        "name",
        "names",
        "domain",
        "ens",
    ]
)
# A name here may have any ending; elsewhere a file's name looks like one.
_OF_NAMES = frozenset({"app.ens.domains"})
# What is here are files and those who write them.
_OF_FILES = frozenset({"github.com", "raw.githubusercontent.com", "gist.github.com", "gitlab.com", "codeberg.org"})
# In these parts of an address, pages name an account that they do not name in their path.
_IN_QUERY = ("id", "search", "address", "a")
# A Safe is on one chain alone, which is before its address: in the query, or here in the path.
_PATH_OF_SAFE = re.compile(r"/(?P<chain>[a-z0-9-]+):(?P<address>0[xX][0-9a-fA-F]{40})(?:/.*)?", re.IGNORECASE)
_OF_SAFES = "app.safe.global"


class Page(Enum):
    """What a page is about."""

    ACCOUNT = Message("an account")
    COLLECTION = Message("a collection")
    TRANSACTION = Message("a transaction")
    OTHER = Message("something else")


# What Loopring's explorer counts.
_NUMBERED = {
    "account": Page.ACCOUNT,
    "accounts": Page.ACCOUNT,
    "collection": Page.COLLECTION,
    "collections": Page.COLLECTION,
}


@dataclass(frozen=True, slots=True)
class PastedLink:
    """What a link leads to.

    Attributes:
        page: What its page is about.
        value: An address, a name or a number of Loopring's; "" where there is none.
        network: Of that, where the link says it; else "". An account's address is its owner's on any network.
        holder: On the page of a collection that shows one holder's part: the holder.
    """

    page: Page
    value: str = ""
    network: str = ""
    holder: str = ""


def read_link(text: str) -> PastedLink | None:
    """What a link leads to; None: the text is no link."""
    if not _LINK.fullmatch(text) and not _HOST_OF_NAME.fullmatch(text.rstrip("/")):
        return None
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.")
        named = _HOST_OF_NAME.fullmatch(host)
        name = ".".join(map(_decoded, named["name"].split("."))) if named else ""
    except ValueError:  # UnicodeError is one
        return PastedLink(Page.OTHER)
    return PastedLink(Page.ACCOUNT, name) if name else _page(parts, host)


def _decoded(label: str) -> str:
    """A label of a host as it is read: browsers copy what is not ASCII in Punycode (RFC 3492)."""
    return label[4:].encode().decode("punycode") if label.startswith("xn--") else label


def _page(parts: SplitResult, host: str) -> PastedLink:
    query = dict(parse_qsl(parts.query))
    chain, _, safe = query.get("safe", "").strip().rpartition(":")
    if host == _OF_SAFES and (in_path := _PATH_OF_SAFE.fullmatch(parts.path)):
        chain, safe = in_path["chain"], in_path["address"]
    if _ADDRESS.fullmatch(safe):
        return _page_of_safe(chain, safe, is_of_transaction="id" in query)
    # Sites of one page have their path behind a #.
    path = parts.path + ("/" + parts.fragment if parts.fragment.startswith(("/", "!/")) else "")
    # Some put a colon between a chain, a contract and the number of an NFT.
    split = (each.strip().removeprefix("@") for each in re.split("[/:]", unquote(path.split("?")[0])))
    segments = [each for each in split if each not in ("", "!")]
    page = _page_of_path(segments, host)
    if page.page is Page.COLLECTION:
        holders = (query.get(key, "") for key in ("a", "holder"))
        return replace(page, holder=next(filter(_ADDRESS.fullmatch, holders), ""))
    if page.page is Page.OTHER and host not in _OF_FILES:
        asked = (query.get(key, "").strip() for key in _IN_QUERY)
        return next((PastedLink(Page.ACCOUNT, each) for each in asked if _is_account(each)), page)
    return page


def _page_of_path(segments: Sequence[str], host: str) -> PastedLink:
    words = [each.lower() for each in segments]
    if not _OF_TRANSACTIONS.isdisjoint(words):
        return PastedLink(Page.TRANSACTION)
    network = _network(host, words)
    for place, (word, value) in enumerate(zip(["", *words], segments, strict=False)):
        if _ADDRESS.fullmatch(value):
            # What is behind an address may be a part of an account's page: its NFTs, its collections.
            is_of_nft = _TOKEN_ID.fullmatch("".join(segments[place + 1 : place + 2])) is not None
            is_of_collection = is_of_nft or not _OF_COLLECTIONS.isdisjoint(words[:place])
            return PastedLink(Page.COLLECTION if is_of_collection else Page.ACCOUNT, value, network)
        if _is_name(value, word, host):
            return PastedLink(Page.ACCOUNT, value)
        if network == LOOPRING and _NUMBER.fullmatch(number := value.split("-")[0]) and word in _NUMBERED:
            return PastedLink(_NUMBERED[word], number, LOOPRING)
    return PastedLink(Page.OTHER)


def _page_of_safe(chain: str, address: str, *, is_of_transaction: bool) -> PastedLink:
    """The page of a Safe, which is on one chain alone."""
    if is_of_transaction:
        return PastedLink(Page.TRANSACTION)
    return PastedLink(Page.ACCOUNT, f"{chain_called(chain.lower()) or chain}:{address}" if chain else address)


def _is_account(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text) or _NAME.fullmatch(text))


def _is_name(text: str, before: str, host: str) -> bool:
    """Whether a part of a page's address is the name of an account, by what stands before it."""
    if host in _OF_FILES or not (before in ("", *_OF_ACCOUNTS) or chain_called(before)):
        return False
    return bool(_NAME.fullmatch(text)) or (
        is_like_a_name(text) and (host in _OF_NAMES or (host in _CHAINS and before != ""))
    )


def _network(host: str, words: Sequence[str]) -> str:
    if "loopring" in host or "lexplorer" in host:
        return LOOPRING
    chain = _CHAINS.get(host)
    return next(filter(None, map(chain_called, words)), f"eip155:{chain}" if chain else "")
