"""Rules and verdicts as sentences, with names and numbers, and what a member still needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given

from bot.counts import Count, Ternary, at_least
from bot.gates.describe import rule_words
from bot.gates.explain import verdict_words
from bot.gates.facts import UNKNOWN_HELD, Facts, Token
from bot.gates.judge import judge
from bot.gates.missing import missing
from bot.gates.rule import CollectionRef, HoldsTrait, Rule
from bot.gates.verdict import Verdict, WhyCode
from bot.messages import Message, Words
from tests.compiled_language import compiled_language
from tests.gates.made_rules import (
    BOTS,
    CONTRACT,
    DAY,
    HARBOUR,
    NAMED,
    OTHER_CONTRACT,
    account,
    any_facts,
    facts,
    held,
    levels,
    parse,
    rules,
)


def name_of(ref: CollectionRef) -> str:
    return {one.ref: one.name for one in NAMED}.get(ref, str(ref))


RULES = [
    ("254", "holds an NFT of Harbour Lights"),
    ("254 >= 3", "holds at least 3 different NFTs of Harbour Lights"),
    ("254 = 1", "holds exactly 1 NFT of Harbour Lights"),
    ("254 between 2 and 5", "holds 2 to 5 different NFTs of Harbour Lights"),
    ("copies 254 >= 10000", "holds at least 10,000 copies of Harbour Lights"),
    ("254 >= 3 and not 261", "holds at least 3 different NFTs of Harbour Lights, and none of Bots"),
    ("254 and not 261 and not 300", "holds an NFT of Harbour Lights, and none of Bots, and none of Harbour Nights"),
    (
        "proof within 9 days and not 254",
        ("has proven an account within the last 9 days, and holds none of Harbour Lights"),
    ),
    ("261 and 254 <= 5", "holds an NFT of Bots, and holds at most 5 different NFTs of Harbour Lights"),
    (
        "(254 or 261) and 300",
        ("(holds an NFT of Harbour Lights, or holds an NFT of Bots), and holds an NFT of Harbour Nights"),
    ),
    (
        "2 of (254, 261, 300)",
        (
            "fulfils at least 2 of these 3: holds an NFT of Harbour Lights; holds an NFT of Bots; "
            "holds an NFT of Harbour Nights"
        ),
    ),
    ("collections >= 5", "holds NFTs of at least 5 different collections"),
    ("collections of (254, 261) = 1", "holds NFTs of exactly 1 of these collections: Harbour Lights, Bots"),
    ("loopring:* >= 10", "holds at least 10 different NFTs on Loopring"),
    ("copies ethereum:* >= 10", "holds at least 10 copies on eip155:1"),
    ("loopring:*", "holds an NFT on Loopring"),
    ("254 for 30 days", "holds an NFT of Harbour Lights, for 30 days without a break"),
    ("254 for 36 hours", "holds an NFT of Harbour Lights, for 36 hours without a break"),
    ("254 ids (1, 5-9)", "holds an NFT of Harbour Lights with an id in 1, 5-9"),
    (
        f"254 ids ({', '.join(str(2 * n) for n in range(12))})",
        ("holds an NFT of Harbour Lights with an id in 0, 2, 4, 6, 8, 10, 12, 14, 16, 18 and 2 more"),
    ),
    ('254 trait "Sky" = "Gold" >= 2', "holds at least 2 different NFTs of Harbour Lights with “Sky” = “Gold”"),
    ("account in (10001)", "has proven the listed account"),
    (f"account in (10001, {CONTRACT})", "has proven one of 2 listed accounts"),
    ("254 and not account in (1, 2)", "holds an NFT of Harbour Lights, and has proven none of 2 listed accounts"),
    (
        "254 and not 261 >= 2",
        ("holds an NFT of Harbour Lights, and does not fulfil this: holds at least 2 different NFTs of Bots"),
    ),
    ("proof within 180 days", "has proven an account within the last 180 days"),
    ("254 until 2027-01-01", "holds an NFT of Harbour Lights, until the end of 2027-01-01 (UTC)"),
    (
        "254 from 2026-12-01 until 2027-01-01",
        ("holds an NFT of Harbour Lights, from 2026-12-01 on, until the end of 2027-01-01 (UTC)"),
    ),
]


@pytest.mark.parametrize(("text", "sentence"), RULES, ids=[text for text, _ in RULES])
def test_a_rule_is_a_sentence(text: str, sentence: str) -> None:
    assert rule_words(parse(text), name_of).render() == sentence


def test_what_an_admin_typed_is_safe_to_show() -> None:
    rule = HoldsTrait(HARBOUR, "@everyone", "[x](https://evil.example)")
    sentence = rule_words(rule, name_of).render()
    assert "@everyone" not in sentence
    assert "[x]" not in sentence
    assert "https://" not in sentence


FROZEN = account(name="loopring:6", owner=OTHER_CONTRACT, is_certain=False)
UNREAD = account(otherwise=UNKNOWN_HELD)


def of(number: Count | int, observed: tuple[tuple[float, int | None], ...] = ()) -> Facts:
    return facts(account({HARBOUR: held(number, levels=levels(*observed))}))


VERDICTS: list[tuple[WhyCode, str, Facts, str, str | None]] = [
    (WhyCode.ENOUGH, "254 >= 3", of(4), "holds 4 different NFTs of Harbour Lights", None),
    (WhyCode.ENOUGH, "254 >= 3", of(at_least(3)), "holds at least 3 different NFTs of Harbour Lights", None),
    (
        WhyCode.TOO_FEW,
        "254 >= 3",
        of(1),
        "holds 1 of 3 different NFTs of Harbour Lights, 2 more are needed",
        "2 more of Harbour Lights",
    ),
    (
        WhyCode.TOO_FEW,
        "254 >= 3",
        of(Count(1, 2)),
        ("holds 1 to 2 of 3 different NFTs of Harbour Lights, 1 more is needed"),
        "up to 2 more of Harbour Lights",
    ),
    (WhyCode.TOO_FEW, "254 >= 3", of(0), "holds none of Harbour Lights, 3 more are needed", "3 more of Harbour Lights"),
    (
        WhyCode.TOO_FEW,
        "copies 254 >= 3",
        of(2),
        "holds 2 of 3 copies of Harbour Lights, 1 more is needed",
        "1 more copy of Harbour Lights",
    ),
    (
        WhyCode.TOO_FEW,
        "collections >= 3",
        of(2),
        "holds NFTs of 1 of 3 different collections, 2 more are needed",
        "NFTs of 2 more collections",
    ),
    (
        WhyCode.TOO_MANY,
        "254 between 1 and 5",
        of(7),
        "holds 7 different NFTs of Harbour Lights, and may hold at most 5",
        "2 fewer of Harbour Lights",
    ),
    (
        WhyCode.TOO_MANY,
        "collections = 1",
        facts(account({HARBOUR: 1, BOTS: 1})),
        ("holds NFTs of 2 different collections, and may hold at most 1"),
        "NFTs of 1 fewer collection",
    ),
    (
        WhyCode.MAY_BE_ENOUGH,
        "254 >= 3",
        of(at_least(1)),
        ("cannot be known now: holds at least 1 NFT of Harbour Lights, and needs at least 3"),
        "up to 2 more of Harbour Lights",
    ),
    (
        WhyCode.MAY_BE_ENOUGH,
        "254 >= 3",
        facts(UNREAD),
        ("cannot be known now whether it is so: holds at least 3 different NFTs of Harbour Lights"),
        "up to 3 more of Harbour Lights",
    ),
    (
        WhyCode.HELD_LONG_ENOUGH,
        "254 for 30 days",
        of(3, ((40, 3),)),
        ("holds an NFT of Harbour Lights, for 30 days without a break: so long, as far as Tessera observed it"),
        None,
    ),
    (
        WhyCode.NOT_HELD_LONG_ENOUGH,
        "254 for 30 days",
        of(3, ((10, 3),)),
        (
            "has held it for 10 days without a break, as "
            "far as Tessera observed it; 30 days are needed: long enough on 2026-12-16"
        ),
        "held until 2026-12-16",
    ),
    (
        WhyCode.NOT_HELD_LONG_ENOUGH,
        "254 for 30 days",
        of(0, ((90, 3),)),
        ("holds none of Harbour Lights, 1 more is needed"),
        "1 more of Harbour Lights",
    ),
    (
        WhyCode.MAY_BE_HELD_LONG_ENOUGH,
        "254 for 30 days",
        of(at_least(0), ((90, 3),)),
        ("cannot be known now whether it is so: holds an NFT of Harbour Lights, for 30 days without a break"),
        "up to 1 more of Harbour Lights",
    ),
    (WhyCode.NOT_BEGUN, "254 from 2027-01-01", of(1), "begins on 2027-01-01 (UTC)", None),
    (WhyCode.ENDED, "254 until 2026-01-01", of(1), "ended with 2026-01-01 (UTC)", None),
    (
        WhyCode.TOO_FEW,
        "254 until 2027-01-01",
        of(0),
        "holds none of Harbour Lights, 1 more is needed",
        "1 more of Harbour Lights",
    ),
    (WhyCode.LISTED, "account in (10001)", of(0), "has proven a listed account", None),
    (WhyCode.NOT_LISTED, "account in (7)", of(0), "has proven no listed account", None),
    (
        WhyCode.MAY_BE_LISTED,
        "account in (6)",
        facts(FROZEN),
        ("cannot be known now: whose the listed account is must be decided first"),
        None,
    ),
    (
        WhyCode.PROVEN_IN_TIME,
        "proof within 10 days",
        of(0),
        "has proven an account recently enough, until 2026-12-05",
        None,
    ),
    (
        WhyCode.PROOF_TOO_OLD,
        "proof within 10 days",
        facts(account(age=11 * DAY)),
        ("has proven no account within the last 10 days: a new proof is needed"),
        "a new proof of an account",
    ),
    (
        WhyCode.MAY_BE_PROVEN,
        "proof within 10 days",
        facts(FROZEN),
        ("cannot be known now: whose the account is must be decided first"),
        None,
    ),
    (WhyCode.NO_PROOF, "proof within 10 days", facts(), "has proven no account", "a proof of an account"),
    (
        WhyCode.TRAITS_UNKNOWN,
        '254 trait "Sky" = "Red"',
        facts(account({HARBOUR: held(1, tokens={1: Token(1)})})),
        (
            "cannot be known now, as the source does not report the traits of all that is held: holds an NFT of "
            "Harbour Lights with “Sky” = “Red”"
        ),
        "up to 1 more of Harbour Lights with “Sky” = “Red”",
    ),
    (WhyCode.SOME_GRANTED, "254 or 261", of(1), "holds 1 NFT of Harbour Lights", None),
    (
        WhyCode.SOME_GRANTED,
        "2 of (254, loopring:*, 261)",
        of(1),
        ("fulfils 2 of 3, and needs 2: holds 1 NFT of Harbour Lights; holds 1 NFT on Loopring"),
        None,
    ),
    (
        WhyCode.TOO_FEW_GRANTED,
        "254 or 261",
        of(0),
        ("holds none of Harbour Lights, 1 more is needed; holds none of Bots, 1 more is needed"),
        "1 more of Harbour Lights, or 1 more of Bots",
    ),
    (
        WhyCode.TOO_FEW_GRANTED,
        "2 of (254, 261, 300)",
        of(0),
        (
            "fulfils 0 of 3, and needs 2: holds none of Harbour Lights, 1 more is needed; holds none of Bots, 1 more "
            "is needed; holds none of Harbour Nights, 1 more is needed"
        ),
        "2 of these: 1 more of Harbour Lights; 1 more of Bots; 1 more of Harbour Nights",
    ),
    (
        WhyCode.MAY_BE_GRANTED,
        "254 and 261",
        facts(account({HARBOUR: 1}, otherwise=UNKNOWN_HELD)),
        ("cannot be known now whether it is so: holds an NFT of Bots"),
        "up to 1 more of Bots",
    ),
    (
        WhyCode.ALL_GRANTED,
        "254 and not 261",
        of(1),
        "holds 1 NFT of Harbour Lights; holds none of Bots, as required",
        None,
    ),
    (WhyCode.NOT_ALL_GRANTED, "254 and 261", of(1), "holds none of Bots, 1 more is needed", "1 more of Bots"),
    (
        WhyCode.NOT_ALL_GRANTED,
        "254 >= 2 and not 261",
        facts(account({HARBOUR: 1, BOTS: 2})),
        (
            "holds 1 of 2 different "
            "NFTs of Harbour Lights, 1 more is needed; holds 2 different NFTs of Bots, which must not be"
        ),
        "1 more of Harbour Lights, and none of Bots",
    ),
    (
        WhyCode.NOT_ALL_GRANTED,
        "254 and not account in (10001)",
        of(1),
        "has proven a listed account, which must not be",
        None,
    ),
]


@pytest.mark.parametrize(
    ("code", "text", "known", "sentence", "needed"), VERDICTS, ids=[f"{case[0]} {case[1]}" for case in VERDICTS]
)
def test_a_verdict_is_a_sentence_with_its_numbers(
    code: WhyCode, text: str, known: Facts, sentence: str, needed: str | None
) -> None:
    verdict = judge(parse(text), known)
    assert (verdict.code, verdict_words(verdict, name_of).render()) == (code, sentence)
    still = missing(verdict, name_of)
    assert (still.render() if still else None) == needed


def test_each_code_of_a_whole_rule_has_a_sentence() -> None:
    inside = {WhyCode.NOT_DENIED, WhyCode.IS_DENIED}  # of a `not`, which is a rule's part
    assert {case[0] for case in VERDICTS} | inside | {WhyCode.NOT_JUDGED} == set(WhyCode)


@pytest.mark.parametrize("text", ["254", "254 for 3 days", "254 until 2027-01-01", "254 and not 261", "account in (7)"])
def test_a_rule_that_could_not_be_judged_is_unknown_and_nothing_can_be_done_about_it(text: str) -> None:
    verdict = Verdict(Ternary.UNKNOWN, parse(text), WhyCode.NOT_JUDGED)
    said = verdict_words(verdict, name_of).render()
    assert said == "cannot be known now: Tessera fails at this rule, and its log says why"
    assert missing(verdict, name_of) is None


@given(rules, any_facts)
def test_every_verdict_can_be_said(rule: Rule, known: Facts) -> None:
    verdict = judge(rule, known)
    assert rule_words(rule, name_of).render()
    assert verdict_words(verdict, name_of).render()
    still = missing(verdict, name_of)
    assert still is None or (still.render() and not verdict.is_granted)


def test_a_sentence_is_translated_as_a_whole(tmp_path: Path) -> None:
    words = rule_words(parse("254 >= 3"), name_of)
    language = compiled_language(tmp_path, {each.message: _shout(each.message) for each in _parts(words)})
    assert words.render(language) == "HOLDS AT LEAST 3 DIFFERENT NFTS OF Harbour Lights"


def _parts(words: Words) -> Iterator[Words]:
    yield words
    for value in words.values.values():
        if isinstance(value, Words):
            yield from _parts(value)


def _shout(message: Message) -> str | tuple[str, str]:
    one, many = (_OUTSIDE_PLACES.sub(lambda found: found[0].upper(), text) for text in (message.text, message.many))
    return (one, many) if many else one


_OUTSIDE_PLACES = re.compile(r"[a-zA-Z ]+(?![^{]*})")
