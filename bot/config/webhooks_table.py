"""`[webhooks]` of the settings: what servers' own tools are sent, if the operator gives a key for their secrets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, model_validator

from bot.config.source_tables import Table
from bot.messages import Message, Words

_SHORTEST_KEY = 32
_OWN_NETWORKS = Message(
    "[webhooks] allowed_networks: the admins of every server that Tessera is in can have requests sent to {networks}."
)


def _all_of_it(networks: tuple[IPv4Network | IPv6Network, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    if any(network.prefixlen == 0 for network in networks):
        raise ValueError("must be networks of your own, not all addresses")
    return networks


class WebhookSettings(Table):
    """How many endpoints a server may have, how long what happened is retained, and where else they may be."""

    endpoints_per_server: int = Field(default=5, ge=1, le=10)  # all of them fit into one message
    retention_days: float = Field(default=30, gt=0, le=366)
    retention_events: int = Field(default=100_000, ge=100, le=10_000_000)
    allowed_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], AfterValidator(_all_of_it)] = ()
    key: SecretStr | None = Field(default=None, exclude=True)

    @property
    def retention(self) -> timedelta:
        """How long an event is retained, unless a server has more of them than are."""
        return timedelta(days=self.retention_days)

    def dangers(self) -> Iterator[Words]:
        """What lets servers' admins reach more than the public internet; for the log and `tessera check`."""
        if self.allowed_networks:
            yield _OWN_NETWORKS(networks=", ".join(map(str, self.allowed_networks)))

    @model_validator(mode="after")
    def _key_is_long(self) -> WebhookSettings:
        # Not a validator of the field: its message could appear in a log together with the input.
        if self.key and len(self.key.get_secret_value()) < _SHORTEST_KEY:
            raise ValueError(f"the key in WEBHOOK_KEY must have {_SHORTEST_KEY} or more random characters")
        return self
