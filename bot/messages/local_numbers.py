"""Numbers as a reader writes them: `{count:,}` is 1,234 in English, 1.234 in German."""

from __future__ import annotations

from bot.messages.languages import ENGLISH, Language
from bot.messages.reader_language import reader_language


class LocalNumber:
    """A number in a place of a sentence; the place's format is that of Python, the separators are the language's."""

    __slots__ = ("_language", "_value")

    def __init__(self, value: float, language: Language) -> None:
        self._value = value
        self._language = language

    def __format__(self, how: str) -> str:
        return _write(self._value, how, self._language)

    def __str__(self) -> str:
        return _write(self._value, "", self._language)


def number_words(value: float, how: str = ",", language: Language | None = None) -> str:
    """A number that stands alone, such as in a table.

    Args:
        value: It.
        how: As in a place: "," groups thousands, ".1f" has one digit of a fraction.
        language: Default: the reader's.
    """
    return _write(value, how, language or reader_language())


def _write(value: float, how: str, language: Language) -> str:
    text = format(value, how)
    if language is ENGLISH:
        return text
    whole, point, fraction = text.partition(".")
    digits = sum(each.isdigit() for each in whole)
    whole = whole.replace(",", language.group if digits >= language.least_grouped else "")
    return f"{whole}{language.decimal}{fraction}" if point else whole
