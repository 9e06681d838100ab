"""The parser is held against a grammar that says the same in another way, and that a library reads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import lark
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.gates.cursor import MAX_DEPTH
from bot.gates.parser import MAX_PARTS
from bot.gates.rule import (
    AccountIn,
    AllOf,
    AnyOf,
    CollectionRef,
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Measure,
    Not,
    ProvenWithin,
    Rule,
    SomeOf,
)
from bot.holdings import Account
from tests.gates.made_rules import CONTRACT, parse

GRAMMAR = r"""
?rule: member "from" DATE               -> begins
     | member "until" DATE              -> ends
     | member "from" DATE "until" DATE  -> during
     | either
?either: both ("or" both)*
?both: operand ("and" operand)*
?operand: "not" operand -> denied
        | member
?member: "(" rule ")"
       | NUMBER "of" rules    -> some_of
       | "all" "of" rules     -> all_of
       | "any" "of" rules     -> any_of
       | target amount?       -> kinds
       | "copies" target amount?   -> copies
       | target amount? "for" span -> kinds_for
       | "copies" target amount? "for" span -> copies_for
       | target "ids" "(" range ("," range)* ")" -> ids
       | "collections" amount -> collections
       | "collections" "of" "(" target ("," target)* ")" amount -> among
       | target "trait" STRING "=" STRING -> trait
       | "account" "in" "(" account ("," account)* ")" -> accounts
       | "proof" "within" span -> proven
rules: "(" rule ("," rule)* ")"
target: NUMBER | CONTRACT
range: NUMBER | RANGE
account: NUMBER | CONTRACT
span: NUMBER UNIT
amount: ">=" NUMBER -> at_least
      | "at" "least" NUMBER -> at_least
      | "<=" NUMBER -> at_most
      | "at" "most" NUMBER -> at_most
      | "=" NUMBER -> exactly
      | "between" NUMBER "and" NUMBER -> between
