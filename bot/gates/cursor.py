"""A place in the tokens of a rule's text, which moves on over what is accepted and says what else is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from bot.errors import InputError
from bot.gates.rule_tokens import Token, TokenKind, at, tokens_of
from bot.messages import Message, Words

_NUMBER = Message("a whole number is accepted, such as `3`")
_NUMBER_RANGE = Message("a number up to {most:,} is accepted")
_SPAN = Message("a span is accepted, such as `30 days`, `2 weeks` or `12 hours`")
_SPAN_RANGE = Message("a span of 1 hour to {days:,} days is accepted")
_DATE = Message("a date is accepted, such as `2027-01-01`")
_OPEN = Message("`(` is accepted")
_NEXT_OR_CLOSE = Message("`,` or `)` is accepted")
_WORD = Message("`{word}` is accepted")
_STRING = Message('text in quotes is accepted, such as `"Gold"`')
_TOO_MANY = Message("the list is too long: up to {most:,} entries are accepted")

# More than anybody holds; copies of an ERC-1155 token can be many.
MOST_COUNTED = 10**15
# Levels of parentheses, lists and `not` in each other; of a rule in a file, as a list of accounts that it was joined
# with may have made it deeper by one.
MAX_DEPTH, MAX_DEPTH_IN_FILES = 8, 9
MOST_DAYS = 3650
_UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_T = TypeVar("_T")


@dataclass(slots=True)
class Cursor:
    """Where the parser is.

    Attributes:
        text: The whole text.
        tokens: Its tokens; the last one is its end.
        place: Which one is next.
    """

    text: str
    tokens: Sequence[Token]
    place: int = 0

    @classmethod
    def of(cls, text: str) -> Cursor:
        """At the start of a text.

        Raises:
            InputError: there is something in it that no rule has.
        """
        return cls(text, tokens_of(text))

    @property
    def next(self) -> Token:
        """The next token; it stays."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """The next token; the cursor moves on, but never beyond the end."""
        token = self.next
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def is_next(self, kind: TokenKind) -> bool:
        """Whether a token of this kind is next."""
        return self.next.kind is kind

    def peek(self, *words: str) -> bool:
        """Whether these words are next."""
        ahead = [token.word for token in self.tokens[self.place : self.place + len(words)]]
        return ahead == list(words)

    def accept(self, *words: str) -> bool:
        """Move on over these words, if they are next."""
        found = self.peek(*words)
        if found:
            self.place += len(words)
        return found

    def fail(self, expected: Words, token: Token | None = None) -> InputError:
        """The error that points at a token; the next one, if none is given."""
        return InputError(at(self.text, (token or self.next).start, expected))

    def expect(self, word: str) -> None:
        """Move on over a word.

        Raises:
            InputError: something else is next.
        """
        if not self.accept(word):
            raise self.fail(_WORD(word=word))

    def number(self, most: int = MOST_COUNTED) -> int:
        """A whole number.

        Raises:
            InputError: something else is next, or it is too large.
        """
        if not re.fullmatch("[0-9]+", self.next.word):
            raise self.fail(_NUMBER())
        digits = self.next.word.lstrip("0") or "0"
        # Compared by length first: int() refuses thousands of digits with a sentence of its own.
        if len(digits) > len(str(most)) or int(digits) > most:
            raise self.fail(_NUMBER_RANGE(most=most))
        self.take()
        return int(digits)

    def span(self) -> timedelta:
        """A span of time.

        Raises:
            InputError: something else is next, or it is too long or zero.
        """
        start = self.next
        if not re.fullmatch("[0-9]+", start.word):
            raise self.fail(_SPAN())
        number = self.number(MOST_DAYS * 24)
        unit = _UNITS.get(self.next.word.removesuffix("s"))
        if unit is None:
            raise self.fail(_SPAN(), start)
        self.take()
        if not timedelta(0) < number * unit <= timedelta(MOST_DAYS):
            raise self.fail(_SPAN_RANGE(days=MOST_DAYS), start)
        return number * unit

    def date(self) -> date:
        """A date.

        Raises:
            InputError: something else is next.
        """
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", self.next.word):
            raise self.fail(_DATE())
        try:
            found = date.fromisoformat(self.next.word)
        except ValueError:
            raise self.fail(_DATE()) from None
        self.take()
        return found

    def string(self) -> str:
        """Text in quotes, not empty.

        Raises:
            InputError: something else is next.
        """
        if not self.is_next(TokenKind.STRING) or not self.next.text.strip():
            raise self.fail(_STRING())
        return " ".join(self.take().text.split())

    def listed(self, item: Callable[[Cursor], _T], most: int) -> list[_T]:
        """A list in parentheses, separated by commas; it has at least one entry.

        Raises:
            InputError: something else is next, or there are more than `most`.
        """
        if not self.is_next(TokenKind.OPEN):
            raise self.fail(_OPEN())
        self.take()
        found = [item(self)]
        while self.is_next(TokenKind.COMMA):
            if len(found) == most:
                raise self.fail(_TOO_MANY(most=most))
            self.take()
            found.append(item(self))
        if not self.is_next(TokenKind.CLOSE):
            raise self.fail(_NEXT_OR_CLOSE())
        self.take()
        return found
