"""The text of rules: what admins may write, what comes of it, and what they read where they mistyped."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.gates.cursor import MAX_DEPTH
from bot.gates.parser import MAX_LENGTH, MAX_PARTS, parse_rule
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
    Network,
    Not,
    ProvenWithin,
    Rule,
    SomeOf,
)
from bot.holdings import Account
from tests.gates.made_rules import BOTS, CONTRACT, HARBOUR, NAMES, ON_L1, THIRD, find_by_name, parse

COPIES = Measure.COPIES
DAYS_30 = timedelta(days=30)

MEANINGS: list[tuple[str, Rule]] = [
    ("254", Holds(HARBOUR)),
    ("#254", Holds(HARBOUR)),
    ("loopring:254", Holds(HARBOUR)),
    ("254 >= 3", Holds(HARBOUR, least=3)),
    ("254>=3", Holds(HARBOUR, least=3)),
    ("254 ≥ 3", Holds(HARBOUR, least=3)),
    ("254 at least 3", Holds(HARBOUR, least=3)),
    ("254 > 3", Holds(HARBOUR, least=4)),
    ("254 = 3", Holds(HARBOUR, least=3, most=3)),
    ("254 == 3", Holds(HARBOUR, least=3, most=3)),
    ("254 between 2 and 5", Holds(HARBOUR, least=2, most=5)),
    ("254 BETWEEN 2 AND 5", Holds(HARBOUR, least=2, most=5)),
    ("copies 254 >= 10", Holds(HARBOUR, COPIES, 10)),
    ("copies 254", Holds(HARBOUR, COPIES)),
    ('"Harbour Lights" >= 3', Holds(HARBOUR, least=3)),
    ("“harbour  lights” >= 3", Holds(HARBOUR, least=3)),
    ("2 of (254, 261, 300)", SomeOf(2, (Holds(HARBOUR), Holds(BOTS), Holds(THIRD)))),
    ("2 of (254 >= 3, 261 and 300)", SomeOf(2, (Holds(HARBOUR, least=3), AllOf((Holds(BOTS), Holds(THIRD)))))),
    ("collections >= 5", HoldsCollections(5)),
    ("collections of (254, 261) >= 2", HoldsCollections(2, among=(HARBOUR, BOTS))),
    ("254 >= 3 and not 261", AllOf((Holds(HARBOUR, least=3), Not(Holds(BOTS))))),
    ("261 and 254 <= 5", AllOf((Holds(BOTS), Holds(HARBOUR, least=0, most=5)))),
    ("261 and 254 < 5", AllOf((Holds(BOTS), Holds(HARBOUR, least=0, most=4)))),
    ("261 and 254 at most 5", AllOf((Holds(BOTS), Holds(HARBOUR, least=0, most=5)))),
    ("254 for 30 days", HeldFor(Holds(HARBOUR), DAYS_30)),
    ("254 for 2 weeks", HeldFor(Holds(HARBOUR), timedelta(days=14))),
    ("copies 254 >= 10 for 1 day", HeldFor(Holds(HARBOUR, COPIES, 10), timedelta(days=1))),
    ("254 ids (1, 5-9)", HoldsIds(HARBOUR, ((1, 1), (5, 9)))),
    ("254 ids (7–9, 1, 2) >= 2", HoldsIds(HARBOUR, ((1, 2), (7, 9)), 2)),
    (f"254 ids ({2**256 - 1})", HoldsIds(HARBOUR, ((2**256 - 1, 2**256 - 1),))),
    ('254 trait "Background" = "Gold"', HoldsTrait(HARBOUR, "Background", "Gold")),
    ('254 trait "a \\"b\\" \\\\" = "=" >= 2', HoldsTrait(HARBOUR, 'a "b" \\', "=", 2)),
    (f"eip155:1:{CONTRACT} >= 1", Holds(ON_L1)),
    (f"ethereum:{CONTRACT.upper().replace('X', 'x')}", Holds(ON_L1)),
    (CONTRACT, Holds(ON_L1)),
    (f"account in (10001, {CONTRACT})", AccountIn(frozenset({Account("loopring", "10001")}), frozenset({CONTRACT}))),
    (f"account in (eip155:1:{CONTRACT})", AccountIn(frozenset({Account("eip155:1", CONTRACT)}))),
    ("254 until 2027-01-01", During(Holds(HARBOUR), None, date(2027, 1, 1))),
    ("254 from 2026-12-01", During(Holds(HARBOUR), date(2026, 12, 1))),
    ("254 from 2026-12-01 until 2027-01-01", During(Holds(HARBOUR), date(2026, 12, 1), date(2027, 1, 1))),
    ("(254 or 261) until 2027-01-01", During(AnyOf((Holds(HARBOUR), Holds(BOTS))), None, date(2027, 1, 1))),
    ("254 and (261 until 2027-01-01)", AllOf((Holds(HARBOUR), During(Holds(BOTS), None, date(2027, 1, 1))))),
    ("proof within 180 days", ProvenWithin(timedelta(days=180))),
    ("proof within 12 hours", ProvenWithin(timedelta(hours=12))),
    ("loopring:* >= 10", Holds(Network("loopring"), least=10)),
    ("ethereum:*", Holds(Network("eip155:1"))),
    ("254 or 261 and 300", AnyOf((Holds(HARBOUR), AllOf((Holds(BOTS), Holds(THIRD)))))),
    ("254 and 261 or 300", AnyOf((AllOf((Holds(HARBOUR), Holds(BOTS))), Holds(THIRD)))),
    ("(254 or 261) and 300", AllOf((AnyOf((Holds(HARBOUR), Holds(BOTS))), Holds(THIRD)))),
    ("254 and 261 and 300", AllOf((Holds(HARBOUR), Holds(BOTS), Holds(THIRD)))),
    ("(254 and 261) and 300", AllOf((AllOf((Holds(HARBOUR), Holds(BOTS))), Holds(THIRD)))),
    ("all of (254, 261)", AllOf((Holds(HARBOUR), Holds(BOTS)))),
    ("any of (254, 261)", AnyOf((Holds(HARBOUR), Holds(BOTS)))),
    ("254 and not not 261", AllOf((Holds(HARBOUR), Not(Not(Holds(BOTS)))))),
    (" 254\n>= \t3 ", Holds(HARBOUR, least=3)),
    ("254\u200b >\u200b= 3", Holds(HARBOUR, least=3)),
]


@pytest.mark.parametrize(("text", "rule"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_a_text_means_its_rule(text: str, rule: Rule) -> None:
    assert parse(text) == rule


POINTED = [
    ("254 >=", "254 >= ⟨here⟩", "a whole number is accepted, such as `3`"),
    ("254 >= x and 261", "254 >= ⟨here⟩x and 261", "a whole number"),
    ("254 >= -1", "254 >= ⟨here⟩-1", "a whole number"),
    ("254 >= 0", "254 >= ⟨here⟩0", "everybody has at least 0"),
    ("254 < 0", "254 <\u200b ⟨here⟩0", "nobody has fewer than 0"),
    (f"254 >= {10**16}", f"254 >= ⟨here⟩{10**16}", "a number up to 1,000,000,000,000,000 is accepted"),
    ("254 >= " + "9" * 900, "⟨here⟩999", "a number up to"),
    ("254 between 5 and 2", "254 between ⟨here⟩5 and 2", "write `between 2 and 5`"),
    ("254 between 5", "254 between 5 ⟨here⟩", "`and` is accepted"),
    ("254 and", "254 and ⟨here⟩", "a condition is accepted"),
    ("254 261", "254 ⟨here⟩261", "the end is accepted, `and`, `or`"),
    ("254 xor 261", "254 ⟨here⟩xor 261", "the end is accepted"),
    ("254)", "254⟨here⟩)", "the end is accepted"),
    ("(254", "(254 ⟨here⟩", "`)` is accepted"),
    ("2 of 254", "2 of ⟨here⟩254", "`(` is accepted"),
    ("2 of (254 261)", "2 of (254 ⟨here⟩261)", "`,` or `)` is accepted"),
    ("4 of (1, 2)", "⟨here⟩4 of (1, 2)", "a number up to 2 is accepted, as so many rules are in the list"),
    ("0 of (1, 2)", "⟨here⟩0 of (1, 2)", "a number from 1 on is accepted"),
    ("any of ()", "any of (⟨here⟩)", "a condition is accepted"),
    ("collections", "collections ⟨here⟩", "an amount is accepted"),
    ("collections of (loopring:*) >= 1", "collections of (⟨here⟩loopring:*) >= 1", "a collection is accepted"),
    ("harbour", "⟨here⟩harbour", 'a condition is accepted: a collection such as `254` or `"Harbour Lights"`'),
    ("copies copies", "copies ⟨here⟩copies", "a collection is accepted"),
    ("copies 254 ids (1)", "copies 254 ⟨here⟩ids (1)", "leave out `copies`"),
    ("loopring:* for 3 days", "loopring:* ⟨here⟩for 3 days", "after one collection only"),
    ("loopring:* ids (1)", "loopring:* ⟨here⟩ids (1)", "after one collection only"),
    ("254 ids (9-5)", "254 ids (⟨here⟩9-5)", "write `5-9`"),
    ("254 ids (x)", "254 ids (⟨here⟩x)", "a token id or a range of ids"),
    (f"254 ids ({2**256})", f"254 ids (⟨here⟩{str(2**256)[:30]}", "a token id or a range of ids"),
    ('254 trait "x"', '254 trait "x" ⟨here⟩', '`= "value"` is accepted'),
    ('254 trait "x" = " "', '254 trait "x" = ⟨here⟩" "', "text in quotes is accepted"),
    ("254 for 30", "254 for ⟨here⟩30", "a span is accepted, such as `30 days`"),
    ("254 for 0 days", "254 for ⟨here⟩0 days", "a span of 1 hour to 3,650 days"),
    ("254 for 3651 days", "254 for ⟨here⟩3651 days", "a span of 1 hour to 3,650 days"),
    ("254 until 2027-13-01", "254 until ⟨here⟩2027-13-01", "a date is accepted, such as `2027-01-01`"),
    ("254 until tomorrow", "254 until ⟨here⟩tomorrow", "a date is accepted"),
    ("254 from 2027-01-01 until 2026-01-01", "until ⟨here⟩2026-01-01", "a date from 2027-01-01 on"),
    ("254 and 261 until 2027-01-01", "254 and 261 ⟨here⟩until 2027-01-01", "parentheses are needed"),
    ("254 until 2027-01-01 and 261", "254 until 2027-01-01 ⟨here⟩and 261", "parentheses are needed"),
    ("not 254 until 2027-01-01", "not 254 ⟨here⟩until 2027-01-01", "parentheses are needed"),
    ("account 10001", "account ⟨here⟩10001", "`in` is accepted"),
    ('account in ("Ada")', 'account in (⟨here⟩"Ada")', "an account is accepted"),
    ("account in (vitalik.eth)", "account in (⟨here⟩vitalik.eth)", "and not a name"),
    ("254 !", "254 ⟨here⟩!", "this sign means nothing"),
    ('"Harbour', '⟨here⟩"Harbour', "does not end"),
]


@pytest.mark.parametrize(("text", "place", "accepted"), POINTED, ids=[text[:30] for text, _, _ in POINTED])
def test_an_error_points_at_its_place_and_says_what_is_accepted(text: str, place: str, accepted: str) -> None:
    with pytest.raises(InputError) as error:
        parse(text)
    sentence = error.value.sentence
    assert sentence.startswith("At ⟨here⟩ in `")
    assert place in sentence
    assert accepted in sentence


REFUSED = [
    ("", "No rule was given."),
    (" \u200b", "No rule was given."),
    ('"Harbour Light"', "No collection is known by the name “Harbour Light”. Similar names: “Harbour Lights”, “Har"),
    ('"Zzz"', "No collection is known by the name “Zzz”. Write its number"),
    ('"TWINS"', "Several collections have the name “TWINS”. Write which one: `loopring:7`, `loopring:8`."),
    ("base:*", "No source here knows “base”. Configured: `loopring:*`, `eip155:1:*`."),
    ("eip155:10:0x12", "No source here knows chain 10."),
    ("254x", "“254x” is not a collection id"),
    ("account in (0)", "An account id is a number from 1 to"),
    ("254 >= 3 and 254 <= 2", "Nobody can ever fulfil both `254 >= 3` and `254 <\u200b= 2`"),
    ("254 and not 254", "Nobody can ever fulfil both `254` and `not 254`"),
    ("261 or 254 and not 254 >= 1", None),  # one way is left
    ("254 between 2 and 5 and not 254 between 1 and 9", "Nobody can ever fulfil both"),
    ("254 ids (7) >= 2", "Nobody can ever fulfil `254 ids (7) >= 2`"),
    ("collections of (254, 261) >= 3", "Nobody can ever fulfil `collections of (254, 261) >= 3`"),
    ("copies 254 <= 2 and 254 >= 3", "Nobody can ever fulfil both"),
    ("copies 254 and not 254", "Nobody can ever fulfil both"),
    ("254 for 3 days and not 254", "Nobody can ever fulfil both"),
    ("(254 until 2026-01-01) and (261 from 2027-01-01)", "Nobody can ever fulfil both"),
    ("2 of (254, not 254)", "Nobody can ever fulfil `2 of (254, not 254)`"),
    ("account in (10001) and not account in (10001)", "Nobody can ever fulfil both"),
    (
        "254 <= 5",
        "also those who hold nothing: add what has to be held, listed or proven, such as `254 between 1 and 5`.",
    ),
    ("254 = 0", "such as `300 and 254 = 0`."),
    ("not 254", "such as `300 and not 254`."),
    ("not 300", "such as `254 and not 300`."),
    ("254 or not 261", "Everybody fulfils `254 or not 261`"),
    ("not 254 and not 261", "Everybody fulfils"),
    ("(not 254) until 2020-01-01", "Everybody fulfils"),
    ("254 <= 5 for 30 days", "Everybody fulfils"),
    ("not account in (10001)", "Everybody fulfils"),
    ("proof within 9 days and not 254", None),
    ("account in (10001) and 254 <= 5", None),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_makes_no_sense_is_refused_with_a_reason(text: str, sentence: str | None) -> None:
    if sentence is None:
        assert parse(text)
        return
    with pytest.raises(InputError) as error:
        parse(text)
    assert sentence in error.value.sentence


def test_a_text_that_is_too_long_is_refused() -> None:
    text = "254".ljust(MAX_LENGTH)
    assert parse(text) == Holds(HARBOUR)
    with pytest.raises(InputError, match="at most 1,000 characters, and this one has 1,001"):
        parse(text + " ")
    assert parse_rule(text + " ", NAMES, find_by_name=find_by_name, longest=2000) == Holds(HARBOUR)


def test_too_much_nesting_is_refused() -> None:
    assert parse("(" * MAX_DEPTH + "254" + ")" * MAX_DEPTH) == Holds(HARBOUR)
    for text in ("(" * (MAX_DEPTH + 1) + "254" + ")" * (MAX_DEPTH + 1), "254 and " + "not " * 100 + "261", "(" * 999):
        with pytest.raises(InputError, match="at most 8 levels"):
            parse(text)


def test_too_many_conditions_are_refused() -> None:
    parts = [str(number) for number in range(1, MAX_PARTS + 2)]
    assert isinstance(parse(" or ".join(parts[1:])), AnyOf)
    with pytest.raises(InputError, match="a rule has at most 50 conditions"):
        parse(" or ".join(parts))
    with pytest.raises(InputError, match="up to 50 entries"):
        parse(f"any of ({', '.join(parts)})")


def test_a_list_of_accounts_from_a_file_may_be_long() -> None:
    owners = [f"0x{number:040x}" for number in range(1, 3000)]
    text = f"account in ({', '.join(owners)})"
    rule = parse_rule(text, NAMES, find_by_name=find_by_name, longest=500_000)
    assert rule == AccountIn(owners=frozenset(owners))


def test_many_conditions_that_exclude_each_other_are_read_in_a_moment() -> None:
    parts = [f"not {number % 7 + 1}" for number in range(24)] + [f"{number % 7 + 1}" for number in range(24)]
    assert isinstance(parse(f"25 of ({', '.join(parts)})"), SomeOf)


def test_many_conditions_of_which_none_is_possible_are_refused_in_a_moment() -> None:
    with pytest.raises(InputError, match="Nobody can ever fulfil"):
        parse(f"12 of ({', '.join(['1 and not 1'] * 25)})")


SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize(
    "text",
    [
        "ab" * 32,
        f"254 and 0x{'1f' * 32}",
        f"0x{'1f' * 20} {'2e' * 12}",
        SEED,
        SEED.replace(" ", " and "),
        '"' + SEED.replace(" ", '", "') + '"',
        " ".join(f"{place} {word}" for place, word in enumerate(SEED.split())),
        "x" * 9_500 + " " + "1f" * 32,
    ],
    ids=["key", "key in a rule", "key with a blank", "phrase", "joined", "in quotes", "numbered", "far behind"],
)
def test_a_secret_is_refused_first_and_never_repeated(text: str) -> None:
    with pytest.raises(InputError, match="looks like a private key or a seed phrase") as error:
        parse(text)
    assert "winner" not in error.value.sentence


def test_a_long_rule_is_not_taken_for_a_seed_phrase() -> None:
    owners = ", ".join(f"0x{'abc1def2' * 5}"[:-2] + f"{number:02}" for number in range(20))
    assert isinstance(parse(f"account in ({owners})"), AccountIn)
    words = ["1 between 2 and 5", "account in (1)", "proof within 9 days", "all of (2, 3)", "any of (2, 3)"] * 4
    assert isinstance(parse(" and ".join(words)), AllOf)
    names = " and ".join(['"Harbour Lights" between 2 and 5', '"Harbour Nights"', "not 9 for 30 days"] * 4)
    assert isinstance(parse(names), AllOf)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    _is_refused_or_read(text)


PIECES = st.sampled_from(
    '254 261 0 3 -1 >= <= = ( ) , and or not of all any 2 ids (1) 5-9 trait "Gold" “ " for 30 days until from '
    "2027-01-01 2026-02-30 copies collections account in proof within between at least most loopring:* x:* : * # "
    f"eip155:1:{CONTRACT} {CONTRACT} 10001 \\ ` @everyone ⟨here⟩ ٣ ² ｟".split(" ")
)


@given(st.lists(PIECES, max_size=14).map(" ".join))
def test_any_words_of_the_language_are_read_or_refused_with_a_sentence(text: str) -> None:
    _is_refused_or_read(text)


def _is_refused_or_read(text: str) -> None:
    answer: Rule | InputError
    try:
        answer = parse(text)
    except InputError as error:
        answer = error
    sentence = answer.sentence if isinstance(answer, InputError) else "."
    assert sentence.endswith((".", "`"))
    assert "@everyone" not in sentence


def test_a_name_becomes_the_id_of_its_collection() -> None:
    rule = parse('"Bots"')
    assert rule == Holds(CollectionRef("loopring", "261"))
