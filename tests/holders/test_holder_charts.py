"""Retention and overlap, and the charts of what is known: nothing that is unknown becomes a number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cogs.holders.holder_charts import distribution_chart, overlap_chart, retention_chart, trend_chart
from bot.cogs.holders.stats_pages import trend_words
from bot.counts import Count
from bot.gates.facts import Level
from bot.gates.rule import CollectionRef
from bot.holders.distribution import BINS, Bin, Distribution
from bot.holders.held import HeldAccount, HolderList, OpenReason
from bot.holders.overlap import overlap_of
from bot.holders.past import ObservedAccount
from bot.holders.retention import retention_of
from bot.holders.trend import TrendPoint, moments_between
from bot.holdings import Account
from bot.messages import Message, written_in
from bot.pictures.chart_words import numbers
from bot.pictures.charts import Label
from tests.compiled_language import compiled_language

START = datetime(2026, 10, 1, tzinfo=UTC)
REF = CollectionRef("loopring", "254")
AGES = {"loopring": timedelta(days=365)}
MOMENTS = [START + timedelta(days=day) for day in (0, 10, 20)]
NAME = Label("港の灯り", "loopring:254")


def account(user_id: int, *levels: tuple[int, int | None], first_read: int = -5) -> ObservedAccount:
    """An account with its levels: the day, and how many."""
    return ObservedAccount(
        user_id=user_id,
        joined_at=START - timedelta(days=100),
        account=Account("loopring", str(user_id)),
        owner=f"0x{user_id:040x}",
        first_read_at=START + timedelta(days=first_read),
        read_at=START + timedelta(days=20),
        levels={REF: tuple(Level(START + timedelta(days=day), kinds) for day, kinds in levels)},
    )


def test_of_a_cohort_it_is_counted_who_still_holds_and_who_sold_and_who_is_unknown() -> None:
    accounts = [
        account(1, (-1, 3)),
        account(2, (-1, 3), (5, 0)),
        account(3, (-1, 1), (15, None)),
        account(4, (-1, 2), (5, 0), (15, 9)),  # who buys again still holds
        account(5, (5, 8)),  # bought later: no part of it
        account(6, (3, 8), first_read=3),  # nobody had looked by then
    ]
    found = retention_of(accounts, [REF], MOMENTS, AGES)
    assert (found.since, found.cohort, found.unknown) == (START, 4, 1)
    assert [count for _, count in found.steps] == [Count(4, 4), Count(2, 2), Count(2, 3)]


def test_a_member_with_two_accounts_is_one_of_the_cohort() -> None:
    first, second = account(1, (-1, 3), (5, 0)), account(1, (-1, 0), (4, 2))
    found = retention_of([first, second], [REF], MOMENTS, AGES)
    assert found.cohort == 1


def holders(*kinds: tuple[int, Count]) -> HolderList:
    """A list of members and how much each holds."""
    accounts = tuple(
        HeldAccount(
            user_id,
            Account("loopring", str(user_id)),
            f"0x{user_id:040x}",
            count,
            count,
            START,
            None if count.low == count.high else OpenReason.TOO_OLD,
        )
        for user_id, count in kinds
    )
    return HolderList(1, (REF,), accounts, START)


def test_who_holds_both_is_known_only_where_both_are() -> None:
    one = holders((1, Count(2, 2)), (2, Count(1, 1)), (3, Count(0, 0)), (4, Count(0, None)), (5, Count(1, 1)))
    other = holders((1, Count(1, 1)), (2, Count(0, None)), (3, Count(5, 5)), (4, Count(0, None)))
    found = overlap_of([one, other])
    assert found.both == {(0, 0): Count(3, 4), (0, 1): Count(1, 3), (1, 1): Count(2, 4)}


def test_the_chart_over_time_says_at_least_where_some_are_unknown() -> None:
    points = [TrendPoint(START, 5, 9, 0), TrendPoint(MOMENTS[1], 6, 9, 2)]
    chart = trend_chart(NAME, points)
    assert [str(words) for words in numbers(chart)] == [
        "Members who are here now: 5 on 2026-10-01, 6 to 8 on 2026-10-11."
    ]
    assert chart.heading.title == Label("港の灯り: holders over time", "loopring:254: holders over time")
    assert chart.heading.note.text.startswith("As of 2026-10-11 00:00 UTC. A ring")
    assert trend_chart(NAME, points[:1]).heading.note.text == "As of 2026-10-01 00:00 UTC."


def test_whoever_is_not_known_exactly_may_be_in_any_bar() -> None:
    bins = tuple(Bin(least, most, 2 if least == 3 else 0) for least, most in BINS)
    chart = distribution_chart(NAME, Distribution(bins, perhaps_more=1, unknown=1, kinds=Count(8, None)), START)
    assert [str(words) for words in numbers(chart)] == ["1: 0 to 2.", "2: 0 to 2.", "3–5: 2 to 4."]
    whole = distribution_chart(NAME, Distribution(bins, perhaps_more=0, unknown=0, kinds=Count(8, 8)), START)
    assert [str(words) for words in numbers(whole)] == ["1: 0.", "2: 0.", "3–5: 2."]


def test_the_chart_of_a_cohort_names_the_day_and_who_is_not_known() -> None:
    accounts = [account(1, (-1, 3)), account(2, (-1, 3), (5, 0)), account(6, (3, 8), first_read=3)]
    chart = retention_chart(NAME, retention_of(accounts, [REF], MOMENTS, AGES))
    assert chart.heading.title.instead == "loopring:254: who held it on 2026-10-01 and still does"
    assert "Of 1 more member it is not known whether they held it then." in chart.heading.note.text
    assert [str(words) for words in numbers(chart)] == [
        "10-01: 2 of 2 (100 %).",
        "10-11: 1 of 2 (50 %).",
        "10-21: 1 of 2 (50 %).",
    ]


@pytest.mark.parametrize(
    ("span", "labels"),
    [
        (timedelta(hours=6), ["00:00", "03:00", "06:00"]),
        (timedelta(hours=30), ["10-01 00:00", "10-01 15:00", "10-02 06:00"]),
        (timedelta(days=4), ["10-01", "10-03", "10-05"]),
        (timedelta(days=730), ["2026-10-01", "2027-10-01", "2028-09-30"]),
    ],
)
def test_no_two_moments_of_a_cohort_are_written_alike(span: timedelta, labels: Sequence[str]) -> None:
    moments = [START + span * step / 2 for step in range(3)]
    chart = retention_chart(NAME, retention_of([account(1, (-1, 3))], [REF], moments, AGES))
    assert [name.text for name, _ in chart.steps] == labels
    assert all(len(label) <= 12 for label in labels)  # as many as are drawn


@pytest.mark.parametrize(("span", "form"), [(timedelta(hours=10), "f"), (timedelta(days=5), "f"), (timedelta(30), "d")])
def test_a_trend_of_a_few_days_has_times_and_one_of_a_month_dates(span: timedelta, form: str) -> None:
    """Discord shows them in the reader's own time: less than a day apart, two may be of the same date."""
    points = [TrendPoint(at, 1, 1, 0) for at in moments_between(START, START + span, 16)]
    lines = [words.render() for words in trend_words(points)]
    assert len(lines) == len(set(lines)) == 8
    assert all(f":{form}>: " in line for line in lines)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_chart_of_both_has_a_number_for_each_pair(count: int) -> None:
    lists = [holders((1, Count(1, 1)))] * count
    chart = overlap_chart([Label(str(n)) for n in range(count)], overlap_of(lists), START)
    assert len(numbers(chart)) == count * (count + 1) // 2


def test_where_no_font_has_the_letters_of_the_readers_language_all_of_a_chart_is_in_english(tmp_path: Path) -> None:
    japanese = compiled_language(
        tmp_path,
        {
            Message("{name}: holders over time"): "{name}の推移",
            Message("{name}: who held it on {day} and still does"): "{day}の{name}",
        },
    )
    found = retention_of([account(1, (-1, 3))], [REF], MOMENTS, AGES)
    with written_in(japanese):
        charts = trend_chart(NAME, [TrendPoint(START, 1, 3, 0)]), retention_chart(NAME, found)
    titles = [chart.heading.title for chart in charts]
    assert [title.text for title in titles] == ["港の灯りの推移", "2026-10-01の港の灯り"]
    assert [title.instead for title in titles] == [
        "loopring:254: holders over time",
        "loopring:254: who held it on 2026-10-01 and still does",
    ]
