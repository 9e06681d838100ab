"""Settings: read once, from a TOML file and the environment, and frozen.

Secrets come only from the environment, or from a file that the environment names (`DISCORD_TOKEN_FILE`); they are
`SecretStr`, so no repr, log line or error can show one. Unknown keys are refused with the nearest known name: a typo
must never silently mean a default.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator

from bot.errors import ConfigError
from bot.source_tables import (
    KINDS,
    ArchiveTable,
    GatewayUrl,
    HttpUrl,
    ImageGateway,
    LoopringTable,
    SourceTable,
    Table,
    key_variable,
)


class DiscordSettings(Table):
    """How to reach Discord; empty URLs mean Discord's own."""

    api_url: HttpUrl | Literal[""] = ""
    gateway_url: GatewayUrl | Literal[""] = ""
    guild_ids: tuple[int, ...] = ()
    buttons_expire_seconds: float = Field(default=600, gt=0, le=840)
    token: SecretStr | None = Field(default=None, exclude=True)


class LoopringSettings(Table):
    """The Loopring v3 API, hosted or a mirror, and where pictures behind `ipfs://` come from."""

    base_url: HttpUrl = "https://api3.loopring.io"
    requests_per_second: float = Field(default=4, gt=0, le=10_000)
    timeout_seconds: float = Field(default=10, gt=0, le=60)
    cache_seconds: float = Field(default=60, ge=0, le=3600)
    image_gateways: tuple[ImageGateway, ...] = ("https://ipfs.io/ipfs/",)
    fallback: str = ""
    api_key: SecretStr | None = Field(default=None, exclude=True)

    @property
    def cache_for(self) -> timedelta:
        """How long a complete answer is given again without asking anew."""
        return timedelta(seconds=self.cache_seconds)

    @property
    def timeout(self) -> timedelta:
        """The longest that one request may take."""
        return timedelta(seconds=self.timeout_seconds)


class StoreSettings(Table):
    """Where the SQLite file lies."""

    path: Path = Path("tessera.db")


class WebSettings(Table):
    """The bot's own HTTP server; `public_url` is how others reach it, empty when nobody does."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: HttpUrl | Literal[""] = ""


class LogSettings(Table):
    """How much the bot tells on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"


# What of the plain table speaks of asking Loopring; the rest of it is for all sources, or the environment's.
_SETS_UP_A_SOURCE = frozenset({"base_url", "requests_per_second", "timeout_seconds", "fallback"})


class Settings(Table):
    """Everything that can be set."""

    discord: DiscordSettings = DiscordSettings()
    loopring: LoopringSettings = LoopringSettings()
    source: tuple[Annotated[SourceTable, Field(discriminator="kind")], ...] = ()
    store: StoreSettings = StoreSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()

    @property
    def secrets(self) -> list[SecretStr]:
        """Everything that must never be told."""
        keys = [table.api_key for table in self.sources if not isinstance(table, ArchiveTable)]
        return [secret for secret in (self.discord.token, self.loopring.api_key, *keys) if secret]

    @property
    def sources(self) -> tuple[SourceTable, ...]:
        """All sources. The plain `[loopring]` table is the first where it sets up a source, or stands alone."""
        plain = self.loopring
        if self.source and not plain.model_fields_set & _SETS_UP_A_SOURCE:
            return self.source
        first = LoopringTable(
            name="loopring",
            base_url=plain.base_url,
            requests_per_second=plain.requests_per_second,
            timeout_seconds=plain.timeout_seconds,
            fallback=plain.fallback,
            api_key=plain.api_key,
        )
        return (first, *self.source)

    @model_validator(mode="after")
    def _sources_fit(self) -> Settings:
        names = [table.name for table in self.sources]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two sources are named {twice}")
        fallbacks = {table.name: table.fallback for table in self.sources}
        for name in names:
            seen = [name]
            while behind := fallbacks[seen[-1]]:
                if behind not in fallbacks:
                    raise ValueError(f"source {seen[-1]} names the fallback {behind}, which is no source")
                if behind in seen:
                    raise ValueError(f"the fallbacks of source {name} lead in a circle")
                seen.append(behind)
        return self


