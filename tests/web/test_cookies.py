"""The page's cookie among others: whatever a sibling of its host may write, it is not taken for the page's own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.web.cookies import read_cookie

NAME = "__Host-vs"
OWN, FORGED = "o" * 43, "E" * 43


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([f"{NAME}={OWN}"], id="alone"),
        pytest.param([f"a=b; {NAME}={OWN}; c=d"], id="among others"),
        pytest.param([f"a=b;{NAME}={OWN};c=d"], id="without blanks"),
        pytest.param([f"a=b;\t {NAME} \t=\t {OWN} \t;"], id="with blanks and tabs"),
        pytest.param(["a=b", f"{NAME}={OWN}"], id="in the second header"),
        pytest.param([f"a=b {NAME}={FORGED}; {NAME}={OWN}"], id="behind one in another's value"),
        pytest.param([f"{NAME}={OWN}; a=b {NAME}={FORGED}"], id="before one in another's value"),
        pytest.param([f'a="b; {NAME}={OWN}; c=d"'], id="between two quotes"),
        pytest.param([f'a="b; {NAME}={OWN}'], id="behind an open quote"),
        pytest.param([f"__host-vs={FORGED}; __HOST-VS={FORGED}; {NAME}={OWN}"], id="beside other cases of its name"),
        pytest.param([f"={NAME}={FORGED}; {NAME}={OWN}"], id="beside one without a name"),
        pytest.param([f"a={NAME}={FORGED}; {NAME}={OWN}"], id="beside one with its name as the value"),
        pytest.param([f"{NAME}={OWN}; {NAME}s={FORGED}; x{NAME}={FORGED}"], id="beside a longer name"),
    ],
)
def test_the_page_s_own_cookie_is_found(headers: list[str]) -> None:
    assert read_cookie(headers, NAME) == OWN


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([], id="no header"),
        pytest.param([""], id="an empty one"),
        pytest.param(["; ;;=; = ;"], id="nothing between semicolons"),
        pytest.param([NAME], id="a name alone"),
        pytest.param([f"a=b {NAME}={FORGED}"], id="behind a blank"),
        pytest.param([f"a=b\t{NAME}={FORGED}"], id="behind a tab"),
        pytest.param([f"a=b, {NAME}={FORGED}"], id="behind a comma"),
        pytest.param([f"a=b,{NAME}={FORGED}"], id="behind a comma without a blank"),
        pytest.param([f'a="b" {NAME}={FORGED}'], id="behind quotes"),
        pytest.param([f"a=b\x0b{NAME}={FORGED}"], id="behind a vertical tab"),
        pytest.param([f"a=b\r{NAME}={FORGED}"], id="behind a carriage return"),
        pytest.param([f"a=b\n{NAME}={FORGED}"], id="behind a line break"),
        pytest.param([f"a=b\x00{NAME}={FORGED}"], id="behind a NUL"),
        pytest.param([f"a=b&{NAME}={FORGED}"], id="behind an ampersand"),
        pytest.param([f"\x0b{NAME}={FORGED}"], id="after a blank of another kind"),
        pytest.param([f"\xa0{NAME}={FORGED}"], id="after a blank that does not break"),
        pytest.param([f"\ufeff{NAME}={FORGED}"], id="after a byte order mark"),
        pytest.param([f"{NAME}\u2003={FORGED}"], id="before a wide blank"),
        pytest.param([f'"{NAME}"={FORGED}'], id="a quoted name"),
        pytest.param([f"={NAME}={FORGED}"], id="without a name"),
        pytest.param([f"=={NAME}={FORGED}"], id="without a name, twice"),
        pytest.param([f"__Host%2Dvs={FORGED}"], id="an escaped name"),
        pytest.param([f"__host-vs={FORGED}"], id="another case"),
        pytest.param([f"_\u2040Host-vs={FORGED}"], id="a letter that looks alike"),
        pytest.param([f"$Version=1; a=b; $Path=/ {NAME}={FORGED}"], id="RFC 2965"),
        pytest.param([f"{NAME}={FORGED}; {NAME}={OWN}"], id="twice"),
        pytest.param([f"{NAME}={OWN}; {NAME}={OWN}"], id="twice the same"),
        pytest.param([f"{NAME}={OWN}", f"{NAME}={FORGED}"], id="in two headers"),
        pytest.param([f"{NAME}={OWN}; {NAME}=x"], id="twice, one of which is no secret"),
        pytest.param([f"{NAME}={OWN}; {NAME}="], id="twice, one of which is empty"),
        pytest.param([f"{NAME}={OWN}; {NAME}"], id="twice, one of which is a name alone"),
    ],
)
def test_whatever_is_not_one_cookie_of_that_name_is_none(headers: list[str]) -> None:
    assert read_cookie(headers, NAME) == ""


@pytest.mark.parametrize("value", ['"quoted"', "a=b=", '"', "a\\054b", "a,b", "a b", "\x0b", "é"])
def test_a_value_is_what_stands_there(value: str) -> None:
    assert read_cookie([f"a=b; {NAME}={value}; c=d"], NAME) == value


# What browsers accept from a sibling (RFC 6265bis, 5.6): no control characters but the tab, no `;`, blanks at both ends
# are dropped, and neither a name, nor the value of a cookie without a name, begins with `__Host-` in any case.
_LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters=";\x7f" + "".join(map(chr, range(32))))
_TEXTS = st.lists(
    st.one_of(_LETTERS, st.sampled_from([" ", "\t", '"', "=", ",", NAME, f" {NAME}={FORGED}"])), max_size=6
)


def _cookie_of_a_sibling(name: str, value: str) -> str:
    name, value = name.replace("=", "").strip(" \t"), value.strip(" \t")
    cookie = f"{name}={value}" if name else value
    return "" if cookie.lower().startswith("__host-") else cookie


_SIBLING_COOKIES = st.lists(
    st.builds(_cookie_of_a_sibling, _TEXTS.map("".join), _TEXTS.map("".join)).filter(bool), max_size=5
)


@given(before=_SIBLING_COOKIES, after=_SIBLING_COOKIES)
def test_no_cookies_that_a_browser_takes_from_a_sibling_change_what_is_read(
    before: list[str], after: list[str]
) -> None:
    assert read_cookie(["; ".join([*before, f"{NAME}={OWN}", *after])], NAME) == OWN
    assert read_cookie(["; ".join([*before, *after])], NAME) == ""
    assert read_cookie([*before, f"{NAME}={OWN}", *after], NAME) == OWN


@given(st.lists(st.text(st.sampled_from(f' \t;="{NAME}o'), max_size=30), max_size=4), st.booleans())
def test_a_pair_ends_at_a_semicolon_and_nowhere_else(texts: list[str], is_one_header: bool) -> None:  # noqa: FBT001 - Hypothesis names it
    """The rule, said once more with other means: between semicolons, blanks, the name, blanks, `=`, the value."""
    headers = [";".join(texts)] if is_one_header else texts
    pairs = ";".join(headers).split(";")
    named = [pair.strip(" \t") for pair in pairs if pair.split("=")[0].strip(" \t") == NAME]
    expected = named[0][len(NAME) :].lstrip(" \t").removeprefix("=").strip(" \t") if len(named) == 1 else ""
    assert read_cookie(headers, NAME) == expected


def test_nothing_in_the_bot_reads_cookies_in_another_way() -> None:
    """Aiohttp's parser and the standard library's split at blanks, and read between quotes."""
    other_ways = {"cookies", "parse_cookie_header", "parse_cookie_headers", "SimpleCookie", "BaseCookie"}
    found = {
        (path.name, name)
        for path in Path(bot.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in ({getattr(node, "attr", ""), getattr(node, "id", "")} & other_ways)
    }
    assert found == set()
