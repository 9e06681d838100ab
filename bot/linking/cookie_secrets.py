"""Values derived from one browser's cookie: they need no storage, and no other browser can compute them.

All are HMAC-SHA-256 keyed with the cookie, over a text that names their purpose; tokens and cookies are 256 bits. The
token for another browser alone is keyed with what only this bot can compute, as cookies change and it must not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


def new_secret() -> str:
    """A new token or cookie: 43 random characters."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """The hash that is stored instead of a token, a cookie or a code."""
    return hashlib.sha256(secret.encode()).digest()


def csrf_token(cookie: str) -> str:
    """The value of the page's CSRF header: a page of another origin can neither read it nor send that header."""
    return _derive(cookie, "csrf")


def hand_off_token(secret: bytes) -> str:
    """The token of the link for another browser, by a session's keyed hash: 43 characters, like every token."""
    return _base64url(hmac.digest(secret, b"hand off", hashlib.sha256))


def oauth_state(cookie: str, login: int) -> str:
    """OAuth's `state` of one login: valid only in the browser that started it (RFC 6749, 10.12)."""
    return _derive(cookie, f"state {login}")


def pkce_verifier(cookie: str, login: int) -> str:
    """PKCE's code verifier of one login (RFC 7636): 43 characters."""
    return _derive(cookie, f"verifier {login}")


def pkce_challenge(verifier: str) -> str:
    """PKCE's code challenge, which Discord gets first: the verifier's hash, method S256."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def secrets_match(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _derive(cookie: str, purpose: str) -> str:
    return _base64url(hmac.digest(cookie.encode(), purpose.encode(), hashlib.sha256))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
