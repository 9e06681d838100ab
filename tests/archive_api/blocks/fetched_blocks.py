"""Blocks of made histories as a rebuild has them on its disk."""

from __future__ import annotations

from pathlib import Path

from bot.archive_api.blocks.block_folder import BlockFolder, FetchedBlock
from bot.l2.submissions import read_blocks
from sandbox.rollup.rollup import Rollup
from sandbox.rollup.submissions import submissions
from tests.l2.made_blocks import event_of


def fetched(history: Rollup) -> list[FetchedBlock]:
    """All blocks, with what Ethereum says about each."""
    return [
        FetchedBlock(event_of(made), block, submission.l1_block, submission.transaction_hash)
        for submission in submissions(history.blocks)
        for made, block in zip(submission.blocks, read_blocks(submission.calldata), strict=True)
    ]


def folder_of(path: Path, blocks: list[FetchedBlock], **options: int) -> BlockFolder:
    """A folder with these blocks, closed."""
    with BlockFolder(path, **options).open_to_write() as folder:
        folder.append(blocks)
    return BlockFolder(path)
