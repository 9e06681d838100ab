"""Upstream text never acts, upstream URLs never lead anywhere private, and both keep their limits."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.text import safe_image_url, safe_pages, safe_text, utf16_units

GATEWAY = "https://gateway.example/ipfs/"
CID = "QmQvvVRgBKBszZkTdNmJdk8KaoLuifPSzaoWS5oSvznmNU"
CID_V1 = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"

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


@settings(max_examples=2000, deadline=None)
@given(text=st.text(max_size=300), limit=st.integers(10, 300), plain=st.booleans(), lines=st.booleans())
@example(text="<" * 50, limit=30, plain=False, lines=False)
@example(text="\\" * 50, limit=31, plain=False, lines=False)
def test_no_text_acts_whatever_it_is(text: str, limit: int, plain: bool, lines: bool) -> None:  # noqa: FBT001
    shown = safe_text(text, limit, plain=plain, lines=lines)
    assert not ACTS.search(shown)
    assert not INVISIBLE.search(shown)
    assert 0 < utf16_units(shown) <= limit
    if not plain:
        assert not UNESCAPED.search(shown)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, "a", " ", "\n", "😀", "好"]), max_size=40).map("".join))
def test_pages_hold_the_whole_text(text: str) -> None:
    pages = safe_pages(text, 50)
    whole = safe_pages(text, 10**6)
    assert re.sub(r"\s", "", "".join(pages)) == re.sub(r"\s", "", "".join(whole))
    assert all(0 < utf16_units(page) <= 50 for page in pages)


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
    ],
)
def test_ordinary_text_stays_readable(text: str | None, shown: str) -> None:
    assert safe_text(text, 100) == shown


def test_line_breaks_stay_where_they_are_wanted() -> None:
    assert safe_text("如标题描述\nthis\n\n\n\n哈哈\n", 100, lines=True) == "如标题描述\nthis\n\n哈哈"


def test_markdown_is_not_escaped_where_discord_shows_none() -> None:
    assert safe_text("snake_case", 100, plain=True) == "snake_case"


def test_cut_text_ends_with_an_ellipsis_and_no_half_escape() -> None:
    assert safe_text("*" * 10, 10) == r"\*\*\*\*" + "…"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"ipfs://{CID}", f"{GATEWAY}{CID}"),
        (f"ipfs://ipfs/{CID}", f"{GATEWAY}{CID}"),
        (f"IPFS://{CID}/0.jpg", f"{GATEWAY}{CID}/0.jpg"),
        (f"ipfs://{CID}/ä b.png".replace(" ", ""), f"{GATEWAY}{CID}/%C3%A4b.png"),
        (f"ipfs:/{CID}", f"{GATEWAY}{CID}"),
        (f"/ipfs/{CID}", f"{GATEWAY}{CID}"),
        (CID, f"{GATEWAY}{CID}"),
        (f"ipfs://{CID_V1}", f"{GATEWAY}{CID_V1}"),
        (f"https://ipfs.io/ipfs/{CID}", f"https://ipfs.io/ipfs/{CID}"),
        ("https://d2y691019xyzhi.cloudfront.net/ab-original", "https://d2y691019xyzhi.cloudfront.net/ab-original"),
        ("https://a.example:443/x.png?w=1", "https://a.example:443/x.png?w=1"),
    ],
)
def test_usable_picture(url: str, shown: str) -> None:
    assert safe_image_url(url, [GATEWAY]) == shown


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "ipfs://0x160704909985cb8175c6df5823cc4cb91198b43f73ca8edc8cdf15f22f365cbf",
        f"ipfs://{CID}/../../admin",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "http://a.example/x.png",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://localhost/x",
        "https://printer.local/x",
        "https://db.internal/x",
        "https://user:pw@a.example/x",
        "https://a.example:8443/x",
        "https://a.example:bad/x",
        "https://a.example\\@evil.example/x",
        "https://a.example/x y",
        "https://a.example/\u202egnp.x",
        "https:///x",
        "https://nodots/x",
        "https://a.example/" + "x" * 1100,
        "https://[bad/x",
    ],
)
def test_unsafe_picture_is_dropped(url: str | None) -> None:
    assert safe_image_url(url, [GATEWAY]) is None


def test_without_a_gateway_ipfs_has_no_picture() -> None:
    assert safe_image_url(f"ipfs://{CID}", []) is None


def test_what_lies_below_a_configured_gateway_is_the_operators_choice() -> None:
    local = "http://127.0.0.1:8765/ipfs/"
    assert safe_image_url(f"{local}{CID}", [local]) == f"{local}{CID}"
    assert safe_image_url("http://127.0.0.1:8765/admin", [local]) is None


@settings(max_examples=2000, deadline=None)
@given(st.text(max_size=80))
def test_no_url_of_any_form_becomes_something_else_than_https(url: str) -> None:
    shown = safe_image_url(url, [GATEWAY])
    assert shown is None or (shown.startswith("https://") and shown.isascii() and " " not in shown)
