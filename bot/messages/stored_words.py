"""Sentences as they are stored, to be read later by somebody in another language.

What identifies a message is its English text, as in the catalogues. So what is stored is that, with what fills its
places; where a later version says it differently, it is shown in English.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.messages.message import Message, Words

_NO_MESSAGE = Message("")


def words_text(words: Words) -> str:
    """Words as text for the store."""
    return json.dumps(_plain(words), ensure_ascii=False)


def words_of_text(text: str) -> Words | str:
    """What `words_text` stored; any other text, such as of an earlier version, as it is."""
    try:
        return _words(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError):  # no message, or one whose places are not filled
        return text


def _plain(words: Words) -> dict[str, Any]:
    values = {name: _stored(value) for name, value in words.values.items()}
    return {"text": words.message.text, "many": words.message.many, "values": values}


def _stored(value: object) -> object:
    if isinstance(value, Words):
        return _plain(value)
    return value if isinstance(value, str | int | float) else str(value)


def _words(stored: Mapping[str, Any]) -> Words:
    values = {name: _words(value) if isinstance(value, dict) else value for name, value in stored["values"].items()}
    return Words(replace(_NO_MESSAGE, text=stored["text"], many=stored["many"]), values)
