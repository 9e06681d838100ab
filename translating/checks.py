"""What is wrong with a translation: other places, other commands, other marks, or too long for Discord."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from string import Formatter

from translating.texts import Text

# One form is for none and for one: "one account" would be said of none.
_ONE_FORM_FOR_NONE = frozenset({"fr", "pt_BR"})
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
# Without what a sentence has after it.
_WEB_ADDRESS = re.compile(r"https?://(?:[!-;=?-~]*[\w/])?", re.ASCII)
_MARKS = ("**", "__", "||", "~~", "](", "\n", "-# ", "<t:", "<@", "</", "<#", "@everyone", "@here")
_NAME = re.compile(r"[-_'\w]{1,32}")
_BLANKS = " \t\u3000"


def problems(code: str, text: Text, forms: Sequence[str]) -> Iterator[str]:
    """Sentences about one translation; none: it can be shown.

    Args:
        code: The catalogue's name.
        text: In English.
        forms: The translation; of a counted text, each of its plural forms.
    """
    for number, form in enumerate(forms):
        is_first_of_two = bool(text.many) and len(forms) > 1 and number == 0
        english = text.text if is_first_of_two or not text.many else text.many
        yield from _places(code, text, form, english, is_first_of_two=is_first_of_two)
        yield from _marks(form, english)
        if text.limit and _least_length(form) > text.limit:
            yield f"{len(form)} letters, and Discord takes {text.limit}: {form!r}"
        if text.context == "command" and not (_NAME.fullmatch(form) and form == form.lower()):
            yield f"no name of a command (small letters, digits, - and _): {form!r}"


def _places(code: str, text: Text, form: str, english: str, *, is_first_of_two: bool) -> Iterator[str]:
    try:
        found = _fields(form)
    except ValueError as error:
        yield f"braces that are not a pair ({error}): {form!r}"
        return
    needed, allowed = _fields(english), _fields(text.text) | _fields(text.many)
    counts = {field for field in allowed if field[0] == "count"}
    if is_first_of_two and code in _ONE_FORM_FOR_NONE:
        needed |= counts & _fields(text.many)
    if missing := needed - found - (counts if is_first_of_two and code not in _ONE_FORM_FOR_NONE else set()):
        yield f"without {_named(missing)}: {form!r}"
    if unknown := found - allowed:
        yield f"with {_named(unknown)}, which the English text does not have: {form!r}"


def _fields(text: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name is not None}


def _named(fields: set[tuple[str, str]]) -> str:
    return ", ".join(sorted(f"{{{name}{':' if spec else ''}{spec}}}" for name, spec in fields))


def _marks(form: str, english: str) -> Iterator[str]:
    for what, pattern in (("code", _CODE), ("web addresses", _WEB_ADDRESS)):
        wanted, found = (Counter(pattern.findall(each)) for each in (english, form))
        if wanted != found:
            yield f"other {what} ({_difference(wanted, found)}): {form!r}"
    for mark in _MARKS:
        if english.count(mark) != form.count(mark):
            yield f"{mark!r} {form.count(mark)} times, and in English {english.count(mark)} times: {form!r}"
    if _ends(english) != _ends(form):
        yield f"other blanks at its ends: {form!r}"


def _difference(wanted: Counter[str], found: Counter[str]) -> str:
    return ", ".join([f"without {each}" for each in wanted - found] + [f"with {each}" for each in found - wanted])


def _ends(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip(_BLANKS))], text[len(text.rstrip(_BLANKS)) :]


def _least_length(form: str) -> int:
    """How long it is at least: what fills a place has a letter."""
    try:
        return sum(len(literal) + (name is not None) for literal, name, _, _ in Formatter().parse(form))
    except ValueError:
        return len(form)
