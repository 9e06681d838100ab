"""Fetches the blocks of layer 2 from era1 files into a folder: the history that nodes may have dropped.

What comes from there is checked as what nodes say is: each block has the hash of its event, and follows the one before.
That an event was confirmed by Ethereum, the files say alone: they are to be taken from somebody who is trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from itertools import groupby
from pathlib import Path

from bot.archive_api.block_folder import BlockFolder
from bot.archive_api.era1_file import Era1Event, Era1File
from bot.archive_api.fetch_blocks import Announced, FetchProgress, announced_event, check_announced
from bot.errors import ConfigError
from bot.l2.block_check import BLOCK_SUBMITTED, EXCHANGE
from bot.l2.block_errors import BlockError
from bot.messages import Message

_NO_FILES = Message("{path}: no era1 files are there: their names end with .era1.")
_WRONG_BLOCK = Message("{path}: transaction {transaction}: {fault}")
_NOT_AN_EVENT = Message("{path}: block {number:,} of Ethereum has an event of the exchange that is none.")


def fetch_era1(path: Path, folder: BlockFolder, report: Callable[[FetchProgress], None]) -> None:
    """Fetch everything that the files have and the folder does not.

    Args:
        path: The folder of the files.
        folder: Open to be written; it goes on after its last block.
        report: Called after each file.

    Raises:
        ConfigError: there are no files, one is damaged, or the disk does not take the blocks.
        BlockError: a block is missing, or is not the one of its event.
    """
    # One is open at a time: there may be more of them than a process may have open.
    spans = sorted(_span(each) for each in path.glob("*.era1"))
    if not spans:
        raise ConfigError(_NO_FILES, path=path)
    for _, last, each in spans:
        if folder.last is None or last >= folder.last.l1_block:
            with closing(Era1File(each)) as file:
                _take(file, folder)
        report(FetchProgress(folder.last.event.number if folder.last else 0, last, spans[-1][1]))


def _span(path: Path) -> tuple[int, int, Path]:
    """The first and the last block of a file, and the file."""
    with closing(Era1File(path)) as file:
        return file.first, file.last, path


def _take(file: Era1File, folder: BlockFolder) -> None:
    events = file.events(EXCHANGE, BLOCK_SUBMITTED)
    for transaction, found in groupby(events, key=lambda event: event.transaction):
        submitted = list(found)
        have = folder.last.event.number if folder.last else 0
        announced = [each for event in submitted if (each := _announced(file, event)).event.number > have]
        if not announced:
            continue
        try:
            folder.append(check_announced(announced, submitted[0].calldata, folder.last.event if folder.last else None))
        except BlockError as error:
            raise BlockError(_WRONG_BLOCK, path=file.path, transaction=transaction, fault=error.words) from error


def _announced(file: Era1File, event: Era1Event) -> Announced:
    try:
        _, number = event.topics
        return announced_event(number, event.data, event.l1_block, event.transaction)
    except ValueError as error:
        raise ConfigError(_NOT_AN_EVENT, path=file.path, number=event.l1_block) from error
