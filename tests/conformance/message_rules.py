"""What Discord refuses about messages, embeds, components and modals, beyond what its file holds."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from tests.conformance.wording import placed

if TYPE_CHECKING:
    from collections.abc import Iterator

EMBED_TEXT = 6000
"""Characters of all embeds of a message together."""
CONTENT = 2000
"""Characters of a message by a bot; the file's 4000 is for subscribers."""
ROWS = 5
V2_FLAG = 1 << 15
V2_COMPONENTS = 40
V2_TEXT = 4000
MODAL_PARTS = 5
_ROW_WIDTH = 5
_WITH_BODY = ("content", "embeds", "components", "attachments", "sticker_ids", "poll", "message_reference")
_EXCLUDED_BY_V2 = ("content", "embeds", "poll", "sticker_ids")


class Kind(IntEnum):
    """Discord's component types, as far as a rule names them."""

    ROW = 1
    BUTTON = 2
    SELECT = 3
    TEXT = 10


class Style(IntEnum):
    """Discord's button styles that are not plain."""

    LINK = 5
    PREMIUM = 6


def message_problems(message: dict[str, Any], where: str, *, new: bool) -> Iterator[str]:
    """What is wrong with a message to send (`new`) or an edit of one; `where` is its place in the body."""
    prefix = f"{where}/" if where else ""
    if new and not any(message.get(key) for key in _WITH_BODY):
        yield placed(where, "an empty message")
    if len(message.get("content") or "") > CONTENT:
        yield f"{prefix}content: {len(message['content'])} characters, {CONTENT} allowed"
    yield from _embed_problems(message, prefix, new=new)
    yield from _mention_problems(message.get("allowed_mentions") or {}, f"{prefix}allowed_mentions")
    components = message.get("components") or []
    if int(message.get("flags") or 0) & V2_FLAG:
        yield from _v2_problems(message, components, prefix)
    else:
        if len(components) > ROWS:
            yield f"{prefix}components: {len(components)} rows, {ROWS} allowed"
        for index, component in enumerate(components):
            if component["type"] != Kind.ROW:
                yield f"{prefix}components/{index}: type {component['type']} needs the flag IS_COMPONENTS_V2"
    yield from component_problems(components, f"{prefix}components")


def modal_problems(modal: dict[str, Any], where: str) -> Iterator[str]:
    """What is wrong with a modal."""
    if len(modal["components"]) > MODAL_PARTS:
        yield f"{where}/components: {len(modal['components'])} parts of a modal, {MODAL_PARTS} allowed"
    yield from component_problems(modal["components"], f"{where}/components")


def _embed_texts(embed: dict[str, Any]) -> Iterator[str]:
    yield embed.get("title") or ""
    yield embed.get("description") or ""
    yield (embed.get("footer") or {}).get("text") or ""
    yield (embed.get("author") or {}).get("name") or ""
    for field in embed.get("fields") or []:
        yield field["name"]
        yield field["value"]


def _embed_problems(message: dict[str, Any], prefix: str, *, new: bool) -> Iterator[str]:
    embeds = message.get("embeds") or []
    length = sum(len(text) for embed in embeds for text in _embed_texts(embed))
    if length > EMBED_TEXT:
        yield f"{prefix}embeds: {length} characters of text in all embeds, {EMBED_TEXT} allowed"
    attachments = message.get("attachments")
    names = {each.get("filename") for each in attachments or []}
    # an edit may refer to files it keeps, which it names by id or not at all
    unseen = None in names or (attachments is None and not new)
    for index, embed in enumerate(embeds):
        place = f"{prefix}embeds/{index}"
        author = embed.get("author") or {}
        for name, link in (("url", embed.get("url")), ("author/url", author.get("url"))):
            if (link or "").startswith("attachment:"):
                yield f"{place}/{name}: a link may not be an attachment"
        pictures = {
            "image/url": (embed.get("image") or {}).get("url"),
            "thumbnail/url": (embed.get("thumbnail") or {}).get("url"),
            "footer/icon_url": (embed.get("footer") or {}).get("icon_url"),
            "author/icon_url": author.get("icon_url"),
        }
        for name, picture in pictures.items():
            scheme, _, file = (picture or "").partition("://")
            if scheme == "attachment" and file not in names and not unseen:
                yield f"{place}/{name}: {picture} is not among the attachments"


