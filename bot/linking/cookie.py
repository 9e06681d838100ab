"""What follows from a secret of one browser: nothing of it has to be stored, and no other browser can make it.

All values are HMAC-SHA-256 under the cookie, each with a purpose of its own in front; tokens and cookies are 256 bits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


def new_secret() -> str:
    """A token or a cookie: 43 letters that nobody can guess."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> bytes:
    """What is stored of a token, a cookie or a code."""
    return hashlib.sha256(secret.encode()).digest()


def csrf(cookie: str) -> str:
    """What the page puts into a header: a page of another origin cannot read it, nor send that header."""
    return _derived(cookie, "csrf")


def login_state(cookie: str, login: int) -> str:
    """OAuth's `state` of one login: it only fits the browser that began it (RFC 6749, 10.12)."""
    return _derived(cookie, f"state {login}")


def code_verifier(cookie: str, login: int) -> str:
    """PKCE's secret of one login (RFC 7636): 43 letters."""
    return _derived(cookie, f"verifier {login}")


def code_challenge(verifier: str) -> str:
    """What Discord is sent of that secret at first: its hash, method S256."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def same(one: str, other: str) -> bool:
    """Compare secrets in a time that says nothing of them."""
    return hmac.compare_digest(one.encode(), other.encode())


def _derived(cookie: str, purpose: str) -> str:
    return _base64url(hmac.digest(cookie.encode(), purpose.encode(), hashlib.sha256))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
