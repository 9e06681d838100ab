"""Long upstream texts, page by page: nothing is lost, nothing is cut in half, and pages break where one would."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import MAX_TEXT, safe_pages, utf16_units
from tests.test_text import HOSTILE


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, "a", " ", "\n", "😀", "好"]), max_size=40).map("".join))
def test_pages_hold_the_whole_text(text: str) -> None:
    pages = safe_pages(text, 50)
    whole = safe_pages(text, 10**6)
    # But for blanks, and for backslashes, of which a page that begins within a line may need one more.
    assert re.sub(r"[\s\\]", "", "".join(pages)) == re.sub(r"[\s\\]", "", "".join(whole))
    assert all(0 < utf16_units(page) <= 50 for page in pages)
    assert not any(re.search(r"(?m)^\s*([>#+-]|\d+[.)])", page) for page in pages)


@pytest.mark.parametrize(
    ("text", "limit", "pages"),
    [
        pytest.param("aaaa bbbb cccc", 11, ["aaaa bbbb", "cccc"], id="the last blank that fits"),
        pytest.param("aaaa bbbb cccc", 14, ["aaaa bbbb cccc"], id="no blank where all fits"),
        pytest.param("aaaaaaaa bbbbb", 10, ["aaaaaaaa", "bbbbb"], id="the first blank of the last fifth"),
        pytest.param("aaaaaaa bbbbbbbb", 10, ["aaaaaaa bb", "bbbbbb"], id="a blank too far from the end"),
        pytest.param("aaaaaaa\nbbbbbbbb", 10, ["aaaaaaa\nbb", "bbbbbb"], id="a line break too far from the end"),
        pytest.param("aaaaaaaa\nbbbbb", 10, ["aaaaaaaa", "bbbbb"], id="a line break of the last fifth"),
        pytest.param("a" * 16 + "\nb\ncccc", 20, ["a" * 16 + "\nb", "cccc"], id="the last line break that fits"),
        pytest.param("a" * 16 + "\nb cccc", 20, ["a" * 16 + "\nb", "cccc"], id="the last of both kinds"),
        pytest.param("aaaaaaaaaa bbb", 10, ["aaaaaaaaaa", "bbb"], id="a blank right behind the page"),
        pytest.param("😀😀😀", 5, ["😀😀", "😀"], id="letters of two units"),
        pytest.param("😀a", 1, ["a"], id="a letter that fits on no page"),
        pytest.param("aa好\u20dd\u20dd", 4, ["aa", "好\u20dd\u20dd"], id="marks stay with their letter"),
        pytest.param("", 10, [], id="nothing"),
        pytest.param(None, 10, [], id="no text"),
        pytest.param(" \u200b\n", 10, [], id="nothing that can be seen"),
    ],
)
def test_where_pages_break(text: str | None, limit: int, pages: list[str]) -> None:
    assert safe_pages(text, limit) == pages


def test_an_escape_is_on_one_page_with_what_it_escapes() -> None:
    assert safe_pages("aa*b", 3) == ["aa", r"\*b"]
    assert safe_pages("aa*b", 3, plain=True) == ["aa*", "b"]


@pytest.mark.parametrize("start", ["# Heading", "> quote", "-# small", "- list", "+ list", "12. one", "12) one"])
def test_a_page_that_begins_within_a_line_begins_no_heading_quote_or_list(start: str) -> None:
    _, page = safe_pages("word " * 10 + start, 50)
    assert page == re.sub(r"^(\d*)", r"\1\\", start)
    assert safe_pages("word " * 10 + start, 50, plain=True)[1] == start


def test_a_very_long_description_is_whole_up_to_twenty_thousand_characters() -> None:
    assert "".join(safe_pages("x" * MAX_TEXT, 3000)) == "x" * MAX_TEXT
    assert "".join(safe_pages("x" * (MAX_TEXT + 1), 3000)) == "x" * MAX_TEXT + "…"
