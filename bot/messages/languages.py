"""The languages that Tessera speaks, and how each writes numbers.

English is the language of the code, of the log and of the command line. A text that a language lacks is in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOCALE_FOLDER = Path(__file__).parent / "locale"
# The narrow no-break space, as French has it between thousands.
_NARROW = "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of readers.

    Attributes:
        tag: As in `lang` of HTML, and as Discord names it.
        catalog: The compiled translations; None: the texts as they are in the code.
        group: Between thousands.
        decimal: Before a fraction.
        least_grouped: How many digits a whole number has at least for `group` to be written.
    """

    tag: str
    catalog: Path | None = None
    group: str = ","
    decimal: str = "."
    least_grouped: int = 4


def _translated(
    tag: str, folder: str = "", *, group: str = ",", decimal: str = ".", least_grouped: int = 4
) -> Language:
    catalog = LOCALE_FOLDER / (folder or tag.replace("-", "_")) / "LC_MESSAGES" / "tessera.mo"
    return Language(tag, catalog, group, decimal, least_grouped)


ENGLISH = Language("en")
# Discord's names of locales (reference: locales). Spain and Latin America read the same texts; their numbers differ.
_BY_LOCALE: Mapping[str, Language] = {
    "de": _translated("de", group=".", decimal=","),
    "fr": _translated("fr", group=_NARROW, decimal=","),
    "es-ES": _translated("es-ES", "es", group=".", decimal=",", least_grouped=5),
    "es-419": _translated("es-419", "es"),
    "pt-BR": _translated("pt-BR", group=".", decimal=","),
    "ja": _translated("ja"),
    "zh-CN": _translated("zh-CN"),
}
TRANSLATED = tuple(_BY_LOCALE.values())


def language_of(locale: str) -> Language:
    """The language for one of Discord's locales; English where there is no translation."""
    return _BY_LOCALE.get(locale, ENGLISH)
