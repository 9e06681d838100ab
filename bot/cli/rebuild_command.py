"""`tessera archive rebuild`: Loopring's layer 2 out of Ethereum's own data, as an archive."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.archive.known_collections import KnownCollection, read_known_collections
from bot.archive_api.block_folder import BlockFolder
from bot.archive_api.fetch_blocks import fetch_blocks
from bot.archive_api.history_nodes import HistoryNodes
from bot.archive_api.rebuild_progress import RebuildProgress
from bot.archive_api.rebuilt_archive import write_rebuilt
from bot.archive_api.replay_folder import replay_folder
from bot.config.settings import Settings
from bot.config.source_tables import is_node_url
from bot.errors import ConfigError, InputError
from bot.l2.replay import Replay
from bot.messages import Message
from bot.sources.session import open_session
from bot.text.plural import plural

_NO_NODES = Message("No Ethereum node is known: name one with --rpc URL, or set ETH_RPC_URL.")
_NOT_URLS = Message(
    "--rpc takes addresses of Ethereum nodes, separated by commas: https://…, or http:// on this machine only."
)
_SAME_NODE = Message("The nodes of --rpc must differ: one that is named twice only agrees with itself.")
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
    where = rebuild.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--rpc",
        nargs="?",
        const="",
        metavar="URL[,URL]",
        help="fetch the blocks from these Ethereum nodes (without URL: from those of ETH_RPC_URL)",
    )
    where.add_argument("--from-dir", type=Path, metavar="DIR", help="blocks that were fetched before: asks nobody")
    rebuild.add_argument(
        "--blocks",
        type=Path,
        metavar="DIR",
        help="where fetched blocks are kept (default: FILE.blocks)",
    )
    rebuild.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the archive to write")
    rebuild.add_argument(
        "--collections", type=Path, metavar="FILE", help="CSV of known collections: contract, number, name, avatar"
    )
    rebuild.add_argument("--allow-gaps", action="store_true", help="exit with 0 even if accounts are incomplete")


async def run_rebuild(settings: Settings, arguments: argparse.Namespace) -> int:
    """Rebuild; the exit code is 0, or 1 where a block contradicts the replay.

    Raises:
        TesseraError: its sentence is to be printed, and nothing was written.
    """
    path: Path = arguments.output
    if await asyncio.to_thread(path.exists):
        raise ConfigError(_EXISTS, path=path)
    known = await asyncio.to_thread(read_known_collections, arguments.collections) if arguments.collections else {}
    folder = BlockFolder(arguments.from_dir or arguments.blocks or path.with_name(f"{path.name}.blocks"))
    progress = RebuildProgress(sys.stderr)
    try:
        if arguments.rpc is not None:
            await _fetch(_urls(arguments.rpc, settings), folder, progress)
        return await asyncio.to_thread(_rebuild, arguments, folder, known, progress)
    finally:
        progress.clear()


async def _fetch(urls: Sequence[str], folder: BlockFolder, progress: RebuildProgress) -> None:
    async with open_session() as session:
        nodes = HistoryNodes(session, urls)
        await nodes.check()
        with folder.open_to_write():
            await fetch_blocks(nodes, folder, progress.fetched)


def _urls(text: str, settings: Settings) -> list[str]:
    urls = [url.strip() for url in text.split(",")] if text else [*settings.linking.rpc_urls]
    if not urls:
        raise ConfigError(_NO_NODES)
    if not all(map(is_node_url, urls)):
        raise InputError(_NOT_URLS)
    if len(set(urls)) < len(urls):
        raise InputError(_SAME_NODE)
    return urls


def _rebuild(
    arguments: argparse.Namespace,
    folder: BlockFolder,
    known: Mapping[str, KnownCollection],
    progress: RebuildProgress,
) -> int:
    path: Path = arguments.output
    replay = replay_folder(folder, progress.replayed)
    progress.clear()
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


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _print_error(text: str) -> None:
    sys.stderr.write(f"{text}\n")
