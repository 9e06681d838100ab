"""Pages elsewhere about an NFT or a collection: on the explorer and on a marketplace of its chain.

They are never asked. A chain that is not listed, and what is not on a chain yet, has none.
"""

from __future__ import annotations

import re

from bot.holdings import LOOPRING, Collection, Nft
from bot.messages import Message
from bot.ui.page_items import Choice

_EXPLORER = Message("Explorer")
_MARKETPLACE = Message("Marketplace")

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
# Chain id: its explorer (EIP-3091), and its name at the marketplace; "": that does not have it.
_CHAINS = {
    "1": ("https://etherscan.io", "ethereum"),
    "10": ("https://optimistic.etherscan.io", "optimism"),
    "100": ("https://gnosisscan.io", ""),
    "137": ("https://polygonscan.com", "polygon"),
    "8453": ("https://basescan.org", "base"),
    "42161": ("https://arbiscan.io", "arbitrum"),
    "59144": ("https://lineascan.build", ""),
    "167000": ("https://taikoscan.io", ""),
}


def links_of(collection: Collection, nft: Nft | None = None) -> tuple[Choice, ...]:
    """Where more about a collection, or about one NFT of it, can be read; `value` is the URL."""
    contract = collection.contract_address or collection.collection_id
    chain = "1" if collection.network == LOOPRING else collection.network.removeprefix("eip155:")
    if not _ADDRESS.fullmatch(contract) or chain not in _CHAINS or _is_only_on_layer_2(collection):
        return ()
    explorer, market = _CHAINS[chain]
    token = nft.token_id if nft else None
    if token is None:
        return (Choice(f"{explorer}/token/{contract}", _EXPLORER().render()),)
    links = [Choice(f"{explorer}/nft/{contract}/{token}", _EXPLORER().render())]
    if market:
        links.append(Choice(f"https://opensea.io/item/{market}/{contract}/{token}", _MARKETPLACE().render()))
    return tuple(links)


def _is_only_on_layer_2(collection: Collection) -> bool:
    return collection.network == LOOPRING and collection.deploy_status != "DEPLOYED"
