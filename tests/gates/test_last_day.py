"""Until when anybody can fulfil a rule, by its own dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.counts import at_least
from bot.gates.facts import Held
from bot.gates.judge import judge
from bot.gates.last_day import last_day
from bot.gates.rule import CollectionRef
from tests.gates.made_rules import account, facts, parse

MAY, JUNE = date(2027, 5, 31), date(2027, 6, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("254", None),
        ("254 until 2027-05-31", MAY),
        ("254 from 2027-05-01", None),
        ("(254 until 2027-05-31) and (261 until 2027-06-30)", MAY),
        ("(254 until 2027-05-31) and 261", MAY),
        ("(254 until 2027-05-31) or (261 until 2027-06-30)", JUNE),
        ("(254 until 2027-05-31) or 261", None),
        ("2 of ((254 until 2027-05-31), (261 until 2027-06-30), 300)", JUNE),
        ("2 of ((254 until 2027-05-31), (261 until 2027-05-31), 300)", MAY),
        ("1 of ((254 until 2027-05-31), 261, 300)", None),
        ("((254 until 2027-06-30) and 261) until 2027-05-31", MAY),
        ("254 and not (261 until 2027-05-31)", None),
        ("254 until 9999-12-31", date.max),
    ],
)
def test_the_last_day_follows_from_all_dates_of_a_rule(text: str, expected: date | None) -> None:
    rule = parse(text)
    assert last_day(rule) == expected
    if expected and expected < date.max:
        plenty = {CollectionRef("loopring", number): Held(at_least(9), at_least(9)) for number in ("254", "261", "300")}
        over = datetime.combine(expected, time(), UTC) + timedelta(days=1)
        all_of_it = replace(facts(account(plenty)), now=over)
        assert judge(rule, all_of_it).is_denied
        assert judge(rule, replace(all_of_it, now=over - timedelta(seconds=1))).is_granted
