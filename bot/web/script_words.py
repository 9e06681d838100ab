"""The sentences in the page's scripts: which there are, and what they are in a reader's language.

A script names each by its English text: `t("Log in with Discord")`, or `t("one", { count }, "many")` where something
is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

from bot.messages import Language, text_in

_LITERAL = r'"(?:[^"\\\n]|\\.)*"'
_JOINED = rf"{_LITERAL}(?:\s*\+\s*{_LITERAL})*"
_CALL = re.compile(rf"\bt\(\s*({_JOINED})")
_PART = re.compile(_LITERAL)


def texts_of(script: str) -> Iterator[str]:
    """The texts that a script asks for, in English."""
    for call in _CALL.finditer(script):
        yield "".join(orjson.loads(part) for part in _PART.findall(call[1]))


def words_for(texts: frozenset[str], language: Language) -> dict[str, str]:
    """Those of them that are translated."""
    found = ((text, text_in(language, text)) for text in sorted(texts))
    return {text: translated for text, translated in found if translated}
