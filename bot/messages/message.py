"""Sentences for people, as values: text with named places, filled in and translated where it is shown.

    _TOO_MANY = Message("One account is linked.", "{count} accounts are linked.")   # defined where it is used
    error.words.render()                                                       # at the edge: in the reader's language
    log.info("%s", error.words)                                                # in English

The English text is the id of a message, as `gettext` has it; `make words` lists what is to be translated. A place is
filled by a plain value, or by other `Words`, which are translated with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

from bot.messages.catalogs import translations_of
from bot.messages.languages import ENGLISH, Language
from bot.messages.local_numbers import LocalNumber
from bot.messages.reader_language import reader_language


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, or a part of one, with places such as `{account}` or `{count:,}`.

    Attributes:
        text: In English; if there is `many`, for a `count` of one.
        many: For any other `count`; "": nothing is counted.
    """

    text: str
    many: str = ""

    @property
    def places(self) -> frozenset[str]:
        """The names of what has to be filled in; `count` is one of them where something is counted."""
        named = {name for text in (self.text, self.many) for _, name, _, _ in Formatter().parse(text) if name}
        return frozenset(named | {"count"} if self.many else named)

    def __call__(self, **values: object) -> Words:
        """The message with its places filled in."""
        return Words(self, values)


@dataclass(frozen=True, slots=True)
class Words:
    """A message with what fills its places.

    Raises:
        TypeError: a place has no value, or a value has no place. This is a defect of the program.
    """

    message: Message
    values: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find such a defect where the message is filled in, not where it is shown."""
        if self.values.keys() != self.message.places:
            raise TypeError(
                f"{self.message.text!r} has the places {sorted(self.message.places)}, not {sorted(self.values)}"
            )

    def render(self, language: Language | None = None) -> str:
        """The sentence in a language; by default in the reader's.

        Args:
            language: In which; `ENGLISH` where the text is stored, or read by programs.
        """
        language = language or reader_language()
        message, values = self.message, self.values
        count = values["count"] if message.many else None
        number = count if isinstance(count, int) else 0
        if language is ENGLISH:
            text = message.many if message.many and number != 1 else message.text
            return text.format_map({name: _in_english(value) for name, value in values.items()})
        translations = translations_of(language)
        if message.many:
            text = translations.ngettext(message.text, message.many, number)
        else:
            text = translations.gettext(message.text)
        return text.format_map({name: _in(language, value) for name, value in values.items()})

    def __hash__(self) -> int:
        """By the message alone, as what fills its places need not be hashable."""
        return hash(self.message)

    def __str__(self) -> str:
        """In English, as in the log and on the command line."""
        return self.render(ENGLISH)


def reader_text(words: Words | str) -> str:
    """Words in the reader's language; a text as it is."""
    return words.render() if isinstance(words, Words) else words


def _in_english(value: object) -> object:
    return value.render(ENGLISH) if isinstance(value, Words) else value


def _in(language: Language, value: object) -> object:
    if isinstance(value, Words):
        return value.render(language)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return LocalNumber(value, language)
    return value


@dataclass(frozen=True, slots=True)
class Advice(Words):
    """Words about a time to wait.

    Attributes:
        seconds: The time, from when they are made; 0: not known.
        live: The same with a place `{when}`, for readers who see a clock that runs.
    """

    seconds: float = 0.0
    live: Message | None = None
