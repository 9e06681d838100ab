"""Each example of docs/rules.md: it is read, and answered as the page says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.counts import Ternary, at_least, unknown
from bot.errors import InputError
from bot.gates.facts import AccountFacts, Facts, Held, Token
from bot.gates.judge import judge
from bot.gates.rule import CollectionRef
from tests.gates.made_rules import DAY, NOW, OWNER, account, facts, held, levels, parse

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
_CODE = re.compile(r"^`(.*)`$")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (body,) = (part for part in section if part.startswith(heading))
    lines = [line for line in body.splitlines() if line.startswith("|")][2:]
    return [[_CODE.sub(r"\1", cell.strip()) for cell in line.strip("|").split(" | ")] for line in lines]


def known(text: str) -> Facts:
    """The facts that a cell states."""
    name, age, now = "10001", DAY, NOW
    holdings: dict[CollectionRef, Held] = {}
    for item in text.split(", "):
        if item.startswith("account "):
            name = item.removeprefix("account ")
        elif proof := re.fullmatch(r"proof (\d+) days old", item):
            age = int(proof[1]) * DAY
        elif item.startswith("on "):
            now = datetime.fromisoformat(f"{item.removeprefix('on ')}T12:00+00:00")
        elif item != "nothing":
            number, _, amount = item.partition(": ")
            network = "eip155:1" if number.startswith("0x") else "loopring"
            holdings[CollectionRef(network, number)] = held_of(amount)
    return facts_of(holdings, name, age, now)


def held_of(amount: str) -> Held:
    """What one item says after its colon."""
    for pattern, make in FORMS:
        if match := re.fullmatch(pattern, amount):
            return make(*match.groups())
    raise AssertionError(f"the page states {amount!r}, which no form has")


def _with_ids(ids: str) -> Held:
    return held(len(ids.split()), tokens={int(one): Token(1) for one in ids.split()}, has_all_tokens=True)


def _with_trait(name: str, value: str) -> Held:
    traits = frozenset({(name.casefold(), value.casefold())})
    return held(1, tokens={1: Token(1, traits)}, has_all_tokens=True)


FORMS: list[tuple[str, Callable[..., Held]]] = [
    (r"\?", lambda: held(unknown(), unknown())),
    (r"(\d+)\+", lambda low: held(at_least(int(low)))),
    (r"(\d+)", lambda kinds: held(int(kinds))),
    (r"(\d+) in (\d+) copies", lambda kinds, copies: held(int(kinds), int(copies))),
    (r"(\d+) for (\d+) days", lambda kinds, days: held(int(kinds), levels=levels((int(days), int(kinds))))),
    (r"ids ([\d ]+)", _with_ids),
    (r"(\w+) (\w+)", _with_trait),
]


def facts_of(holdings: dict[CollectionRef, Held], name: str, age: timedelta, now: datetime) -> Facts:
    def one(network: str, account_id: str) -> AccountFacts:
        own = {ref: what for ref, what in holdings.items() if ref.network == network}
        return account(own, name=f"{network}:{account_id}", age=age)

    return Facts(now, facts(one("loopring", name), one("eip155:1", OWNER)).accounts)


def examples() -> Iterator[tuple[str, str, Ternary]]:
    for heading in ("What is held", "Who and when", "Joined"):
        for rule, granted, denied in rows(heading):
            yield rule, granted, Ternary.YES
            yield rule, denied, Ternary.NO
    answers = {"granted": Ternary.YES, "denied": Ternary.NO, "unknown": Ternary.UNKNOWN}
    for rule, with_what, answer in rows("What is not known"):
        yield rule, with_what, answers[answer]


EXAMPLES = list(examples())


@pytest.mark.parametrize(("rule", "with_what", "answer"), EXAMPLES, ids=[f"{e[0]} {e[2]}" for e in EXAMPLES])
def test_an_example_is_answered_as_the_page_says(rule: str, with_what: str, answer: Ternary) -> None:
    assert judge(parse(rule), known(with_what)).status is answer


@pytest.mark.parametrize(("rule", "why"), rows("What is refused"), ids=[row[0] for row in rows("What is refused")])
def test_what_the_page_says_is_refused_is_refused_so(rule: str, why: str) -> None:
    with pytest.raises(InputError) as error:
        parse(rule)
    assert error.value.sentence.replace("\u200b", "") == why


def test_the_page_shows_every_form() -> None:
    shown = " ".join(example[0] for example in EXAMPLES)
    words = (
        "copies collections ids trait for from until between account proof all any of not and or >= <= > < = "
        "least most loopring:* eip155:1: days weeks"
    )
    assert [word for word in words.split() if word not in shown] == []
