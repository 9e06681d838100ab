"""What is wrong with a whole catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from babel.messages.catalog import Catalog

from translating.checks import problems
from translating.po_files import PLURALS, forms_of, is_whole
from translating.texts import Text


def problems_of(code: str, catalog: Catalog, texts: Sequence[Text]) -> Iterator[str]:
    """Sentences about translations that cannot be shown as they are; what is missing is no problem of them."""
    names: Counter[str] = Counter()
    for text in texts:
        found = catalog.get(text.text, text.context or None)
        if not found or not is_whole(found):
            continue
        forms = forms_of(found)
        if text.many and len(forms) != PLURALS[code][0]:
            yield f"{text.text!r}: {len(forms)} plural forms, and this language has {PLURALS[code][0]}"
        yield from (f"{text.text!r}: {problem}" for problem in problems(code, text, forms))
        if text.context == "command":
            names.update(forms)
    yield from (f"two commands are called {name!r}" for name, times in names.items() if times > 1)
