"""Settings: read once, from a TOML file and the environment, and frozen.

Secrets come only from the environment, or from a file that the environment names (`DISCORD_TOKEN_FILE`); they are
`SecretStr`, so no repr, log line or error can show one. Unknown keys are refused with the nearest known name: a typo
must never silently select a default.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator

from bot.config.fallbacks import refuse_wrong_fallbacks
from bot.config.metrics_table import MetricsSettings
from bot.config.moved_tables import how_to_write_loopring
from bot.config.pictures_table import PicturesSettings
from bot.config.private_files import refuse_file_written_by_others, refuse_shared_folders
from bot.config.secrets import read_secret
from bot.config.signing_table import SnapshotSettings
from bot.config.source_tables import (
    DEFAULT_SOURCES,
    Address,
    ArchiveTable,
    FilePath,
    GatewayUrl,
    HttpUrl,
    ImageGateway,
    SourceTable,
    Table,
    are_different_nodes,
    is_loopback,
    is_node_url,
    key_variable,
)
from bot.config.sync_table import SyncSettings
from bot.config.validation_errors import sentence_of
from bot.config.web_table import WebSettings
from bot.config.webhooks_table import WebhookSettings
from bot.errors import ConfigError
from bot.messages import Message

_AT = Message("{path}: {reason}")
_SECRET_IN_FILE = Message("{path}: {table}.{key} must not be in the file: put it into {variable} in the environment.")
_SOURCE_BRACKETS = Message("source: write [[source]], with two brackets, for each source.")
_KEY_IN_FILE = Message("source.api_key must not be in the file: put it into {variable} in the environment.")
_NO_FILE = Message("{path}: no such file. Copy config.example.toml there, or name another with --config.")
_CANNOT_READ = Message("{path}: cannot be read: {reason}.")
_NOT_TOML = Message("{path}: not valid TOML: {reason}.")
_LONG_NUMBER = Message("a number in it has thousands of digits")
_DEEP = Message("its brackets are nested hundreds of times")


def _on_this_machine(url: str) -> str:
    if not is_loopback(urlsplit(url).hostname or ""):
        raise ValueError("must be on this machine (127.0.0.1, ::1 or localhost): time is moved for demonstrations only")
    return url


_OF_DISCORD = ("discord.com", "gateway.discord.gg")


class DiscordSettings(Table):
    """How to reach Discord; empty URLs mean Discord's own."""

    api_url: HttpUrl | Literal[""] = ""
    gateway_url: GatewayUrl | Literal[""] = ""
    authorize_url: HttpUrl = "https://discord.com/oauth2/authorize"
    guild_ids: tuple[int, ...] = ()
    buttons_expire_seconds: float = Field(default=600, gt=0, le=840)
    clock_url: Annotated[HttpUrl, AfterValidator(_on_this_machine)] | Literal[""] = ""
    presence: Annotated[str, Field(max_length=128)] = "Type /collections"
    moderation_intent: bool = False
    members_intent: bool = False
    token: SecretStr | None = Field(default=None, exclude=True)
    client_secret: SecretStr | None = Field(default=None, exclude=True)

    @property
    def foreign_urls(self) -> tuple[str, ...]:
        """The keys whose URLs are neither Discord's nor on this machine."""
        urls = {"api_url": self.api_url, "gateway_url": self.gateway_url, "authorize_url": self.authorize_url}
        hosts = {key: urlsplit(url).hostname or "" for key, url in urls.items() if url}
        return tuple(key for key, host in hosts.items() if host not in _OF_DISCORD and not is_loopback(host))


def _not_empty(gateways: tuple[str, ...]) -> tuple[str, ...]:
    # The first one is where pictures on IPFS are; the first of none would be that of Arweave.
    if not gateways:
        raise ValueError('must have a gateway of IPFS, such as ["https://ipfs.io/ipfs/"]')
    return gateways


