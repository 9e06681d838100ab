"""Secrets: from an environment variable, or from the file that `<variable>_FILE` names. From nowhere else.

A variable that is set to nothing is an error: `DISCORD_CLIENT_SECRET=` was meant to be a secret, and doing without one
would be a weaker mode that nobody chose. A file must be for us alone (`bot.config.private_files`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from bot.config.private_files import refuse_shared_secret
from bot.errors import ConfigError
from bot.messages import Message

_SET_TWICE = Message("Both {variable} and {variable}_FILE are set: keep one of them.")
_EMPTY = Message("{variable} is set, but empty: set it to the secret, or unset it to do without.")
_NO_FILE_NAME = Message("{variable}_FILE is set, but empty: set it to the secret's file, or unset it to do without.")
_EMPTY_FILE = Message(
    "{variable}_FILE: that file is empty: write the secret to it, or unset the variable to do without."
)
_PASTED_WRONGLY = Message("{variable} contains spaces or characters that no token has: it was probably pasted wrongly.")
_FILE_UNREADABLE = Message("{variable}_FILE: {file} cannot be read: {reason}.")
_FORBIDDEN = Message(
    '{variable}_FILE: {file} cannot be read by this user ({user}): run chown {user} "${variable}_FILE" && chmod 400 '
    '"${variable}_FILE", or look at the folders above it.'
)


def read_secret(variable: str, environ: Mapping[str, str]) -> str | None:
    """The secret in a variable, or in the file that it names; None: neither variable is set.

    Args:
        variable: For example `DISCORD_TOKEN`.
        environ: Normally `os.environ`.

    Raises:
        ConfigError: both are set, one of them is empty, the file cannot be read or others can, or what is there cannot
            be a secret.
    """
    value, file = environ.get(variable), environ.get(f"{variable}_FILE")
    if file is not None and value is not None:
        raise ConfigError(_SET_TWICE, variable=variable)
    if file is not None:
        if not file.strip():
            raise ConfigError(_NO_FILE_NAME, variable=variable)
        value = _read(variable, Path(file))
    if value is None:
        return None
    if not value.strip():
        raise ConfigError(_EMPTY if file is None else _EMPTY_FILE, variable=variable)
    value = value.strip()
    if any(not char.isprintable() or not char.isascii() or char == " " for char in value):
        raise ConfigError(_PASTED_WRONGLY, variable=variable)
    return value


def _read(variable: str, path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            refuse_shared_secret(variable, path, os.fstat(file.fileno()), user=os.geteuid())
            return file.read()
    except PermissionError as error:
        raise ConfigError(_FORBIDDEN, variable=variable, file=_shown(path), user=os.geteuid()) from error
    except OSError as error:
        raise ConfigError(
            _FILE_UNREADABLE, variable=variable, file=_shown(path), reason=os.strerror(error.errno or 0)
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(_FILE_UNREADABLE, variable=variable, file=_shown(path), reason="it is no text") from error


def _shown(path: Path) -> str:
    """The file's name where it certainly is one: by mistake the secret itself may have been written in its place."""
    try:
        is_name = path.exists() or (len(path.parts) > 1 and path.parent.is_dir())
    except (OSError, ValueError):  # too long for a name, or not for us to look at
        is_name = False
    return str(path) if is_name else "what it names"
