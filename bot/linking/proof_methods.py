"""Which proofs this installation can offer, in order of preference, and what it lacks for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.config.settings import Settings


class Way(Enum):
    """How a member proves an account."""

    OAUTH = "oauth"
    CODE = "code"
    PASTE = "paste"


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be offered, or not: `lacks` says what is missing, "" where nothing is."""

    what: str
    lacks: str = ""

    def __str__(self) -> str:
        return f"· {self.what}: {self.lacks}" if self.lacks else f"✓ {self.what}"


def way_of(settings: Settings) -> Way:
    """The way that `/verify` goes."""
    if not settings.web.public_url:
        return Way.PASTE
    return Way.OAUTH if settings.discord.client_secret else Way.CODE


def offers(settings: Settings) -> Sequence[Offer]:
    """What can be offered, the best first, for the log at the start and for `tessera check`."""
    way, linking = way_of(settings), settings.linking
    no_url = "set [web] public_url to the https:// address at which this bot's page is reached"
    no_login = "set DISCORD_CLIENT_SECRET, and register {}/oauth/cb as a redirect at Discord's developer portal"
    url = settings.web.public_url or "<public_url>"
    oauth_lacks = no_url if not settings.web.public_url else no_login.format(url) if way is Way.CODE else ""
    code_lacks = no_url if way is Way.PASTE else "not needed, as the login is there" if way is Way.OAUTH else ""
    node = "" if linking.rpc_urls else "set ETH_RPC_URL to the address of an Ethereum node"
    factories = "" if linking.wallet_factories else "set [linking] wallet_factories to the factories that you trust"
    return (
        Offer("Page with Discord login (its secret is tested by the first login)", oauth_lacks),
        Offer("Page with a code typed back in Discord", code_lacks),
        Offer("Signature pasted in Discord", "" if way is Way.PASTE or linking.paste else "set [linking] paste = true"),
        Offer("A moderator's word", "" if linking.manual else "off; set [linking] manual = true for it"),
        Offer("Wallets with a key of their own"),
        Offer("Smart wallets that are deployed", node),
        Offer("Smart wallets that are not deployed yet (Loopring)", node or factories),
    )
