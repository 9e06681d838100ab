"""An endpoint's secret, and the headers by which its receiver knows that a request is from this bot, and new.

As Standard Webhooks has it (https://www.standardwebhooks.com), so that receivers find a library for it: HMAC-SHA-256
over `id.timestamp.body`, base64, after `v1,`. The secret is stored nowhere: it is made from a key of the operator's,
which is in the environment, and from what the endpoint's row has. Who has only the database can sign nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.webhooks.values.endpoint import Endpoint

# For so long after a secret was replaced the one before signs as well: so a receiver can be changed without a gap.
BOTH_FOR = timedelta(hours=24)
_PREFIX = "whsec_"
_PURPOSE = b"tessera: secret of a webhook endpoint\0"


def sign(secret: bytes, event_id: str, at: int, body: bytes) -> str:
    """A signature, as one entry of the header.

    Args:
        secret: The bytes of the secret, which are base64 in what the receiver is given.
        event_id: Of the request.
        at: When it is sent, in seconds since 1970.
        body: What is sent, to the byte.
    """
    signed = f"{event_id}.{at}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()}"


class SecretKey:
    """The operator's key, from which all secrets are made. Neither it nor a secret is ever in a repr.

    Args:
        key: At least 32 characters that nobody can guess.
    """

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(_PURPOSE + key.encode()).digest()

    def secret_of(self, endpoint: Endpoint) -> str:
        """The secret as the receiver is given it: `whsec_` and base64."""
        return _PREFIX + base64.b64encode(self._secret(endpoint, endpoint.generation)).decode()

    def headers(self, endpoint: Endpoint, event_id: str, body: bytes, now: datetime) -> Mapping[str, str]:
        """The headers of one attempt.

        Args:
            endpoint: To which it goes.
            event_id: The same at each attempt: by it a receiver knows a repetition.
            body: What is sent, to the byte.
            now: The present; a receiver refuses what is older than a few minutes.
        """
        at = int(now.timestamp())
        generations = [endpoint.generation]
        if endpoint.rotated_at is not None and now - endpoint.rotated_at < BOTH_FOR:
            generations.append(endpoint.generation - 1)
        signatures = (sign(self._secret(endpoint, each), event_id, at, body) for each in generations)
        return {"webhook-id": event_id, "webhook-timestamp": str(at), "webhook-signature": " ".join(signatures)}

    def _secret(self, endpoint: Endpoint, generation: int) -> bytes:
        # The salt is of a fixed length, and the numbers cannot run into each other.
        of = f"{endpoint.guild_id}.{endpoint.endpoint_id}.{generation}".encode()
        return hmac.digest(self._key, endpoint.salt + of, hashlib.sha256)
