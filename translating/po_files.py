"""The files that translators edit (`.po`), and what the bot reads of them (`.mo`).

Both are written from the same texts in the same order, and without dates or the tool's version: who runs `make words`
with nothing new changes no file.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from translating.sentences import PROJECT
from translating.texts import Text

LOCALE = PROJECT / "bot" / "messages" / "locale"
# Two forms at most. Unicode has a third for French, Spanish and Portuguese, "un million de …"; no count here is a round
# million in words, and no translator should have to write each sentence three times for it.
PLURALS = {
    "de": (2, "(n != 1)"),
    "fr": (2, "(n > 1)"),
    "es": (2, "(n != 1)"),
    "pt_BR": (2, "(n > 1)"),
    "ja": (1, "0"),
    "zh_CN": (1, "0"),
}
CODES = tuple(PLURALS)
_HEADER = """# {language} translations of Tessera.
# How to edit this file: docs/translating.md"""
# A changed sentence that is so like an earlier one keeps its translation, to be looked at.
_ALIKE = 0.75


class _Catalog(Catalog):
    """One whose header says nothing that changes by itself."""

    def __init__(self, code: str) -> None:
        super().__init__(code, charset="utf-8", fuzzy=False)
        self.code = code
        self.header_comment = _HEADER.format(language=Locale.parse(code).get_display_name("en"))

    @property
    def num_plurals(self) -> int:
        """How many forms a counted text has."""
        return PLURALS[self.code][0]

    @property
    def plural_forms(self) -> str:
        """Which form is for which number, as gettext writes it."""
        forms, which = PLURALS[self.code]
        return f"nplurals={forms}; plural={which};"

    @property
    def mime_headers(self) -> Any:
        """What gettext reads of a header, and nothing else."""
        return [
            ("Project-Id-Version", "Tessera"),
            ("Language", self.code),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", f"text/plain; charset={self.charset}"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]

    @mime_headers.setter
    def mime_headers(self, headers: Any) -> None:
        raise NotImplementedError("it is only written")


def po_path(code: str, locale: Path = LOCALE) -> Path:
    """Where the translations of a language are edited."""
    return locale / code / "LC_MESSAGES" / "tessera.po"


def read(code: str, locale: Path = LOCALE) -> Catalog:
    """The translations of a language as they are; none where there is no file.

    Raises:
        PoFileError: it cannot be read; the error has the line.
    """
    path = po_path(code, locale)
    if not path.exists():
        return Catalog(code)
    with path.open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def updated(code: str, texts: Sequence[Text], known: Catalog) -> Catalog:
    """The translations of these texts and of no others.

    A text that is new and much like one that is gone gets its translation, marked as fuzzy: it counts as missing until
    somebody has looked at it.
    """
    catalog = _Catalog(code)
    wanted = {each.key for each in texts}
    gone = {_id(one): one for one in known if one.id and one.string and (one.context or "", _id(one)) not in wanted}
    for each in texts:
        old = known.get(each.text, each.context or None)
        string: Any = old.string if old and _is_same_kind(old, each) else ""
        flags = {"fuzzy"} if old and old.fuzzy and string else set()
        if not old and (alike := difflib.get_close_matches(each.text, gone, 1, _ALIKE)):
            before = gone[alike[0]]
            if _is_same_kind(before, each):
                string, flags = before.string, {"fuzzy"}
        if "{" in each.text or "{" in each.many:
            flags.add("python-brace-format")
        catalog.add(
            (each.text, each.many) if each.many else each.text,
            string or None,
            locations=[(place, 0) for place in sorted(each.places)],  # lines would change with each change of the code
            flags=flags,
            auto_comments=[f"At most {each.limit} letters."] if each.limit else [],
            user_comments=old.user_comments if old else (),
            context=each.context or None,
        )
    return catalog


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_same_kind(message: Message, text: Text) -> bool:
    return bool(message.pluralizable) == bool(text.many)


def po_bytes(catalog: Catalog) -> bytes:
    """The file that translators edit."""
    out = BytesIO()
    write_po(out, catalog, width=120, include_lineno=False)
    return out.getvalue()


def mo_bytes(code: str, catalog: Catalog) -> bytes:
    """What the bot reads: all that is translated, and not marked as fuzzy."""
    out, whole = BytesIO(), _Catalog(code)
    for one in catalog:
        if one.id and is_whole(one):
            whole.add(one.id, one.string, context=one.context)
    write_mo(out, whole)
    return out.getvalue()


def is_whole(message: Message) -> bool:
    """Whether it is translated in all its forms, and somebody has looked at it."""
    return not message.fuzzy and all(forms_of(message))


def forms_of(message: Message) -> list[str]:
    """The translation; of a counted text, each of its plural forms."""
    string = message.string or ""
    return [string] if isinstance(string, str) else list(string)


def write(code: str, catalog: Catalog, locale: Path = LOCALE) -> None:
    """Write both files of a language."""
    path = po_path(code, locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(po_bytes(catalog))
    path.with_suffix(".mo").write_bytes(mo_bytes(code, catalog))
