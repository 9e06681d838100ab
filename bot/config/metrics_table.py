"""`[metrics]` of the settings: where `GET /metrics` is answered, which is never the page's public address."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.config.source_tables import Table
from bot.config.web_table import is_private_address


def _private(host: str) -> str:
    if host == "localhost" or is_private_address(host):
        return host
    try:
        if ip_address(host).is_unspecified:  # all of a container's: who may ask is checked for each request
            return host
    except ValueError:
        pass
    raise ValueError(
        "must be an address of this machine or of a private network, such as 127.0.0.1 or 10.0.0.5; or 0.0.0.0 in a "
        "container whose port is not published"
    )


class MetricsSettings(Table):
    """A listener of its own for metrics; without a port there is none."""

    host: Annotated[str, AfterValidator(_private)] = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65535)
