"""What the blocks of a rebuild rest on, in sentences: Ethereum's own hashes, files alone, or nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.archive_api.chain_proof import LAST_BEFORE_MERGE, KnownBlock, Run
from bot.errors import InputError
from bot.messages import Message, Words

_PROVEN = Message(
    "Blocks {first:,} to {last:,} of layer 2 are proven by Ethereum's own hashes: its blocks {l1_first:,} to "
    "{l1_last:,} follow each other, and the last one has its known hash."
)
_HANGING = Message(
    "Blocks {first:,} to {last:,} of layer 2 are as the era1 files say: Ethereum's blocks {l1_first:,} to {l1_last:,} "
    "lead to no known hash so far. Take the files of the blocks from {next:,} on too."
)
_OTHERS = Message(
    "Blocks {first:,} to {last:,} of layer 2 are as nodes said, or an era1 file that was not read to its end."
)
_PROVES_NOTHING = Message(
    "The hash of Ethereum's block {number:,} proves nothing: it is not the last block of a file that was taken."
)
_NOT_A_BLOCK = Message(
    "--known-block takes the number and the hash of a block of Ethereum, with a colon between them: 13000000:0x…"
)

_KNOWN_BLOCK = re.compile(r"([0-9]{1,9}):(?:0x)?([0-9a-fA-F]{64})")


def known_blocks(named: Iterable[str]) -> list[KnownBlock]:
    """The blocks with a known hash: those that somebody named, and the last one before the merge.

    Args:
        named: Each a number and a hash with a colon between them.

    Raises:
        InputError: one is not that.
    """
    known = [LAST_BEFORE_MERGE]
    for text in named:
        found = _KNOWN_BLOCK.fullmatch(text)
        if not found:
            raise InputError(_NOT_A_BLOCK)
        known.append(KnownBlock(int(found[1]), bytes.fromhex(found[2])))
    return known


def chain_statement(runs: Sequence[Run], last: int, known: Sequence[KnownBlock]) -> list[Words]:
    """What is proven and what is not, in the order of the blocks.

    Args:
        runs: Of the files that were taken; without any there is nothing to say.
        last: The number of the last block of layer 2.
        known: Blocks of Ethereum with a known hash.
    """
    if not runs:
        return []
    said: list[Words] = []
    following = 1
    for run in runs:
        if not run.blocks:
            continue
        first, end = run.blocks
        if first > following:
            said.append(_OTHERS(first=following, last=first - 1))
        sentence = _PROVEN if run.known else _HANGING
        said.append(sentence(first=first, last=end, l1_first=run.first, l1_last=run.last, next=run.last + 1))
        following = end + 1
    if following <= last:
        said.append(_OTHERS(first=following, last=last))
    proving = {run.known for run in runs}
    said += [_PROVES_NOTHING(number=each.number) for each in known if each not in proving and each != LAST_BEFORE_MERGE]
    return said
