"""The sentences in the scripts of the page on which members prove an account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.web.script_words import texts_of
from translating.sentences import PROJECT
from translating.texts import Text

_SCRIPTS = PROJECT / "bot" / "web" / "static"


def texts_in_scripts(folder: Path = _SCRIPTS) -> Iterator[Text]:
    """All of them."""
    for path in sorted(folder.glob("*.js")):
        place = path.relative_to(PROJECT).as_posix()
        for text in texts_of(path.read_text(encoding="utf-8")):
            yield Text(text, places=frozenset({place}))
