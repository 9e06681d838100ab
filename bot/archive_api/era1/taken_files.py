"""What is kept of the era1 files that were taken, beside the blocks: one line of JSON each, only appended to.

The files themselves may be removed: the hashes at both ends of each say later whether they were Ethereum's. A line that
a crash cut off is dropped, and its file is to be taken again. Of two lines about the same blocks the later one counts.
What is kept is believed: its folder belongs to the operator, who alone may write there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from bot.archive.regular_file import open_file, read_file
from bot.archive_api.blocks.block_folder import FetchedBlock
from bot.archive_api.era1.chain_proof import KnownBlock, TakenFile, check_file, is_same_chain
from bot.archive_api.era1.era1_file import MOST_BLOCKS
from bot.errors import ConfigError
from bot.l2.block_check import BlockEvent
from bot.messages import Message
from bot.text import safe_text

_CANNOT_USE = Message("{path}: the file about era1 files cannot be used: {reason}.")
_DAMAGED = Message(
    "{path}: line {line:,} is damaged. Remove this file, and take the era1 files again to prove the blocks."
)
_OTHER_BLOCKS = Message(
    "{path}: blocks {first:,} to {last:,} of layer 2 are not those that {name} had. Remove the files of blocks from "
    "these on, and fetch them again; if it was {name} that was wrong, remove era1-files.jsonl."
)

NAME = "era1-files.jsonl"
_LONGEST_NAME = 100
_HASH_BYTES = 32
_NO_BLOCK = 2**63


class EventDigest:
    """What the events of a file come to, so that blocks that were changed afterwards are found."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()

    def add(self, event: BlockEvent, l1_block: int) -> None:
        """Add the next event, and the number of Ethereum's block that it is in."""
        self._sum.update(event.number.to_bytes(8, "big") + l1_block.to_bytes(8, "big") + event.root + event.data_hash)

    def hexdigest(self) -> str:
        """Of all of them."""
        return self._sum.hexdigest()


class TakenFiles:
    """The files that were taken into a folder of blocks.

    Args:
        folder: Of the blocks.
        have: The number of its last block of layer 2. A file that had later ones counts no more, nor do those after it:
            somebody removed the blocks.

    Attributes:
        files: In the order of their blocks.

    Raises:
        ConfigError: what is kept cannot be read, or contradicts itself.
    """

    def __init__(self, folder: Path, have: int) -> None:
        self._path = folder / NAME
        self._whole = 0
        by_first = {each.first: each for each in self._read()}
        beyond = min((each.first for each in by_first.values() if each.blocks and each.blocks[1] > have), default=None)
        self.files = [each for first, each in sorted(by_first.items()) if beyond is None or first < beyond]
        for before, after in zip(self.files, self.files[1:], strict=False):
            check_file(after.name, after, [before], [])

    def has(self, file: TakenFile) -> bool:
        """Was a file with just these blocks of Ethereum taken?"""
        return any(is_same_chain(each, file) for each in self.files)

    def check(self, path: Path, file: TakenFile, known: Iterable[KnownBlock]) -> None:
        """Hold a file against the others, and against blocks with a known hash.

        Raises:
            ConfigError: it contradicts them.
        """
        check_file(path, file, self.files, known)

    def check_known(self, known: Sequence[KnownBlock]) -> None:
        """Hold all files against blocks with a known hash, which may have been named since.

        Raises:
            ConfigError: one contradicts them.
        """
        for each in self.files:
            check_file(each.name, each, [], known)

    def add(self, file: TakenFile) -> None:
        """Keep what is known of a file, of which all blocks are in the folder; when this returns it is on the disk.

        Raises:
            ConfigError: the disk does not take it.
        """
        line = orjson.dumps(
            {
                "name": _shown(file.name),
                "first": file.first,
                "last": file.last,
                "parent": file.parent.hex(),
                "hash": file.hash.hex(),
                "blocks": file.blocks,
                "events": file.digest,
            }
        )
        try:
            with open_file(self._path, "ab", may_be_link=False) as opened:
                opened.truncate(self._whole)
                opened.write(line + b"\n")
                opened.flush()
                os.fsync(opened.fileno())
        except OSError as error:
            raise ConfigError(_CANNOT_USE, path=self._path, reason=error.strerror) from error
        self._whole += len(line) + 1
        self.files = sorted([*self.files, file], key=lambda each: each.first)

    def _read(self) -> list[TakenFile]:
        """All whole lines."""
        try:
            content = read_file(self._path, may_be_link=False)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ConfigError(_CANNOT_USE, path=self._path, reason=error.strerror) from error
        self._whole = content.rfind(b"\n") + 1
        found: list[TakenFile] = []
        for number, line in enumerate(content[: self._whole].splitlines(), 1):
            try:
                found.append(_taken(orjson.loads(line)))
            except (KeyError, TypeError, ValueError) as error:
                raise ConfigError(_DAMAGED, path=self._path, line=number) from error
        return found


def _taken(row: dict[str, Any]) -> TakenFile:
    """The file that a line is about; somebody else may have written it."""
    parent, own = bytes.fromhex(row["parent"]), bytes.fromhex(row["hash"])
    first, last = _span(row["first"], row["last"])
    if len(parent) != _HASH_BYTES or len(own) != _HASH_BYTES or last - first >= MOST_BLOCKS:
        raise ValueError("no era1 file")
    taken = TakenFile(_shown(str(row["name"])), first, last, parent, own)
    if not row["blocks"]:
        return taken
    return replace(taken, blocks=_span(*row["blocks"]), digest=str(row["events"]))


def _shown(name: str) -> str:
    """A file's name as it can be printed, whatever bytes it has."""
    return safe_text(name.encode("utf-8", "replace").decode(), _LONGEST_NAME, plain=True)


def _span(first: object, last: object) -> tuple[int, int]:
    """Numbers of blocks: those that end before they begin would never be compared."""
    if type(first) is not int or type(last) is not int or not 0 <= first <= last < _NO_BLOCK:
        raise ValueError("no blocks")
    return first, last


class TakenBlocks:
    """Sees all blocks of a folder in their order, and says whether they are those that the files had.

    Args:
        folder: The folder.
        files: That were taken into it.
    """

    def __init__(self, folder: Path, files: Iterable[TakenFile]) -> None:
        self._folder = folder
        self._files = [*files]
        self._left = [(each, *each.blocks) for each in reversed(self._files) if each.blocks]
        self._digest = EventDigest()

    def see(self, block: FetchedBlock) -> None:
        """The next block.

        Raises:
            ConfigError: the blocks of a file, of which this is the last, are not those that it had.
        """
        if not self._left:
            return
        file, first, last = self._left[-1]
        if block.event.number >= first:
            self._digest.add(block.event, block.l1_block)
        if block.event.number == last:
            if self._digest.hexdigest() != file.digest:
                raise ConfigError(_OTHER_BLOCKS, path=self._folder, first=first, last=last, name=file.name)
            self._left.pop()
            self._digest = EventDigest()

    def compared(self) -> list[TakenFile]:
        """The files; one whose blocks were not seen up to its last is without them: who knows whether they are its."""
        left = {each.first for each, *_ in self._left}
        return [replace(each, blocks=None, digest="") if each.first in left else each for each in self._files]
