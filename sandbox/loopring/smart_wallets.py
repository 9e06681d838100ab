"""The API's endpoints about Loopring's smart wallets: owners of those not yet deployed, and the type of a wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.loopring.arguments import is_address
from sandbox.loopring.endpoints import wallet_answer
from sandbox.loopring.refusals import invalid_argument, not_counterfactual
from sandbox.wallets import WALLET_FACTORY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.loopring.shapes import Json
    from sandbox.world import World

VERSION = "V2_1_0"


def counter_factual_info(world: World, query: Mapping[str, str]) -> Json:
    """What a counterfactual wallet's address was derived from, by `accountId` or `address`.

    It still returns the first owner of a wallet that has since been deployed and recovered to another.
    """
    account_id, address = query.get("accountId"), query.get("address")
    if account_id is None and address is None:
        raise invalid_argument("accountId or address is required")
    if address is not None and not is_address(address):
        raise invalid_argument(f"Invalid address:{address}")
    for account in world.accounts.values():
        wallet = world.wallets.get(account.owner.lower())
        if wallet is None or not wallet.is_listed:
            continue
        if (
            account_id in (None, str(account.account_id))
            and (address or wallet.address).lower() == account.owner.lower()
        ):
            return {
                "accountId": account.account_id,
                "wallet": wallet.address.lower(),
                "walletFactory": WALLET_FACTORY.lower(),
                "walletSalt": str(wallet.salt),
                "walletOwner": wallet.first_owner.lower(),
            }
    raise not_counterfactual()


def wallet_type(world: World, query: Mapping[str, str]) -> Json:
    """Whether an address is a contract, a counterfactual one, or neither; for any address of the right form."""
    address = query.get("wallet", "")
    if not is_address(address):
        raise invalid_argument(f"Invalid wallet:{address}")
    wallet = world.wallets.get(address.lower())
    kind = wallet.kind if wallet else "eoa"
    is_loopring = wallet is not None and wallet.behaviour in ("loopring", "slow") and kind == "contract"
    return wallet_answer(
        {
            "isInCounterFactualStatus": kind == "counterfactual",
            "isContract": kind == "contract",
            "loopringWalletContractVersion": VERSION if is_loopring else "",
        }
    )
