"""The answers to rules: what is not known never denies, and an account denies or grants only what it could change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.counts import Count, Ternary, at_least, exact, unknown
from bot.gates.facts import UNKNOWN_HELD, AccountFacts, Facts, Held, Level, Token
from bot.gates.judge import judge
from bot.gates.rule import AllOf, AnyOf, CollectionRef, Not, Rule, SomeOf
from bot.gates.verdict import WhyCode
from tests.gates.made_rules import (
    BOTS,
    CONTRACT,
    DAY,
    HARBOUR,
    NOW,
    ON_L1,
    OTHER_CONTRACT,
    OWNER,
    account,
    any_facts,
    facts,
    held,
    levels,
    parse,
    rules,
)

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN
SOLD = account()
UNREAD = account(otherwise=UNKNOWN_HELD)
FROZEN = account({HARBOUR: 9}, name="loopring:6", owner=OTHER_CONTRACT, is_certain=False)
SECOND = "loopring:10002"


def of(number: Count | int, copies: Count | int | None = None, **changes: object) -> AccountFacts:
    return account({HARBOUR: held(number, copies, **changes)})


GOLD = frozenset({("background", "gold")})
TOKENS = {1: Token(1, GOLD), 7: Token(2, frozenset())}

ANSWERS = [
    ("254", facts(of(1)), YES, WhyCode.ENOUGH),
    ("254", facts(SOLD), NO, WhyCode.TOO_FEW),
    ("254", facts(), NO, WhyCode.TOO_FEW),
    ("254", facts(UNREAD), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ("254 >= 3", facts(of(at_least(3))), YES, WhyCode.ENOUGH),
    ("254 >= 3", facts(of(Count(1, 2))), NO, WhyCode.TOO_FEW),
    ("254 >= 3", facts(of(Count(1, 3))), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ("254 between 1 and 5", facts(of(at_least(6))), NO, WhyCode.TOO_MANY),
    ("254 between 1 and 5", facts(of(at_least(5))), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ("254 = 2", facts(of(1), account({HARBOUR: 1}, name=SECOND, owner=CONTRACT)), YES, WhyCode.ENOUGH),
    # An account of another network holds nothing of it, also where it was never read.
    ("254", facts(SOLD, account(name=f"eip155:1:{OWNER}", otherwise=UNKNOWN_HELD)), NO, WhyCode.TOO_FEW),
    ("261", facts(of(3)), NO, WhyCode.TOO_FEW),
    ("copies 254 >= 10", facts(of(1, 10)), YES, WhyCode.ENOUGH),
    ("copies 254 >= 2", facts(of(2, unknown())), YES, WhyCode.ENOUGH),  # two kinds are two copies or more
    ("copies 254 >= 3", facts(of(2, unknown())), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ("copies 254", facts(of(0, unknown())), NO, WhyCode.TOO_FEW),
    ("copies 254", facts(of(0, 3)), UNKNOWN, WhyCode.MAY_BE_ENOUGH),  # these contradict each other
    ("loopring:* >= 4", facts(account({HARBOUR: 3, BOTS: 1})), YES, WhyCode.ENOUGH),
    ("loopring:* >= 5", facts(account({HARBOUR: 3, BOTS: 1})), NO, WhyCode.TOO_FEW),
    ("loopring:* >= 5", facts(account({HARBOUR: 3}, otherwise=UNKNOWN_HELD)), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ("loopring:* >= 5", facts(of(3), FROZEN), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ("collections >= 2", facts(account({HARBOUR: 3, BOTS: 1})), YES, WhyCode.ENOUGH),
    ("collections >= 2", facts(account({HARBOUR: 3, BOTS: 0})), NO, WhyCode.TOO_FEW),
    ("collections >= 2", facts(account({HARBOUR: 3, BOTS: held(unknown())})), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ("collections >= 2", facts(of(3), FROZEN), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    (
        "collections of (254, 261) >= 2",
        facts(account({HARBOUR: 1}, otherwise=UNKNOWN_HELD)),
        UNKNOWN,
        WhyCode.MAY_BE_ENOUGH,
    ),
    (
        "collections of (254, 261) >= 2",
        facts(account({HARBOUR: 1, BOTS: 1}, otherwise=UNKNOWN_HELD)),
        YES,
        WhyCode.ENOUGH,
    ),
    ("254 ids (1, 5-9)", facts(of(2, tokens=TOKENS)), YES, WhyCode.ENOUGH),
    ("254 ids (1, 5-9) >= 2", facts(of(2, tokens=TOKENS)), YES, WhyCode.ENOUGH),
    ("254 ids (2-6)", facts(of(2, tokens=TOKENS)), NO, WhyCode.TOO_FEW),  # two are held, and these two are known
    ("254 ids (2-6)", facts(of(3, tokens=TOKENS)), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ("254 ids (2-6)", facts(of(3, tokens=TOKENS, has_all_tokens=True)), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ("254 ids (2-6)", facts(of(unknown(), tokens=TOKENS, has_all_tokens=True)), NO, WhyCode.TOO_FEW),
    ("254 ids (2-6)", facts(of(0)), NO, WhyCode.TOO_FEW),
    ("254 ids (2-6)", facts(of(1, tokens=TOKENS)), UNKNOWN, WhyCode.MAY_BE_ENOUGH),  # two are known of one
    ("254 ids (2-6)", facts(of(1)), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    (
        "254 ids (1) >= 1",
        facts(
            of(1, tokens={1: Token(1)}), account({HARBOUR: held(1, tokens={1: Token(1)})}, name=SECOND, owner=CONTRACT)
        ),
        YES,
        WhyCode.ENOUGH,
    ),
    ('254 trait "BACKGROUND" = "Gold"', facts(of(2, tokens=TOKENS)), YES, WhyCode.ENOUGH),
    ('254 trait "Background" = "Red"', facts(of(2, tokens=TOKENS)), NO, WhyCode.TOO_FEW),
    ('254 trait "Background" = "Red"', facts(of(3, tokens=TOKENS)), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ('254 trait "Background" = "Red"', facts(of(1, tokens={1: Token(1)})), UNKNOWN, WhyCode.TRAITS_UNKNOWN),
    ("account in (10001)", facts(of(0)), YES, WhyCode.LISTED),
    ("account in (7)", facts(of(0)), NO, WhyCode.NOT_LISTED),
    (f"account in ({OWNER})", facts(of(0)), YES, WhyCode.LISTED),
    ("account in (6)", facts(SOLD, FROZEN), UNKNOWN, WhyCode.MAY_BE_LISTED),
    (f"account in ({OTHER_CONTRACT})", facts(SOLD, FROZEN), UNKNOWN, WhyCode.MAY_BE_LISTED),
    ("account in (7)", facts(SOLD, FROZEN), NO, WhyCode.NOT_LISTED),
    (f"account in ({OTHER_CONTRACT})", facts(replace(FROZEN, owner="")), UNKNOWN, WhyCode.MAY_BE_LISTED),
    ("proof within 180 days", facts(account(age=180 * DAY)), YES, WhyCode.PROVEN_IN_TIME),
    ("proof within 180 days", facts(account(age=181 * DAY)), NO, WhyCode.PROOF_TOO_OLD),
    ("proof within 180 days", facts(), NO, WhyCode.NO_PROOF),
    ("proof within 180 days", facts(account(age=181 * DAY), FROZEN), UNKNOWN, WhyCode.MAY_BE_PROVEN),
    (
        "proof within 180 days",
        facts(account(age=181 * DAY), replace(FROZEN, proven_at=NOW - 999 * DAY)),
        NO,
        WhyCode.PROOF_TOO_OLD,
    ),
    ("254 until 2026-11-26", facts(of(1)), YES, WhyCode.ENOUGH),
    ("254 until 2026-11-25", facts(of(1)), NO, WhyCode.ENDED),
    ("254 until 9999-12-31", facts(of(1)), YES, WhyCode.ENOUGH),
    ("254 from 0001-01-01 until 9999-12-31", facts(of(0)), NO, WhyCode.TOO_FEW),
    ("254 from 9999-12-31 until 9999-12-31", facts(of(1)), NO, WhyCode.NOT_BEGUN),
    ("254 from 2026-11-26", facts(of(1)), YES, WhyCode.ENOUGH),
    ("254 from 2026-11-27", facts(of(1)), NO, WhyCode.NOT_BEGUN),
    ("254 until 2026-11-26", facts(UNREAD), UNKNOWN, WhyCode.MAY_BE_ENOUGH),
    ("254 and 261", facts(account({HARBOUR: 1, BOTS: 1})), YES, WhyCode.ALL_GRANTED),
    ("254 and 261", facts(account({HARBOUR: 1})), NO, WhyCode.NOT_ALL_GRANTED),
    ("254 and 261", facts(account({HARBOUR: 1}, otherwise=UNKNOWN_HELD)), UNKNOWN, WhyCode.MAY_BE_GRANTED),
    ("254 and 261", facts(account({HARBOUR: 0}, otherwise=UNKNOWN_HELD)), NO, WhyCode.NOT_ALL_GRANTED),
    ("254 or 261", facts(account({HARBOUR: 1}, otherwise=UNKNOWN_HELD)), YES, WhyCode.SOME_GRANTED),
    ("254 or 261", facts(SOLD), NO, WhyCode.TOO_FEW_GRANTED),
    ("2 of (254, 261, 300)", facts(account({HARBOUR: 1, BOTS: 1}, otherwise=UNKNOWN_HELD)), YES, WhyCode.SOME_GRANTED),
    (
        "2 of (254, 261, 300)",
        facts(account({HARBOUR: 0, BOTS: 0}, otherwise=UNKNOWN_HELD)),
        NO,
        WhyCode.TOO_FEW_GRANTED,
    ),
    (
        "2 of (254, 261, 300)",
        facts(account({HARBOUR: 1, BOTS: 0}, otherwise=UNKNOWN_HELD)),
        UNKNOWN,
        WhyCode.MAY_BE_GRANTED,
    ),
    ("254 and not 261", facts(account({HARBOUR: 1, BOTS: held(at_least(1))})), NO, WhyCode.NOT_ALL_GRANTED),
    ("254 and not 261", facts(account({HARBOUR: 1}, otherwise=UNKNOWN_HELD)), UNKNOWN, WhyCode.MAY_BE_GRANTED),
]


@pytest.mark.parametrize(
    ("text", "known", "status", "code"), ANSWERS, ids=[f"{i} {case[0]} {case[2]}" for i, case in enumerate(ANSWERS)]
)
def test_a_rule_is_answered_with_a_reason(text: str, known: Facts, status: Ternary, code: WhyCode) -> None:
    verdict = judge(parse(text), known)
    assert (verdict.status, verdict.code) == (status, code)
    assert (verdict.is_granted, verdict.is_denied) == (status is YES, status is NO)


@pytest.mark.parametrize(
    ("typed", "reported"),
    [
        pytest.param("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", id="an emoji of several"),
        pytest.param("Gold  Chain", "gold  chain", id="two blanks"),
        pytest.param("Gold Chain", " gold\u00a0\tchain ", id="other blanks"),
        pytest.param("Cafe\u0301", "caf\u00e9", id="typed in two pieces"),
        pytest.param("Caf\u00e9", "cafe\u0301", id="reported in two pieces"),
        pytest.param("STRASSE", "stra\u00dfe", id="another letter case"),
        pytest.param("Gold", "go\u200bld", id="a mark that cannot be seen"),
    ],
)
def test_a_trait_is_the_same_if_it_looks_the_same(typed: str, reported: str) -> None:
    # As it is stored: in lower case, and otherwise as its source reported it.
    token = Token(1, frozenset({("hat", reported.casefold())}))
    known = facts(of(1, tokens={1: token}))
    assert judge(parse(f'254 trait "Hat" = "{typed}"'), known).status is YES
    assert judge(parse(f'254 and not 254 trait "Hat" = "{typed}"'), known).status is NO
    assert judge(parse('254 trait "Hat" = "Other"'), known).status is NO


def test_the_numbers_of_a_count_are_in_the_verdict() -> None:
    verdict = judge(parse("254 between 2 and 5"), facts(of(at_least(1))))
    assert dict(verdict.params) == {"low": 1, "high": None, "least": 2, "most": 5}
    several = judge(parse("2 of (254, 261)"), facts(of(1)))
    assert dict(several.params) == {"granted": 1, "possible": 1, "needed": 2, "of": 2}
    assert [part.status for part in several.parts] == [YES, NO]


# ---------------------------------------------------------------- accounts and aliases


def test_accounts_of_one_owner_in_one_network_are_counted_once() -> None:
    twice = facts(of(2), account({HARBOUR: 2}, name=SECOND))
    assert judge(parse("254 >= 3"), twice).status is NO
    assert judge(parse("254 >= 3"), facts(of(2), account({HARBOUR: 2}, name=SECOND, owner=CONTRACT))).status is YES


def test_of_accounts_that_hold_the_same_the_one_that_was_read_counts() -> None:
    assert judge(parse("254 >= 2"), facts(of(2), account(name=SECOND, otherwise=UNKNOWN_HELD))).status is YES
    assert judge(parse("254 >= 3"), facts(of(2), account(name=SECOND, otherwise=UNKNOWN_HELD))).status is UNKNOWN


def test_what_was_withdrawn_counts_the_same() -> None:
    withdrawn = facts(of(1), account({ON_L1: 2}, name=f"eip155:1:{OWNER}"), aliases=[(HARBOUR, ON_L1)])
    for text in ("254 = 3", f"eip155:1:{CONTRACT} = 3", "collections = 1", f"collections of (254, {CONTRACT}) = 1"):
        assert judge(parse(text), withdrawn).status is YES, text
    assert judge(parse("254 >= 3"), replace(withdrawn, aliases={})).status is NO


def test_an_unread_account_of_an_aliased_network_can_change_the_answer() -> None:
    unread = account(name=f"eip155:1:{OWNER}", otherwise=UNKNOWN_HELD)
    assert judge(parse("254"), facts(SOLD, unread)).status is NO
    assert judge(parse("254"), facts(SOLD, unread, aliases=[(HARBOUR, ON_L1)])).status is UNKNOWN


# ---------------------------------------------------------------- held for some time

SPANS = [
    ("since it was first observed", [(40, 3)], YES, None),
    ("exactly so long", [(30, 3)], YES, None),
    ("not so long", [(29, 3)], NO, 29),
    ("sold and bought", [(90, 3), (20, 0), (10, 3)], NO, 10),
    ("sold and bought long ago", [(90, 3), (50, 0), (40, 3)], YES, 40),
    ("fewer, and still enough", [(90, 5), (10, 2)], YES, None),
    ("too few for a while", [(90, 5), (20, 1), (10, 2)], NO, 10),
    ("not observed, and enough before and after", [(90, 5), (20, None), (10, 2)], YES, None),
    ("not observed, and bought then or before", [(90, 1), (40, None), (20, 2)], UNKNOWN, None),
    ("not observed, and bought before", [(90, 1), (40, None), (35, 2)], YES, None),
    ("not observed now", [(90, 5), (20, None)], YES, None),
    ("never observed before", [(90, None), (40, 3)], YES, None),
    ("never observed before it mattered", [(90, None), (20, 3)], UNKNOWN, None),
]


@pytest.mark.parametrize(("observed", "status", "days"), [case[1:] for case in SPANS], ids=[case[0] for case in SPANS])
def test_how_long_it_was_held_is_observed(
    observed: list[tuple[float, int | None]], status: Ternary, days: int | None
) -> None:
    verdict = judge(parse("254 >= 2 for 30 days"), facts(of(3, levels=levels(*observed))))
    assert verdict.status is status
    if days is not None and verdict.is_denied:
        params = dict(verdict.params)
        assert params["days"] == days
        assert params["until"] == (NOW + (30 - days) * DAY).isoformat()


def test_what_is_not_held_now_was_not_held_without_a_break() -> None:
    verdict = judge(parse("254 for 30 days"), facts(of(0, levels=levels((90, 3)))))
    assert (verdict.status, verdict.code) == (NO, WhyCode.NOT_HELD_LONG_ENOUGH)
    assert dict(verdict.params) == {"days": 0, "needed": 30, "until": None}
    assert verdict.parts[0].code is WhyCode.TOO_FEW


def test_what_may_be_held_now_may_have_been_held_long_enough() -> None:
    known = facts(of(unknown(), levels=levels((90, 3))))
    assert judge(parse("254 for 30 days"), known).code is WhyCode.MAY_BE_HELD_LONG_ENOUGH
    broken = facts(of(unknown(), levels=levels((90, 3), (9, 0), (5, 3))))
    assert judge(parse("254 for 30 days"), broken).status is NO


def test_accounts_hold_together_over_time() -> None:
    one = of(0, levels=levels((90, 3), (20, 0)))
    other = account({HARBOUR: held(3, levels=levels((20, 3)))}, name=SECOND, owner=CONTRACT)
    assert judge(parse("254 >= 3 for 30 days"), facts(one, other)).status is YES
    assert judge(parse("254 >= 3 for 30 days"), facts(other)).status is NO


@pytest.mark.parametrize(("minutes", "status"), [(59, YES), (61, NO)])
def test_an_nft_that_is_moved_to_another_account_is_held_without_a_break(minutes: int, status: Ternary) -> None:
    seen = Level(NOW - 20 * DAY + timedelta(minutes=minutes), 3, 3)
    one = of(0, levels=levels((90, 3), (20, 0)))
    other = account({HARBOUR: held(3, levels=(seen,))}, name=SECOND, owner=CONTRACT)
    assert judge(parse("254 >= 3 for 30 days"), facts(one, other)).status is status


def test_the_past_of_an_account_that_is_not_certain_is_unknown() -> None:
    assert judge(parse("254 for 30 days"), facts(SOLD, FROZEN)).status is UNKNOWN
    assert judge(parse("254 for 30 days"), facts(of(3, levels=levels((90, 3))), FROZEN)).status is YES


def test_a_past_that_is_missing_with_the_present_is_unknown() -> None:
    assert judge(parse("254 for 30 days"), facts(UNREAD)).status is UNKNOWN
    assert judge(parse("254 for 30 days"), facts(of(3))).status is NO  # read today for the first time


def test_copies_over_time() -> None:
    observed = (Level(NOW - 90 * DAY, 2, 10), Level(NOW - 20 * DAY, 2, None), Level(NOW - 10 * DAY, 2, 10))
    known = facts(of(2, 10, levels=observed))
    assert judge(parse("copies 254 >= 10 for 30 days"), known).status is UNKNOWN
    assert judge(parse("copies 254 >= 2 for 30 days"), known).status is YES


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), NO),
        (datetime(2026, 12, 1, tzinfo=UTC), YES),
        (datetime(2027, 1, 1, 23, 59, 59, tzinfo=UTC), YES),
        (datetime(2027, 1, 2, tzinfo=UTC), NO),
    ],
)
def test_dates_begin_and_end_at_midnight_utc(now: datetime, status: Ternary) -> None:
    rule = parse("254 from 2026-12-01 until 2027-01-01")
    assert judge(rule, replace(facts(of(1)), now=now)).status is status


# ---------------------------------------------------------------- for every rule and all facts


@st.composite
def widened(draw: st.DrawFn, known: Facts) -> Facts:
    """The same facts with less known."""
    accounts = tuple(draw(_less(one)) for one in known.accounts)
    return replace(known, accounts=accounts)


@st.composite
def _less(draw: st.DrawFn, one: AccountFacts) -> AccountFacts:
    if draw(st.integers(0, 5)) == 0:
        return replace(one, is_certain=False)
    listed = {ref: draw(_wider(known)) for ref, known in one.held.items()}
    return replace(one, held=listed, otherwise=draw(st.sampled_from([one.otherwise, UNKNOWN_HELD])))


@st.composite
def _wider(draw: st.DrawFn, known: Held) -> Held:
    tokens = {place: token for place, token in known.tokens.items() if draw(st.booleans())}
    hidden = {
        place: replace(token, traits=draw(st.sampled_from([token.traits, None]))) for place, token in tokens.items()
    }
    return Held(
        draw(_count_wider(known.kinds)),
        draw(_count_wider(known.copies)),
        hidden,
        known.has_all_tokens and len(hidden) == len(known.tokens) and draw(st.booleans()),
        known.levels,
    )


@st.composite
def _count_wider(draw: st.DrawFn, count: Count) -> Count:
    low = draw(st.integers(0, count.low))
    return Count(low, draw(st.none() | st.integers(count.high, 12)) if count.high is not None else None)


@given(rules, any_facts, st.data())
def test_with_less_known_an_answer_never_becomes_its_opposite(rule: Rule, known: Facts, data: st.DataObject) -> None:
    before = judge(rule, known).status
    after = judge(rule, data.draw(widened(known))).status
    assert {before, after} != {YES, NO}


@given(rules, any_facts)
def test_an_account_that_is_not_certain_matters_only_where_it_could_change_the_answer(rule: Rule, known: Facts) -> None:
    """Without the account, or with all that it could hold: where these agree, the answer is that one."""
    doubtful = account(name="loopring:6", owner=OTHER_CONTRACT, is_certain=False, age=999 * DAY)
    answer = judge(rule, replace(known, accounts=(*known.accounts, doubtful))).status
    for kinds in (0, 1, 10**6):
        whole = held(kinds, kinds, levels=levels((9999, kinds)))
        listed = {CollectionRef("loopring", number): whole for number in ("254", "261", "300")}
        certain = replace(doubtful, held=listed, is_certain=True)
        decided = judge(rule, replace(known, accounts=(*known.accounts, certain))).status
        assert {answer, decided} != {YES, NO}


@given(any_facts)
def test_an_account_of_another_network_that_is_not_certain_changes_no_count(known: Facts) -> None:
    known = replace(known, aliases={})
    rule = parse("254 >= 3 and not 261 or 254 for 30 days or copies 300 >= 9")
    doubtful = account(name=f"eip155:1:{OWNER}", is_certain=False)
    assert judge(rule, replace(known, accounts=(*known.accounts, doubtful))).status is judge(rule, known).status


ORDER = {NO: 0, UNKNOWN: 1, YES: 2}


@given(rules, rules, any_facts)
def test_joined_rules_follow_the_laws_of_three_valued_logic(one: Rule, other: Rule, known: Facts) -> None:
    left, right = judge(one, known).status, judge(other, known).status
    both, either = judge(AllOf((one, other)), known).status, judge(AnyOf((one, other)), known).status
    assert ORDER[both] == min(ORDER[left], ORDER[right])
    assert ORDER[either] == max(ORDER[left], ORDER[right])
    assert both is judge(AllOf((other, one)), known).status
    assert judge(Not(Not(one)), known).status is left
    assert ORDER[judge(Not(one), known).status] == 2 - ORDER[left]
    assert judge(Not(AllOf((one, other))), known).status is judge(AnyOf((Not(one), Not(other))), known).status
    assert judge(SomeOf(1, (one, other)), known).status is either
    assert judge(SomeOf(2, (one, other)), known).status is both


def test_a_count_in_a_verdict_is_as_it_was_added_up() -> None:
    assert dict(judge(parse("254"), facts(of(exact(2)), FROZEN)).params)["high"] is None


PAST = replace(of(at_least(3)), otherwise=UNKNOWN_HELD, is_of_the_past=True)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("254 >= 3", YES),
        ("254 >= 4", UNKNOWN),
        ("proof within 300 days and 254 <= 2", UNKNOWN),
        ("proof within 300 days and not 254", UNKNOWN),
        ("254 between 1 and 2", UNKNOWN),
        ("all of (254, 254 <= 2)", UNKNOWN),
        ("254 between 1 and 2 or 254 >= 3", YES),
        ("261", UNKNOWN),
    ],
)
def test_an_archive_grants_and_never_denies(text: str, status: Ternary) -> None:
    assert judge(parse(text), facts(PAST)).status is status


def test_what_a_server_excludes_counts_as_not_held_in_an_archive_too() -> None:
    excluded = replace(PAST, held={**PAST.held, BOTS: held(0)})
    assert judge(parse("261"), facts(excluded)).status is NO


@given(rules, any_facts)
def test_with_an_archive_nothing_is_denied_that_is_not_denied_without_it(rule: Rule, known: Facts) -> None:
    accounts = tuple(
        replace(
            one,
            held={ref: Held(at_least(its.kinds.low), at_least(its.copies.low)) for ref, its in one.held.items()},
            otherwise=UNKNOWN_HELD,
            is_of_the_past=True,
        )
        for one in known.accounts
    )
    unread = tuple(replace(one, held={}, is_of_the_past=False) for one in accounts)
    if judge(rule, replace(known, accounts=accounts)).is_denied:
        assert judge(rule, replace(known, accounts=unread)).is_denied
