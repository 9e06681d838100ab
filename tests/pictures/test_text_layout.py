"""Texts on pictures fit in every language: what is shortened is a name, and no sentence loses its end."""

from __future__ import annotations

import pytest

from bot.cogs.holders.holder_charts import distribution_chart, overlap_chart, retention_chart, trend_chart
from bot.cogs.holdings.card_tiles import CardRow, HeldCard
from bot.counts import Count
from bot.holders.distribution import BINS, Bin, Distribution
from bot.holders.overlap import Overlap
from bot.holders.retention import Retention
from bot.holders.trend import TrendPoint
from bot.holdings import Account, Collection, Holdings
from bot.messages import ENGLISH, TRANSLATED, Language, written_in
from bot.pictures.charts import Chart, Label
from bot.pictures.drawing.card_drawing import note_lines as card_note_lines
from bot.pictures.drawing.card_drawing import tile_count
from bot.pictures.drawing.chart_frame import fitted_title, note_lines
from bot.pictures.drawing.letters import Letters
from bot.pictures.drawing.number_style import NumberStyle
from bot.pictures.drawing.text_layout import cut, with_short_name, wrapped
from bot.pictures.fonts import find_font
from tests.pictures.examples import START

ALONE = Letters(None)
LANGUAGES = pytest.mark.parametrize("language", [ENGLISH, *TRANSLATED], ids=lambda language: language.tag)
NAME = Label("Harbour Lights", "loopring:254")
LONG = Label("The Society of Harbour Lights and Other Wonders of the Sea", "loopring:254")


def five(text: str) -> bool:
    """Whether a text is no longer than five letters."""
    return len(text) <= 5


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("abc", ["abc"]),
        ("abc de", ["abc", "de"]),
        ("ab c de", ["ab", "c de"]),
        ("a b c d e f", ["a b c", "d e f"]),
        ("abcdef", ["abcd…"]),
        ("ab cdef gh", ["ab", "cdef…"]),
        ("港の灯りだよ", ["港の灯", "りだよ"]),
        ("港のあ。灯り", ["港の", "あ。灯り"]),
        ("a ≥ bc", ["a", "≥ bc"]),
    ],
)
def test_a_text_is_wrapped_into_two_lines(text: str, lines: list[str]) -> None:
    assert wrapped(text, five) == lines


def test_the_name_in_a_title_is_what_is_shortened() -> None:
    title, name = (
        {"text": "Harbour Lights: still", "instead": "254: still"},
        {"text": "Harbour Lights", "instead": "254"},
    )
    assert with_short_name(title, name, ALONE, lambda text: len(text) <= 21) == "Harbour Lights: still"
    assert with_short_name(title, name, ALONE, lambda text: len(text) <= 20) == "Harbour Ligh…: still"
    assert with_short_name(title, name, ALONE, lambda text: len(text) <= 10) == "Harbour L…"
    assert cut("abcdef", five) == "abcd…"


def letters_for(language: Language) -> Letters:
    """Fonts that have the letters of a language."""
    font = find_font()
    if language.tag in ("ja", "zh-CN") and font is None:
        pytest.skip("this machine has no font with Chinese and Japanese letters")
    return Letters(str(font) if font else None)


def charts(name: Label) -> list[Chart]:
    """One of each kind, with all that can stand on it."""
    bins = tuple(Bin(least, most, 2) for least, most in BINS)
    distribution = Distribution(bins, perhaps_more=1, unknown=1, kinds=Count(8, None))
    step = (START, Count(3, None))
    return [
        trend_chart(name, [TrendPoint(START, 5, 9, 3)]),
        distribution_chart(name, distribution, START),
        overlap_chart([name, name], Overlap({(0, 1): Count(1, None)}), START),
        retention_chart(name, Retention(START, 9, 0, (step, step))),
        retention_chart(name, Retention(START, 9, 12_345, (step, step))),
    ]


@LANGUAGES
def test_titles_and_notes_of_charts_fit_in_every_language(language: Language) -> None:
    letters = letters_for(language)
    with written_in(language):
        for chart in charts(NAME):
            heading = chart.content()["heading"]
            assert fitted_title(heading, letters)[0] == " ".join(chart.heading.title.text.split())
            lines = note_lines(heading, letters)
            assert len(lines) <= 2
            assert "…" not in "".join(lines), lines


@LANGUAGES
def test_of_a_long_name_the_title_says_what_it_is_about(language: Language) -> None:
    letters = letters_for(language)
    with written_in(language):
        for chart in charts(LONG):
            title, _ = fitted_title(chart.content()["heading"], letters)
            _, _, said = chart.heading.title.text.partition(LONG.text)
            assert title.endswith(" ".join(said.split())), title


@LANGUAGES
@pytest.mark.parametrize("is_whole", [True, False])
def test_what_is_on_a_card_fits_in_every_language(language: Language, *, is_whole: bool) -> None:
    letters = letters_for(language)
    collections = [Collection("loopring", str(number), "Harbour Lights") for number in range(3)]
    rows = [CardRow(each, low, is_whole) for each, low in zip(collections, (1, 12, 1234), strict=True)]
    rows.append(CardRow(collections[0], 0, is_exact=False))
    part = Holdings(Account("loopring", "1"), START, complete=is_whole)
    card = HeldCard(tuple(rows * 4), (part,))
    with written_in(language):
        content, _ = card.content(Label("Ada"), "Server", 0, [None] * 12).content()
        for tile in content["tiles"]:
            assert "…" not in tile_count(letters.drawable(tile["count"]), letters)
            assert ("≥" in tile["count"]["text"]) is (not is_whole and any(map(str.isdigit, tile["count"]["text"])))
        assert "…" not in "".join(card_note_lines(letters.drawable(content["note"]), letters))


@pytest.mark.parametrize(
    ("style", "written"),
    [
        (NumberStyle(), ["7", "1,234", "12,345", "-1,234"]),
        (NumberStyle("."), ["7", "1.234", "12.345", "-1.234"]),
        (NumberStyle(".", 5), ["7", "1234", "12.345", "-1234"]),
    ],
)
def test_numbers_have_the_separators_of_the_language(style: NumberStyle, written: list[str]) -> None:
    assert [style.write(number) for number in (7, 1234, 12345, -1234)] == written
    assert style.mark(12345, None) == f"≥ {written[2]}"
    assert style.mark(7, 12345) == f"7–{written[2]}"
    assert style.mark(0, None) == "?"
