"""Which letters can be drawn here, and what is drawn in place of others: never an empty box.

Two fonts: DejaVu Sans, which Matplotlib brings along, and one with Chinese, Japanese and Korean letters, if this
machine has one. A letter that neither has is replaced by its plain form (a circled A by A); emoji are left out; and
where a letter is still missing, the label's other text is drawn: its English form, or an id.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont

_REPLACEMENT = "?"


@lru_cache(4)
def own_font(*, bold: bool = False) -> str:
    """The path of DejaVu Sans, as Matplotlib brings it along; nothing of that is imported."""
    spec = find_spec("matplotlib")
    assert spec is not None  # noqa: S101 - it is installed where this runs
    assert spec.submodule_search_locations  # noqa: S101 - it is a package
    folder = Path(spec.submodule_search_locations[0], "mpl-data", "fonts", "ttf")
    return str(folder / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"))


@lru_cache(4)
def _letters_of(path: str) -> frozenset[int]:
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


class Letters:
    """What can be drawn.

    Args:
        other_font: The path of the second font; None: there is none.
    """

    def __init__(self, other_font: str | None) -> None:
        # Titles and names are bold, and that font has fewer letters: what only one of both has is drawn by neither.
        self._own = _letters_of(own_font()) & _letters_of(own_font(bold=True))
        self.other_font = other_font if other_font and _can_read(other_font) else None
        self._others = _letters_of(self.other_font) if self.other_font else frozenset()

    def drawable(self, label: Mapping[str, str], columns: int = 200) -> str:
        """The text of a label as it can be drawn.

        Args:
            label: Its "text", and what is drawn "instead".
            columns: The most that fit; East Asian letters are two wide.
        """
        text = self._plain(label["text"]) or self._plain(label["instead"])
        return _cut(text or self._plain(label["instead"], _REPLACEMENT) or "", columns)

    def runs(self, text: str) -> Iterator[tuple[str, bool]]:
        """Parts of a text that are of one font each, and whether that is the second one."""
        part, is_other = "", False
        for letter in text:
            other = ord(letter) not in self._own and ord(letter) in self._others
            if part and other != is_other and not letter.isspace():
                yield part, is_other
                part = ""
            if not part or not letter.isspace():
                is_other = other
            part += letter
        if part:
            yield part, is_other

    def _plain(self, text: str, replacement: str = "") -> str | None:
        """A text in letters that there are; None: one that matters is missing and not replaced, or nothing is left."""
        found = ""
        for letter in unicodedata.normalize("NFC", text):
            category = unicodedata.category(letter)
            if category in ("Cc", "Cf", "Cs", "Co", "Cn") or "\ufe00" <= letter <= "\ufe0f":
                found += " " if letter in "\t\n" else ""
            elif self._has(letter):
                found += letter
            else:
                plain = unicodedata.normalize("NFKC", letter)
                base = unicodedata.normalize("NFKD", letter)[:1]
                if all(map(self._has, plain)):
                    found += plain
                elif self._has(base) and base.isalnum():
                    found += base
                elif category[0] in "LN" and not replacement:
                    return None
                elif category[0] in "LN":
                    found += replacement
        found = " ".join(found.split())
        return found or None

    def _has(self, letter: str) -> bool:
        return ord(letter) in self._own or ord(letter) in self._others


def _can_read(path: str) -> bool:
    try:
        return bool(_letters_of(path))
    except Exception:  # noqa: BLE001 - a broken font is no reason to draw nothing
        return False


def _cut(text: str, columns: int) -> str:
    left = columns
    for place, letter in enumerate(text):
        left -= 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if left < 0:
            return text[: max(1, place - 1)].rstrip() + "…"
    return text
