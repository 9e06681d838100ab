"""Where the links of a collection and of an NFT lead."""

from typing import Any

import pytest

from bot.cogs.holdings.outside_links import links_of
from bot.holdings import LOOPRING, Collection, Nft
from tests.ui.example_embeds import CONTRACT


@pytest.mark.parametrize(
    ("network", "fields", "urls"),
    [
        (
            "eip155:1",
            {"contract_address": CONTRACT},
            [f"https://etherscan.io/nft/{CONTRACT}/7", f"https://opensea.io/item/ethereum/{CONTRACT}/7"],
        ),
        (
            "eip155:8453",
            {"contract_address": CONTRACT},
            [f"https://basescan.org/nft/{CONTRACT}/7", f"https://opensea.io/item/base/{CONTRACT}/7"],
        ),
        ("eip155:100", {"contract_address": CONTRACT}, [f"https://gnosisscan.io/nft/{CONTRACT}/7"]),
        ("eip155:424242", {"contract_address": CONTRACT}, []),
        ("eip155:1", {"contract_address": "0x12/../evil"}, []),
        (
            LOOPRING,
            {"contract_address": CONTRACT, "deploy_status": "DEPLOYED"},
            [f"https://etherscan.io/nft/{CONTRACT}/7", f"https://opensea.io/item/ethereum/{CONTRACT}/7"],
        ),
        (LOOPRING, {"contract_address": CONTRACT, "deploy_status": "NOT_DEPLOYED"}, []),
    ],
)
def test_an_nft_has_links_to_the_pages_of_its_chain(network: str, fields: dict[str, Any], urls: list[str]) -> None:
    found = links_of(Collection(network, "254", **fields), Nft("7", "7", 1))
    assert [link.value for link in found] == urls
