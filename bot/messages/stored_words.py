"""Sentences as they are stored, to be read later by somebody in another language.

What identifies a message is its English text, as in the catalogues. So what is stored is that, with what fills its
places; where a later version says it differently, it is shown in English.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.messages.message import Message, Words

_NO_MESSAGE = Message("")
_MOMENT, _ENGLISH = "moment", "english"


def words_text(words: Words) -> str:
    """Words as text for the store."""
    return json.dumps(_plain(words) | {_ENGLISH: str(words)}, ensure_ascii=False)


def words_of_text(text: str) -> Words | str:
    """What `words_text` stored, or its English where it cannot be said any more; any other text as it is."""
    english = text
    try:
        stored = json.loads(text)
        english = str(stored.get(_ENGLISH, text))
        words = _words(stored)
        words.render()
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):  # no message, or places that are not filled
        return english
    return words


def words_of_english(text: str) -> Words:
    """A sentence that was written down in English; if it is one of the program's, without places, it is translated."""
    return Words(replace(_NO_MESSAGE, text=text.replace("{", "{{").replace("}", "}}")))


def _plain(words: Words) -> dict[str, Any]:
    values = {name: _stored(value) for name, value in words.values.items()}
    return {"text": words.message.text, "many": words.message.many, "values": values}


def _stored(value: object) -> object:
    if isinstance(value, Words):
        return _plain(value)
    if isinstance(value, date):  # a moment is one too
        return {_MOMENT: value.isoformat()}
    return value if isinstance(value, str | int | float) else str(value)


def _words(stored: Mapping[str, Any]) -> Words:
    values = {name: _value(value) for name, value in stored["values"].items()}
    return Words(replace(_NO_MESSAGE, text=stored["text"], many=stored["many"]), values)


def _value(stored: object) -> object:
    if not isinstance(stored, dict):
        return stored
    return datetime.fromisoformat(stored[_MOMENT]) if _MOMENT in stored else _words(stored)