class DisplaySettings(Table):
    """How answers are shown: where pictures come from that have no https address, and how long an answer is cached."""

    image_gateways: Annotated[tuple[ImageGateway, ...], AfterValidator(_not_empty)] = ("https://ipfs.io/ipfs/",)
    arweave_gateway: ImageGateway = "https://arweave.net/"
    collection_infos: ImageGateway | Literal[""] = "https://nftinfos.loopring.io/"
    cache_seconds: float = Field(default=60, ge=0, le=3600)

    @property
    def gateways(self) -> tuple[str, ...]:
        """As `safe_image_url` takes them."""
        return (*self.image_gateways, self.arweave_gateway)

    @property
    def cache_for(self) -> timedelta:
        """How long a complete answer is reused before the source is asked again."""
        return timedelta(seconds=self.cache_seconds)


class StoreSettings(Table):
    """Where the SQLite file is, and how many copies of it are retained."""

    path: FilePath = Path("tessera.db")
    backup_folder: FilePath | None = None
    backup_days: int = Field(default=7, ge=0, le=366)
    backup_weeks: int = Field(default=4, ge=0, le=520)

    @property
    def backups(self) -> Path:
        """The folder of the nightly copies: the one that is set, or `backups` beside the store."""
        return self.backup_folder or self.path.parent / "backups"


def _owner_rule(value: str) -> str:
    value = value.strip().lower()
    if not re.fullmatch(r"agree|first|archive:[0-9a-f]{64}", value):
        raise ValueError("must be agree, first, or archive: and a SHA-256 as `tessera archive show` prints it")
    return value


class LinkingSettings(Table):
    """How members prove that an account is theirs; on the page by Discord's login, unless `login` says "code"."""

    login: Literal["required", "code"] = "required"
    paste: bool = False
    manual: bool = False
    contest_hours: float = Field(default=24, gt=0, le=720)
    owners: Annotated[str, AfterValidator(_owner_rule)] = "agree"
    wallet_factories: tuple[Address, ...] = ()
    rpc_url: SecretStr | None = Field(default=None, exclude=True)

    @property
    def contest(self) -> timedelta:
        """How long the holder of an account has to object before it moves to somebody else who proved it."""
        return timedelta(hours=self.contest_hours)

    @property
    def rpc_urls(self) -> tuple[str, ...]:
        """The Ethereum nodes that are asked about contract wallets; all of them must agree."""
        return tuple(self.rpc_url.get_secret_value().split(",")) if self.rpc_url else ()

    @model_validator(mode="after")
    def _nodes_are_urls(self) -> LinkingSettings:
        # Not a validator of the field: its message could appear in a log together with the input.
        if not all(map(is_node_url, self.rpc_urls)):
            raise ValueError(
                "a node of ETH_RPC_URL must be a URL starting with https:// (plain http:// is for this machine only)"
            )
        if not are_different_nodes(self.rpc_urls):
            raise ValueError("the nodes of ETH_RPC_URL must differ: one that is named twice only agrees with itself")
        return self


