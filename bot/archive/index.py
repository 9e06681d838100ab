"""The index of an archive: which block contains which ids, and how many lines there are of each kind."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.archive.lines import LineError, order

KINDS = ("collections", "accounts", "owners")

_Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class Block:
    """One gzip member of lines: the id of its first line, its position in bytes, and how many lines it has."""

    first: str
    offset: int
    length: int
    count: int


@dataclass(frozen=True)
class Index:
    """The blocks of each kind of line, in the order of their ids, and how many accounts are incomplete."""

    blocks: dict[str, tuple[Block, ...]]
    incomplete: int = 0

    def count(self, kind: str) -> int:
        """How many lines there are of a kind."""
        return sum(block.count for block in self.blocks[kind])

    def find(self, kind: str, identifier: str) -> Block | None:
        """The only block that can contain an id."""
        blocks = self.blocks[kind]
        at = bisect_right(blocks, order(identifier), key=lambda block: order(block.first))
        return blocks[at - 1] if at else None

    def end(self, start: int) -> int | None:
        """Where the last block ends if they follow each other without a gap from `start` on, else None."""
        for block in (block for kind in KINDS for block in self.blocks[kind]):
            if block.offset != start:
                return None
            start += block.length
        return start


def encode_index(index: Index) -> bytes:
    """The line of the last member but one."""
    tables = {
        kind: {
            "count": index.count(kind),
            "blocks": [[block.first, block.offset, block.length, block.count] for block in index.blocks[kind]],
        }
        for kind in KINDS
    }
    return orjson.dumps({"kind": "index", "incomplete": index.incomplete} | tables)


class _Table(BaseModel):
    model_config = ConfigDict(strict=True)

    count: _Count
    blocks: tuple[tuple[str, _Count, Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]], ...]


class _IndexLine(BaseModel):
    model_config = ConfigDict(strict=True)

    kind: Literal["index"]
    incomplete: _Count
    collections: _Table
    accounts: _Table
    owners: _Table


def decode_index(line: bytes) -> Index:
    """What `encode_index` was given; `LineError` if the line is invalid or contradicts itself."""
    try:
        read = _IndexLine.model_validate_json(line)
    except ValidationError:
        raise LineError("not an index") from None
    tables: dict[str, _Table] = {kind: getattr(read, kind) for kind in KINDS}
    index = Index({kind: tuple(Block(*block) for block in tables[kind].blocks) for kind in KINDS}, read.incomplete)
    for kind in KINDS:
        firsts = [order(block.first) for block in index.blocks[kind]]
        if index.count(kind) != tables[kind].count or any(a >= b for a, b in pairwise(firsts)):
            raise LineError("an index that contradicts itself")
    return index
