"""What pages, wallets and people call the chains: words in addresses of pages, and EIP-3770's short names.

The short names are those of github.com/ethereum-lists/chains; `matic` is there what wallets also call `pol`.
"""

from __future__ import annotations

_CHAINS = {
    1: ("ethereum", "eth", "mainnet"),
    10: ("optimism", "oeth"),
    56: ("bsc", "bnb"),
    100: ("gnosis", "gno", "xdai"),
    137: ("polygon", "matic", "pol"),
    324: ("zksync",),
    8453: ("base",),
    42161: ("arbitrum", "arb1"),
    42170: ("arb-nova",),
    43114: ("avalanche", "avax"),
    59144: ("linea",),
    81457: ("blast", "blastmainnet"),
    167000: ("taiko", "tko-mainnet"),
    534352: ("scroll", "scr"),
    7777777: ("zora",),
}
_BY_WORD = {word: f"eip155:{chain}" for chain, words in _CHAINS.items() for word in words}


def chain_called(word: str) -> str:
    """The chain of a lower-case word, as in CAIP-2; "" if none is called so here."""
    return _BY_WORD.get(word, "")
