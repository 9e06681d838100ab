"""What an archive is called for people: what it is of, and of when.

It says in English whose answers it has. What the program itself called them, everybody reads in their own language.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.archive.lines import Header
from bot.archive.source_names import BLOCKS, SNAPSHOT
from bot.messages import Message, Words
from bot.text import safe_text

_LONGEST = 80

_NAMES: Mapping[str, Message] = {
    BLOCKS: Message("Loopring's blocks on Ethereum"),
    SNAPSHOT: Message("Snapshot"),
}
_UP_TO_BLOCK = Message("{source}, block {block} ({day:%Y-%m-%d})")
_RECORDED = Message("{source}, recorded {day:%Y-%m-%d}")


def archive_label(header: Header) -> Words:
    """The label of an archive for which no operator typed one; somebody else may have written the file."""
    name, day = _NAMES.get(header.source), header.recorded_at
    source = name() if name else safe_text(header.source, _LONGEST, plain=True)
    if header.rebuilt:
        return _UP_TO_BLOCK(source=source, block=header.rebuilt.block, day=day)
    return _RECORDED(source=source, day=day)
