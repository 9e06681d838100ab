"""What goes through the pipe to the drawing process and back: a JSON object, and files behind it.

    4 bytes     the length of the object, big-endian
    the object  in UTF-8; its key "files" has the length of each file
    the files   one behind the other

No pickle: what decodes strangers' pictures must not be able to have the bot run code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

# A card of 24 small pictures, or one avatar of 5 MB, with room.
MOST_OBJECT = 1024 * 1024
MOST_FILES = 8 * 1024 * 1024
_LENGTH = 4


class FrameError(ValueError):
    """What arrived is no frame."""


def encode(content: Mapping[str, Any], files: Sequence[bytes] = ()) -> bytes:
    """A frame."""
    written = json.dumps({**content, "files": [len(file) for file in files]}).encode()
    return b"".join((len(written).to_bytes(_LENGTH, "big"), written, *files))


def object_length(head: bytes) -> int:
    """The length of the object, from the first four bytes.

    Raises:
        FrameError: there are not four, or it is too long.
    """
    length = int.from_bytes(head, "big")
    if len(head) != _LENGTH or not 0 < length <= MOST_OBJECT:
        raise FrameError("no frame begins like this")
    return length


def read_object(written: bytes) -> tuple[dict[str, Any], list[int]]:
    """The object, and the lengths of the files behind it.

    Raises:
        FrameError: it is no such object, or the files are too long.
    """
    try:
        content = json.loads(written)
        lengths = content.pop("files")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise FrameError("not an object with files") from error
    if not isinstance(lengths, list) or not all(type(length) is int and length >= 0 for length in lengths):
        raise FrameError("the lengths of the files are no numbers")
    if sum(lengths) > MOST_FILES:
        raise FrameError("the files are too long")
    return content, lengths
