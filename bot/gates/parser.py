"""Reads a rule from the short text that admins type: `254 >= 3 and not 261`.

    rule       = member [dates] | joined                   dates = ["from" DATE] ["until" DATE], at least one
    joined     = operand {("and" | "or") operand}          `and` before `or`
    operand    = "not" operand | member
    member     = "(" rule ")" | NUMBER "of" list | "all" "of" list | "any" "of" list | condition
    list       = "(" rule {"," rule} ")"

The conditions are in `bot.gates.conditions`. By hand, as a Pratt parser: so each error points at its place and says
what is accepted there. Dates after `and`, `or` or `not` need parentheses, as nobody could say what they belong to.
"""

from __future__ import annotations

import re

from bot.errors import InputError
from bot.gates.conditions import Conditions, FindByName
from bot.gates.contradictions import refuse_contradictions
from bot.gates.cursor import MAX_DEPTH, Cursor
from bot.gates.folded_name import folded_name
from bot.gates.rule import AllOf, AnyOf, During, Not, Rule, SomeOf
from bot.gates.rule_tokens import TokenKind, visible
from bot.messages import Message
from bot.names import Names, refuse_secrets

_EMPTY = Message("No rule was given. Write what has to be held, such as `254` or `254 >= 3`.")
_TOO_LONG = Message("A rule has at most {most:,} characters, and this one has {length:,}.")
_TOO_DEEP = Message("at most {most} levels of parentheses, lists and `not` in each other are accepted")
_TOO_MANY_PARTS = Message("no more is accepted, as a rule has at most {most} conditions")
_END = Message(
    "the end is accepted, `and`, `or`, `from`, `until`, or after a collection `>=`, `between`, `for` or `ids`"
)
_CLOSE = Message("`)` is accepted")
_WHOSE_DATES = Message(
    "parentheses are needed to say what the dates belong to: `(254 and 261) until 2027-01-01` or "
    "`254 and (261 until 2027-01-01)`"
)
_ENDS_BEFORE = Message("a date from {first} on is accepted, as it begins then")
_NONE_NEEDED = Message("a number from 1 on is accepted")
_TOO_MANY_NEEDED = Message("a number up to {most} is accepted, as so many rules are in the list")

MAX_LENGTH = 1000
MAX_PARTS = 50
_POWERS = {"or": 1, "and": 2}
_JOINED: dict[str, type[AllOf | AnyOf]] = {"or": AnyOf, "and": AllOf}
_READ_AT_ONCE = 9_000  # refuse_secrets reads no more than 10,000 characters
_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}(?![0-9a-fA-F])")
_QUOTED = re.compile(r'["“]([^"“”]*)["”]')
# Words of the language: those that are in no list of seed words, and the others where the language has them.
_OWN_WORDS = re.compile(
    r"\b(?:and|not|for|days|weeks|hours|copies|ids|trait|until|from|least|most|within|"
    r"between\s+\d+\s+and|account\s+in|proof\s+within|(?:all|any)\s+of)\b",
    re.IGNORECASE,
)


def parse_rule(
    text: str, names: Names, *, find_by_name: FindByName, longest: int = MAX_LENGTH, deepest: int = MAX_DEPTH
) -> Rule:
    """The rule that a text says.

    Args:
        text: What was typed.
        names: The networks that can be asked.
        find_by_name: Looks up a name in quotes: the collections with that name or a similar one, the best first.
        longest: How long the text may be; a file with a list of accounts may be longer than what is typed.
        deepest: How many levels of parentheses, lists and `not` it may have.

    Raises:
        InputError: with one sentence that shows the place and says what is accepted there.
    """
    text = visible(text)
    _refuse_secrets(text, find_by_name)
    if len(text) > longest:
        raise InputError(_TOO_LONG, most=longest, length=len(text))
    if not text.strip():
        raise InputError(_EMPTY)
    parser = _Parser(Cursor.of(text), Conditions(names, find_by_name), deepest)
    rule = parser.whole(0)
    if not parser.cursor.is_next(TokenKind.END):
        raise parser.cursor.fail(_END())
    refuse_contradictions(rule, names)
    return rule


