"""A member's data as one file that Discord accepts: readable where it is small, packed where it is not."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any

import orjson

from bot.errors import LimitError
from bot.messages import Message

_TOO_LARGE = Message(
    "Even packed, the file has {size:.1f} MB, and Discord takes {most:.1f} MB here. Ask the operator of this bot for "
    "it: it is stored, and nothing was changed."
)
_NAME = "tessera-export.json"
_MEGABYTE = 1_000_000


def export_file(exported: Mapping[str, Any], most: int) -> tuple[str, bytes]:
    """A file's name and what is in it. Takes a while for an account that had many collections: not for the loop.

    Args:
        exported: The data, as JSON values.
        most: Bytes that Discord accepts.

    Raises:
        LimitError: packed, it is still larger.
    """
    readable = orjson.dumps(exported, option=orjson.OPT_INDENT_2)
    if len(readable) <= most:
        return _NAME, readable
    packed = gzip.compress(orjson.dumps(exported), mtime=0)
    if len(packed) > most:
        raise LimitError(_TOO_LARGE, size=len(packed) / _MEGABYTE, most=most / _MEGABYTE)
    return f"{_NAME}.gz", packed
