"""`[[source]]` tables of the settings: one form for each kind of source, and the URLs that settings may contain."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.signing.signature import is_address


def _url(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not _is_plain(parts):
            raise ValueError(f"must be a plain URL starting with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        # Without TLS, a token or a key would be sent unencrypted: that is harmless only on this machine.
        if parts.scheme in ("http", "ws") and not is_loopback(parts.hostname or ""):
            raise ValueError(f"must start with {schemes[0]}:// (plain {parts.scheme}:// is for this machine only)")
        return value

    return AfterValidator(check)


def _is_plain(parts: SplitResult) -> bool:
    try:
        port_is_possible = parts.port != 0
    except ValueError:  # not a number, or past 65535
        return False
    return port_is_possible and bool(parts.hostname) and not ("@" in parts.netloc or parts.query or parts.fragment)


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this very machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_node_url(value: str) -> bool:
    """Whether this can be the URL of an Ethereum node. Its key may be in the path or in the query."""
    try:
        parts = urlsplit(value)
        has_port = parts.port is None or parts.port > 0
    except ValueError:  # half an IPv6 address, or a port that there cannot be
        return False
    is_allowed = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    return is_allowed and has_port and bool(parts.hostname)


def are_different_nodes(urls: Sequence[str]) -> bool:
    """Whether no node is named twice, in whatever way its URL is written: it would confirm what it says itself.

    Args:
        urls: Each of which `is_node_url`.
    """
    return len(set(map(_node, urls))) == len(urls)


def _node(url: str) -> tuple[object, ...]:
    """What a URL is about; the host is in lower case there already."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    host = (parts.hostname or "").removesuffix(".")
    return host, port, parts.username, parts.password, parts.path.rstrip("/"), parts.query


def _nameable(path: Path) -> Path:
    if "\0" in str(path):
        raise ValueError("must be the name of a file, without a NUL character")
    return path


FilePath = Annotated[Path, AfterValidator(_nameable)]
HttpUrl = Annotated[str, _url("https", "http"), AfterValidator(lambda url: url.rstrip("/"))]
GatewayUrl = Annotated[str, _url("wss", "ws")]


def _address(value: str) -> str:
    if not is_address(value):
        raise ValueError("must be an address, 0x and 40 hex digits")
    return value.lower()


Address = Annotated[str, AfterValidator(_address)]
ImageGateway = Annotated[str, _url("https", "http"), AfterValidator(lambda url: url.rstrip("/") + "/")]


class Table(BaseModel):
    """A table of the settings: frozen; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _SourceTable(Table):
    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    label: str = Field(default="", max_length=40)
    fallback: str = ""


class _HttpSourceTable(_SourceTable):
    requests_per_second: float = Field(default=4, gt=0, le=10_000)
    timeout_seconds: float = Field(default=10, gt=0, le=60)
    api_key: SecretStr | None = Field(default=None, exclude=True)
    live: bool = True

    @property
    def timeout(self) -> timedelta:
        """The longest time that one request may take."""
        return timedelta(seconds=self.timeout_seconds)


class LoopringTable(_HttpSourceTable):
    """A `[[source]]` for Loopring's v3 REST API."""

    kind: Literal["loopring"] = "loopring"
    base_url: HttpUrl = "https://api3.loopring.io"


class BlockscoutTable(_HttpSourceTable):
    """A `[[source]]` for Blockscout's API v2, of one chain."""

    kind: Literal["blockscout"] = "blockscout"
    base_url: HttpUrl
    chain_id: int = Field(gt=0, lt=2**53)
    # What the hosted API allows without a key; with a free one it is 5.
    requests_per_second: float = Field(default=3, gt=0, le=10_000)

    @model_validator(mode="after")
    def _is_that_chain(self) -> BlockscoutTable:
        # The hosted multichain API has the chain in its path; one explorer for one chain has not.
        in_path = re.search(r"/([0-9]+)/api/v2$", self.base_url)
        if in_path and int(in_path[1]) != self.chain_id:
            raise ValueError(f"base_url is that of chain {in_path[1]}, but chain_id is {self.chain_id}")
        if self.name == "loopring":
            raise ValueError("the name loopring means Loopring: give this source another")
        return self


class ArchiveTable(_SourceTable):
    """A `[[source]]` that answers from a recorded file."""

    kind: Literal["archive"] = "archive"
    path: FilePath
    grants: bool = False


SourceTable = LoopringTable | BlockscoutTable | ArchiveTable
KINDS: dict[str, type[_SourceTable]] = {
    "loopring": LoopringTable,
    "blockscout": BlockscoutTable,
    "archive": ArchiveTable,
}

# The sources where the file has none: Loopring, and the chain that it settles on.
DEFAULT_SOURCES: tuple[SourceTable, ...] = (
    LoopringTable(name="loopring"),
    BlockscoutTable(name="ethereum", base_url="https://eth.blockscout.com/api/v2", chain_id=1),
)


def key_variable(name: str) -> str:
    """The environment variable for the key of a source: `ETHEREUM_API_KEY` for one named ethereum."""
    return f"{name.upper().replace('-', '_')}_API_KEY"
