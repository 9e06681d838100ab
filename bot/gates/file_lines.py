"""A file that an admin wrote, read as a whole: its text, and what is wrong with which of its lines."""

from __future__ import annotations

from bot.errors import InputError
from bot.messages import Message, Words

_AT_LINE = Message("Line {line}: {problem}")
_MORE = Message("And one more line is wrong.", "And {count} more lines are wrong.")
_NOTHING_SAVED = Message("{problems}\nNothing was saved.")
_TOO_LARGE = Message("A file of gates has at most {most:,} bytes. Nothing was saved.")
_NOT_TEXT = Message("This is no text in UTF-8. Nothing was saved.")

MAX_BYTES = 256 * 1024
_MOST_SHOWN = 8


class LineProblems:
    """Collects what is wrong with a file, by line, and refuses it as a whole."""

    def __init__(self) -> None:
        self._found: list[tuple[int, Words]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, line: int, problem: Words) -> None:
        """Something is wrong in a line."""
        self._found.append((line, problem))

    def refuse(self) -> None:
        """Refuse the file, if anything was wrong.

        Raises:
            InputError: with a sentence for each of the first lines.
        """
        if not self._found:
            return
        ordered = sorted(self._found, key=lambda each: each[0])
        shown = [_AT_LINE(line=line, problem=problem).render() for line, problem in ordered[:_MOST_SHOWN]]
        if more := len(ordered) - len(shown):
            shown.append(_MORE(count=more).render())
        raise InputError(_NOTHING_SAVED, problems="\n".join(shown))


def text_of(content: bytes) -> str:
    """The text of a file.

    Raises:
        InputError: it is too large, or no text.
    """
    if len(content) > MAX_BYTES:
        raise InputError(_TOO_LARGE, most=MAX_BYTES)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(_NOT_TEXT) from error
