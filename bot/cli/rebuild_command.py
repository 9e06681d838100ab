"""`tessera archive rebuild`: Loopring's layer 2 out of Ethereum's own data, as an archive."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from bot.archive_api.block_folder import BlockFolder
from bot.archive_api.rebuilt_archive import read_known_collections, write_rebuilt
from bot.archive_api.replay_folder import replay_folder
from bot.errors import ConfigError
from bot.l2.replay import Replay
from bot.messages import Message
from bot.text.plural import plural

_EXISTS = Message("{path}: exists already. Choose another name.")

_MOST_SHOWN = 20


def add_rebuild(commands: Any, config: argparse.ArgumentParser) -> None:
    """Add `rebuild` to the commands of `archive`.

    Args:
        commands: What `add_subparsers` returned for `archive`.
        config: The parent parser with `--config`.
    """
    rebuild = commands.add_parser(
        "rebuild", parents=[config], help="rebuild what every Loopring account held from the blocks on Ethereum"
    )
    rebuild.add_argument("--from-dir", type=Path, required=True, metavar="DIR", help="blocks that were fetched before")
    rebuild.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the archive to write")
    rebuild.add_argument(
        "--collections", type=Path, metavar="FILE", help="CSV of known collections: contract, number, name, avatar"
    )
    rebuild.add_argument("--allow-gaps", action="store_true", help="exit with 0 even if accounts are incomplete")


async def run_rebuild(arguments: argparse.Namespace) -> int:
    """Rebuild; the exit code is 0, or 1 where a block contradicts the replay.

    Raises:
        TesseraError: its sentence is to be printed, and nothing was written.
    """
    return await asyncio.to_thread(_rebuild, arguments)


def _rebuild(arguments: argparse.Namespace) -> int:
    path: Path = arguments.output
    if path.exists():
        raise ConfigError(_EXISTS, path=path)
    known = read_known_collections(arguments.collections) if arguments.collections else {}
    replay = replay_folder(BlockFolder(arguments.from_dir), _show_progress)
    _clear_progress()
    index = write_rebuilt(path, replay, known)
    _report_deviations(replay)
    accounts, collections = index.count("accounts"), index.count("collections")
    _print(
        f"{path}: {plural(accounts, 'account')}, {plural(collections, 'collection')}, as of block "
        f"{replay.last_block:,}; {plural(replay.transactions, 'transaction')} replayed"
    )
    return int(bool(replay.deviation_count) and not arguments.allow_gaps)


def _report_deviations(replay: Replay) -> None:
    for deviation in replay.deviations[:_MOST_SHOWN]:
        accounts = ", ".join(map(str, deviation.accounts))
        place = f"block {deviation.place.block:,}, transaction {deviation.place.transaction}"
        _print_error(f"{place}, account {accounts}: {deviation.words}")
    if replay.deviation_count > _MOST_SHOWN:
        _print_error(f"… and {replay.deviation_count - _MOST_SHOWN:,} more.")
    if replay.deviation_count:
        _print_error("These accounts are in the archive as incomplete: what else they held is unknown.")


def _show_progress(block: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[Kblock {block:,}")
        sys.stderr.flush()


def _clear_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _print_error(text: str) -> None:
    sys.stderr.write(f"{text}\n")
