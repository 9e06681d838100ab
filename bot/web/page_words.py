"""The page in the reader's language: its own words, and the sentences in its scripts.

A script names a sentence by its English text, `t("Log in with Discord")` or `parts("to {member}", { member: node })`,
and finds what it is in the reader's language in `known.js`, which is made here. In `page.html` an element with `data-t`
has a text to be translated; elements with an id in it are places of that text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape, unescape

import orjson

from bot.messages import ENGLISH, TRANSLATED, Language, text_in

PAGE, KNOWN = "/v", "/v/known.js"

_LITERAL = r'"(?:[^"\\\n]|\\.)*"'
_CALL = re.compile(rf"\b(?:t|parts)\(\s*({_LITERAL}(?:\s*\+\s*{_LITERAL})*)")
_PART = re.compile(_LITERAL)
_MARKED = re.compile(r"<(?P<tag>\w+)(?P<more>[^>]*) data-t>(?P<inside>.*?)</(?P=tag)>", re.DOTALL)
_PLACE = re.compile(r'<(?P<tag>\w+)[^>]* id="(?P<name>\w+)"[^>]*>.*?</(?P=tag)>')
_LANGUAGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?\s*")
# A header is the browser's own; one that is longer than any browser's is not read to its end.
_LONGEST_HEADER = 500
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
_BY_TAG = {language.tag.lower(): language for language in TRANSLATED}
# Where only the first part of a tag counts.
_BY_FIRST = {"de": "de", "fr": "fr", "ja": "ja", "pt": "pt-br", "zh": "zh-cn"}


def language_for(accepted: str) -> Language:
    """The language for an `Accept-Language`: the one that is wanted most of those that there are."""
    parts = map(_LANGUAGE.fullmatch, accepted[:_LONGEST_HEADER].split(","))
    wanted = [(float(found[2] or 1), found[1].lower()) for found in parts if found]
    for quality, tag in sorted(wanted, key=lambda one: -one[0]):
        if quality and (language := _language(tag)):
            return language
    return ENGLISH


def _language(tag: str) -> Language | None:
    first, *more = tag.split("-")
    if first == "en":
        return ENGLISH
    if first == "zh" and _TRADITIONAL & set(more):  # another way of writing, which not all can read
        return None
    if first == "es":
        return _BY_TAG["es-es" if more in ([], ["es"]) else "es-419"]
    return _BY_TAG.get(tag) or _BY_TAG.get(_BY_FIRST.get(first, ""))


def texts_of(script: str) -> Iterator[str]:
    """The texts that a script asks for, in English."""
    for call in _CALL.finditer(script):
        yield "".join(orjson.loads(part) for part in _PART.findall(call[1]))


def texts_of_html(html: str) -> Iterator[str]:
    """The texts of the page itself, in English."""
    for marked in _MARKED.finditer(html):
        yield unescape(_PLACE.sub(r"{\g<name>}", marked["inside"]))


class PageWords:
    """What is served in several languages.

    Args:
        html: The page.
        scripts: Its scripts.
    """

    def __init__(self, html: str, scripts: Iterable[str]) -> None:
        self._html = html
        self._texts = frozenset(text for script in scripts for text in texts_of(script))
        self.content = lru_cache(self._content)

    def _content(self, path: str, language: Language) -> bytes:
        """A file as it is for a reader."""
        return (self._page(language) if path == PAGE else self._known(language)).encode()

    def _page(self, language: Language) -> str:
        def translate(marked: re.Match[str]) -> str:
            inside = marked["inside"]
            places = {place["name"]: place[0] for place in _PLACE.finditer(inside)}
            [text] = texts_of_html(marked[0])
            translated = escape(text_in(language, text) or text, quote=False)
            for name, element in places.items():
                translated = translated.replace(f"{{{name}}}", element)
            return f"<{marked['tag']}{marked['more']}>{translated}</{marked['tag']}>"

        page = self._html.replace('<html lang="en">', f'<html lang="{language.tag}">')
        return _MARKED.sub(translate, page)

    def _known(self, language: Language) -> str:
        found = ((text, text_in(language, text)) for text in sorted(self._texts))
        known = orjson.dumps({text: translated for text, translated in found if translated}).decode()
        return f"export const language = {orjson.dumps(language.tag).decode()};\nexport const known = {known};\n"
