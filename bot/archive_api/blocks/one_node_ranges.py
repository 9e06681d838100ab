"""Which ranges of Ethereum's blocks only one node confirmed, kept beside the blocks, so that a later run can ask again.

`one-node.jsonl` in the folder of blocks has a line for each range, with the SHA-256 of the events as that node had
them. A line is on the disk before the blocks of its range are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from bot.archive.new_file import new_file
from bot.archive.regular_file import read_file
from bot.archive_api.blocks.announced import Announced
from bot.errors import ConfigError
from bot.messages import Message

_CANNOT_USE = Message("{path}: cannot be read or written: {reason}.")
_DAMAGED = Message("{path}: line {line} is damaged. Remove the folder, and repeat the command with --rpc.")

_NO_BLOCK = 2**63


@dataclass(frozen=True, slots=True)
class OneNodeRange:
    """Blocks of Ethereum, both ends included, and the digest of their events."""

    first: int
    last: int
    digest: str


def digest_of(events: Iterable[Announced]) -> str:
    """SHA-256 over events in the order of their blocks."""
    digest = hashlib.sha256()
    for each in events:
        number = each.event.number.to_bytes(32, "big")
        place = f"{each.l1_block} {each.transaction}".encode()
        digest.update(number + each.event.root + each.event.data_hash + place)
    return digest.hexdigest()


def _range(row: dict[str, Any]) -> OneNodeRange:
    """The range of a line, which somebody else may have written."""
    first, last, digest = row["first"], row["last"], row["digest"]
    if type(first) is not int or type(last) is not int or not isinstance(digest, str):
        raise TypeError("not a range")
    if not 0 <= first <= last < _NO_BLOCK:
        raise ValueError("not a range of blocks")
    return OneNodeRange(first, last, digest)


class OneNodeRanges:
    """The list of one folder; who changes it has that folder open to be written.

    Args:
        folder: Of blocks.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / "one-node.jsonl"

    def all(self) -> list[OneNodeRange]:
        """All of them, in their order.

        Raises:
            ConfigError: the list is damaged, or cannot be read.
        """
        try:
            lines = read_file(self._path, may_be_link=False).split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ConfigError(_CANNOT_USE, path=self._path, reason=error.strerror) from error
        found: dict[OneNodeRange, None] = {}
        for number, line in enumerate(lines[:-1], start=1):
            try:
                found[_range(orjson.loads(line))] = None
            except (KeyError, TypeError, ValueError) as error:
                raise ConfigError(_DAMAGED, path=self._path, line=number) from error
        return sorted(found, key=lambda each: (each.first, each.last))

    def joined(self) -> list[tuple[int, int]]:
        """First and last block of each stretch without a gap, to be shown."""
        stretches: list[tuple[int, int]] = []
        for each in self.all():
            if stretches and each.first <= stretches[-1][1] + 1:
                stretches[-1] = (stretches[-1][0], max(stretches[-1][1], each.last))
            else:
                stretches.append((each.first, each.last))
        return stretches

    def add(self, first: int, last: int, events: Iterable[Announced]) -> None:
        """Add a range; when this returns it is on the disk.

        Raises:
            ConfigError: the disk does not take it.
        """
        self._write([*self.all(), OneNodeRange(first, last, digest_of(events))])

    def remove(self, confirmed: OneNodeRange) -> None:
        """Take a range off the list.

        Raises:
            ConfigError: the disk does not take it.
        """
        self._write([each for each in self.all() if each != confirmed])

    def forget_after(self, last: int) -> None:
        """Drop what begins after a block: an earlier run ended before it stored anything of that.

        Raises:
            ConfigError: the disk does not take it.
        """
        before = self.all()
        after = [each for each in before if each.first <= last]
        if len(after) < len(before):
            self._write(after)

    def _write(self, ranges: Iterable[OneNodeRange]) -> None:
        """Replace the list; it is short, as ranges are long."""
        try:
            with new_file(self._path) as file:
                file.write(b"".join(orjson.dumps(asdict(each)) + b"\n" for each in ranges))
        except OSError as error:
            raise ConfigError(_CANNOT_USE, path=self._path, reason=error.strerror) from error
