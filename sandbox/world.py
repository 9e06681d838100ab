"""The state that the stand-ins share: one small community and what its accounts hold.

Plain mutable dataclasses. `community.load_world()` makes them from `community.toml`; the stand-ins change them, and
`/_sandbox/reset` puts the first state back into the same `World`. So hold on to the World and look things up in it by
id: a reference to a Guild or an account is out of date after a reset.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from sandbox.chains import Chain
from sandbox.wallets import Wallet

BOT_TOKEN = "sandbox.bot.token"
API_KEY = "sandbox-loopring-key"
BLOCKSCOUT_KEY = "proapi_sandbox"
WEBHOOK_KEY = "sandbox-webhook-key-of-no-value-at-all"
APPLICATION_ID = 900000000000000001
JOINED_AT = "2024-01-01T00:00:00.000000+00:00"


@dataclass
class User:
    """A Discord account."""

    id: int
    username: str
    display_name: str
    bot: bool = False
    locale: str = "en-US"


@dataclass
class Role:
    """A role of a guild; `permissions` is Discord's bit set, `managed` means an integration owns it."""

    id: int
    name: str
    position: int
    permissions: int = 0
    color: int = 0
    managed: bool = False


@dataclass
class Channel:
    """A text channel."""

    id: int
    name: str
    topic: str = ""


@dataclass
class Member:
    """A user in a guild; `roles` are role ids without @everyone."""

    user_id: int
    roles: list[int] = field(default_factory=list)
    nick: str | None = None
    joined_at: str = JOINED_AT


@dataclass
class Guild:
    """A Discord server; the role whose id is the guild's id is @everyone. `available` False is an outage of it."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    available: bool = True
    locale: str = "en-US"


@dataclass
class Nft:
    """One kind of NFT of a collection; `nft_data` is Loopring's 32-byte key, `image` an ipfs:// URI or empty."""

    nft_data: str
    nft_id: str
    name: str
    description: str = ""
    image: str = ""
    attributes: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Collection:
    """A Loopring collection; the image fields may be empty, as they are upstream."""

    id: int
    name: str
    owner: str
    contract_address: str
    collection_address: str
    description: str = ""
    base_uri: str = ""
    nft_factory: str = ""
    avatar: str = ""
    banner: str = ""
    thumbnail: str = ""
    tile_uri: str = ""
    cached: dict[str, str] = field(default_factory=dict)
    deploy_status: str = "DEPLOYED"
    nft_type: str = "ERC1155"
    created_at: int = 0
    updated_at: int = 0
    properties: dict[str, bool] = field(default_factory=dict)
    mint_channel: str = "UNKNOWN_CHANNEL"
    nfts: dict[str, Nft] = field(default_factory=dict)


@dataclass
class L2Account:
    """A Loopring account and what it holds: collection id -> nft_data -> copies (0 = once held, now empty)."""

    account_id: int
    owner: str
    name: str = ""
    activated: bool = True
    frozen: bool = False
    discord_user: int | None = None
    holdings: dict[int, dict[str, int]] = field(default_factory=dict)


@dataclass
class World:
    """Everything: who is on Discord, and who holds what on Loopring and on the chains.

    `names` are those that resolve to an address without a Loopring account: name -> address. `chains` are by their id.
    `wallets` are those of accounts that do not belong to an ordinary key, by address in lower case.
    """

    application_id: int = APPLICATION_ID
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    collections: dict[int, Collection] = field(default_factory=dict)
    accounts: dict[int, L2Account] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    chains: dict[int, Chain] = field(default_factory=dict)
    wallets: dict[str, Wallet] = field(default_factory=dict)

    def replace_with(self, other: World) -> None:
        """Take over the state of another world, in place: every part that holds this one sees the change."""
        for part in fields(World):
            setattr(self, part.name, getattr(other, part.name))
