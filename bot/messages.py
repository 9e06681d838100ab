"""Sentences for people, as values: text with named places, filled in and translated where it is shown.

    _TOO_MANY = Message("One account is linked.", "{count} accounts are linked.")   # defined where it is used
    error.words.render(translations)                                           # at the edge: in the reader's language

The English text is the id of a message, as `gettext` has it: `xgettext --keyword=Message:1,2` lists what is to be
translated. A place is filled by a plain value, or by other `Words`, which are translated with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from gettext import NullTranslations
from string import Formatter

# The texts as they are in the code.
ENGLISH = NullTranslations()


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

    def render(self, translations: NullTranslations = ENGLISH) -> str:
        """The sentence in a language; English by default, as in the log and on the command line."""
        message, values = self.message, self.values
        if message.many:
            count = values["count"]
            text = translations.ngettext(message.text, message.many, count if isinstance(count, int) else 0)
        else:
            text = translations.gettext(message.text)
        return text.format_map(
            {name: value.render(translations) if isinstance(value, Words) else value for name, value in values.items()}
        )

    def __str__(self) -> str:
        """In English."""
        return self.render()


@dataclass(frozen=True, slots=True)
class Advice(Words):
    """Words about a time to wait.

    Attributes:
        seconds: The time, from when they are made; 0: not known.
        live: The same with a place `{when}`, for readers who see a clock that runs.
    """

    seconds: float = 0.0
    live: Message | None = None
