"""The compiled translations, each read once, when it is first needed."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from bot.messages.languages import Language


@cache
def _read(path: Path) -> NullTranslations:
    try:
        with path.open("rb") as file:
            return GNUTranslations(file)
    except FileNotFoundError:  # an installation without them speaks English
        return NullTranslations()


_ENGLISH = NullTranslations()


def translations_of(language: Language) -> NullTranslations:
    """What `gettext` asks for the texts of a language."""
    return _read(language.catalog) if language.catalog else _ENGLISH


def text_in(language: Language, text: str, context: str = "") -> str | None:
    """A text in a language; None: there is no translation, or it is the same.

    Args:
        language: Of the reader.
        text: In English.
        context: What it names, where a word is translated in several ways ("command", "choice", "menu").
    """
    translations = translations_of(language)
    found = translations.pgettext(context, text) if context else translations.gettext(text)
    return found if found != text else None


def forget_catalogs() -> None:
    """Forget what was read: all languages are 4 MB, and only those of readers are read again, in 20 ms each."""
    _read.cache_clear()
