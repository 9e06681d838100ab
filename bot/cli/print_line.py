"""What the commands print: everything passes through here, as it may quote a file that somebody else wrote."""

from __future__ import annotations

import sys
from typing import TextIO

from bot.text.terminal_text import terminal_sentence, terminal_text


def print_line(sentence: str) -> None:
    """Print a sentence."""
    _write(sys.stdout, terminal_sentence(sentence))


def print_text(text: str) -> None:
    """Print several lines: a table, or JSON, whose line breaks are all our own."""
    _write(sys.stdout, terminal_text(text))


def print_error(sentence: str) -> None:
    """Print a sentence about what is wrong or missing."""
    _write(sys.stderr, terminal_sentence(sentence))


def _write(stream: TextIO, text: str) -> None:
    stream.write(f"{text}\n")
    stream.flush()
