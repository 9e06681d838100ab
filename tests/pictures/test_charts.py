"""Charts as they are drawn: legible on both of Discord's themes, and what is unknown is never drawn as a number."""

from __future__ import annotations

import io
from datetime import timedelta
from itertools import pairwise

import pytest
from PIL import Image

from bot.counts import Count
from bot.messages import language_of, written_in
from bot.pictures.card_content import CardContent, Tile
from bot.pictures.chart_words import share_words
from bot.pictures.charts import Chart, DistributionChart, Heading, Label, Line, TrendChart
from bot.pictures.drawing import theme
from bot.pictures.drawing.number_style import share_of
from bot.pictures.drawing_process import DrawingProcess
from bot.pictures.studio import Studio
from tests.pictures.examples import START, UNKNOWN, distribution, every_kind, exact, heading, overlap, retention, trend

KINDS = every_kind(exact(7), exact(8))
# What Discord shows pictures on.
DARK, LIGHT = "#313338", "#ffffff"


async def drawn(process: DrawingProcess, chart: Chart) -> Image.Image:
    """A chart as a picture."""
    return Image.open(io.BytesIO(await Studio(process).chart(chart)))


def rgb(image: Image.Image) -> bytes:
    """Its pixels."""
    return image.convert("RGB").tobytes()


@pytest.mark.parametrize("chart", KINDS, ids=lambda chart: type(chart).__name__)
async def test_a_chart_is_a_card_on_a_ground_of_its_own(process: DrawingProcess, chart: Chart) -> None:
    image = await drawn(process, chart)
    assert image.width >= 900
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0))[3] == 0  # type: ignore[index] # round corners, on either theme
    middle = image.getpixel((image.width // 2, 14))
    assert middle == (*theme.rgb(theme.GROUND), 255)


def test_everything_on_it_can_be_told_from_its_ground() -> None:
    assert theme.contrast(theme.TEXT, theme.GROUND) >= 7
    assert theme.contrast(theme.QUIET, theme.GROUND) >= 4.5
    assert all(theme.contrast(colour, theme.GROUND) >= 4.5 for colour in theme.SERIES)
    for share in range(11):
        cell = theme.mixed(theme.LOW_CELL, theme.HIGH_CELL, share / 10)
        assert theme.contrast(theme.text_on(cell), cell) >= 4.5


def test_the_lines_differ_also_for_those_who_see_few_colours() -> None:
    lights = sorted(theme.luminance(colour) for colour in theme.SERIES)
    assert all(after - before > 0.02 for before, after in pairwise(lights))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (every_kind(exact(0), exact(5)), every_kind(UNKNOWN, exact(5))),
        (every_kind(exact(7), exact(7)), every_kind(Count(7, None), exact(7))),
        (every_kind(exact(7), exact(7)), every_kind(Count(7, 9), exact(7))),
    ],
    ids=["unknown and zero", "at least and exactly", "between and exactly"],
)
async def test_what_is_not_known_exactly_looks_different(
    process: DrawingProcess, one: list[Chart], other: list[Chart]
) -> None:
    for certain, uncertain in zip(one, other, strict=True):
        assert rgb(await drawn(process, certain)) != rgb(await drawn(process, uncertain)), type(certain).__name__


@pytest.mark.parametrize(
    "chart",
    [
        trend(),
        trend(UNKNOWN),
        trend(exact(0)),
        trend(*[exact(n) for n in range(5000)]),
        TrendChart(heading(), ()),
        distribution(),
        distribution(*[exact(10**12)] * 50),
        overlap([], exact(1)),
        overlap(["x"] * 30, exact(1)),
        retention(0),
        retention(0, exact(0)),
        retention(3, *[exact(3)] * 100),
    ],
    ids=lambda chart: type(chart).__name__,
)
async def test_nothing_too_little_and_nothing_too_much_makes_it_fail(process: DrawingProcess, chart: Chart) -> None:
    assert (await drawn(process, chart)).width >= 900


@pytest.mark.parametrize(
    "name",
    [
        "$x$ and $\\frac{1}{0}$",
        "\\",
        "%s {0}",
        "a\nb\tc",
        "\u202eexe",
        "🍅🔥",
        "",
        "\x00",
        "x" * 500,
        "_^{",
        "港の灯り",
    ],
)
async def test_no_name_makes_it_fail_or_is_taken_for_a_formula(process: DrawingProcess, name: str) -> None:
    bars = ((Label(name, "loopring:254"), exact(1)),)
    chart = DistributionChart(Heading(Label(name, "Title"), Label(name, "Note")), bars)
    assert (await drawn(process, chart)).width >= 900
    points = ((START, exact(1)), (START + timedelta(days=1), exact(2)))
    lines = (Line(Label(name, "loopring:254"), points), Line(Label("other"), points))
    assert (await drawn(process, TrendChart(heading(), lines))).width >= 900


async def test_without_a_font_for_them_letters_are_replaced_and_no_box_is_drawn(process: DrawingProcess) -> None:
    foreign = trend(exact(1), exact(2), name="港の灯り")
    both = TrendChart(foreign.heading, (*foreign.lines, *foreign.lines))
    named = trend(exact(1), exact(2), name="loopring:254")
    same = TrendChart(named.heading, (*named.lines, *named.lines))
    assert rgb(await drawn(process, both)) == rgb(await drawn(process, same))


async def test_letters_that_the_bold_font_lacks_are_drawn_as_plain_ones(process: DrawingProcess) -> None:
    fancy, plain = (
        DistributionChart(Heading(Label(name), Label(""), Label(name)), ((Label(name), exact(1)),))
        for name in ("𝖬𝗈𝗈𝖽𝗒", "Moody")
    )
    assert rgb(await drawn(process, fancy)) == rgb(await drawn(process, plain))
    cards = []
    for name in ("𝖬𝗈𝗈𝖽𝗒 𝖬𝗂𝗀𝗁𝗍𝗌", "Moody Mights"):
        tiles = (Tile(Label(name), Label("1 NFT"), 0x112233),)
        label = Label(name)
        cards.append(CardContent(label, label, Label("one"), Label("now"), Label(""), 0x112233, tiles))
    pictures = [Image.open(io.BytesIO(await Studio(process).card(card))) for card in cards]
    assert rgb(pictures[0]) == rgb(pictures[1])


async def test_numbers_are_written_as_in_the_readers_language(process: DrawingProcess) -> None:
    many = every_kind(exact(123_456), exact(7))[:3]  # of a cohort, percent are shown
    for chart in many:
        english = rgb(await drawn(process, chart))
        with written_in(language_of("de")):
            assert rgb(await drawn(process, chart)) != english, type(chart).__name__


@pytest.mark.parametrize(
    ("low", "high", "of", "share"),
    [
        (5, 5, 10, "50 %"),
        (0, 0, 10, "0 %"),
        (10, 10, 10, "100 %"),
        (5, None, 10, "≥ 50 %"),
        (5, 10, 10, "≥ 50 %"),
        (5, 7, 10, "50–70 %"),
        (0, 5, 10, "0–50 %"),
        (0, 10, 10, "?"),
        (0, None, 10, "?"),
    ],
)
def test_a_share_is_drawn_as_it_is_said_in_words(low: int, high: int | None, of: int, share: str) -> None:
    assert share_of(low, high, of) == share
    said = str(share_words(Count(low, high), of))
    assert said.replace("at least", "≥").replace("not known", "?").replace(" to ", "–") == share
