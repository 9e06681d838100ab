"""Which letters are drawn, and what in place of others: never an empty box."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.pictures.drawing.letters import Letters, own_font
from bot.pictures.fonts import configured_font, find_font

ALONE = Letters(None)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Harbour Lights", "Harbour Lights"),
        ("Ünïcödé", "Ünïcödé"),
        ("Кошки", "Кошки"),
        ("مدينة", "مدينة"),
        ("𝓐𝓭𝓪 Ⓛ ﬁ", "Ada L ﬁ"),
        ("𝖬𝗈𝗈𝖽𝗒 𝖬𝗂𝗀𝗁𝗍𝗌", "Moody Mights"),
        ("𞸀𞸁", "اب"),
        ("Ada 🚀🏴󠁧󠁢󠁳󠁣󠁴󠁿", "Ada"),
        ("two\nlines\there", "two lines here"),
        ("a\u202eb\u200bc\ufe0f", "abc"),
        ("港の灯り", "loopring:254"),
        ("Harbour 港", "loopring:254"),
        ("안녕", "loopring:254"),
        ("🚀", "loopring:254"),
        ("", "loopring:254"),
    ],
)
def test_a_text_is_drawn_in_letters_that_there_are(text: str, drawn: str) -> None:
    assert ALONE.drawable({"text": text, "instead": "loopring:254"}) == drawn


def letters_in(path: str) -> set[int]:
    """The letters of a font."""
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def test_each_letter_that_is_drawn_is_in_both_fonts() -> None:
    """Names and titles are bold; the bold font lacks some letters of the other one."""
    fonts = [letters_in(own_font(bold=bold)) for bold in (False, True)]
    assert fonts[0] - fonts[1]
    for letter in fonts[0] | fonts[1]:
        drawn = ALONE.drawable({"text": f"{chr(letter)}", "instead": "?"})
        assert fonts[0] & fonts[1] >= set(map(ord, drawn)), hex(letter)


@pytest.mark.parametrize("bold", [False, True])
def test_what_tessera_writes_itself_has_its_letters(*, bold: bool) -> None:
    assert letters_in(own_font(bold=bold)) >= set(map(ord, "≥–…?%\N{NARROW NO-BREAK SPACE}\N{MINUS SIGN}"))


@given(st.text(max_size=40), st.text(max_size=20), st.integers(1, 50))
@example("", " ", 1)
@example("", "\xad\x1f", 1)
def test_whatever_is_drawn_has_only_letters_of_the_font(text: str, instead: str, columns: int) -> None:
    drawn = ALONE.drawable({"text": text, "instead": instead}, columns)
    # A letter that the font does not have would stay as it is nowhere: each is drawn as itself again.
    assert ALONE.drawable({"text": drawn, "instead": drawn}) == " ".join(drawn.split())


def test_a_second_font_draws_what_the_first_does_not_have(tmp_path: Path) -> None:
    # DejaVu in place of one with Chinese letters, which not every machine has: it adds nothing, and breaks nothing.
    both = Letters(own_font(bold=True))
    assert list(both.runs("Ada")) == [("Ada", False)]
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"\x00\x01\x00\x00" + bytes(100))
    assert Letters(str(broken)).other_font is None
    assert Letters(str(broken)).drawable({"text": "Ada", "instead": ""}) == "Ada"


@pytest.mark.parametrize(
    ("text", "columns", "drawn"), [("Harbour Lights", 8, "Harbour…"), ("abc", 3, "abc"), ("abcd", 3, "ab…")]
)
def test_a_long_text_is_cut(text: str, columns: int, drawn: str) -> None:
    assert ALONE.drawable({"text": text, "instead": ""}, columns) == drawn


def test_the_best_font_of_the_folders_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "truetype" / "cjk"
    inner.mkdir(parents=True)
    assert find_font([tmp_path]) is None
    (inner / "wqy-zenhei.ttc").write_bytes(b"not a font")
    assert find_font([tmp_path]) is None
    (inner / "DroidSansFallbackFull.ttf").write_bytes(b"\x00\x01\x00\x00rest")
    assert find_font([tmp_path / "none", tmp_path]) == inner / "DroidSansFallbackFull.ttf"
    (inner / "wqy-microhei.TTC").write_bytes(b"ttcfrest")
    assert find_font([tmp_path]) == inner / "wqy-microhei.TTC"


def test_a_font_that_is_set_must_be_one(tmp_path: Path) -> None:
    file = tmp_path / "own.otf"
    with pytest.raises(ConfigError, match="is no font file that can be read"):
        configured_font(file)
    file.write_text("OTTER", encoding="ascii")
    with pytest.raises(ConfigError):
        configured_font(file)
    file.write_bytes(b"OTTO")
    assert configured_font(file) == file
