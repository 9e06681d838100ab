"""How people and files name accounts and collections, parsed in one place.

- `typed_names`: ids, addresses and names, with or without a network.
- `pasted_text`: what was meant, without what chats and sentences put around it.
- `typed_address`: addresses with a mistake that can be seen.
- `chain_names`: what the chains are called.
- `ens_name`: names as the Ethereum Name Service compares them.
- `pasted_link`: the account or collection that a page of an explorer or a marketplace is about.
- `understood`: what something was taken for, to be said back.
- `typed_secrets`: keys and seed phrases, which are refused wherever they are typed.
"""

from bot.names.typed_names import AccountRef, Names, RefKind, is_network, is_numbered, mentioned_member, parse_contract
from bot.names.typed_secrets import refuse_secrets
from bot.names.understood import understood_account

__all__ = [
    "AccountRef",
    "Names",
    "RefKind",
    "is_network",
    "is_numbered",
    "mentioned_member",
    "parse_contract",
    "refuse_secrets",
    "understood_account",
]
