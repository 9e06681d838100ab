"""All blocks of a folder, checked and replayed. It asks nobody: what it believes, Ethereum's events say."""

from __future__ import annotations

from collections.abc import Callable

from bot.archive_api.block_folder import BlockFolder, FetchedBlock
from bot.errors import ConfigError
from bot.l2.block_check import CheckedBlock, check_block
from bot.l2.replay import Replay
from bot.messages import Message

_NO_BLOCKS = Message("{path}: there are no blocks.")

_REPORTED_EVERY = 100


def replay_folder(
    folder: BlockFolder, report: Callable[[int], None], see: Callable[[FetchedBlock], None] = lambda _: None
) -> Replay:
    """Replay every block of a folder.

    Args:
        folder: Of blocks, from the first one on.
        report: Called with the number of the block that was applied, once in a while.
        see: Called with each block after it was checked; what it raises ends the replay.

    Raises:
        BlockError: a block is missing, or is not the one that Ethereum confirmed; nothing may be written then.
        ConfigError: the folder is empty, damaged, or cannot be read.
    """
    replay = Replay()
    before: CheckedBlock | None = None
    for fetched in folder.iter_blocks():
        before = check_block(before, fetched.event, fetched.block)
        see(fetched)
        replay.apply(before)
        if before.number % _REPORTED_EVERY == 0:
            report(before.number)
    if before is None:
        raise ConfigError(_NO_BLOCKS, path=folder.path)
    return replay
