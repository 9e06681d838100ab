"""Who in the community can sign: owners of ordinary keys, and of smart wallets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.signing import address_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.world import World


def signing_word(address: str, world: World) -> str | None:
    """What the key behind an address is made from: an account's, a smart wallet's, or that of an owner of one."""
    wanted = address.lower()
    for known, word in _words(world):
        if known.lower() == wanted:
            return word
    return None


def signers_json(world: World) -> list[dict[str, str]]:
    """Everybody who can sign, as `/_sandbox/wallets` tells it; `former_key` owned the wallet when it was made."""
    told = []
    for account in world.accounts.values():
        wallet, word = world.wallets.get(account.owner.lower()), str(account.account_id)
        if wallet is None and account.owner != address_of(word):
            continue
        person = world.users.get(account.discord_user or 0)
        key = address_of(wallet.word if wallet else word)
        is_recovered = wallet is not None and wallet.word != wallet.first_word and wallet.first_word
        told.append(
            {
                "address": account.owner,
                "account": word,
                "name": person.display_name if person else "",
                "kind": wallet.kind if wallet else "eoa",
                "key": key,
                "former_key": address_of(wallet.first_word) if wallet and is_recovered else "",
            }
        )
    return told


def _words(world: World) -> Iterator[tuple[str, str]]:
    for account_id in world.accounts:
        yield address_of(str(account_id)), str(account_id)
    for wallet in world.wallets.values():
        yield wallet.address, wallet.word
        if wallet.first_word:
            yield address_of(wallet.first_word), wallet.first_word
