"""What is not translated yet: a list that only becomes shorter. A new text that nobody has translated is not in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog

from translating.po_files import CODES, is_whole
from translating.texts import Text

LISTED = Path(__file__).parent / "untranslated.txt"
_HEAD = "# What is not translated yet, and into which languages. `make words` takes out what has been translated.\n"


def untranslated(texts: Iterable[Text], catalogs: Mapping[str, Catalog]) -> set[tuple[str, str, str]]:
    """Language, context and text of each that is missing or marked as fuzzy."""
    return {
        (code, each.context, each.text)
        for each in texts
        for code, catalog in catalogs.items()
        if not (found := catalog.get(each.text, each.context or None)) or not is_whole(found)
    }


def read_list(path: Path = LISTED) -> set[tuple[str, str, str]]:
    """What may be missing."""
    found = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            codes, context, text = line.split("\t")
            found |= {(code, context, text.replace("\\n", "\n")) for code in codes.split()}
    return found


def write_list(missing: Iterable[tuple[str, str, str]], path: Path = LISTED) -> None:
    """Write what may be missing, each text in one line."""
    codes: dict[tuple[str, str], set[str]] = {}
    for code, context, text in missing:
        codes.setdefault((context, text), set()).add(code)
    lines = [
        "\t".join((" ".join(code for code in CODES if code in codes[key]), key[0], key[1].replace("\n", "\\n")))
        for key in sorted(codes)
    ]
    path.write_text(_HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
