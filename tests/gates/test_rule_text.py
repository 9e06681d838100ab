"""A rule's text and its JSON: the same rule comes of both again."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import assume, given

from bot.errors import InputError, StoreError
from bot.gates.cursor import MAX_DEPTH
from bot.gates.parser import MAX_LENGTH, parse_rule
from bot.gates.rule import AllOf, AnyOf, CollectionRef, Holds, HoldsTrait, Not, Rule, SomeOf
from bot.gates.rule_needs import each_rule
from bot.gates.rule_text import rule_text
from bot.gates.storage import from_json, to_json
from bot.names import Names
from tests.gates.made_rules import CONTRACT, NAMES, find_by_name, is_sensible, parse, rules


@given(rules)
def test_the_text_of_a_rule_is_read_as_the_same_rule(rule: Rule) -> None:
    text = rule_text(rule, NAMES)
    assume(len(text) <= MAX_LENGTH and is_sensible(rule) and not _has_a_seed_phrase(rule))
    assert parse(text) == rule


def _has_a_seed_phrase(rule: Rule) -> bool:
    """Whether the made-up traits in it are as many words as a seed phrase has."""
    typed = [text for part in each_rule(rule) if isinstance(part, HoldsTrait) for text in (part.trait, part.value)]
    return sum(len(re.findall(r"[^\W\d_]+", text)) for text in typed) >= 12


def _lists_in_each_other() -> str:
    text = "1 or 2 or 3 or 4 or 5 or 6"
    for level in range(8):
        others = ", ".join(str(10 + 5 * level + each) for each in range(5))
        text = f"{'any' if level % 2 else 'all'} of ({text}, {others})"
    return text


DEEP = {
    "lists": _lists_in_each_other(),
    "parentheses": "(((((((1 or 2) and 3) or 4) and 5) or 6) and 7) or 8) and 9",
    "nots": "not (1 and not (2 and not (3 or 4))) and 5",
    "dates": "(((((((1 or 2) until 2027-01-01) and 3) until 2027-02-01) or 4) until 2027-03-01) and 5) or 6",
    "as many as can be": "1 and any of (2, 3 and any of (4, 5 and any of (6, 7 and any of (8, 9 and any of (10, 11 and "
    "any of (12, 13 and any of (14, 15 and any of (16, 17 and 18)))))))) and (2 or 20 or 21 or 22 or 23 or 24)",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_a_rule_that_was_read_can_be_read_again_however_deep_it_is(text: str) -> None:
    rule = parse(text)
    assert parse(rule_text(rule, NAMES)) == rule


@given(rules)
def test_a_rule_needs_no_more_levels_when_it_is_read_again(rule: Rule) -> None:
    """Whatever text led to it: here it is written with parentheses around all that is joined."""
    assume(is_sensible(rule) and not _has_a_seed_phrase(rule))
    typed = _with_all_parentheses(rule)
    for deepest in range(12):
        try:
            found = parse_rule(typed, NAMES, find_by_name=find_by_name, longest=9_999, deepest=deepest)
        except InputError:
            continue
        deepest = max(deepest, MAX_DEPTH)  # noqa: PLW2901 - what is not too deep is written as briefly as can be
        text = rule_text(found, NAMES)
        assert parse_rule(text, NAMES, find_by_name=find_by_name, longest=9_999, deepest=deepest) == found
        return


def _with_all_parentheses(rule: Rule) -> str:
    match rule:
        case AllOf() | AnyOf() if len(rule.rules) > 1:
            word = " and " if isinstance(rule, AllOf) else " or "
            return word.join(f"({_with_all_parentheses(part)})" for part in rule.rules)
        case SomeOf():
            return f"{rule.needed} of ({', '.join(map(_with_all_parentheses, rule.rules))})"
        case Not():
            return f"not ({_with_all_parentheses(rule.rule)})"
        case _:
            return rule_text(rule, NAMES)


def test_no_number_is_written_that_is_not_read() -> None:
    for text in ("254 > 1000000000000000", "copies 254 > 1000000000000000", "254 >= 1000000000000000"):
        assert rule_text(parse(text), NAMES) == text


@given(rules)
def test_the_json_of_a_rule_is_read_as_the_same_rule(rule: Rule) -> None:
    assert from_json(to_json(rule)) == rule


SHORTEST = [
    ("loopring:254 >= 1", "254"),
    ("254 > 2", "254 >= 3"),
    ("254 between 3 and 3", "254 = 3"),
    ("261 and 254 between 0 and 5", "261 and 254 <= 5"),
    ("254 between 2 and 5", "254 between 2 and 5"),
    (f"ethereum:{CONTRACT}", CONTRACT),
    ("((254)) or (261 and 300)", "254 or 261 and 300"),
    ("all of (254, not (261 or 300))", "254 and not (261 or 300)"),
    ("all of (1, 2, 3, 4, 5)", "all of (1, 2, 3, 4, 5)"),
    ("254 for 48 hours", "254 for 2 days"),
    ("254 for 36 hours", "254 for 36 hours"),
    ("254 ids (9, 5-8, 1)", "254 ids (1, 5-9)"),
    ("(254) until 2027-01-01", "254 until 2027-01-01"),
    ("proof within 1 days", "proof within 1 day"),
]


@pytest.mark.parametrize(("text", "short"), SHORTEST, ids=[text for text, _ in SHORTEST])
def test_the_text_of_a_rule_is_the_shortest_there_is(text: str, short: str) -> None:
    assert rule_text(parse(text), NAMES) == short
    assert parse(short) == parse(text)


def test_a_network_is_written_where_it_cannot_be_left_out() -> None:
    rule = Holds(CollectionRef("loopring", "254"))
    on_a_chain = Holds(CollectionRef("eip155:1", CONTRACT))
    assert (rule_text(rule), rule_text(on_a_chain)) == ("254", f"eip155:1:{CONTRACT}")
    two = Names(("eip155:1", "loopring", "mirror"))
    assert rule_text(rule, two) == "loopring:254"
    assert rule_text(on_a_chain, Names(("eip155:1", "eip155:10"))) == f"eip155:1:{CONTRACT}"


def test_what_is_stored_stays_readable() -> None:
    """The storage contract: this text was written by version 1, and must be read for ever."""
    stored = (
        '{"rule":{"is":"all","rules":[{"is":"holds","least":3,"measure":"kinds","most":null,"target":"loopring:254"},'
        '{"is":"not","rule":{"is":"holds","least":1,"measure":"copies","most":null,"target":"eip155:1:*"}},'
        '{"is":"ids","least":1,"most":null,"ranges":[[1,1],[5,9]],"target":"loopring:254"},'
        '{"is":"trait","least":1,"most":2,"target":"loopring:254","trait":"a","value":"b"},'
        '{"among":["loopring:254"],"is":"collections","least":1,"most":null},'
        '{"is":"held_for","rule":{"is":"holds","least":1,"measure":"kinds","most":null,"target":"loopring:254"},'
        '"seconds":3600},{"first":null,"is":"during","last":"2027-01-01","rule":{"is":"proven","seconds":86400}},'
        '{"is":"some","needed":1,"rules":[{"is":"any","rules":[{"accounts":["loopring:10001"],"is":"account",'
        '"owners":["0x1"]}]}]}]},"version":1}'
    )
    assert to_json(from_json(stored)) == stored


DAMAGED = [
    ("", "no JSON"),
    ("[1]", "no JSON"),
    ('{"version":1}', "no JSON"),
    ("[" * 100_000, "no JSON"),
    ('{"version":1,"rule":' + '{"is":"not","rule":' * 5_000 + "1" + "}" * 5_001, "A stored rule"),
    ('{"version":2,"rule":{}}', "has version 2, and this Tessera knows version 1"),
    ('{"version":1,"rule":{"is":"eclipse"}}', "unknown condition “eclipse”"),
    ('{"version":1,"rule":7}', "unknown condition “None”"),
    ('{"version":1,"rule":{"is":["x"]}}', "unknown condition"),
    ('{"version":1,"rule":{"is":"not","rule":{"is":"eclipse"}}}', "unknown condition “eclipse”"),
    ('{"version":1,"rule":{"is":"proven"}}', "“proven” does not have the fields that it needs"),
    ('{"version":1,"rule":{"is":"proven","seconds":true}}', "“proven” does not have"),
    ('{"version":1,"rule":{"is":"proven","seconds":1e400}}', "“proven” does not have"),
    ('{"version":1,"rule":{"is":"proven","seconds":99999999999999999999}}', "“proven” does not have"),
    ('{"version":1,"rule":{"is":"all","rules":[]}}', "“all” does not have"),
    ('{"version":1,"rule":{"is":"all","rules":"ab"}}', "“all” does not have"),
    ('{"version":1,"rule":{"is":"holds","target":"254","measure":"kinds","least":1,"most":null}}', "“holds”"),
    ('{"version":1,"rule":{"is":"holds","target":"loopring:1","measure":"weight","least":1,"most":null}}', "“holds”"),
    ('{"version":1,"rule":{"is":"holds","target":"loopring:1","measure":"kinds","least":-1,"most":null}}', "“holds”"),
    ('{"version":1,"rule":{"is":"ids","target":"loopring:*","ranges":[],"least":1,"most":null}}', "“ids”"),
    ('{"version":1,"rule":{"is":"held_for","seconds":1,"rule":{"is":"proven","seconds":1}}}', "“held_for”"),
    ('{"version":1,"rule":{"is":"during","rule":{"is":"proven","seconds":1},"first":"x","last":null}}', "“during”"),
]


@pytest.mark.parametrize(("stored", "sentence"), DAMAGED, ids=[stored[:60] for stored, _ in DAMAGED])
def test_what_is_not_understood_is_refused_as_a_whole(stored: str, sentence: str) -> None:
    with pytest.raises(StoreError) as error:
        from_json(stored)
    assert sentence in error.value.sentence


def test_equal_rules_are_equal_texts() -> None:
    one, two = parse(f"account in (10001, 10002, {CONTRACT})"), parse(f"account in ({CONTRACT}, 10002, 10001)")
    assert to_json(one) == to_json(two)
    assert json.loads(to_json(one))["version"] == 1
