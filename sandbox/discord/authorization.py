"""The parameters of an authorization page: those of `/oauth2/authorize`, checked before a person sees them.

An error here is shown to the person and never sent to the redirect URI: an unchecked address must not receive an
answer (RFC 6749 §4.1.2.1).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

from sandbox.discord.options import ClientRefusedError

if TYPE_CHECKING:
    from collections.abc import Collection

    from multidict import MultiMapping

SCOPES = {"identify"}  # the rest of Discord's list opens routes that this stand-in does not have
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """An authorization that a person can approve.

    `state` is returned unchanged. `challenge` is that of PKCE, None when the application does not use it.
    """

    redirect_uri: str
    scope: str
    state: str | None
    challenge: str | None

    def redirect(self, **answer: str) -> str:
        """The redirect URI with an answer, and with the state if there was one."""
        parts = urlsplit(self.redirect_uri)
        more = urlencode(answer if self.state is None else {**answer, "state": self.state})
        return urlunsplit(parts._replace(query=f"{parts.query}&{more}" if parts.query else more))


def read_authorization(query: MultiMapping[str], client_id: int, registered: Collection[str]) -> AuthorizationRequest:
    """Check the parameters of an authorization page.

    Args:
        query: the query of the address.
        client_id: the application's id.
        registered: its redirect URIs. With none, any loopback address passes: a bot that takes a free port at its
            start has no address that could be registered beforehand.

    Raises:
        ClientRefusedError: something is missing, unknown or given twice; the sentence says what.
    """
    if twice := [name for name in query if len(query.getall(name)) > 1]:
        raise ClientRefusedError(f"{twice[0]} is given more than once")
    if query.get("client_id") != str(client_id):
        raise ClientRefusedError("Unknown application: client_id is not the id of an application here")
    redirect_uri = query.get("redirect_uri", "")
    if redirect_uri not in registered if registered else not _is_loopback(redirect_uri):
        raise ClientRefusedError("Invalid OAuth2 redirect_uri: it is not one of those registered for this application")
    if query.get("response_type") != "code":
        raise ClientRefusedError("Unsupported response_type: only code is supported")
    scope = query.get("scope", "").split()
    if not scope or not SCOPES.issuperset(scope):
        raise ClientRefusedError(f"Invalid scope: {' '.join(sorted(SCOPES))} is what can be asked for")
    challenge, method = query.get("code_challenge"), query.get("code_challenge_method")
    if (challenge is None) != (method is None) or method not in (None, "S256"):
        raise ClientRefusedError('Unsupported "code_challenge_method": S256 with a code_challenge is supported')
    if challenge is not None and not CHALLENGE.fullmatch(challenge):
        raise ClientRefusedError('Invalid "code_challenge": it is the base64url of a SHA-256, 43 characters')
    return AuthorizationRequest(redirect_uri, " ".join(scope), query.get("state"), challenge)


def _is_loopback(address: str) -> bool:
    """Whether this is a web address of this machine, without a fragment."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
    return loopback and parts.scheme in ("http", "https") and not parts.fragment
