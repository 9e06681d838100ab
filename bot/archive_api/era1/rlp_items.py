"""Ethereum's RLP, as far as it is needed here: reads the items of a list, one level at a time, and writes lists."""

from __future__ import annotations

from typing import NamedTuple

# First bytes: below the first, a byte is itself; from the next ones on, short and long texts, short and long lists.
_TEXT, _LONG_TEXT, _LIST, _LONG_LIST = 0x80, 0xB8, 0xC0, 0xF8
# So many bytes are long.
_LONG = 56
# The gas of a block before the merge pays for 80,000 events.
_MOST_ITEMS = 100_000


class RlpError(ValueError):
    """This is not RLP."""


class Item(NamedTuple):
    """One item: its content without its head, and all of its bytes."""

    is_list: bool
    content: bytes
    whole: bytes


def read_item(encoded: bytes, at: int = 0) -> Item:
    """The item that begins at a place.

    Raises:
        RlpError: there is none, or it is cut off.
    """
    if at >= len(encoded):
        raise RlpError("nothing is there")
    first = encoded[at]
    if first < _TEXT:
        return Item(False, encoded[at : at + 1], encoded[at : at + 1])  # noqa: FBT003 - the first field
    is_list = first >= _LIST
    short, long = (_LIST, _LONG_LIST) if is_list else (_TEXT, _LONG_TEXT)
    if first < long:
        start, size = at + 1, first - short
    else:
        start = at + 2 + first - long
        size = int.from_bytes(encoded[at + 1 : start], "big")
    if start + size > len(encoded):
        raise RlpError("it is cut off")
    return Item(is_list, encoded[start : start + size], encoded[at : start + size])


def items_of(item: Item) -> list[Item]:
    """The items of a list.

    Raises:
        RlpError: it is none, or has more than any list of a block.
    """
    if not item.is_list:
        raise RlpError("a list is expected")
    found: list[Item] = []
    at = 0
    while at < len(item.content):
        if len(found) == _MOST_ITEMS:
            raise RlpError("it has more items than a block can have")
        found.append(read_item(item.content, at))
        at += len(found[-1].whole)
    return found


def parts_of(item: Item, count: int) -> list[Item]:
    """The items of a list that has so many.

    Raises:
        RlpError: it is none, or has another number.
    """
    found = items_of(item)
    if len(found) != count:
        raise RlpError(f"something has {len(found)} parts instead of {count}")
    return found


def rlp_text(content: bytes) -> bytes:
    """A text as RLP."""
    return content if len(content) == 1 and content[0] < _TEXT else _headed(_TEXT, content)


def rlp_number(number: int) -> bytes:
    """A number as RLP: as a text without zeros before it."""
    return rlp_text(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def rlp_list(content: bytes) -> bytes:
    """A list as RLP.

    Args:
        content: Its items as RLP, one after the other.
    """
    return _headed(_LIST, content)


def _headed(first: int, content: bytes) -> bytes:
    if len(content) < _LONG:
        return bytes([first + len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([first + _LONG - 1 + len(length)]) + length + content
