"""Codes and tokens of OAuth2's code grant, as Discord handles them (its "OAuth2" page; RFC 6749, 7009 and 7636).

Its errors are those known from Discord's token endpoint: Discord documents few of them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.discord.answers import Json
    from sandbox.discord.authorization import AuthorizationRequest

CLIENT_SECRET = "sandbox.client.secret"
CODE_SECONDS = 60.0
TOKEN_SECONDS = 604_800  # a week, as Discord says in expires_in
MOST_STORED = 1000  # codes and grants each; the oldest go first
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
DENIED = "The resource owner or authorization server denied the request"


class OAuthError(Exception):
    """A refusal in OAuth's shape, which is not that of the rest of the API."""

    def __init__(self, error: str, description: str | None = None, status: int = 400) -> None:
        super().__init__(description or error)
        self.status = status
        self.body: Json = {"error": error}
        if description:
            self.body["error_description"] = description


@dataclass(slots=True)
class Code:
    """A code on its way from the page to the token endpoint; `used` after the first attempt."""

    user_id: int
    authorization: AuthorizationRequest
    expires_at: float
    value: str = field(default_factory=lambda: secrets.token_urlsafe(22))
    used: bool = False


@dataclass(slots=True)
class Grant:
    """What a person granted, with its two tokens. Seconds are of the clock."""

    user_id: int
    scope: str
    expires_at: float
    access_token: str = field(default_factory=lambda: secrets.token_urlsafe(22))
    refresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(22))
    revoked: bool = False

    def tokens(self) -> Json:
        """The answer of the token endpoint."""
        return {
            "token_type": "Bearer",
            "access_token": self.access_token,
            "expires_in": TOKEN_SECONDS,
            "refresh_token": self.refresh_token,
            "scope": self.scope,
        }


class OAuth:
    """The one application's authorizations.

    `redirect_uris` are those registered for it; empty means any loopback address, see `read_authorization`.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.redirect_uris: set[str] = set()
        self._clock = clock
        self._codes: deque[Code] = deque(maxlen=MOST_STORED)
        self._grants: deque[Grant] = deque(maxlen=MOST_STORED)

    def clear(self) -> None:
        """Forget codes, grants and the registered redirect URIs."""
        self.redirect_uris.clear()
        self._codes.clear()
        self._grants.clear()

    def approve(self, authorization: AuthorizationRequest, user_id: int) -> str:
        """A person approves; returns where the browser goes."""
        code = Code(user_id, authorization, self._clock() + CODE_SECONDS)
        self._codes.append(code)
        return authorization.redirect(code=code.value)

    def deny(self, authorization: AuthorizationRequest) -> str:
        """A person denies; returns where the browser goes."""
        return authorization.redirect(error="access_denied", error_description=DENIED)

    def exchange(self, form: Mapping[str, str]) -> Json:
        """Tokens for a code, by the form of an authenticated application.

        A code expires with the first attempt, successful or not.

        Raises:
            OAuthError: the code, the redirect URI or the verifier is not right.
        """
        if not form.get("code"):
            raise OAuthError("invalid_request", 'Missing "code" in request.')
        code = next((one for one in self._codes if one.value == form["code"]), None)
        if code is None or code.used or code.expires_at <= self._clock():
            raise OAuthError("invalid_grant", 'Invalid "code" in request.')
        code.used = True
        if form.get("redirect_uri") != code.authorization.redirect_uri:
            raise OAuthError("invalid_grant", 'Invalid "redirect_uri" in request.')
        _check_verifier(code.authorization.challenge, form.get("code_verifier"))
        return self._grant(code.user_id, code.authorization.scope)

    def refresh(self, form: Mapping[str, str]) -> Json:
        """New tokens for a refresh token, which then expires.

        Raises:
            OAuthError: it is unknown or expired.
        """
        grant = next((one for one in self._grants if one.refresh_token == form.get("refresh_token")), None)
        if grant is None or grant.revoked:
            raise OAuthError("invalid_grant", 'Invalid "refresh_token" in request.')
        grant.revoked = True
        return self._grant(grant.user_id, grant.scope)

    def revoke(self, token: str) -> None:
        """End the authorization that a token belongs to; an unknown token is ignored.

        A person has one authorization for an application, however often it was given: all its tokens end with it.
        """
        users = {one.user_id for one in self._grants if token in (one.access_token, one.refresh_token)}
        for grant in self._grants:
            grant.revoked = grant.revoked or grant.user_id in users

    def bearer(self, authorization: str) -> Grant | None:
        """The grant behind an `Authorization: Bearer …`; None when its token is unknown or expired."""
        token = authorization.removeprefix("Bearer ")
        return next((one for one in self._grants if one.access_token == token and self._is_alive(one)), None)

    def seconds_left(self, grant: Grant) -> float:
        """Seconds until its access token expires."""
        return grant.expires_at - self._clock()

    def status(self) -> Json:
        """What is still valid, for tests that check that nothing is left over."""
        now = self._clock()
        return {
            "redirect_uris": sorted(self.redirect_uris),
            "codes": sum(not code.used and code.expires_at > now for code in self._codes),
            "tokens_alive": sum(self._is_alive(grant) for grant in self._grants),
            "grants": [
                {"user": str(grant.user_id), "scope": grant.scope, "revoked": grant.revoked} for grant in self._grants
            ],
        }

    def _grant(self, user_id: int, scope: str) -> Json:
        grant = Grant(user_id, scope, self._clock() + TOKEN_SECONDS)
        self._grants.append(grant)
        return grant.tokens()

    def _is_alive(self, grant: Grant) -> bool:
        return not grant.revoked and grant.expires_at > self._clock()


def _check_verifier(challenge: str | None, verifier: str | None) -> None:
    """Check PKCE's verifier against the challenge that the page was opened with.

    Raises:
        OAuthError: missing, malformed or another one; also when there was no challenge, because then somebody may
            have removed it from the address (RFC 9700 §2.1.1).
    """
    if challenge is None:
        if verifier is not None:
            raise OAuthError("invalid_grant", 'Invalid "code_verifier"')
        return
    if verifier is None:
        raise OAuthError("invalid_request", 'Missing "code_verifier"')
    if not VERIFIER.fullmatch(verifier):
        raise OAuthError("invalid_request", 'Invalid "code_verifier"')
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    if not hmac.compare_digest(digest, challenge):
        raise OAuthError("invalid_grant", 'Invalid "code_verifier"')
