"""`tessera archive rebuild`: Loopring's layer 2 out of Ethereum's own data, as an archive."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.archive.known_collections import KnownCollection, read_known_collections
from bot.archive.new_file import refuse_existing
from bot.archive_api.blocks.block_folder import BlockFolder
from bot.archive_api.blocks.fetch_blocks import fetch_blocks
from bot.archive_api.blocks.history_nodes import HistoryNodes
from bot.archive_api.blocks.one_node_ranges import OneNodeRanges
from bot.archive_api.blocks.rebuild_progress import RebuildProgress
from bot.archive_api.blocks.replay_folder import replay_folder
from bot.archive_api.era1.chain_proof import KnownBlock, proof_of, unused
from bot.archive_api.era1.fetch_era1 import fetch_era1
from bot.archive_api.era1.known_blocks import read_known_blocks
from bot.archive_api.era1.taken_files import TakenBlocks, TakenFiles
from bot.archive_api.rebuilt_archive import write_rebuilt
from bot.cli.chain_statement import chain_statement
from bot.cli.interruptible import interruptible
from bot.cli.print_line import print_error, print_line
from bot.cli.rebuild_metadata import Described, describe
from bot.config.settings import Settings
from bot.config.source_tables import are_different_nodes, is_node_url
from bot.errors import ConfigError, InputError
from bot.l2.replay import Replay
from bot.messages import Message, Words
from bot.sources.session import open_session
from bot.text.plural import plural

_NO_NODES = Message("No Ethereum node is known: name one with --rpc URL, or set ETH_RPC_URL.")
_NOT_URLS = Message(
    "--rpc takes addresses of Ethereum nodes, separated by commas: https://…, or http:// on this machine only."
)
_SAME_NODE = Message("The nodes of --rpc must differ: one that is named twice only agrees with itself.")
_SAME_PLACE = Message("The blocks are kept in a folder, and the archive is a file: choose two names.")
_NO_BLOCKS = Message("Say where the blocks are: --rpc, --era1 or --from-dir.")
_TWO_WAYS = Message("--from-dir has the blocks that were fetched before: leave out --era1, or use it with --blocks.")

_ENDS = Message("{reason} All accounts are in the archive as incomplete.")
_BY_ONE_NODE = Message(
    "Ethereum's blocks {first:,} to {last:,}: only one node said which blocks of Loopring were submitted there. To "
    "have it confirmed, repeat the command with --blocks {folder}, a second node in --rpc, and another -o."
)

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
    where = rebuild.add_mutually_exclusive_group()
    where.add_argument(
        "--rpc",
        nargs="?",
        const="",
        metavar="URL[,URL]",
        help="fetch the blocks from these Ethereum nodes (without URL: from those of ETH_RPC_URL)",
    )
    where.add_argument("--from-dir", type=Path, metavar="DIR", help="blocks that were fetched before: asks nobody")
    rebuild.add_argument(
        "--era1",
        type=Path,
        metavar="DIR",
        help="first take the blocks from before the merge from era1 files, as nodes may have dropped them",
    )
    rebuild.add_argument(
        "--known-blocks",
        type=Path,
        metavar="FILE",
        help="hashes of blocks of Ethereum that you know from elsewhere, each the last block of an era1 file, as lines "
        "of NUMBER HASH: each proves the files up to there; that of the last block before the merge is known already",
    )
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
    rebuild.add_argument(
        "--metadata",
        action="store_true",
        help="also fetch names and pictures: of NFTs from IPFS by [display] image_gateways, of collections by their "
        "contracts (from --rpc or ETH_RPC_URL) and from [display] collection_infos",
    )
    rebuild.add_argument(
        "--allow-gaps",
        action="store_true",
        help="exit with 0 even if accounts are incomplete, and end before a block that this version cannot read",
    )


async def run_rebuild(settings: Settings, arguments: argparse.Namespace) -> int:
    """Rebuild; the exit code is 0, or 1 where a block contradicts the replay.

    Raises:
        TesseraError: its sentence is to be printed, and nothing was written.
    """
    path: Path = arguments.output
    interruptible(refuse_existing, path)
    if arguments.rpc is None and not arguments.from_dir and not arguments.era1:
        raise InputError(_NO_BLOCKS)
    if arguments.from_dir and arguments.era1:
        raise InputError(_TWO_WAYS)
    hashes = interruptible(read_known_blocks, arguments.known_blocks)
    known = interruptible(read_known_collections, arguments.collections) if arguments.collections else {}
    folder = _folder(arguments)
    progress = RebuildProgress(sys.stderr)
    try:
        return await _rebuild(settings, arguments, folder, progress, known, hashes)
    except (asyncio.CancelledError, KeyboardInterrupt):
        progress.clear()
        print_error(f"Stopped. What was fetched stays in {folder.path}: the same command goes on from there.")
        raise
    finally:
        progress.clear()


def _folder(arguments: argparse.Namespace) -> BlockFolder:
    path: Path = arguments.output
    folder = arguments.from_dir or arguments.blocks or path.with_name(f"{path.name}.blocks")
    if folder.absolute() == path.absolute():
        raise InputError(_SAME_PLACE)
    return BlockFolder(folder)


async def _rebuild(
    settings: Settings,
    arguments: argparse.Namespace,
    folder: BlockFolder,
    progress: RebuildProgress,
    known: Mapping[str, KnownCollection],
    hashes: Sequence[KnownBlock],
) -> int:
    if arguments.era1:
        interruptible(_take_era1, arguments.era1, folder, progress, hashes)
    if arguments.rpc is not None:
        await _fetch(_urls(arguments.rpc, settings), folder, progress)
    replay, statement = interruptible(_replay, folder, progress, hashes, arguments)
    by_one = interruptible(OneNodeRanges(folder.path).joined)
    found = Described()
    if arguments.metadata:
        nodes = [*settings.linking.rpc_urls] if arguments.rpc is None else _urls(arguments.rpc, settings)
        found = await describe(replay, folder.path, known, settings.display, nodes, progress)
    progress.clear()
    code = interruptible(_write, arguments, replay, known, found)
    for sentence in statement:
        print_line(str(sentence))
    _report_one_node(by_one, folder)
    return code


def _take_era1(path: Path, folder: BlockFolder, progress: RebuildProgress, hashes: Sequence[KnownBlock]) -> None:
    progress.begin()
    with folder.open_to_write():
        fetch_era1(path, folder, progress.fetched, hashes)


def _replay(
    folder: BlockFolder, progress: RebuildProgress, hashes: Sequence[KnownBlock], arguments: argparse.Namespace
) -> tuple[Replay, Sequence[Words]]:
    """The replay of all blocks, and what these rest on."""
    taken = TakenFiles(folder.path, folder.end())
    taken.check_known(hashes)
    seen = TakenBlocks(folder.path, taken.files)
    replay = replay_folder(folder, progress.replayed, seen.see, may_end=arguments.allow_gaps)
    runs = proof_of(seen.compared(), hashes)
    useless = unused(taken.files, hashes)
    return replay, chain_statement(runs, replay.last_block, useless, folder_alone=bool(arguments.from_dir))


async def _fetch(urls: Sequence[str], folder: BlockFolder, progress: RebuildProgress) -> None:
    progress.begin()
    async with open_session() as session:
        nodes = HistoryNodes(session, urls, notify=progress.note)
        await nodes.check()
        with folder.open_to_write():
            await fetch_blocks(nodes, folder, progress.fetched)


def _urls(text: str, settings: Settings) -> list[str]:
    urls = [url.strip() for url in text.split(",")] if text else [*settings.linking.rpc_urls]
    if not urls:
        raise ConfigError(_NO_NODES)
    if not all(map(is_node_url, urls)):
        raise InputError(_NOT_URLS)
    if not are_different_nodes(urls):
        raise InputError(_SAME_NODE)
    return urls


def _write(
    arguments: argparse.Namespace, replay: Replay, known: Mapping[str, KnownCollection], found: Described
) -> int:
    path: Path = arguments.output
    index = write_rebuilt(path, replay, known, found.nfts.by_id, found.collections.by_contract)
    _report_deviations(replay)
    if arguments.metadata:
        for line in found.lines():
            print_line(line)
    accounts, collections = index.count("accounts"), index.count("collections")
    print_line(
        f"{path}: {plural(accounts, 'account')}, {plural(collections, 'collection')}, as of block "
        f"{replay.last_block:,}; {plural(replay.transactions, 'transaction')} replayed"
    )
    return int(bool(replay.deviation_count) and not arguments.allow_gaps)


def _report_one_node(ranges: Sequence[tuple[int, int]], folder: BlockFolder) -> None:
    for first, last in ranges:
        print_error(str(_BY_ONE_NODE(first=first, last=last, folder=folder.path)))


def _report_deviations(replay: Replay) -> None:
    for deviation in replay.deviations[:_MOST_SHOWN]:
        accounts = ", ".join(map(str, deviation.accounts))
        place = f"block {deviation.place.block:,}, transaction {deviation.place.transaction}"
        print_error(f"{place}, account {accounts}: {deviation.words}")
    if replay.deviation_count > _MOST_SHOWN:
        print_error(f"… and {replay.deviation_count - _MOST_SHOWN:,} more.")
    if replay.ended_by:
        print_error(str(_ENDS(reason=replay.ended_by)))
    if replay.deviation_count:
        print_error(
            "These accounts are in the archive as incomplete, and so is each that got something unknown from them: "
            "what else they held is unknown."
        )