# table, key of the settings → environment variable; `<variable>_FILE` names a file that holds the same.
_SECRETS = {("discord", "token"): "DISCORD_TOKEN", ("loopring", "api_key"): "LOOPRING_API_KEY"}


def load(path: Path, environ: Mapping[str, str], *, required: bool = True) -> Settings:
    """Settings from the TOML file at `path` and the secrets in `environ`.

    Args:
        path: The TOML file.
        environ: Normally `os.environ`.
        required: False: a missing file means defaults.

    Raises:
        ConfigError: unreadable file, bad TOML, unknown key, or a value out of its range; one sentence.
    """
    tables = _read_toml(path, required=required)
    for (table, key), variable in _SECRETS.items():
        if isinstance(tables.get(table), dict) and key in tables[table]:
            raise ConfigError(
                f"{path}: {table}.{key} must not be in the file: put it into {variable} in the environment."
            )
        if secret := _read_secret(variable, environ):
            tables.setdefault(table, {})
            if isinstance(tables[table], dict):
                tables[table][key] = secret
    _add_source_keys(tables, environ)
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_sentence(error)}") from None  # the cause would quote its input


def _add_source_keys(tables: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Each `[[source]]` finds its key under its own name: `ETHEREUM_API_KEY` for one that is named ethereum."""
    sources = tables.get("source")
    if sources is not None and not isinstance(sources, list):
        raise ConfigError("source: write [[source]], with two brackets, for each source.")
    for table in sources or []:
        if not isinstance(table, dict) or not isinstance(table.get("name"), str) or table.get("kind") == "archive":
            continue
        variable = key_variable(table["name"])
        if "api_key" in table:
            raise ConfigError(f"source.api_key must not be in the file: put it into {variable} in the environment.")
        if secret := _read_secret(variable, environ):
            table["api_key"] = secret


def _read_toml(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        if not required:
            return {}
        raise ConfigError(
            f"{path}: no such file. Copy config.example.toml there, or name another with --config."
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}.") from error


def _read_secret(variable: str, environ: Mapping[str, str]) -> str | None:
    file = environ.get(f"{variable}_FILE")
    value = environ.get(variable)
    if file and value:
        raise ConfigError(f"Both {variable} and {variable}_FILE are set: keep one of them.")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            # Its name is not told: by mistake it may be the secret itself.
            raise ConfigError(f"{variable}_FILE: that file cannot be read: {type(error).__name__}.") from error
    value = (value or "").strip()
    if any(not char.isprintable() or not char.isascii() or char == " " for char in value):
        raise ConfigError(f"{variable} holds blanks or characters that no token has: it was probably pasted wrongly.")
    return value or None


def _sentence(error: ValidationError) -> str:
    errors = error.errors(include_url=False, include_input=False)
    # A misspelt key also leaves the right one missing: the misspelling is the mistake.
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    where = _where(first["loc"])
    if first["type"] == "extra_forbidden":
        known = _known_keys(first["loc"][:-1])
        near = difflib.get_close_matches(str(first["loc"][-1]), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}."
        return f"unknown key {where}: {hint}"
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return f"{where}.kind: must be one of {', '.join(KINDS)}."
    words = first["msg"].removeprefix("Value error, ")
    sentence = f"{words[:1].lower()}{words[1:]}."
    return f"{where}: {sentence}" if where else sentence


def _where(location: tuple[int | str, ...]) -> str:
    """`source.1.path` for the first `[[source]]`: counted as people do, and without the tag that pydantic adds."""
    if location[:1] == ("source",) and len(location) > 1:
        location = ("source", int(location[1]) + 1, *location[3:])
    return ".".join(
        str(part) for part in location if not str(part).startswith(("function-", "literal[", "constrained-"))
    )


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    fields = Settings.model_fields
    if location[:1] == ("source",):
        fields, location = KINDS[str(location[-1])].model_fields, ()
    for part in location:
        table = fields[str(part)].annotation
        if not (isinstance(table, type) and issubclass(table, BaseModel)):
            return []
        fields = table.model_fields
    return [name for name, field in fields.items() if not field.exclude]
