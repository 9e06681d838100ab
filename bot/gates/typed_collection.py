"""One collection that was typed into a field of its own, as it is written in a rule."""

from __future__ import annotations

import re

# A number, a contract, `network:id`; what is none of these is a name.
_ID = re.compile(r"#?[0-9]+|0[xX][0-9a-fA-F]*|[\w.-]+(?::[\w.*#-]+)+")


def written(typed: str) -> str:
    """A number, a contract or `network:id` as it is; a name in quotes, unless it has them already."""
    text = typed.strip()
    if text[:1] in ('"', "“") or _ID.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
