"""The numbers of charts in words: all of them, and none that is not known."""

from __future__ import annotations

import pytest

from bot.counts import Count
from bot.pictures.chart_words import LONGEST_ALT_TEXT, alt_text, count_words, cut_alt_text, numbers, share_words
from bot.pictures.charts import Label, OverlapChart
from tests.pictures.examples import UNKNOWN, distribution, exact, heading, overlap, retention, trend


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (exact(0), "0"),
        (exact(1234), "1,234"),
        (Count(12, None), "at least 12"),
        (Count(12, 15), "12 to 15"),
        (Count(0, 15), "0 to 15"),
        (UNKNOWN, "not known"),
    ],
)
def test_a_number_is_said_as_far_as_it_is_known(count: Count, words: str) -> None:
    assert str(count_words(count)) == words


@pytest.mark.parametrize(
    ("count", "of", "words"),
    [
        (exact(3), 10, "30 %"),
        (exact(10), 10, "100 %"),
        (exact(0), 10, "0 %"),
        (Count(3, None), 10, "at least 30 %"),
        (Count(3, 10), 10, "at least 30 %"),
        (Count(3, 5), 10, "30 to 50 %"),
        (UNKNOWN, 10, "not known"),
        (Count(0, 10), 10, "not known"),
        (exact(0), 0, "not known"),
    ],
)
def test_a_share_is_said_as_far_as_it_is_known(count: Count, of: int, words: str) -> None:
    assert str(share_words(count, of)) == words


def test_a_line_is_said_by_its_ends_and_by_its_extremes_only_where_all_of_it_is_known() -> None:
    whole = trend(exact(5), exact(9), exact(7))
    assert [str(words) for words in numbers(whole)] == [
        "Members: 5 on 2026-10-01, 7 on 2026-10-03; lowest 5, highest 9."
    ]
    broken = trend(UNKNOWN, exact(9), Count(7, None), UNKNOWN)
    assert [str(words) for words in numbers(broken)] == ["Members: 9 on 2026-10-02, at least 7 on 2026-10-03."]
    assert [str(words) for words in numbers(trend(UNKNOWN))] == ["Members: nothing is known yet."]
    assert [str(words) for words in numbers(trend(exact(4)))] == ["Members: 4 on 2026-10-01."]


def test_bars_steps_and_pairs_are_said_each_by_itself() -> None:
    assert [str(words) for words in numbers(distribution(exact(3), UNKNOWN))] == ["1: 3.", "2: not known."]
    assert [str(words) for words in numbers(retention(10, exact(10), Count(4, None)))] == [
        "2026-01: 10 of 10 (100 %).",
        "2026-02: at least 4 of 10 (at least 40 %).",
    ]
    pairs = OverlapChart(
        heading(), (Label("One"), Label("Two")), {(1, 1): exact(2), (0, 1): Count(1, None), (0, 9): exact(5)}
    )
    assert [str(words) for words in numbers(pairs)] == ["One and Two: at least 1.", "Two: 2."]


def test_the_description_of_a_picture_has_its_title_its_numbers_and_as_of_when() -> None:
    assert alt_text(distribution(exact(3))) == "Holders. 1: 3. As of 2026-11-27"


@pytest.mark.parametrize("name", ["A collection", "港の灯り" * 6, "🍅" * 20])
def test_it_is_as_long_as_discord_takes_it_and_ends_with_a_sentence(name: str) -> None:
    text = alt_text(overlap([f"{name} {n}" for n in range(8)], exact(12)))
    assert 300 < len(text.encode("utf-16-le")) // 2 <= LONGEST_ALT_TEXT
    assert text.endswith(".…")


def test_a_description_that_fits_is_not_cut() -> None:
    text = "x" * LONGEST_ALT_TEXT
    assert cut_alt_text(text) == text
    assert len(cut_alt_text(text + "y")) <= LONGEST_ALT_TEXT
