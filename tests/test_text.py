"""Upstream text never acts, and keeps its limits."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.text import MAX_TEXT, safe_pages, safe_text, utf16_units

# What Discord's client turns into something that acts: mentions, commands, timestamps, emoji, links, invites.
ACTS = re.compile(
    r"<@[!&]?\d+>|<#\d+>|</[^>]*:\d+>|<a?:\w+:\d+>|<t:-?\d+(?::\w)?>|<id:\w+>|@everyone|@here"
    r"|https?://|\w://|discord(?:app)?\.(?:gg|com/invite)|www\.\w",
    re.IGNORECASE,
)
INVISIBLE = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\x00-\x09\x0b-\x1f]")
UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*[*_~`|\[\]]")

HOSTILE = [
    "@everyone free mint",
    "<@123456789> <@&5> <#7> </collections:1> <t:1700000000:R> <:x:1> <a:x:2> <id:customize>",
    "[Claim](https://evil.example)",
    "discord.gg/abc discord.com/invite/abc https://discord.gg/x www.evil.example",
    "dis\u200bcord.gg/abc @\u200beveryone h\u00adttps://x.example",
    "&lt;@123&gt; &#64;everyone &lt;b&gt;bold&lt;/b&gt;",
    "\u202emoor detag\u202c \u2066x\u2069",
    "z" + "\u0301" * 500,
    "z" + "\u0301\u0301\u200c" * 500,
    "z" + "\u302e\u302f" * 500,
    "z" + "\U0001d165" * 500,
    "z" + "\u0344" * 500,
    "&#" + "9" * 5000 + ";",
    "# Heading\n> quote\n-# small\n- list\n1. one",
    "``` code ```\\",
    "||spoiler|| **b** __u__ ~~s~~",
    "\ud800 lone surrogate",
    "\ue000 private use",
    "",
    "   \n\t ",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("limit", [20, 100, 4000])
def test_hostile_text_is_neutral_and_short_enough(text: str, limit: int) -> None:
    for lines in (False, True):
        shown = safe_text(text, limit, lines=lines)
        assert not ACTS.search(shown)
        assert not INVISIBLE.search(shown)
        assert not UNESCAPED.search(shown)
        assert 0 < utf16_units(shown) <= limit


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("abc", 3), ("é", 1), ("\uffff", 1), ("\U00010000", 2), ("a😀好", 4), ("\ud800", 1)]
)
def test_units_are_those_of_utf_16(text: str, units: int) -> None:
    assert utf16_units(text) == units == len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param("\u0301", id="above"),
        pytest.param("\u302e", id="with room of its own"),
        pytest.param("\u20dd", id="around"),
        pytest.param("\u0e31", id="of a class that NFC does not sort"),
        pytest.param("\U0001d165", id="beyond the basic plane"),
    ],
)
def test_three_marks_of_any_kind_stay_on_a_letter_and_no_fourth(mark: str) -> None:
    assert safe_text(f"好{mark * 9}好{mark}", 100) == f"好{mark * 3}好{mark}"
    assert safe_text(mark * 9, 100) == mark * 3


@pytest.mark.parametrize("part", ["\u200b", "\x00", "\u202e", "\ud800", "\ue000", "\uffff"])
def test_invisible_characters_are_dropped_and_separate_no_marks(part: str) -> None:
    assert safe_text(f"a{part}好\u20dd{part}\u20dd{part}\u20dd{part}\u20dd{part}b", 100) == "a好\u20dd\u20dd\u20ddb"


# Marks of each kind: without and with room of their own, enclosing, beyond the basic plane, and one that NFC makes two
# of; and what may stand between a letter and its marks without being seen.
MARKS = st.sampled_from(["\u0301", "\u0315", "\u302e", "\u302f", "\U0001d165", "\U0001d16d", "\u20dd", "\u0344"])
PILES = st.lists(MARKS | st.sampled_from(["a", "*", "😀", "\u200c", " ", "\n", "\ufb2c"]), max_size=200).map("".join)


@settings(max_examples=2000, deadline=None)
@given(text=st.text(max_size=300) | PILES, limit=st.integers(1, 300), plain=st.booleans(), lines=st.booleans())
@example(text="<" * 50, limit=30, plain=False, lines=False)
@example(text="\\" * 50, limit=31, plain=False, lines=False)
@example(text="\U0001d165" * 50, limit=20, plain=False, lines=False)
@example(text="a*", limit=1, plain=False, lines=False)
def test_no_text_is_active(text: str, limit: int, plain: bool, lines: bool) -> None:  # noqa: FBT001
    shown = safe_text(text, limit, plain=plain, lines=lines)
    assert not ACTS.search(shown)
    assert not INVISIBLE.search(shown)
    assert 0 < utf16_units(shown) <= limit
    if not plain:
        assert not UNESCAPED.search(shown)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" + "\u0315" * 40_000 + "\u0300" * 40_000, id="marks to be sorted"),
        pytest.param("a" + "\u0315\u200c\u0300\u200c" * 40_000, id="marks parted by what is not seen"),
        pytest.param(("a" + "\u0315" * 9 + "\u0300" * 9) * 100_000, id="marks on many letters"),
        pytest.param("lorem ipsum " * 100_000, id="words"),
        pytest.param("&#" + "9" * 1_000_000, id="an entity"),
        pytest.param(" \n" * 500_000, id="blanks"),
    ],
)
def test_an_endless_text_takes_no_time(text: str) -> None:
    started = time.process_time()
    shown = safe_text(text, 200)
    pages = safe_pages(text, 3000)
    assert time.process_time() - started < 5
    assert utf16_units(shown) <= 200
    assert sum(map(utf16_units, pages)) <= MAX_TEXT + 1


def test_eight_letters_per_shown_letter_and_64_more_are_processed() -> None:
    assert safe_text("\u200b" * (8 * 20 + 60) + "name", 20) == "name"
    assert safe_text("\u200b" * (8 * 20 + 61) + "name", 20) == "nam…"


def test_what_was_not_processed_is_marked_as_left_out() -> None:
    assert safe_text("\u200b" * 10_000 + "name", 20) == "…"
    assert safe_text("ab" + "\u200b" * 10_000 + "c", 20) == "ab…"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("import时创建collection，嗯对的", "import时创建collection，嗯对的"),
        ("im don&apos;t know", "im don't know"),
        ("snake_case *star*", r"snake\_case \*star\*"),
        ("a\n\n\n\nb", "a b"),
        (None, "(unnamed)"),
        ("", "(unnamed)"),
        ("Zoë 🦊", "Zoë 🦊"),
        ("Vie\u0323\u0302t", "Việt"),
        ("\u03b1\u0313\u0300\u0345", "\u1f82"),  # Greek, not composed: three marks on one letter
        ("&#64;&#x40;&#9999999999;", "@\u200b@\u200b\ufffd"),
    ],
)
def test_ordinary_text_stays_readable(text: str | None, shown: str) -> None:
    assert safe_text(text, 100) == shown


WOMAN, GIRL, TONE, HEART, FIRE, FLAG = "\U0001f469", "\U0001f467", "\U0001f3fd", "\u2764", "\U0001f525", "\U0001f3f4"
ENGLAND = FLAG + "".join(chr(0xE0000 + ord(letter)) for letter in "gbeng") + "\U000e007f"
NEWEST = "\U0001fae9"  # younger than the tables of some Pythons
JOINED = [
    f"{WOMAN}\u200d{WOMAN}\u200d{GIRL}",
    f"{HEART}\ufe0f\u200d{FIRE}",
    f"{HEART}\u200d{FIRE}",
    f"{FLAG}\u200d\u2620",
    f"{WOMAN}{TONE}\u200d\U0001f4bb",
    "\U0001f642\u200d\u2194\ufe0f",
    f"{NEWEST}\u200d{NEWEST}",
    ENGLAND,
]


@pytest.mark.parametrize("emoji", JOINED)
def test_joined_emoji_stay_joined_also_in_a_page(emoji: str) -> None:
    assert safe_text(f"a {emoji}.eth", 100) == f"a {emoji}.eth"
    assert safe_pages(f"{emoji} b", 100) == [f"{emoji} b"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200db", "ab"),
        (f"a\u200d{WOMAN}", f"a{WOMAN}"),
        (f"{WOMAN}\u200da", f"{WOMAN}a"),
        (f"\u200d{WOMAN}\u200d", WOMAN),
        (f"{WOMAN}\u200d\u200b\u200d{GIRL}", f"{WOMAN}\u200d{GIRL}"),
        (f"{WOMAN}\u200d\u0301{GIRL}", f"{WOMAN}\u0301{GIRL}"),
        ("a" + ENGLAND[1:], "a"),
        (ENGLAND[:-1], FLAG),
    ],
)
def test_what_joins_no_two_emoji_is_dropped(text: str, shown: str) -> None:
    assert safe_text(text, 100) == shown


def test_no_joiner_is_left_where_an_emoji_was_cut_off() -> None:
    assert safe_text(f"{WOMAN}\u200d{WOMAN}\u200d{GIRL}", 6) == f"{WOMAN}\u200d{WOMAN}…"
    assert safe_pages(f"{WOMAN}\u200d{WOMAN}", 4) == [WOMAN, WOMAN]


def test_a_flag_is_not_cut_to_another() -> None:
    assert safe_text(f"a{ENGLAND}b", 12) == "a…"


def test_line_breaks_stay_where_they_are_wanted() -> None:
    assert safe_text("如标题描述\nthis\n\n\n\n哈哈\n", 100, lines=True) == "如标题描述\nthis\n\n哈哈"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", " \n ", "\t\n\u00a0"])
def test_lines_end_in_many_ways_and_are_shown_in_one(end: str) -> None:
    assert safe_text(f"a{end}b{end}{end}c", 100, lines=True) == "a\nb\n\nc"
    assert safe_text(f"a{end}b{end}{end}c", 100) == "a b c"
    assert safe_pages(f"a{end}b", 100) == ["a\nb"]


def test_spaces_within_a_line_become_one() -> None:
    assert safe_text(" a \t\u3000 b ", 100, lines=True) == safe_text(" a \t\u3000 b ", 100) == "a b"


def test_everything_active_is_split_where_it_begins() -> None:
    text = "https://a <@1> @here discord.gg/a DISCORDAPP.com/invite/a discord.me discord.io www.a ipfs://a discord.js"
    split = (
        text.replace("://", ":\u200b//").replace("<", "<\u200b").replace("@", "@\u200b").replace("www.", "www.\u200b")
    )
    for end in ("gg", "com/invite", "me", "io"):
        split = split.replace(f".{end}", f".\u200b{end}")
    assert safe_text(text, 200, plain=True) == split


def test_markdown_is_not_escaped_where_discord_shows_none() -> None:
    assert safe_text("snake_case", 100, plain=True) == "snake_case"


def test_cut_text_ends_with_an_ellipsis_and_no_half_escape() -> None:
    assert safe_text("*" * 10, 10) == r"\*\*\*\*" + "…"
