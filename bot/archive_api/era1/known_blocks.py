"""A file of blocks of Ethereum with their hashes, which an operator knows from elsewhere than from era1 files."""

from __future__ import annotations

import re
from pathlib import Path

from bot.archive.regular_file import open_file
from bot.archive_api.era1.chain_proof import LAST_BEFORE_MERGE, KnownBlock
from bot.errors import ConfigError
from bot.messages import Message

_CANNOT_READ = Message("{path}: cannot be read: {reason}.")
_NOT_A_BLOCK = Message("{path}: line {line:,} is not the number and the hash of a block of Ethereum: 13000000 0x…")

_BLOCK = re.compile(rb"([0-9]{1,9})[ \t,:]+(?:0x)?([0-9a-fA-F]{64})")
# Before the merge there are 1,897 files, and a line has 80 bytes.
_MOST_BYTES = 1024 * 1024


def read_known_blocks(path: Path | None) -> list[KnownBlock]:
    """The blocks with a known hash: those of the file, and the last one before the merge.

    Args:
        path: The file, with a number and a hash in each line that has anything; None: there is none.

    Raises:
        ConfigError: it cannot be read, or a line is something else, which is not repeated.
    """
    known = [LAST_BEFORE_MERGE]
    if path is None:
        return known
    try:
        with open_file(path) as file:
            content = file.read(_MOST_BYTES)
    except OSError as error:
        raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
    for place, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        found = _BLOCK.fullmatch(line.strip())
        if not found:
            raise ConfigError(_NOT_A_BLOCK, path=path, line=place)
        known.append(KnownBlock(int(found[1]), bytes.fromhex(found[2].decode())))
    return known
