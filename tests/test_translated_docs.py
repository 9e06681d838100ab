"""The first steps in other languages say what the English ones say.

A translation names the text that it was made from by its digest, so a change of the English page is seen here: read the
translations again, and then write the new digest, which the failing test prints.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
ENGLISH = DOCS / "start"
LANGUAGES = ("de", "es", "fr", "pt-BR", "ja", "zh-CN")
PAGES = ("try.md", "serve.md")
TRANSLATED = [DOCS / language / page for language in LANGUAGES for page in PAGES]

_BLOCK = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
_STEP = re.compile(r"^(?:\d+\. |#+ )", re.MULTILINE)
_PRESSED = re.compile(r"\*{1,2}([^*\n]+(?:\n[^*\n]+)?)\*{1,2}")
_MADE_FROM = re.compile(r"<!-- Translated from \.\./start/(\S+) of ([0-9a-f]{16}) -->")


def name_of(path: Path) -> str:
    """As it is called in the output."""
    return path.relative_to(DOCS).as_posix()


def without_blocks(text: str) -> str:
    """The prose."""
    return _BLOCK.sub("", text)


@pytest.mark.parametrize("path", TRANSLATED, ids=name_of)
def test_a_translation_is_of_the_present_text(path: Path) -> None:
    digest = hashlib.sha256((ENGLISH / path.name).read_bytes()).hexdigest()[:16]

    assert _MADE_FROM.findall(path.read_text("utf-8")) == [(path.name, digest)]


@pytest.mark.parametrize("path", TRANSLATED, ids=name_of)
def test_a_translation_has_the_same_code_steps_and_buttons(path: Path) -> None:
    english, translated = (each.read_text("utf-8") for each in (ENGLISH / path.name, path))

    assert [block.split() for block in _BLOCK.findall(translated)] == [
        block.split() for block in _BLOCK.findall(english)
    ]
    here, there = without_blocks(translated), without_blocks(english)
    assert sorted(_CODE.findall(here)) == sorted(_CODE.findall(there))
    assert len(_STEP.findall(here)) == len(_STEP.findall(there))
    assert {" ".join(each.split()) for each in _PRESSED.findall(here)} == {
        " ".join(each.split()) for each in _PRESSED.findall(there)
    }


def test_no_other_language_is_in_the_folder() -> None:
    folders = {path.parent.name for path in DOCS.glob("*/try.md")}

    assert folders == {"start", *LANGUAGES}
