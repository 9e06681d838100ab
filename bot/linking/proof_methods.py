"""Which proofs this installation can offer, in order of preference, what it lacks for others, and what weakens them.

The method follows from what the settings say, never from a secret that happens to be missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.config.settings import Settings
from bot.links.proofs import ProofMethod
from bot.messages import Message, Words

_CODE = Message('[linking] login = "code": only the member can see that a link is somebody else\'s, not the bot.')
_PASTE = Message("[linking] paste = true: a pasted signature does not show who opened the link.")
_MANUAL = Message("[linking] manual = true: moderators may vouch for accounts that nobody has signed with.")
_FIRST = Message('[linking] owners = "first": one source decides who owns an account, even if another contradicts it.')
_LOGIN_UNUSED = Message(
    "DISCORD_CLIENT_SECRET is set without [web] public_url: no page to log in at, so members paste signatures."
)
_ONE_NODE = Message("ETH_RPC_URL names one node, which alone decides who may sign for a smart wallet.")
_NO_PROXY = Message('[web] trusted_proxies = "none": all visitors of the page share the limits of one.')
_FOREIGN = Message("[discord] {key} is no address of Discord: the bot's token or its members' logins go there.")


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
    return ProofMethod.CODE if settings.linking.login == "code" else ProofMethod.OAUTH


def availabilities(settings: Settings) -> Sequence[Availability]:
    """Which proof methods can be offered, the best first, for the log at start and for `tessera check`."""
    method, linking = proof_method_of(settings), settings.linking
    no_url = "set [web] public_url to the https:// address at which this bot's page is reached"
    no_login = "set DISCORD_CLIENT_SECRET, and register {}/oauth/cb as a redirect at Discord's developer portal"
    no_login = "" if settings.discord.client_secret else no_login.format(settings.web.public_url)
    oauth_missing = {
        ProofMethod.PASTE: no_url,
        ProofMethod.CODE: 'off; set [linking] login = "required" for it',
        ProofMethod.OAUTH: no_login,
    }[method]
    code_missing = {
        ProofMethod.PASTE: no_url,
        ProofMethod.CODE: "",
        ProofMethod.OAUTH: 'off; [linking] login = "code" would offer it in place of the login',
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
        Availability(
            "A moderator's word, in their server alone",
            "" if linking.manual else "off; set [linking] manual = true for it",
        ),
        Availability("Wallets with a key of their own"),
        Availability("Smart wallets that are deployed", node),
        Availability("Smart wallets that are not deployed yet (Loopring)", node or factories),
    )


def weaknesses(settings: Settings) -> Iterator[Words]:
    """What was set, on purpose, to less than the best; for the log at start and for `tessera check`."""
    web, linking = settings.web, settings.linking
    if proof_method_of(settings) is ProofMethod.CODE:
        yield _CODE()
    if web.public_url and linking.paste:
        yield _PASTE()
    if linking.manual:
        yield _MANUAL()
    if settings.discord.client_secret and not web.public_url:
        yield _LOGIN_UNUSED()
    # Only a source with a fallback is not the only one that knows its network.
    if linking.owners == "first" and any(table.fallback for table in settings.sources):
        yield _FIRST()
    if len(linking.rpc_urls) == 1:
        yield _ONE_NODE()
    if web.is_public and web.trusted_proxies == "none":
        yield _NO_PROXY()
    for key in settings.discord.foreign_urls:
        yield _FOREIGN(key=key)
