"""What a person meant to type, without what chats, phones, programs and sentences put around it."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = "".join(char for char in map(chr, range(0x3001)) if char.isspace())
# No names may begin or end with these. The tags of some flags, which are invisible too, may end one.
_INVISIBLE = "\u00ad\u061c\u180e\u2800\u3164\ufeff" + "".join(
    chr(code)
    for first, last in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F))
    for code in range(first, last + 1)
)
# Quotes of programs and of phones, and a chat's marks for bold, code and what is hidden at first.
_QUOTES = "\"'`\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb*|()"
_AROUND = _BLANKS + _INVISIBLE + _QUOTES + ",;"
# The dot that ends a sentence; several are those of something that was shortened.
_FULL_STOP = re.compile(r"(?<!\.)\.\Z")
# A chat shows no picture of a link in these. Mentions, emoji and times are in them, too, and stay what they are.
_IN_ANGLES = re.compile(
    r"<(https?://[^<>]+|[^<>@#:/\s]+\.[^<>@#:\s]+"
    r"|(?:[a-zA-Z][a-zA-Z0-9-]+:(?:[0-9]{1,19}:)?)?0[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9-]+:[0-9]+)>"
)
# EIP-681 and EIP-831: what the code is of that a wallet shows to be paid.
_PAYMENT = re.compile(r"ethereum:(?:pay-)?(?P<target>[^@/?:]+)(?:@(?P<chain>[0-9]{1,19}))?(?:\?\S*)?", re.IGNORECASE)


def bare_text(text: str) -> str:
    """A text without blanks, invisible characters, quotes, brackets and marks around it."""
    bare = _FULL_STOP.sub("", text.strip(_AROUND)).strip(_AROUND)
    if found := _IN_ANGLES.fullmatch(bare):
        bare = found[1].strip(_AROUND)
    if payment := _PAYMENT.fullmatch(bare):
        bare = f"eip155:{payment['chain']}:{payment['target']}" if payment["chain"] else f"ethereum:{payment['target']}"
    return bare


def visible_text(text: str) -> str:
    """A part of a text without blanks and invisible characters around it; hex has none of these inside either."""
    compact = "".join(char for char in text if unicodedata.category(char) != "Cf").strip(_BLANKS + _INVISIBLE)
    return compact if compact[:2].lower() == "0x" else text.strip(_BLANKS + _INVISIBLE)
