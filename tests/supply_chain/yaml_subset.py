"""Reads the part of YAML that the guides use: blocks by indentation, scalars, and JSON's lists and objects."""

from __future__ import annotations

import json
import re
from typing import Any

_KEY = re.compile(r"(?P<key>[\w./-]+):(?: (?P<value>\S.*))?")


def read_yaml(text: str) -> Any:
    """What a document says; ValueError where it is not of that part of YAML."""
    lines = [(len(line) - len(line.lstrip()), line.strip()) for line in text.splitlines() if line.strip()]
    value, rest = _block(lines, lines[0][0])
    if rest:
        raise ValueError(f"indented in a way that nothing opens: {rest[0][1]}")
    return value


_Lines = list[tuple[int, str]]


def _block(lines: _Lines, indent: int) -> tuple[Any, _Lines]:
    return _list(lines, indent) if lines[0][1].startswith("- ") else _mapping(lines, indent)


def _list(lines: _Lines, indent: int) -> tuple[list[Any], _Lines]:
    found = []
    while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
        item = lines[0][1][2:]
        if _KEY.fullmatch(item):  # a mapping that starts on the line of the dash
            value, lines = _mapping([(indent + 2, item), *lines[1:]], indent + 2)
        else:
            value, lines = _scalar(item), lines[1:]
        found.append(value)
    return found, lines


def _mapping(lines: _Lines, indent: int) -> tuple[dict[str, Any], _Lines]:
    found: dict[str, Any] = {}
    while lines and lines[0][0] == indent:
        pair = _KEY.fullmatch(lines[0][1])
        if pair is None or pair["key"] in found:
            raise ValueError(f"not one key and its value: {lines[0][1]}")
        lines = lines[1:]
        if pair["value"] is not None:
            found[pair["key"]] = _scalar(pair["value"])
        elif lines and lines[0][0] > indent:
            found[pair["key"]], lines = _block(lines, lines[0][0])
        else:
            raise ValueError(f"a key without a value: {pair['key']}")
    return found, lines


def _scalar(text: str) -> Any:
    if text[0] in '[{"':
        return json.loads(text)
    if text in ("true", "false"):
        return text == "true"
    return text
