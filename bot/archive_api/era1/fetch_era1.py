"""Fetches the blocks of layer 2 from era1 files into a folder: the history that nodes may have dropped.

What comes from there is checked as what nodes say is: each block has the hash of its event, and follows the one before.
That an event is Ethereum's is proven by the headers of the file; that these are, by a chain of files to a block with a
known hash. So of each file that was taken, what connects it to the others is kept. Nothing of a file is stored before
its headers were found to follow each other, the files beside it, and known hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from bot.archive_api.blocks.announced import Announced, announced_event
from bot.archive_api.blocks.block_folder import BlockFolder, FetchedBlock
from bot.archive_api.blocks.fetch_blocks import FetchProgress, check_announced
from bot.archive_api.blocks.history_nodes import FIRST_L1_BLOCK
from bot.archive_api.era1.chain_proof import LAST_BEFORE_MERGE, KnownBlock, TakenFile
from bot.archive_api.era1.era1_events import Era1Event, header_at, read_events, read_headers
from bot.archive_api.era1.era1_file import Era1File
from bot.archive_api.era1.taken_files import EventDigest, TakenFiles
from bot.errors import ConfigError
from bot.l2.block_check import BLOCK_SUBMITTED, EXCHANGE
from bot.l2.block_errors import BlockError
from bot.messages import Message

_NO_FILES = Message("{path}: no era1 files are there: their names end with .era1.")
_NOT_THERE = Message("{path}: there is no such folder of era1 files.")
_NO_FOLDER = Message("{path}: no folder: name the one that the era1 files are in.")
_CANNOT_READ = Message("{path}: cannot be read: {reason}.")
_WRONG_BLOCK = Message("{path}: transaction {transaction}: {fault}")
_NOT_AN_EVENT = Message("{path}: block {number:,} of Ethereum has an event of the exchange that is none.")
_NOT_STORED = Message(
    "{path}: block {number:,} of layer 2 is not the one that {folder} has. If this file is Ethereum's history, remove "
    "the files of blocks there from that one on."
)


def fetch_era1(
    path: Path,
    folder: BlockFolder,
    report: Callable[[FetchProgress], None],
    known: Sequence[KnownBlock] = (LAST_BEFORE_MERGE,),
) -> None:
    """Fetch everything that the files have and the folder does not, and compare what both have.

    Args:
        path: The folder of the files.
        folder: Open to be written; it goes on after its last block.
        report: Called after each file.
        known: Blocks of Ethereum with a known hash.

    Raises:
        ConfigError: there are no files, one is damaged or contradicts what is known, or the disk does not take the
            blocks.
        BlockError: a block is missing, or is not the one of its event.
    """
    # One is open at a time: there may be more of them than a process may have open.
    spans = sorted(map(_span, _files(path)))
    taken = TakenFiles(folder.path, _last(folder))
    for _, last, each in spans:
        if last >= FIRST_L1_BLOCK:
            with closing(Era1File(each)) as file:
                _take(file, folder, taken, known)
        report(FetchProgress(_last(folder), last, spans[-1][1]))


def _files(path: Path) -> list[Path]:
    try:
        found = [each for each in path.iterdir() if each.name.endswith(".era1")]
    except FileNotFoundError as error:
        raise ConfigError(_NOT_THERE, path=path) from error
    except NotADirectoryError as error:
        raise ConfigError(_NO_FOLDER, path=path) from error
    except OSError as error:
        raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
    if not found:
        raise ConfigError(_NO_FILES, path=path)
    return found


def _last(folder: BlockFolder) -> int:
    return folder.last.event.number if folder.last else 0


def _span(path: Path) -> tuple[int, int, Path]:
    """The first and the last block of a file, and the file."""
    with closing(Era1File(path)) as file:
        return file.first, file.last, path


def _take(file: Era1File, folder: BlockFolder, taken: TakenFiles, known: Sequence[KnownBlock]) -> None:
    ends = header_at(file, 0), header_at(file, file.count - 1)
    about = TakenFile(file.path.name, file.first, file.last, ends[0].parent, ends[1].hash)
    if taken.has(about):
        return
    headers = read_headers(file)
    taken.check(file.path, about, known)
    numbers: list[int] = []
    digest = EventDigest()
    stored: Iterator[FetchedBlock] | None = None
    events = read_events(file, headers, EXCHANGE, BLOCK_SUBMITTED)
    for _, found in groupby(events, key=lambda event: event.transaction):
        submitted = list(found)
        announced = [_announced(file, event) for event in submitted]
        for each in announced:
            digest.add(each.event, each.l1_block)
            numbers.append(each.event.number)
        have = _last(folder)
        old = [each for each in announced if each.event.number <= have]
        if old and stored is None:
            stored = folder.iter_from(old[0].event.number)
        for each in old:
            assert stored is not None  # noqa: S101 - opened before the first of them
            _compare(file, folder, each, next(stored, None))
        if len(old) < len(announced):
            _store(file, folder, announced[len(old) :], submitted[0])
    blocks = (numbers[0], numbers[-1]) if numbers else None
    taken.add(replace(about, blocks=blocks, digest=digest.hexdigest() if numbers else ""))


def _compare(file: Era1File, folder: BlockFolder, announced: Announced, stored: FetchedBlock | None) -> None:
    """Is a block that is there already the one that the file has?"""
    if stored is None or (stored.event, stored.l1_block) != (announced.event, announced.l1_block):
        raise ConfigError(_NOT_STORED, path=file.path, number=announced.event.number, folder=folder.path)


def _store(file: Era1File, folder: BlockFolder, announced: Sequence[Announced], event: Era1Event) -> None:
    try:
        folder.append(check_announced(announced, event.calldata, folder.last.event if folder.last else None))
    except BlockError as error:
        raise BlockError(_WRONG_BLOCK, path=file.path, transaction=event.transaction, fault=error.words) from error


def _announced(file: Era1File, event: Era1Event) -> Announced:
    try:
        _, number = event.topics
        return announced_event(number, event.data, event.l1_block, event.transaction)
    except ValueError as error:
        raise ConfigError(_NOT_AN_EVENT, path=file.path, number=event.l1_block) from error
