"""Keyed hashes in place of member ids: records outlive a member's deleted data without identifying the member."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

Pseudonym = Callable[[int | str], bytes]

OPERATOR = "operator"  # the actor of what is done on the command line; no member's id and no address


def pseudonyms(secret: str) -> Pseudonym:
    """Pseudonyms of Discord ids and addresses under a key made of a secret that is never in the store.

    HMAC-SHA-256, 16 bytes. Ids can be guessed one after the other, so a plain hash would hide nobody.
    """
    key = hashlib.sha256(b"tessera: names in the audit log\0" + secret.encode()).digest()

    def of(name: int | str) -> bytes:
        return hmac.digest(key, str(name).encode(), hashlib.sha256)[:16]

    return of
