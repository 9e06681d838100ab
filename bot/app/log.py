"""What the bot logs on standard error: one line each, and never a secret.

Nothing of ours logs a token. Libraries may: discord.py puts URLs into warnings, and the URLs of interactions and
webhooks contain tokens. So every finished line is searched for them. Nor does any line of ours name a person, except by
the pseudonym of the audit log; ids in lines of libraries are left out.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence

from bot.ui.error_answers import is_answered_already

_TOKEN_IN_URL = re.compile(r"(/(?:webhooks|interactions)/[0-9]+/)[^/\s?'\"()]+")
# Ids of Discord: of people, servers, channels and messages.
_SNOWFLAKE = re.compile(r"(?<![0-9a-fA-F])[0-9]{17,20}(?![0-9a-fA-F])")


class RedactingFormatter(logging.Formatter):
    """Formats like its base class, and replaces tokens in URLs and the given secrets."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        # The longest first: of two that begin alike, no part of the longer one may remain.
        self._secrets = sorted(filter(None, secrets), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line, traceback included."""
        line = _TOKEN_IN_URL.sub(r"\1[redacted]", super().format(record))
        if record.exc_info or record.name.partition(".")[0] != "bot":
            # Ours name people by pseudonyms; URLs and messages of libraries have them by id.
            line = _SNOWFLAKE.sub("[id]", line)
        for secret in self._secrets:
            line = line.replace(secret, "[redacted]")
        return line


def _shorten_reconnects(record: logging.LogRecord) -> bool:
    """discord.py logs each lost connection with a traceback; the kind of error is enough."""
    if record.exc_info and record.exc_info[0] and str(record.msg).startswith("Attempting a reconnect"):
        record.msg, record.args = f"{record.getMessage()}: {record.exc_info[0].__name__}", ()
        record.exc_info = None
    return True


def _drop_answered_already(record: logging.LogRecord) -> bool:
    """discord.py logs each suggestion that another process with this token gave first; `bot` says that once."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, Exception) and is_answered_already(error))


def set_up_logging(level: str, secrets: Sequence[str]) -> None:
    """Log to standard error from `level` (debug, info, warning, error) on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("discord.client").addFilter(_shorten_reconnects)
    logging.getLogger("discord.app_commands.tree").addFilter(_drop_answered_already)
    # Their debug lines contain whole payloads, and their info lines do not help an operator.
    for library in ("discord", "aiohttp", "asyncio"):
        logging.getLogger(library).setLevel(max(logging.WARNING, logging.getLogger().level))
