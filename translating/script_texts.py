"""The sentences of the page on which members prove an account, and in its scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.web.page_words import texts_of, texts_of_html
from translating.sentences import PROJECT
from translating.texts import Text

_SCRIPTS = PROJECT / "bot" / "web" / "static"


def texts_in_scripts(folder: Path = _SCRIPTS) -> Iterator[Text]:
    """All of them."""
    for path in sorted(folder.glob("*.js")):
        place = path.relative_to(PROJECT).as_posix()
        for text in texts_of(path.read_text(encoding="utf-8")):
            yield Text(text, places=frozenset({place}))
    page = folder / "page.html"
    for text in texts_of_html(page.read_text(encoding="utf-8")):
        yield Text(text, places=frozenset({page.relative_to(PROJECT).as_posix()}))
