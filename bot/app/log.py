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
from datetime import datetime

import orjson

from bot.config.settings import Settings
from bot.ui.error_answers import is_answered_already

_TOKEN_IN_URL = re.compile(r"(/(?:webhooks|interactions)/[0-9]+/)[^/\s?'\"()]+")
# Ids of Discord: of people, servers, channels and messages.
_SNOWFLAKE = re.compile(r"(?<![0-9a-fA-F])[0-9]{17,20}(?![0-9a-fA-F])")


class RedactingFormatter(logging.Formatter):
    """Formats like its base class, and replaces tokens in URLs and the given secrets.

    The time is that of the machine's time zone, and says which that is.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        # The longest first: of two that begin alike, no part of the longer one may remain.
        self._secrets = sorted(filter(None, secrets), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line, traceback included."""
        return self.redact(super().format(record), record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """As in RFC 3339, but with a blank, which is easier to read: `2026-11-27 03:16:20.123+00:00`."""
        del datefmt
        return _moment(record).isoformat(sep=" ", timespec="milliseconds")

    def redact(self, text: str, record: logging.LogRecord) -> str:
        """A text of a record without what must not be in the log."""
        text = _TOKEN_IN_URL.sub(r"\1[redacted]", text)
        if record.exc_info or record.name.partition(".")[0] != "bot":
            # Ours name people by pseudonyms; URLs and messages of libraries have them by id.
            text = _SNOWFLAKE.sub("[id]", text)
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return text


class JsonFormatter(RedactingFormatter):
    """One JSON object for each line, for programs that collect logs; what a record has as `fields` are its own keys."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; a traceback is one of its values."""
        line = {
            **getattr(record, "fields", {}),
            "time": _moment(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # Before it is encoded: a secret with a quotation mark in it would not be found afterwards.
            "message": self.redact(record.getMessage(), record),
        }
        if record.exc_info:
            line["traceback"] = self.redact(self.formatException(record.exc_info), record)
        return orjson.dumps(line).decode()


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created).astimezone()


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


def set_up_logging(level: str, secrets: Sequence[str], form: str = "text") -> None:
    """Log to standard error from `level` (debug, info, warning, error) on, as `form` (text, json)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(secrets) if form == "json" else RedactingFormatter(secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("discord.client").addFilter(_shorten_reconnects)
    logging.getLogger("discord.app_commands.tree").addFilter(_drop_answered_already)
    # Their debug lines contain whole payloads, and their info lines do not help an operator.
    for library in ("discord", "aiohttp", "asyncio"):
        logging.getLogger(library).setLevel(max(logging.WARNING, logging.getLogger().level))


def log_again(running: Settings, new: Settings) -> None:
    """Log as new settings say; the secrets that the bot was started with stay in use, and so stay secrets."""
    secrets = [secret.get_secret_value() for secret in (*running.secrets, *new.secrets)]
    set_up_logging(new.log.level, secrets, new.log.format)