UNIT: "days" | "hours"
DATE.3: /[0-9]{4}-[0-9]{2}-[0-9]{2}/
RANGE.2: /[0-9]+-[0-9]+/
CONTRACT.2: /0x[0-9a-f]{40}/
NUMBER: /[0-9]+/
STRING: /"[^"]*"/
%ignore /\s+/
"""


class ToRule(lark.Transformer[Any, Any]):
    """Makes rules of what the library read; numbers come as tokens."""

    def begins(self, parts: list[Any]) -> Rule:
        return During(parts[0], date.fromisoformat(parts[1]))

    def ends(self, parts: list[Any]) -> Rule:
        return During(parts[0], None, date.fromisoformat(parts[1]))

    def during(self, parts: list[Any]) -> Rule:
        return During(parts[0], date.fromisoformat(parts[1]), date.fromisoformat(parts[2]))

    def either(self, parts: list[Any]) -> Rule:
        return AnyOf(tuple(parts))

    def both(self, parts: list[Any]) -> Rule:
        return AllOf(tuple(parts))

    def denied(self, parts: list[Any]) -> Rule:
        return Not(parts[0])

    def rules(self, parts: list[Any]) -> tuple[Rule, ...]:
        return tuple(parts)

    def some_of(self, parts: list[Any]) -> Rule:
        return SomeOf(int(parts[0]), parts[1])

    def all_of(self, parts: list[Any]) -> Rule:
        return AllOf(parts[0])

    def any_of(self, parts: list[Any]) -> Rule:
        return AnyOf(parts[0])

    def kinds(self, parts: list[Any], measure: Measure = Measure.KINDS) -> Holds:
        target, *amount = parts
        return Holds(target, measure, *(amount[0] if amount else (1, None)))

    def copies(self, parts: list[Any]) -> Holds:
        return self.kinds(parts, Measure.COPIES)

    def kinds_for(self, parts: list[Any]) -> Rule:
        return HeldFor(self.kinds(parts[:-1]), parts[-1])

    def copies_for(self, parts: list[Any]) -> Rule:
        return HeldFor(self.copies(parts[:-1]), parts[-1])

    def ids(self, parts: list[Any]) -> Rule:
        wanted = sorted({number for first, last in parts[1:] for number in range(first, last + 1)})
        starts = [number for number in wanted if number - 1 not in wanted]
        ends = [number for number in wanted if number + 1 not in wanted]
        return HoldsIds(parts[0], tuple(zip(starts, ends, strict=True)))

    def collections(self, parts: list[Any]) -> Rule:
        return HoldsCollections(*parts[0])

    def among(self, parts: list[Any]) -> Rule:
        return HoldsCollections(parts[-1][0], parts[-1][1], tuple(dict.fromkeys(parts[:-1])))

    def trait(self, parts: list[Any]) -> Rule:
        return HoldsTrait(parts[0], parts[1].strip('"'), parts[2].strip('"'))

    def accounts(self, parts: list[Any]) -> Rule:
        return AccountIn(
            frozenset(one for one in parts if isinstance(one, Account)),
            frozenset(one for one in parts if isinstance(one, str)),
        )

    def proven(self, parts: list[Any]) -> Rule:
        return ProvenWithin(parts[0])

    def target(self, parts: list[Any]) -> CollectionRef:
        is_contract = parts[0].type == "CONTRACT"
        return CollectionRef(
            "eip155:1" if is_contract else "loopring", str(parts[0]).lstrip("" if is_contract else "0")
        )

    def account(self, parts: list[Any]) -> Account | str:
        return str(parts[0]) if parts[0].type == "CONTRACT" else Account("loopring", str(parts[0]))

    def range(self, parts: list[Any]) -> tuple[int, int]:
        first, _, last = parts[0].partition("-")
        return int(first), int(last or first)

    def span(self, parts: list[Any]) -> timedelta:
        return int(parts[0]) * timedelta(**{str(parts[1]): 1})

    def at_least(self, parts: list[Any]) -> tuple[int, int | None]:
        return int(parts[0]), None

    def at_most(self, parts: list[Any]) -> tuple[int, int | None]:
        return 0, int(parts[0])

    def exactly(self, parts: list[Any]) -> tuple[int, int | None]:
        return int(parts[0]), int(parts[0])

    def between(self, parts: list[Any]) -> tuple[int, int | None]:
        return int(parts[0]), int(parts[1])


SECOND = lark.Lark(GRAMMAR, start="rule", parser="lalr", transformer=ToRule())

# What the grammar accepts and the parser refuses: not for how it is written, but for what it says.
SENSE = (
    "Nobody can ever fulfil",
    "Everybody fulfils",
    "the first number is accepted only up to the second",
    "everybody has at least 0",
    "a range is accepted from its lower to its higher end",
    "as so many rules are in the list",
    "a number from 1 on is accepted",
    "a date from",
    "a span of 1 hour to",
    f"at most {MAX_DEPTH} levels",
    f"at most {MAX_PARTS} conditions",
)

# ---------------------------------------------------------------- texts

numbers = st.integers(0, 9).map(str)
targets = st.sampled_from(["254", "261", "300", "7", CONTRACT])
dates = st.sampled_from(["2026-12-01", "2027-01-01"])
amounts = st.one_of(
    numbers.map(">= {}".format),
    numbers.map("at least {}".format),
    numbers.map("<= {}".format),
    numbers.map("at most {}".format),
    numbers.map("= {}".format),
    st.builds("between {} and {}".format, numbers, numbers),
)
spans = st.sampled_from(["1 days", "30 days", "12 hours", "0 days"])
ids = st.lists(numbers | st.builds("{}-{}".format, numbers, numbers), min_size=1, max_size=3).map(", ".join)
conditions = st.one_of(
    targets,
    st.builds("{} {}".format, targets, amounts),
    st.builds("copies {} {}".format, targets, amounts),
    st.builds("{} for {}".format, targets, spans),
    st.builds("copies {} {} for {}".format, targets, amounts, spans),
    st.builds("{} ids ({})".format, targets, ids),
    st.builds("collections {}".format, amounts),
    st.builds("collections of ({}, {}) {}".format, targets, targets, amounts),
    st.builds('{} trait "Sky" = "Red"'.format, targets),
    st.builds("account in (10001, {})".format, st.sampled_from(["7", CONTRACT])),
    st.builds("proof within {}".format, spans),
)


def _longer(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    listed = st.lists(texts, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        st.builds("{} and {}".format, texts, texts),
        st.builds("{} or {}".format, texts, texts),
        st.builds("not {}".format, texts),
        st.builds("({})".format, texts),
        st.builds("{} of ({})".format, numbers, listed),
        st.builds("all of ({})".format, listed),
        st.builds("any of ( {} )".format, listed),
        st.builds("{} until {}".format, texts, dates),
        st.builds("{} from {}".format, texts, dates),
        st.builds("{} from {} until {}".format, texts, dates, dates),
    )


texts = st.recursive(conditions, _longer, max_leaves=6)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A text with one word of it left out, said twice, or another one in its place."""
    words = draw(texts).replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split()
    place = draw(st.integers(0, len(words) - 1))
    other = draw(st.sampled_from(["and", "not", "(", ")", ",", "of", ">=", "for", "until", "254", "ids", "at"]))
    words[place : place + 1] = draw(st.sampled_from([[], [words[place]] * 2, [other], [words[place], other]]))
    return " ".join(words)


def second(text: str) -> Rule | None:
    """What the library reads; None: it is not in the grammar."""
    try:
        rule: Rule = SECOND.parse(text)  # type: ignore[assignment]  # the transformer's answer
    except lark.exceptions.UnexpectedInput:
        return None
    return rule


def first(text: str) -> Rule | str:
    """What the parser reads, or its sentence."""
    try:
        return parse(text)
    except InputError as error:
        return error.sentence


@given(texts | damaged())
@example("254 until 2027-01-01 and 261")
@example("not 254 until 2027-01-01")
@example("254 or 261 and not 300 or 7")
@example("2 of (254 and 261, 7)")
def test_the_parser_reads_what_the_grammar_says(text: str) -> None:
    answer, expected = first(text), second(text)
    if expected is None:
        assert isinstance(answer, str), text
        assert not answer.startswith(("Nobody", "Everybody")), text
    elif isinstance(answer, str):
        assert any(sense in answer for sense in SENSE), (text, answer)
    else:
        assert answer == expected


@pytest.mark.parametrize("text", ["254 and 261 or 300", "not (254 or 261)", "(254 until 2027-01-01) and 261"])
def test_the_grammar_reads_what_is_written_in_it(text: str) -> None:
    assert second(text) is not None


def test_the_grammar_refuses_what_is_not() -> None:
    assert second("254 254") is None