def without_own_words(text: str) -> str:
    """A rule without what is quoted in it, its addresses, and the words of the language: what else is typed there.

    To be searched for a seed phrase before the rule is read.
    """
    return _OWN_WORDS.sub(" ", _QUOTED.sub(" ", _ADDRESS.sub(" ", text)))


def _refuse_secrets(text: str, find_by_name: FindByName) -> None:
    """Refuse keys and seed phrases, and take for one neither addresses, nor names, nor the words of the language."""

    def without_known(match: re.Match[str]) -> str:
        name = folded_name(match[1])
        is_known = any(folded_name(one.name) == name for one in find_by_name(match[1]))
        return "," if is_known else match[0]

    plain = _OWN_WORDS.sub(",", _QUOTED.sub(without_known, _ADDRESS.sub("0x" + "0" * 40, text)))
    for start in range(0, len(plain), _READ_AT_ONCE):
        refuse_secrets(plain[start : start + _READ_AT_ONCE + 500])


class _Parser:
    def __init__(self, cursor: Cursor, conditions: Conditions, deepest: int) -> None:
        self.cursor = cursor
        self._deepest = deepest
        self._conditions = conditions
        self._parts = 0

    def whole(self, depth: int) -> Rule:
        """A rule, with its dates."""
        is_member = not self.cursor.peek("not")
        rule = self._operand(depth)
        if is_member and self._are_dates_next():
            rule = self._dated(rule)
            if self.cursor.next.word in _POWERS:
                raise self.cursor.fail(_WHOSE_DATES())
            return rule
        rule = self._joined(rule, 0, depth)
        if self._are_dates_next():
            raise self.cursor.fail(_WHOSE_DATES())
        return rule

    def _are_dates_next(self) -> bool:
        return self.cursor.next.word in ("from", "until")

    def _dated(self, rule: Rule) -> During:
        first = self.cursor.date() if self.cursor.accept("from") else None
        if not self.cursor.accept("until"):
            return During(rule, first)
        start = self.cursor.next
        last = self.cursor.date()
        if first and last < first:
            raise self.cursor.fail(_ENDS_BEFORE(first=first.isoformat()), start)
        return During(rule, first, last)

    def _joined(self, left: Rule, power: int, depth: int) -> Rule:
        """What is joined to `left` by words that bind more strongly than `power`."""
        while (stronger := _POWERS.get(word := self.cursor.next.word, 0)) > power:
            parts = [left]
            while self.cursor.accept(word):
                parts.append(self._joined(self._operand(depth), stronger, depth))
            left = _JOINED[word](tuple(parts))
        return left

    def _operand(self, depth: int) -> Rule:
        cursor = self.cursor
        if depth > self._deepest:
            raise cursor.fail(_TOO_DEEP(most=self._deepest))
        if cursor.accept("not"):
            return Not(self._operand(depth + 1))
        if cursor.is_next(TokenKind.OPEN):
            return self._in_parentheses(depth)
        if cursor.accept("all", "of"):
            return AllOf(tuple(self._list(depth)))
        if cursor.accept("any", "of"):
            return AnyOf(tuple(self._list(depth)))
        if cursor.next.word.isdecimal() and cursor.tokens[cursor.place + 1].word == "of":
            return self._some_of(depth)
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise cursor.fail(_TOO_MANY_PARTS(most=MAX_PARTS))
        return self._conditions.read(cursor)

    def _in_parentheses(self, depth: int) -> Rule:
        self.cursor.take()
        rule = self.whole(depth + 1)
        if not self.cursor.is_next(TokenKind.CLOSE):
            raise self.cursor.fail(_CLOSE())
        self.cursor.take()
        return rule

    def _list(self, depth: int) -> list[Rule]:
        return self.cursor.listed(lambda _: self.whole(depth + 1), MAX_PARTS)

    def _some_of(self, depth: int) -> SomeOf:
        start = self.cursor.next
        needed = self.cursor.number()
        self.cursor.expect("of")
        rules = self._list(depth)
        if needed < 1:
            raise self.cursor.fail(_NONE_NEEDED(), start)
        if needed > len(rules):
            raise self.cursor.fail(_TOO_MANY_NEEDED(most=len(rules)), start)
        return SomeOf(needed, tuple(rules))
