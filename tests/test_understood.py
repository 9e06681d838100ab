"""What something was taken for is said back, and only where it was not typed just like that."""

from __future__ import annotations

import pytest

from bot.holdings import LOOPRING
from bot.names import Names, understood_account

ADDRESS = "0xf153278d25b7c23da3d5183d43fb68321778175d"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (f"https://etherscan.io/address/{ADDRESS}", "I took that etherscan.io link as `0xf153…175d`."),
        (f"www.opensea.io/{ADDRESS}", "I took that opensea.io link as `0xf153…175d`."),
        ("https://explorer.loopring.io/account/10001", "I took that explorer.loopring.io link as `10001`."),
        ("https://vitalik.eth.limo", "I took that vitalik.eth.limo link as `vitalik.eth`."),
        ("\uff56italik.eth", "I took that as `vitalik.eth`."),
        ("0010001", ""),
        ("#10001", ""),
        (f"“{ADDRESS.upper().replace('0X', '0x')}”", ""),
        ("Vitalik.ETH", ""),
    ],
)
def test_what_was_understood_is_said_back(typed: str, said: str) -> None:
    understood = understood_account(typed, Names().parse_account(typed))
    assert (understood.render() if understood else "") == said


@pytest.mark.parametrize(
    "typed",
    [f"https://etherscan.io/address/{ADDRESS}", "https://explorer.loopring.io/account/10001", "Vitalik.eth", "10001"],
)
def test_what_was_understood_is_understood_again(typed: str) -> None:
    names = Names((LOOPRING, "eip155:1"))
    ref = names.parse_account(typed)
    assert names.parse_account(str(ref)) == ref
    assert len(str(ref)) <= len("loopring:") + len(ADDRESS)
