"""In which language the reader of what is being made reads: of this task, and of the tasks that it starts.

It is set where an interaction arrives, and where a post for a server or a member is composed; in all else it is
English.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.messages.languages import ENGLISH, Language

_READER: ContextVar[Language] = ContextVar("reader_language", default=ENGLISH)


def reader_language() -> Language:
    """The language of the reader; English, if nobody has set another one."""
    return _READER.get()


def set_reader_language(language: Language) -> None:
    """From now on, in this task, texts are for somebody who reads this language."""
    _READER.set(language)


@contextmanager
def written_in(language: Language) -> Iterator[None]:
    """Within it, texts are for somebody who reads this language."""
    token = _READER.set(language)
    try:
        yield
    finally:
        _READER.reset(token)