class LogSettings(Table):
    """How much the bot logs, on standard error, and as what."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Settings(Table):
    """Everything that can be set."""

    discord: DiscordSettings = DiscordSettings()
    source: tuple[Annotated[SourceTable, Field(discriminator="kind")], ...] = DEFAULT_SOURCES
    display: DisplaySettings = DisplaySettings()
    store: StoreSettings = StoreSettings()
    web: WebSettings = WebSettings()
    linking: LinkingSettings = LinkingSettings()
    sync: SyncSettings = SyncSettings()
    pictures: PicturesSettings = PicturesSettings()
    webhooks: WebhookSettings = WebhookSettings()
    metrics: MetricsSettings = MetricsSettings()
    snapshots: SnapshotSettings = SnapshotSettings()
    log: LogSettings = LogSettings()

    @property
    def secrets(self) -> list[SecretStr]:
        """Everything that must never be shown."""
        keys = [table.api_key for table in self.sources if not isinstance(table, ArchiveTable)]
        own = (self.discord.token, self.discord.client_secret, self.webhooks.key, self.snapshots.signing_key)
        # The URL of each node is a secret by itself: that is how a library would quote it.
        nodes = map(SecretStr, self.linking.rpc_urls)
        return [secret for secret in (*own, *keys, *nodes) if secret]

    @property
    def sources(self) -> tuple[SourceTable, ...]:
        """All sources, in the order in which their answers are preferred."""
        return self.source

    @model_validator(mode="after")
    def _sources_fit(self) -> Settings:
        refuse_wrong_fallbacks(self.sources)
        return self


# table, key of the settings → environment variable; `<variable>_FILE` names a file that contains it.
_SECRETS = {
    ("discord", "token"): "DISCORD_TOKEN",
    ("discord", "client_secret"): "DISCORD_CLIENT_SECRET",
    ("linking", "rpc_url"): "ETH_RPC_URL",
    ("webhooks", "key"): "WEBHOOK_KEY",
    ("snapshots", "signing_key"): "SNAPSHOT_SIGNING_KEY",
}


# In a container the bot is reached by the container's own address; the image sets this, and the file may say otherwise.
_WEB_HOST = "TESSERA_WEB_HOST"


def load(path: Path, environ: Mapping[str, str], *, required: bool = True) -> Settings:
    """Settings from the TOML file at `path` and the secrets in `environ`.

    Args:
        path: The TOML file.
        environ: Normally `os.environ`.
        required: False: without the file, the defaults are used.

    Raises:
        ConfigError: unreadable file, bad TOML, unknown key, or a value out of its range; one sentence.
    """
    tables = _read_toml(path, required=required)
    if "loopring" in tables:
        raise ConfigError(_AT, path=path, reason=how_to_write_loopring(tables))
    for (table, key), variable in _SECRETS.items():
        if isinstance(tables.get(table), dict) and key in tables[table]:
            raise ConfigError(_SECRET_IN_FILE, path=path, table=table, key=key, variable=variable)
        if secret := read_secret(variable, environ):
            tables.setdefault(table, {})
            if isinstance(tables[table], dict):
                tables[table][key] = secret
    _add_source_keys(tables, environ)
    if (host := environ.get(_WEB_HOST)) and isinstance(web := tables.setdefault("web", {}), dict):
        web.setdefault("host", host)
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        raise ConfigError(
            _AT, path=path, reason=sentence_of(error, Settings)
        ) from None  # the cause would quote its input


def _add_source_keys(tables: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Each `[[source]]` has its key in a variable of its own name: `ETHEREUM_API_KEY` for one named ethereum."""
    sources = tables.setdefault("source", [])
    if not isinstance(sources, list):
        raise ConfigError(_SOURCE_BRACKETS)
    if not sources:
        sources.extend(table.model_dump() for table in DEFAULT_SOURCES)
    for table in sources:
        if not isinstance(table, dict) or not isinstance(table.get("name"), str) or table.get("kind") == "archive":
            continue
        variable = key_variable(table["name"])
        if "api_key" in table:
            raise ConfigError(_KEY_IN_FILE, variable=variable)
        if secret := read_secret(variable, environ):
            table["api_key"] = secret


def _read_toml(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            refuse_file_written_by_others(path, status)  # it says where the secrets are sent
            if stat.S_ISREG(status.st_mode):  # a pipe has no folder
                refuse_shared_folders(str(path), path, user=os.geteuid())
            return tomllib.load(file)
    except FileNotFoundError:
        if not required:
            return {}
        raise ConfigError(_NO_FILE, path=path) from None
    except OSError as error:
        raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(_NOT_TOML, path=path, reason=error) from error
    except ValueError as error:  # Python parses no number of more than 4,300 digits
        raise ConfigError(_NOT_TOML, path=path, reason=_LONG_NUMBER()) from error
    except RecursionError as error:
        raise ConfigError(_NOT_TOML, path=path, reason=_DEEP()) from error
