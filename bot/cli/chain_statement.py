"""What the blocks of a rebuild rest on, in sentences: Ethereum's own hashes, files alone, or nodes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.archive_api.era1.chain_proof import KnownBlock, Run
from bot.messages import Message, Words

_PROVEN = Message(
    "Blocks {first:,} to {last:,} of layer 2 are proven by Ethereum's own hashes: its blocks {l1_first:,} to "
    "{l1_last:,} follow each other, and the last one has its known hash. This holds if nobody but you has written to "
    "the folder of blocks."
)
_PROVEN_BY_FOLDER = Message(
    "Blocks {first:,} to {last:,} of layer 2 are as this folder says of the era1 files that were taken into it: "
    "Ethereum's blocks {l1_first:,} to {l1_last:,} followed each other there, and the last one had its known hash. If "
    "somebody else filled the folder, that proves nothing: take the files yourself."
)
_HANGING = Message(
    "Blocks {first:,} to {last:,} of layer 2 are as the era1 files say: Ethereum's blocks {l1_first:,} to {l1_last:,} "
    "lead to no known hash so far. Take the files of the blocks from {next:,} on too."
)
_HANGING_BY_FOLDER = Message(
    "Blocks {first:,} to {last:,} of layer 2 are as this folder says of the era1 files that were taken into it: "
    "Ethereum's blocks {l1_first:,} to {l1_last:,} led to no known hash so far. Take the files of the blocks "
    "from {next:,} on too."
)
_OTHERS = Message(
    "Blocks {first:,} to {last:,} of layer 2 are as nodes said, or an era1 file that was not read to its end."
)
_PROVES_NOTHING = Message(
    "The hash of Ethereum's block {number:,} proves nothing: it is not the last block of a file that was taken."
)


def chain_statement(
    runs: Sequence[Run], last: int, unused: Sequence[KnownBlock], *, folder_alone: bool = False
) -> list[Words]:
    """What is proven and what is not, in the order of the blocks.

    What is kept of files that were taken before is believed: anybody who may write to the folder of blocks can type it.

    Args:
        runs: Of the files that were taken; without any there is nothing to say about blocks.
        last: The number of the last block of layer 2 that was replayed; nothing is said about later ones.
        unused: Blocks of Ethereum whose hash was named, and of which no file was taken.
        folder_alone: Nothing was fetched or taken in this run; then the folder may be somebody else's.
    """
    proven, hanging = (_PROVEN_BY_FOLDER, _HANGING_BY_FOLDER) if folder_alone else (_PROVEN, _HANGING)
    said: list[Words] = []
    following = 1
    for run in runs:
        if not run.blocks:
            continue
        first, end = run.blocks[0], min(run.blocks[1], last)
        if first > last:
            break
        if first > following:
            said.append(_OTHERS(first=following, last=first - 1))
        if run.known:
            said.append(proven(first=first, last=end, l1_first=run.first, l1_last=run.last))
        else:
            said.append(hanging(first=first, last=end, l1_first=run.first, l1_last=run.last, next=run.last + 1))
        following = end + 1
    if runs and following <= last:
        said.append(_OTHERS(first=following, last=last))
    return said + [_PROVES_NOTHING(number=each.number) for each in unused]
