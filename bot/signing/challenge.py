"""The text that a wallet signs: who signs, for which Discord user, where, until when, and for which accounts.

The server alone writes it, stores it, and hashes what it stored; nothing here reads a text back. `sign_in_text` is
EIP-4361, which wallets know: they warn where its domain is not the one of the page. `paste_text` is for signing by
other means; it is not EIP-4361, as nobody should get used to dismissing such a warning.

Every field is validated when a challenge is made, so no text can have an extra line or a field that reads as another.
Loopring's L2 key is derived from a signature of "Sign this message to access Loopring Exchange: …": no text made here
resembles that, whatever its fields. Our own, as the package `siwe` needs web3, and is for parsing texts, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.signing.signature import checksummed, is_address

PASTE_TITLE = "Tessera link request, version 1"
SIGN_IN_WORDS = "wants you to sign in with your Ethereum account:"  # EIP-4361

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NONCE_LENGTH = 22  # 62**22 is 2**131: no two are ever the same by chance, so used ones need not be stored forever

_NAME = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LOOPBACK = r"localhost|127\.0\.0\.1"
_SITE = re.compile(
    rf"(?:https://(?P<public>(?P<name>{_NAME})(?::[1-9][0-9]{{0,4}})?)"
    rf"|https?://(?P<own>(?:{_LOOPBACK})(?::[1-9][0-9]{{0,4}})?))"
    r"(?:/[A-Za-z0-9._~-]+)*"
)
# Names that mean another machine on every network: a signature bound to one is bound to nothing.
_PRIVATE = (".arpa", ".corp", ".home", ".internal", ".lan", ".local", ".localhost", ".onion")

# Discord's rule for names since 2023. Older and display names may hold `"` or `é`, and one of those in the statement
# makes the text no EIP-4361 to a wallet, which then shows no warning at all.
_USERNAME = re.compile(r"[a-z0-9_.]{2,32}")
_NONCE = re.compile(rf"[0-9A-Za-z]{{{_NONCE_LENGTH}}}")
_REQUEST_ID = re.compile(r"[0-9A-Za-z._~-]{1,64}")
_LOOPRING_ACCOUNT = re.compile(r"loopring:[1-9][0-9]{0,9}")
_CHAIN_ACCOUNT = re.compile(r"eip155:[1-9][0-9]{0,18}:0x[0-9a-fA-F]{40}")
_MAX_ID = 2**64 - 1  # Discord's ids


def site_of(public_url: str) -> tuple[str, str]:
    """The domain and the URI that texts name, of the URL that others reach the bot at (without a slash at its end).

    Raises:
        ValueError: it is not https to a public name, nor this very machine.
    """
    site = _SITE.fullmatch(public_url)
    if site is None or len(public_url) > 255 or (site["name"] or "").endswith(_PRIVATE):  # noqa: PLR2004 - names end there
        raise ValueError("a page for proofs needs https:// and a public name in lower case, or is on localhost")
    return site["public"] or site["own"], f"{public_url}/v"


def new_nonce(choice: Callable[[str], str]) -> str:
    """A nonce of 22 base62 letters, each picked by `choice`: `secrets.choice`, as it must not be guessed."""
    return "".join(choice(_BASE62) for _ in range(_NONCE_LENGTH))


def shown_name(username: str) -> str:
    """A user's name as a text has it; "" where it is left out, as it is not of today's form."""
    return username if _USERNAME.fullmatch(username) else ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """The fields of one text to be signed.

    Args:
        domain: Host and port of the public URL, as `site_of` has it; never from a request. "" where there is no page.
        uri: The page's own address, at that domain; "" together with the domain.
        address: Who signs, lower case.
        user_id: The Discord user that the proof is for.
        username: That user's name; left out of the text where it is not of today's form.
        guild_id: Where the command was run; None outside of a server.
        nonce: From `new_nonce`.
        issued_at: Aware; the text drops fractions of a second, here and below.
        expires_at: Aware, and later.
        request_id: A name for the session. It is no secret: wallets and people see it.
        wallet: The smart wallet that the signer is the key of, lower case; "" when the signer is the owner itself.
        accounts: What the proof is about: `loopring:12413`, `eip155:1:0x…`.

    Raises:
        ValueError: a field is not of its form.
    """

    domain: str
    uri: str
    address: str
    user_id: int
    username: str
    guild_id: int | None
    nonce: str
    issued_at: datetime
    expires_at: datetime
    request_id: str
    wallet: str = ""
    accounts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Validate each field; a wrong value is never quoted, as it may be anything."""
        if (self.domain or self.uri) and site_of(self.uri.removesuffix("/v")) != (self.domain, self.uri):
            raise ValueError("the URI is not the page's at that domain")
        for name, is_right in (
            ("address", _is_lower_address(self.address)),
            ("user_id", 0 < self.user_id <= _MAX_ID),
            ("guild_id", self.guild_id is None or 0 < self.guild_id <= _MAX_ID),
            ("nonce", _NONCE.fullmatch(self.nonce)),
            ("issued_at", self.issued_at.tzinfo),
            ("expires_at", self.expires_at.tzinfo and self.issued_at.tzinfo and self.expires_at > self.issued_at),
            ("request_id", _REQUEST_ID.fullmatch(self.request_id)),
            ("wallet", not self.wallet or _is_lower_address(self.wallet)),
            ("accounts", all(map(_is_account, self.accounts))),
        ):
            if not is_right:
                raise ValueError(f"{name} is not of its form")

    @property
    def statement(self) -> str:
        """The sentences for people, in one line. A phone shows three lines of a text: who it is for comes first."""
        name = f"{shown} (ID {self.user_id})" if (shown := shown_name(self.username)) else f"ID {self.user_id}"
        place = "" if self.guild_id is None else f" in server ID {self.guild_id}"
        return (
            f"I am Discord user {name}. Link this wallet to my account{place}. "
            "Stop if that is not you. No cost, moves nothing."
        )

    def sign_in_text(self) -> str:
        """The text for the page, by EIP-4361.

        Raises:
            ValueError: there is no domain, hence no page.
        """
        if not self.domain:
            raise ValueError("a sign-in text needs a domain")
        return self._text(f"{self.domain} {SIGN_IN_WORDS}")

    def paste_text(self) -> str:
        """The text to sign anywhere else and to paste the signature of: the same fields, with a title of its own."""
        return self._text(PASTE_TITLE)

    def _text(self, first_line: str) -> str:
        resources = self._resources()
        lines = [
            first_line,
            checksummed(self.address),
            "",
            self.statement,
            "",
            *([f"URI: {self.uri}"] if self.uri else []),
            "Version: 1",
            "Chain ID: 1",  # where contracts are asked, whichever networks the accounts are on
            f"Nonce: {self.nonce}",
            f"Issued At: {_format_time(self.issued_at)}",
            f"Expiration Time: {_format_time(self.expires_at)}",
            f"Request ID: {self.request_id}",
            *(["Resources:"] if resources else []),
            *(f"- {resource}" for resource in resources),
        ]
        return "\n".join(lines)

    def _resources(self) -> list[str]:
        """The smart wallet, as one key may have several, and the accounts; as URIs."""
        wallet = [f"eip155:1:{checksummed(self.wallet)}"] if self.wallet else []
        return wallet + [account.replace("loopring:", "urn:loopring:account:") for account in self.accounts]


def _is_lower_address(text: str) -> bool:
    return is_address(text) and text == text.lower() and int(text, 16) != 0


def _is_account(text: str) -> bool:
    return bool(_LOOPRING_ACCOUNT.fullmatch(text) or _CHAIN_ACCOUNT.fullmatch(text))


def _format_time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
