"""The words of a rule's text with their places, and the sentences that point at a place in it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum, auto

from bot.errors import InputError
from bot.messages import Message, Words
from bot.text import safe_text

_AT = Message("At ⟨here⟩ in `{text}`, {expected}.")
_UNKNOWN_SIGN = Message(
    "this sign means nothing: a rule is made of numbers, words, names in quotes, `>=`, `<=`, `>`, `<`, `=`, `(`, `)` "
    "and `,`"
)
_OPEN_QUOTE = Message('a name in quotes begins and does not end: put `"` at its end')

# What is shown of a text around the place of an error.
_BEFORE, _AFTER = 60, 30

_PATTERN = re.compile(
    r"""(?P<blank>\s+)
    | (?P<string>"(?:[^"\\]|\\.)*"|“(?:[^“”\\]|\\.)*”)
    | (?P<compare>>=|<=|==|>|<|=|≥|≤)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<comma>,)
    | (?P<word>[\w:#*.\u2013-]+)""",
    re.VERBOSE | re.DOTALL,
)


class TokenKind(StrEnum):
    """What a token is."""

    WORD = auto()
    STRING = auto()
    COMPARE = auto()
    OPEN = auto()
    CLOSE = auto()
    COMMA = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a rule's text.

    Attributes:
        kind: What it is.
        text: As it was typed; of a name in quotes what is between them.
        start: Where it begins.
        end: Where it ends.
    """

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """In lower case, for comparison with the words of the language; "" for what is no word."""
        return self.text.lower() if self.kind is TokenKind.WORD else ""


def visible(text: str) -> str:
    """The text without what cannot be seen: marks that copying leaves behind, and control characters."""
    return "".join(char for char in text if char in "\t\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs"))


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, with one for its end.

    Raises:
        InputError: there is something in it that no rule has.
    """
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _PATTERN.match(text, place)
        if match is None:
            raise InputError(at(text, place, _OPEN_QUOTE() if text[place] in '"“' else _UNKNOWN_SIGN()))
        if match.lastgroup != "blank":
            kind = TokenKind(match.lastgroup or "")
            typed = match[0]
            shown = re.sub(r"\\(.)", r"\1", typed[1:-1], flags=re.DOTALL) if kind is TokenKind.STRING else typed
            found.append(Token(kind, shown, match.start(), match.end()))
        place = match.end()
    return [*found, Token(TokenKind.END, "", len(text), len(text))]


def at(text: str, place: int, expected: Words) -> Words:
    """A sentence that shows a place in a text, and says what is accepted or wrong there."""
    before, after = text[max(0, place - _BEFORE) : place], text[place : place + _AFTER]
    if before.strip() and not after.strip():
        before = f"{before.rstrip()} "
    shown = f"{'…' * (place > _BEFORE)}{before}⟨here⟩{after}{'…' * (len(text) > place + _AFTER)}"
    return _AT(text=quoted(shown), expected=expected)


def quoted(text: str) -> str:
    """A part of what was typed, as it may be shown between backticks."""
    return safe_text(text, 200, plain=True).replace("`", "'")
