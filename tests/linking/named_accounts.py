"""Accounts of the community by which tests of linking call theirs, and the names that are kept with these."""

from __future__ import annotations

from tests.linking.harness import LinkingHarness

ADA = "loopring:10001"
ADA_OWNER = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
HANA = "loopring:10002"
ON_CHAIN = f"eip155:1:{ADA_OWNER}"
NAME = "ada.loopring.eth"


async def names_of(harness: LinkingHarness, user_id: int) -> dict[str, str]:
    """The accounts of somebody, and the names that are kept with them."""
    return {str(link.account): link.name for link in await harness.store.links.of(user_id)}
