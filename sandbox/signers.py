"""Who in the community can sign: owners of ordinary keys, and of smart wallets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.signing import address_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.world import World


def key_seed_of(address: str, world: World) -> str | None:
    """The seed of the key behind an address: an account's, a smart wallet's, or that of an owner of one."""
    wanted = address.lower()
    for known, key_seed in _key_seeds(world):
        if known.lower() == wanted:
            return key_seed
    return None


def signers_json(world: World) -> list[dict[str, str]]:
    """Everybody who can sign, as `/_sandbox/wallets` lists them; `former_key` owned the wallet when it was created."""
    signers = []
    for account in world.accounts.values():
        wallet, key_seed = world.wallets.get(account.owner.lower()), str(account.account_id)
        if wallet is None and account.owner != address_of(key_seed):
            continue
        person = world.users.get(account.discord_user or 0)
        key = address_of(wallet.key_seed if wallet else key_seed)
        is_recovered = wallet is not None and wallet.key_seed != wallet.first_key_seed and wallet.first_key_seed
        signers.append(
            {
                "address": account.owner,
                "account": key_seed,
                "name": person.display_name if person else "",
                "kind": wallet.kind if wallet else "eoa",
                "key": key,
                "former_key": address_of(wallet.first_key_seed) if wallet and is_recovered else "",
            }
        )
    return signers


def _key_seeds(world: World) -> Iterator[tuple[str, str]]:
    for account_id in world.accounts:
        yield address_of(str(account_id)), str(account_id)
    for wallet in world.wallets.values():
        yield wallet.address, wallet.key_seed
        if wallet.first_key_seed:
            yield address_of(wallet.first_key_seed), wallet.first_key_seed
