"""Names and descriptions are written by the creator of a collection.

So they may contain mentions, invites, masked links, control characters, or ten thousand letters.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from bot.messages import Message

UNNAMED = Message("(unnamed)")

# A zero-width space splits a mention, a link or an invite without changing how it reads.
_SPLIT = "\N{ZERO WIDTH SPACE}"
# Everything Discord would turn into a link, a mention, a timestamp, a command or an invite, and where to split it.
_ACTIVE = re.compile(r"(:(?=//)|<|@|discord(?:app)?\.(?=gg|com/invite|me|io)|www\.)", re.IGNORECASE)
_MARKDOWN = frozenset("\\*_~`|[]")
# These are active only at the start of a line: quote, heading, subtext and list, numbered list.
_LINE_START = re.compile(r"(?m)^(\s*)(?:([>#+-])|(\d+)([.)]))")
# Polytonic Greek puts three marks on a letter where it is not composed; piles of them cover the lines around.
_MAX_MARKS = 3
# The most that is processed of any text: seven pages of a card, while known descriptions fill less than one.
# Nobody reads further, and the work for an endless text must be limited.
MAX_TEXT = 20_000
# As much as `safe_text` reads of a name, of which it shows a hundred letters.
_MAX_JUDGED = 8 * 100 + 64
# So long a number is not a character, and Python refuses to parse thousands of digits.
_LONG_ENTITY = re.compile(r"&#[0-9]{8,};?")
# Two names may differ in what joins their emoji alone, and lead to different accounts.
_JOINER = "\N{ZERO WIDTH JOINER}"
# Letters behind a black flag that nobody sees make it the flag of England, Scotland or Wales; there are no others.
_TAGGED_FLAG = (
    "\U0001f3f4(?:"
    + "|".join(
        "".join(chr(0xE0000 + ord(letter)) for letter in land) + "\U000e007f" for land in ("gbeng", "gbsct", "gbwls")
    )
    + ")"
)
_TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))
_PIECE = re.compile(f"{_TAGGED_FLAG}|.", re.DOTALL)
# Unicode reserves these for emoji; Python may be older than some of them.
_EMOJI = range(0x1F000, 0x1FB00)


def safe_text(text: str | None, limit: int, *, plain: bool = False, lines: bool = False) -> str:
    """Upstream text as it may be shown: nothing in it is active, and it is at most `limit` UTF-16 units long.

    Args:
        text: Text from an API; HTML entities are decoded, as Loopring escapes names on mainnet.
        limit: Longest answer. Counted in UTF-16 units, the strictest reading of Discord's limits.
        plain: For places where Discord renders no markdown (author, footer, menu labels): no backslashes.
        lines: Keep line breaks (at most one empty line in a row); otherwise everything becomes one line.
    """
    # Eight letters of raw text for one shown: entities, escapes and dropped characters rarely need as much.
    shown = _one_page(_shortened(text or "", 8 * limit + 64), limit, plain=plain, lines=lines)
    return shown or UNNAMED().render()[:limit]


# The same names are shown on each turned page and to each member: without the cache, a third of a command's work.
@lru_cache(2048)
def _one_page(raw: str, limit: int, *, plain: bool, lines: bool) -> str:
    first, *rest = safe_pages(raw, limit, plain=plain, lines=lines) or [""]
    return _trimmed(first[: _fitting(first, limit - 1)]) + "…" if rest else first


def safe_pages(text: str | None, limit: int, *, plain: bool = False, lines: bool = True) -> list[str]:
    """The whole of an upstream text, in pieces of at most `limit` UTF-16 units; empty for a blank text.

    A text longer than `MAX_TEXT` ends there, with an ellipsis.
    """
    left = _clean(_shortened(text or "", MAX_TEXT), lines=lines)
    if not plain:
        left = _escape_lines(_escape(left))
    pages: list[str] = []
    while left:
        end = _page_end(left, limit)
        if end:
            pages.append(_trimmed(left[:end]))
        # A piece that fits on no page is left out: half of it might be active.
        left = left[end or len(next(_tokens(left))) :].lstrip()
        if not plain:
            left = _escape_lines(left)  # a page may break in the middle of a line, and the next one begins a line
    return [page for page in pages if page]


@lru_cache(2048)
def read_text(text: str) -> str:
    """What people read where an upstream text is shown, in one line: to be judged or searched, and not safe to show.

    Letters of another width or style are the plain ones, which read the same. "" where nothing can be seen.
    """
    text = _shortened(text, _MAX_JUDGED)
    if text.isascii() and text.isprintable() and "&" not in text:  # nearly all, and a list may have thousands
        return " ".join(text.split())
    shown = _clean(text, lines=False).replace(_SPLIT, "")
    return unicodedata.normalize("NFKC", shown)


def utf16_units(text: str) -> int:
    """Length as JavaScript counts it: characters beyond the basic plane count two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _clean(text: str, *, lines: bool) -> str:
    text = html.unescape(_LONG_ENTITY.sub("\N{REPLACEMENT CHARACTER}", text))
    # Surplus marks go first, as sorting them takes quadratic time; and again, as NFC makes two of some.
    text = unicodedata.normalize("NFC", "".join(_visible(text)))
    text = "".join(_visible(text))
    if lines:
        text = re.sub(r"[^\S\n]+", " ", text)
        text = re.sub(r" ?\n ?", "\n", text)
        text = re.sub(r"\n{3,}", "\n\n", text)
    else:
        text = re.sub(r"\s+", " ", text)
    return _ACTIVE.sub(lambda match: match[0] + _SPLIT, text.strip())


