"""An NFT leaves Loopring for Ethereum: the account has fewer copies, its owner's address has more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.chains import ETHEREUM
from sandbox.deployments import deploy, mint

if TYPE_CHECKING:
    from sandbox.world import Collection, L2Account, World


@dataclass(frozen=True)
class Withdrawal:
    """What moved: `left` copies stay on Loopring; contract and owner are addresses, the token id is a number."""

    account: int
    owner: str
    collection: int
    contract: str
    token_id: int
    name: str
    copies: int
    left: int

    def sentence(self) -> str:
        """What happened, for a person."""
        copies = "1 copy" if self.copies == 1 else f"{self.copies:,} copies"
        return (
            f"{copies} of {self.name or 'an NFT without a name'} went from Loopring account {self.account} "
            f"to {self.owner} on Ethereum; {self.left:,} left on Loopring."
        )


def withdraw(
    world: World, account_id: int, collection_id: int, nft_data: str | None = None, copies: int | None = None
) -> Withdrawal:
    """Move an NFT from an account to its owner's address on Ethereum, in one step.

    On Loopring an empty row stays, as after a sale. A contract that was not deployed yet is deployed by it.

    Args:
        world: changed in place.
        account_id: who withdraws.
        collection_id: of which collection.
        nft_data: which kind; by default the first of which there are copies.
        copies: how many; by default all of that kind.

    Raises:
        ValueError: with a sentence that says why that cannot be.
    """
    account, collection = world.accounts.get(account_id), world.collections.get(collection_id)
    if account is None:
        raise ValueError(f"there is no account {account_id}")
    if collection is None:
        raise ValueError(f"there is no collection {collection_id}")
    kind, held = _chosen(account, collection, nft_data)
    moved = held if copies is None else copies
    if not 1 <= moved <= held:
        raise ValueError(f"copies is between 1 and {held}: so many are held")
    chain = world.chains[ETHEREUM]
    contract = deploy(chain, collection)
    collection.deploy_status = "DEPLOYED"
    token_id = mint(contract, collection, kind)
    chain.give(account.owner, contract.address, token_id, moved)
    account.holdings[collection_id][kind] = held - moved
    return Withdrawal(
        account_id,
        account.owner,
        collection_id,
        contract.address,
        token_id,
        collection.nfts[kind].name,
        moved,
        held - moved,
    )


def _chosen(account: L2Account, collection: Collection, nft_data: str | None) -> tuple[str, int]:
    held = {kind: copies for kind, copies in account.holdings.get(collection.id, {}).items() if copies > 0}
    if not held:
        raise ValueError(f"account {account.account_id} holds nothing of collection {collection.id}")
    kind = next(iter(held)) if nft_data is None else nft_data
    if kind not in held:
        raise ValueError(f"account {account.account_id} does not hold {kind}")
    return kind, held[kind]
