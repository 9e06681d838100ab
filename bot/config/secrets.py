"""Secrets: from an environment variable, or from the file that `<variable>_FILE` names. From nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.errors import ConfigError
from bot.messages import Message

_SET_TWICE = Message("Both {variable} and {variable}_FILE are set: keep one of them.")
_PASTED_WRONGLY = Message("{variable} contains spaces or characters that no token has: it was probably pasted wrongly.")
_FILE_UNREADABLE = Message("{variable}_FILE: that file cannot be read: {reason}.")


def read_secret(variable: str, environ: Mapping[str, str]) -> str | None:
    """The secret in a variable, or in the file that it names; None: there is none.

    Args:
        variable: For example `DISCORD_TOKEN`.
        environ: Normally `os.environ`.

    Raises:
        ConfigError: both are set, the file cannot be read, or what is there cannot be a secret.
    """
    value, file = environ.get(variable, ""), environ.get(f"{variable}_FILE", "")
    if file and value:
        raise ConfigError(_SET_TWICE, variable=variable)
    value = (_read(variable, file) if file else value).strip()
    if any(not char.isprintable() or not char.isascii() or char == " " for char in value):
        raise ConfigError(_PASTED_WRONGLY, variable=variable)
    return value or None


def _read(variable: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        # The file is not named: by mistake its name may be the secret itself.
        raise ConfigError(_FILE_UNREADABLE, variable=variable, reason=type(error).__name__) from error