def _mention_problems(mentions: dict[str, Any], place: str) -> Iterator[str]:
    for kind in ("users", "roles"):
        if mentions.get(kind) and kind in (mentions.get("parse") or []):
            yield f"{place}: {kind} are both parsed and listed"


def _v2_problems(message: dict[str, Any], components: list[Any], prefix: str) -> Iterator[str]:
    for key in _EXCLUDED_BY_V2:
        if message.get(key):
            yield f"{prefix}{key}: not allowed beside the flag IS_COMPONENTS_V2"
    everything = [component for _, component in walk(components, "")]
    if len(everything) > V2_COMPONENTS:
        yield f"{prefix}components: {len(everything)} components, {V2_COMPONENTS} allowed"
    text = sum(len(each["content"]) for each in everything if each["type"] == Kind.TEXT)
    if text > V2_TEXT:
        yield f"{prefix}components: {text} characters of text displays, {V2_TEXT} allowed"


def walk(components: list[dict[str, Any]], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each component with its place, those inside rows, sections, containers and labels included."""
    for index, component in enumerate(components):
        place = f"{where}/{index}"
        yield place, component
        yield from walk(component.get("components") or [], f"{place}/components")
        for single in ("accessory", "component"):
            if component.get(single):
                yield f"{place}/{single}", component[single]


def component_problems(components: list[dict[str, Any]], where: str) -> Iterator[str]:
    """What is wrong with the components of one message or modal."""
    everything = list(walk(components, where))
    for key in ("custom_id", "id"):
        # 0 and None ask Discord to choose an id
        counts = Counter(component[key] for _, component in everything if component.get(key))
        for value, count in counts.items():
            if count > 1:
                yield f"{where}: {key} {value!r} is used {count} times"
    for place, component in everything:
        if component["type"] == Kind.ROW:
            yield from _row_problems(component["components"], place)
        elif component["type"] == Kind.BUTTON:
            yield from _button_problems(component, place)
        elif component["type"] == Kind.SELECT:
            yield from _select_problems(component, place)


def _row_problems(inside: list[dict[str, Any]], place: str) -> Iterator[str]:
    others = sum(each["type"] != Kind.BUTTON for each in inside)
    if others and len(inside) > 1:
        yield f"{place}/components: a row holds {_ROW_WIDTH} buttons or one select"


def _button_problems(button: dict[str, Any], place: str) -> Iterator[str]:
    needed = {Style.LINK: "url", Style.PREMIUM: "sku_id"}.get(button["style"], "custom_id")
    for key in ("custom_id", "url", "sku_id"):
        if key == needed and not button.get(key):
            yield f"{place}: a button of style {button['style']} needs {key}"
        elif key != needed and button.get(key):
            yield f"{place}: a button of style {button['style']} may not have {key}"
    if (button.get("url") or "").startswith("attachment:"):
        yield f"{place}/url: a link may not be an attachment"
    if button["style"] != Style.PREMIUM and not (button.get("label") or button.get("emoji")):
        yield f"{place}: a button needs a label or an emoji"


def _select_problems(select: dict[str, Any], place: str) -> Iterator[str]:
    options = select["options"]
    values = Counter(option["value"] for option in options)
    for value, count in values.items():
        if count > 1:
            yield f"{place}/options: value {value!r} is used {count} times"
    least, most = (1 if select.get(key) is None else int(select[key]) for key in ("min_values", "max_values"))
    if not least <= most <= len(options):
        yield f"{place}: {least} to {most} values of {len(options)} options"
    chosen = sum(bool(option.get("default")) for option in options)
    if chosen > most:
        yield f"{place}/options: {chosen} defaults, {most} allowed"
