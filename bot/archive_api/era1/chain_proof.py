"""Which files of Ethereum's history are proven by its own hashes: those whose chain leads to a block with a known hash.

Each header has the hash of the one before. So of files that follow each other without a gap, the hash of the last block
proves them all. Nothing is read here; `taken_files` keeps what is known of each file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.errors import ConfigError
from bot.messages import Message

_NOT_NEIGHBOURS = Message(
    "{path}: does not agree with {other}, which was taken before: block {number:,} of Ethereum does not follow the "
    "one before it. One of these files is not Ethereum's history."
)
_OVERLAPS = Message(
    "{path}: does not have the same blocks of Ethereum as {other}, which was taken before. One of these files is not "
    "Ethereum's history, or begins elsewhere than era1 files do."
)
_OTHER_HASH = Message(
    "{path}: is not Ethereum's history: the hash of block {number:,} is {expected}, and in this file it is {found}."
)
_INSIDE = Message(
    "{path}: ends with block {last:,} of Ethereum; a block with a known hash has to be the last one of a file, and "
    "{number:,} is before that."
)


@dataclass(frozen=True, slots=True)
class KnownBlock:
    """A block of Ethereum of which the hash is known without the files."""

    number: int
    hash: bytes


# The last block before the merge, with which the era1 files end: in the source of every client of Ethereum.
LAST_BEFORE_MERGE = KnownBlock(
    15_537_393, bytes.fromhex("55b11b918355b1ef9c5db810302ebad0bf2544255b530cdce90674d5887bb286")
)


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What is kept of a file whose headers follow each other.

    Attributes:
        name: Of the file.
        first: The number of its first block of Ethereum.
        last: That of its last one.
        parent: The hash of the block before its first.
        hash: That of its last.
        blocks: The first and the last block of layer 2 in it; None: there is none.
        digest: What the events of these blocks come to; "": there are none.
    """

    name: str
    first: int
    last: int
    parent: bytes
    hash: bytes
    blocks: tuple[int, int] | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Files that follow each other, and are proven, or are not, with the blocks of layer 2 that they have in a row.

    Attributes:
        first: The number of the first block of Ethereum in them.
        last: That of the last one.
        blocks: The first and the last block of layer 2; None: there is none. Files may have several stretches of them.
        known: The block that proves them; None: they are not proven.
    """

    first: int
    last: int
    blocks: tuple[int, int] | None
    known: KnownBlock | None


def check_file(path: object, file: TakenFile, others: Iterable[TakenFile], known: Iterable[KnownBlock]) -> None:
    """Hold a file against those that were taken before, and against what is known.

    Args:
        path: How to call it.
        file: It; its blocks of layer 2 do not matter.
        others: That were taken before.
        known: Blocks with a known hash.

    Raises:
        ConfigError: they contradict it.
    """
    for block in known:
        if file.first <= block.number < file.last:
            raise ConfigError(_INSIDE, path=path, last=file.last, number=block.number)
        found = {file.first - 1: file.parent, file.last: file.hash}.get(block.number, block.hash)
        if found != block.hash:
            raise ConfigError(_OTHER_HASH, path=path, number=block.number, expected=_hex(block.hash), found=_hex(found))
    for other in others:
        if other.last + 1 == file.first and other.hash != file.parent:
            raise ConfigError(_NOT_NEIGHBOURS, path=path, other=other.name, number=file.first)
        if file.last + 1 == other.first and file.hash != other.parent:
            raise ConfigError(_NOT_NEIGHBOURS, path=path, other=other.name, number=other.first)
        if file.first <= other.last and other.first <= file.last and not is_same_chain(file, other):
            raise ConfigError(_OVERLAPS, path=path, other=other.name)


def proof_of(files: Iterable[TakenFile], known: Sequence[KnownBlock]) -> list[Run]:
    """What is proven and what is not, in the order of the blocks.

    Args:
        files: None of which contradicts another or a known block.
        known: Blocks with a known hash.
    """
    by_number = {block.number: block for block in known}
    runs: list[list[TakenFile]] = []
    for file in sorted(files, key=lambda each: each.first):
        if runs and runs[-1][-1].last + 1 == file.first:
            runs[-1].append(file)
        else:
            runs.append([file])
    found: list[Run] = []
    for run in runs:
        proven = max((place + 1 for place, file in enumerate(run) if file.last in by_number), default=0)
        if proven:
            found += _runs(run[:proven], by_number[run[proven - 1].last])
        if proven < len(run):
            found += _runs(run[proven:], None)
    return found


def unused(files: Iterable[TakenFile], known: Iterable[KnownBlock]) -> list[KnownBlock]:
    """The blocks with a known hash that are the last one of no file; but for that before the merge, which always is."""
    ends = {file.last for file in files} | {LAST_BEFORE_MERGE.number}
    return [block for block in known if block.number not in ends]


def _runs(files: Sequence[TakenFile], known: KnownBlock | None) -> list[Run]:
    """A run for each stretch of blocks of layer 2: between two of them a file does not show what it has."""
    stretches: list[tuple[int, int]] = []
    for first, last in (file.blocks for file in files if file.blocks):
        if stretches and stretches[-1][1] + 1 == first:
            stretches[-1] = stretches[-1][0], last
        else:
            stretches.append((first, last))
    first, last = files[0].first, files[-1].last
    return [Run(first, last, blocks, known) for blocks in stretches] or [Run(first, last, None, known)]


def is_same_chain(one: TakenFile, other: TakenFile) -> bool:
    """Do two files have the same blocks of Ethereum?"""
    return (one.first, one.last, one.parent, one.hash) == (other.first, other.last, other.parent, other.hash)


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
