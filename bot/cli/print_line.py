"""What the commands print: everything passes through here, as it may quote a file that somebody else wrote."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TextIO

from bot.errors import TesseraError
from bot.messages import Message
from bot.text.terminal_text import terminal_sentence, terminal_text

_NO_OUTPUT = Message("What this command prints cannot be written: {reason}.")
_CLOSED = Message("What this command prints cannot be written: its output is closed.")


class OutputError(TesseraError):
    """Standard output takes nothing."""


def print_line(sentence: str) -> None:
    """Print a sentence.

    Raises:
        OutputError: it cannot be written.
    """
    _write(sys.stdout, terminal_sentence(sentence))


def print_text(text: str) -> None:
    """Print several lines: a table, or JSON, whose line breaks are all our own.

    Raises:
        OutputError: they cannot be written.
    """
    _write(sys.stdout, terminal_text(text))


def print_error(sentence: str) -> None:
    """Print a sentence about what is wrong or missing; where that cannot be said, the exit code does."""
    with suppress(OutputError, BrokenPipeError):
        _write(sys.stderr, terminal_sentence(sentence))


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # closed by who started the command (`>&-`)
        raise OutputError(_CLOSED)
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except BrokenPipeError:
        raise  # the reader has enough (`| head`), and nothing is wrong
    except OSError as error:
        raise OutputError(_NO_OUTPUT, reason=error.strerror) from error
