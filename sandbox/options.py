"""The options of `python -m sandbox`, and the sentences for what they ask for and cannot be had."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

# Taken when no port is asked for: the page, and the one after it for the browser.
USUAL_PORT = 8765
LAST_PORT = 65535
DESCRIPTION = "The whole bot in a browser page, with no account, token or key."


class OptionError(Exception):
    """What an option asks for cannot be had; the sentence says what, why, and which option it is."""


class _AlwaysRebuilt(argparse.Action):
    """What was an option once."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.error("--rebuilt is what the demo always does now: leave it out. --no-archive does without the archive.")


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(LAST_PORT)) else -1
    if not 0 <= port <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {LAST_PORT}")
    return port


def _folder(text: str) -> Path:
    folder = Path(text)
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        raise argparse.ArgumentTypeError("no folder that can be read")
    return folder


def option_parser() -> argparse.ArgumentParser:
    """All of them."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=DESCRIPTION)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port", type=_port, help=f"port to listen on ({USUAL_PORT}, or a free one if it is taken); 0 takes a free one"
    )
    parser.add_argument(
        "--browser-port",
        type=_port,
        help="port of the browser with the test wallet (the one after --port, or a free one); 0 takes a free one",
    )
    parser.add_argument("--seed", type=int, help="put a larger community, drawn from this number, on top")
    parser.add_argument("--bodies", type=_folder, help="folder of recorded Loopring bodies to serve byte for byte")
    parser.add_argument(
        "--no-archive",
        action="store_true",
        help="do not rebuild Loopring's archive from the Ethereum node: when Loopring is switched off, nothing answers",
    )
    parser.add_argument("--rebuilt", action=_AlwaysRebuilt, nargs=0, help=argparse.SUPPRESS)
    parser.add_argument("--no-bot", action="store_true", help="only the stand-ins: the bot is started by hand")
    parser.add_argument("--bot-log", type=Path, help="also write the bot's log lines to this file")
    return parser


@contextlib.contextmanager
def on_port(host: str, port: int, option: str) -> Iterator[None]:
    """Turn a failure to listen, in the block, into a sentence.

    Raises:
        OptionError: the port is not free, or not allowed, or the host is none of this machine's.
    """
    try:
        yield
    except socket.gaierror as error:
        raise OptionError(f"Cannot listen on {host}: {error.strerror}. Try --host.") from error
    except UnicodeError as error:  # too long, or with an empty part
        raise OptionError(f"Cannot listen on {host}: no host has this name. Try --host.") from error
    except OSError as error:
        # From Python 3.13 on asyncio raises without a number where none of the addresses is one of this machine.
        number = error.errno or errno.EADDRNOTAVAIL
        wrong = "--host" if number == errno.EADDRNOTAVAIL else option
        raise OptionError(f"Cannot listen on {in_url(host)}:{port}: {os.strerror(number)}. Try {wrong}.") from error


def in_url(host: str) -> str:
    """A host as it is written in a URL."""
    return f"[{host}]" if ":" in host else host


def open_log(path: Path) -> TextIO:
    """The file that the bot's lines are added to.

    Raises:
        OptionError: it cannot be written.
    """
    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise OptionError(f"Cannot write to {path}: {error.strerror}. Try another --bot-log.") from error
