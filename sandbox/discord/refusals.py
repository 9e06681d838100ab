"""What Discord refuses in a message besides its documented limits, as a test sets it: URLs, emoji, labels, words.

Which URLs and emoji it accepts is not documented; the shapes of its answers are from public reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.discord.answers import ApiError

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.form import Form, Path

ANY = "*"
NESTED, FIRST, BARE, LISTED = "nested", "first", "bare", "listed"
# How it says so: all errors nested by path; one of them at a time; no path at all; the numbers of the embeds alone, as
# webhooks do.
SHAPES = (NESTED, FIRST, BARE, LISTED)
_PICTURES = (("image", "url"), ("thumbnail", "url"), ("author", "icon_url"), ("footer", "icon_url"))
_LINKS = ((None, "url"), ("author", "url"))


@dataclass(slots=True)
class Refusals:
    """What is refused, until the next reset.

    Attributes:
        urls: A URL that contains one of these, wherever it stands.
        emoji: An emoji of that name or id; "*" is any.
        longest_label: Labels of buttons and choices that are longer; None: only Discord's own limits.
        values: A choice with one of these, as if another had it already.
        words: An embed whose title or description contains one of these, for a reason that is nobody's to know.
        shape: How it is said.
    """

    urls: tuple[str, ...] = ()
    emoji: tuple[str, ...] = ()
    longest_label: int | None = None
    values: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    shape: str = NESTED

    def check(self, form: Form, body: Json) -> None:
        """Add what is refused in a message.

        Raises:
            ApiError: 400, in a shape that names no paths.
        """
        found = [*self._in_embeds(body.get("embeds") or []), *self._in_rows(body.get("components") or [])]
        if found and self.shape == BARE:
            raise ApiError(400, 50035, "Invalid Form Body")
        if found and self.shape == LISTED:
            numbers = sorted({str(path[1]) for path, _, _ in found if path[0] == "embeds"})
            raise _ListedError(numbers)
        for path, code, message in found[:1] if self.shape == FIRST else found:
            form.add(path, code, message)

    def _in_embeds(self, embeds: list[Json]) -> Iterator[tuple[Path, str, str]]:
        for number, embed in enumerate(embeds):
            path: Path = ("embeds", number)
            for holder, key in (*_PICTURES, *_LINKS):
                url = (embed if holder is None else embed.get(holder) or {}).get(key)
                if self._refuses(url):
                    place = (*path, key) if holder is None else (*path, holder, key)
                    yield place, "URL_TYPE_INVALID_URL", "Not a well formed URL."
            for key in ("title", "description"):
                if any(words in str(embed.get(key) or "") for words in self.words):
                    yield (*path, key), "BASE_TYPE_BAD_WORDS", "This is not accepted."

    def _in_rows(self, rows: list[Json]) -> Iterator[tuple[Path, str, str]]:
        for row, components in enumerate(rows):
            for number, item in enumerate(components.get("components") or []):
                path: Path = ("components", row, "components", number)
                yield from self._in_item(path, item)
                for choice, option in enumerate(item.get("options") or []):
                    yield from self._in_item((*path, "options", choice), option)

    def _in_item(self, path: Path, item: Json) -> Iterator[tuple[Path, str, str]]:
        emoji: Any = item.get("emoji") or {}
        names = {str(emoji[key]) for key in ("id", "name") if emoji.get(key)}
        if names and (ANY in self.emoji or names & set(self.emoji)):
            yield (
                (*path, "emoji", "id" if emoji.get("id") else "name"),
                "BUTTON_COMPONENT_INVALID_EMOJI",
                "Invalid emoji",
            )
        if self.longest_label is not None and len(item.get("label") or "") > self.longest_label:
            yield (*path, "label"), "BASE_TYPE_MAX_LENGTH", f"Must be {self.longest_label} or fewer in length."
        if item.get("value") in self.values:
            yield path, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
        if self._refuses(item.get("url")):
            yield (*path, "url"), "URL_TYPE_INVALID_URL", "Not a well formed URL."

    def _refuses(self, url: Any) -> bool:
        return isinstance(url, str) and any(text in url for text in self.urls)


class _ListedError(ApiError):
    """As a webhook may answer: no code, no message, no path."""

    def __init__(self, numbers: list[str]) -> None:
        super().__init__(400, 0, "embeds are refused")
        self._numbers = numbers

    def body(self) -> Json:
        return {"embeds": self._numbers}