def _trimmed(text: str) -> str:
    """Without what joins an emoji to the one that was cut off."""
    return text.rstrip().rstrip(_JOINER)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"


def _visible(text: str) -> Iterator[str]:
    """Drop controls, bidi and zero-width marks, surrogates, private use, and combining marks piled on one letter.

    What joins two emoji stays, as what makes a flag another one.
    """
    marks, letter, is_joined = 0, "", False
    for piece in _PIECE.findall(text.replace("\r\n", "\n").replace("\r", "\n")):
        category = unicodedata.category(piece[0])
        if category in ("Zl", "Zp"):
            piece = "\n"  # noqa: PLW2901 - a line break by another name
        elif category in ("Cc", "Cf", "Cs", "Co", "Cn") and piece not in "\n\t" and not _is_emoji(piece):
            is_joined = is_joined or piece == _JOINER
            continue  # and does not separate the marks before it from those after it
        marks = marks + 1 if _is_mark(piece[0]) else 0
        if marks == 0:
            if is_joined and _is_emoji(letter) and _is_emoji(piece):
                yield _JOINER
            letter = piece
        is_joined = False
        if marks <= _MAX_MARKS:
            yield piece


def _is_emoji(piece: str) -> bool:
    """Whether it may be joined with others to one picture. Some emoji are arrows, which are signs of mathematics."""
    return piece != "" and (piece[0] in "↔↕" or ord(piece[0]) in _EMOJI or unicodedata.category(piece[0]) == "So")


def _is_mark(char: str) -> bool:
    """Whether it combines with the letter before it. Some marks have a width of their own (Mc) and combine, too."""
    return unicodedata.category(char) in ("Mn", "Me") or unicodedata.combining(char) != 0


def _escape(text: str) -> str:
    return "".join("\\" + char if char in _MARKDOWN else char for char in text)


def _escape_lines(text: str) -> str:
    """Escape what is active at the start of a line; what is escaped already stays as it is."""
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", text)


def _tokens(text: str) -> Iterator[str]:
    """Pieces that must not be cut: a letter with its marks, a backslash with what it escapes."""
    piece = ""
    for char in text:
        if piece and piece != "\\" and not (_is_mark(char) or char == _JOINER or char in _TAGS):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _page_end(text: str, limit: int) -> int:
    """Where to break a text: after the last blank that fits, if that is near the end of the page, else at its end."""
    end = _fitting(text, limit)
    if end == len(text):
        return end
    near = end * 4 // 5
    return max(text.rfind(" ", near, end), text.rfind("\n", near, end)) + 1 or end


def _fitting(text: str, limit: int) -> int:
    """How many characters of a text are at most `limit` UTF-16 units and end with a whole piece."""
    size = end = 0
    for token in _tokens(text):
        size += utf16_units(token)
        if size > limit:
            break
        end += len(token)
    return end
