"""Which proofs this installation can offer, in order of preference, and what it lacks for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.config.settings import Settings
from bot.proofs import ProofMethod


@dataclass(frozen=True, slots=True)
class Availability:
    """A proof method and whether it can be offered: `missing` says what it needs, "" where nothing is missing."""

    name: str
    missing: str = ""

    def __str__(self) -> str:
        return f"· {self.name}: {self.missing}" if self.missing else f"✓ {self.name}"


def proof_method_of(settings: Settings) -> ProofMethod:
    """The method that `/verify` uses."""
    if not settings.web.public_url:
        return ProofMethod.PASTE
    return ProofMethod.OAUTH if settings.discord.client_secret else ProofMethod.CODE


def availabilities(settings: Settings) -> Sequence[Availability]:
    """Which proof methods can be offered, the best first, for the log at start and for `tessera check`."""
    method, linking = proof_method_of(settings), settings.linking
    no_url = "set [web] public_url to the https:// address at which this bot's page is reached"
    no_login = "set DISCORD_CLIENT_SECRET, and register {}/oauth/cb as a redirect at Discord's developer portal"
    url = settings.web.public_url or "<public_url>"
    oauth_missing = (
        no_url if not settings.web.public_url else no_login.format(url) if method is ProofMethod.CODE else ""
    )
    code_missing = {
        ProofMethod.PASTE: no_url,
        ProofMethod.CODE: "",
        ProofMethod.OAUTH: "not needed, as the login is there",
    }[method]
    node = "" if linking.rpc_urls else "set ETH_RPC_URL to the address of an Ethereum node"
    factories = "" if linking.wallet_factories else "set [linking] wallet_factories to the factories that you trust"
    return (
        Availability("Page with Discord login (its secret is tested by the first login)", oauth_missing),
        Availability("Page with a code typed back in Discord", code_missing),
        Availability(
            "Signature pasted in Discord",
            "" if method is ProofMethod.PASTE or linking.paste else "set [linking] paste = true",
        ),
        Availability("A moderator's confirmation", "" if linking.manual else "off; set [linking] manual = true for it"),
        Availability("Wallets with a key of their own"),
        Availability("Smart wallets that are deployed", node),
        Availability("Smart wallets that are not deployed yet (Loopring)", node or factories),
    )
