"""When the answer to a rule changes by time alone, and when that is because a proof is too old for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.counts import Count, exact
from bot.gates.facts import AccountFacts, Facts, Held, Level
from bot.gates.judge import judge
from bot.gates.rule import AllOf, AnyOf, CollectionRef, During, HeldFor, Holds, Not, ProvenWithin, Rule, SomeOf
from bot.gates.rule_moments import is_timed, next_moment, proof_end
from bot.holdings import Account

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LONG_AGO = NOW - 900 * DAY
HARBOUR, MOSAIC = CollectionRef("loopring", "254"), CollectionRef("loopring", "261")
HAS, OTHER = Holds(HARBOUR), Holds(MOSAIC)
HALF_YEAR = ProvenWithin(180 * DAY)
UNKNOWN = Count(0, None)


def account(number: int, days: float, *, is_certain: bool = True, **held: Count) -> AccountFacts:
    """An account that was proven so many days ago, and what it holds of which collection."""
    counts: Mapping[CollectionRef, Held] = {
        CollectionRef("loopring", name.removeprefix("c")): Held(count, count, levels=(Level(LONG_AGO, count.low),))
        for name, count in held.items()
    }
    nothing = Held(exact(0), exact(0))
    proven_at = NOW - timedelta(days=days)
    return AccountFacts(Account("loopring", str(number)), f"0x{number}", proven_at, counts, nothing, NOW, is_certain)


def facts(*accounts: AccountFacts) -> Facts:
    """Of a member."""
    return Facts(NOW, accounts)


HOLDER = facts(account(1, 100, c254=exact(1)))


@pytest.mark.parametrize(
    ("rule", "known", "days"),
    [
        pytest.param(HALF_YEAR, HOLDER, 80, id="alone"),
        pytest.param(AllOf((HAS, HALF_YEAR)), HOLDER, 80, id="with something that holds"),
        pytest.param(AllOf((HAS, HALF_YEAR)), facts(account(1, 100, c254=UNKNOWN)), 80, id="with what is not known"),
        pytest.param(AnyOf((OTHER, HALF_YEAR)), HOLDER, 80, id="or something that is denied"),
        pytest.param(AnyOf((HAS, HALF_YEAR)), HOLDER, None, id="or something that holds"),
        pytest.param(AnyOf((HAS, HALF_YEAR)), facts(account(1, 100, c254=UNKNOWN)), None, id="or what is not known"),
        pytest.param(SomeOf(2, (HAS, HALF_YEAR, OTHER)), HOLDER, 80, id="one of two that are needed"),
        pytest.param(SomeOf(1, (HAS, HALF_YEAR, OTHER)), HOLDER, None, id="one more than is needed"),
        pytest.param(AllOf((OTHER, HALF_YEAR)), HOLDER, None, id="with something that is denied"),
        pytest.param(HALF_YEAR, facts(account(1, 181)), None, id="it is too old already"),
        pytest.param(HALF_YEAR, facts(account(1, 180)), 0, id="its last second"),
        pytest.param(HALF_YEAR, facts(account(1, 100), account(2, 3)), 177, id="another account with a younger proof"),
        pytest.param(HALF_YEAR, facts(account(1, 100), account(2, 190)), 80, id="another account with an older one"),
        pytest.param(HALF_YEAR, facts(account(1, 100), account(2, 3, is_certain=False)), None, id="a doubtful one"),
        pytest.param(
            AnyOf((ProvenWithin(10 * DAY), Not(ProvenWithin(30 * DAY)))),
            facts(account(1, 40)),
            None,
            id="an end of long ago, after which time granted it again",
        ),
        pytest.param(HALF_YEAR, facts(), None, id="nothing is proven"),
        pytest.param(HAS, HOLDER, None, id="no proof is asked for"),
        pytest.param(Not(HALF_YEAR), facts(account(1, 100)), None, id="the end grants it"),
        pytest.param(AllOf((ProvenWithin(120 * DAY), HALF_YEAR)), HOLDER, 20, id="the shorter of two"),
        pytest.param(AnyOf((ProvenWithin(120 * DAY), HALF_YEAR)), HOLDER, 80, id="the longer of two"),
        pytest.param(During(HALF_YEAR, last=date(2026, 12, 31)), HOLDER, None, id="a date ends it before"),
        pytest.param(During(HALF_YEAR, last=date(2027, 12, 31)), HOLDER, 80, id="a date ends it later"),
        pytest.param(
            AnyOf((HALF_YEAR, During(HAS, last=date(2026, 12, 31)))), HOLDER, 80, id="or what a date ends before"
        ),
        pytest.param(AllOf((HALF_YEAR, HeldFor(HAS, 30 * DAY))), HOLDER, 80, id="with what is held for a while"),
    ],
)
def test_a_proof_ends_what_it_alone_grants(rule: Rule, known: Facts, days: int | None) -> None:
    end = proof_end(rule, known)
    assert (end.at if end else None) == (None if days is None else NOW + days * DAY)


@pytest.mark.parametrize(
    ("span", "days"), [(1, 0.1), (10, 1), (30, 3), (70, 7), (180, 7), (3650, 7)], ids=lambda days: f"{days} days"
)
def test_a_member_should_know_a_week_before_or_a_tenth_of_a_shorter_span(span: int, days: float) -> None:
    end = proof_end(ProvenWithin(timedelta(days=span)), facts(account(1, 0)))
    assert end
    assert end.at - end.warn_at == timedelta(days=days)


def test_the_end_names_the_latest_proof() -> None:
    end = proof_end(HALF_YEAR, facts(account(1, 100), account(2, 3), account(3, 9)))
    assert end
    assert (end.account, end.proven_at) == (Account("loopring", "2"), NOW - 3 * DAY)


@pytest.mark.parametrize(
    ("rule", "known", "expected"),
    [
        pytest.param(HAS, HOLDER, None, id="never"),
        pytest.param(HALF_YEAR, HOLDER, NOW + 80 * DAY + SECOND, id="the end of a proof"),
        pytest.param(
            HALF_YEAR, facts(account(1, 100), account(2, 3)), NOW + 80 * DAY + SECOND, id="of the first proof"
        ),
        pytest.param(HALF_YEAR, facts(account(1, 181)), None, id="a proof that is too old"),
        pytest.param(HALF_YEAR, facts(account(1, 180)), NOW + SECOND, id="the last second of a proof"),
        pytest.param(During(HAS, date(2026, 12, 1)), HOLDER, datetime(2026, 12, 1, tzinfo=UTC), id="a first day"),
        pytest.param(
            During(HAS, last=date(2026, 12, 1)), HOLDER, datetime(2026, 12, 2, tzinfo=UTC), id="after a last day"
        ),
        pytest.param(During(HAS, last=date.max), HOLDER, None, id="the last day that there is"),
        pytest.param(During(HAS, last=date(9999, 12, 30)), HOLDER, datetime(9999, 12, 31, tzinfo=UTC), id="one before"),
        pytest.param(During(HAS, date(2026, 1, 1), date(2026, 2, 1)), HOLDER, None, id="dates of before"),
        pytest.param(
            Not(AllOf((HAS, During(HALF_YEAR, last=date(2026, 12, 1))))),
            HOLDER,
            datetime(2026, 12, 2, tzinfo=UTC),
            id="the first of several, however deep",
        ),
    ],
)
def test_time_alone_changes_an_answer_at_certain_moments(rule: Rule, known: Facts, expected: datetime | None) -> None:
    assert next_moment(rule, known) == expected
    assert is_timed(rule) == (rule != HAS)


def test_one_second_before_the_end_the_answer_is_still_granted() -> None:
    end = NOW + 80 * DAY
    assert judge(HALF_YEAR, Facts(end, HOLDER.accounts)).is_granted
    assert judge(HALF_YEAR, Facts(end + SECOND, HOLDER.accounts)).is_denied
