"""All blocks of a folder, checked and replayed. It asks nobody: what it believes, Ethereum's events say."""

from __future__ import annotations

from collections.abc import Callable

from bot.archive_api.blocks.block_folder import BlockFolder, FetchedBlock
from bot.errors import ConfigError
from bot.l2.block_check import CheckedBlock, check_block
from bot.l2.block_errors import LayoutError
from bot.l2.replay import Replay
from bot.messages import Message

_NO_BLOCKS = Message("{path}: there are no blocks.")
_UNREADABLE = Message(
    "{fault} Ethereum confirmed that block, and this version cannot read it: a newer Tessera may. With --allow-gaps "
    "the archive ends with block {last:,}, and each account in it is incomplete."
)
_NOT_KNOWN = Message("Nothing after block {last:,} is known. {fault}")

_REPORTED_EVERY = 100


def replay_folder(
    folder: BlockFolder,
    report: Callable[[int], None],
    see: Callable[[FetchedBlock], None] = lambda _: None,
    *,
    may_end: bool = False,
) -> Replay:
    """Replay every block of a folder.

    A block that Ethereum confirmed and this version cannot read could do anything to any account. What all had before
    it is still exactly known, and nothing else is: so the replay can end there, with all accounts incomplete.

    Args:
        folder: Of blocks, from the first one on.
        report: Called with the number of the block that was applied, once in a while.
        see: Called with each block of the folder, also with those after the end; what it raises ends the replay.
        may_end: End before such a block; else it is an error.

    Raises:
        BlockError: a block is missing, is not the one that Ethereum confirmed, or cannot be read; nothing may be
            written then.
        ConfigError: the folder is empty, damaged, or cannot be read.
    """
    replay = Replay()
    before: CheckedBlock | None = None
    blocks = folder.iter_blocks()
    for fetched in blocks:
        see(fetched)
        try:
            block = check_block(before, fetched.event, fetched.block)
            replay.apply(block)
        except LayoutError as error:
            if before is None:
                raise
            if not may_end:
                raise LayoutError(_UNREADABLE, fault=error.words, last=before.number) from error
            replay.end(_NOT_KNOWN(fault=error.words, last=before.number))
            for later in blocks:  # what they are compared with may begin before the end
                see(later)
            break
        before = block
        if before.number % _REPORTED_EVERY == 0:
            report(before.number)
    if before is None:
        raise ConfigError(_NO_BLOCKS, path=folder.path)
    return replay
