"""A rule's text and its JSON: the same rule comes of both again."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import assume, given

from bot.errors import StoreError
from bot.gates.parser import MAX_LENGTH
from bot.gates.rule import CollectionRef, Holds, HoldsTrait, Rule
from bot.gates.rule_needs import each_rule
from bot.gates.rule_text import rule_text
from bot.gates.storage import from_json, to_json
from bot.names import Names
from tests.gates.made_rules import CONTRACT, NAMES, is_sensible, parse, rules


@given(rules)
def test_the_text_of_a_rule_is_read_as_the_same_rule(rule: Rule) -> None:
    text = rule_text(rule, NAMES)
    assume(len(text) <= MAX_LENGTH and is_sensible(rule) and not _has_a_seed_phrase(rule))
    assert parse(text) == rule


def _has_a_seed_phrase(rule: Rule) -> bool:
    """Whether the made-up traits in it are as many words as a seed phrase has."""
    typed = [text for part in each_rule(rule) if isinstance(part, HoldsTrait) for text in (part.trait, part.value)]
    return sum(len(re.findall(r"[^\W\d_]+", text)) for text in typed) >= 12


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
