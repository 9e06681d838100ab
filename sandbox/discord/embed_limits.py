"""What Discord refuses in embeds ("Embed Limits" on its message page)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.discord.form import WEB_OR_ATTACHMENT

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.form import Form, Path

EMBEDS, FIELDS = 10, 25
TITLE, DESCRIPTION, FIELD_NAME, FIELD_VALUE, FOOTER, AUTHOR = 256, 4096, 256, 1024, 2048, 256
ALL_TEXT = 6000  # of all embeds of a message together
WHITE = 0xFFFFFF


def check_embeds(form: Form, embeds: Any) -> None:
    """Check the `embeds` of a message."""
    path = ("embeds",)
    total = sum(_check_embed(form, place, embed) for place, embed in form.objects(path, embeds, EMBEDS))
    if total > ALL_TEXT:
        form.add(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {ALL_TEXT}")


def _check_embed(form: Form, path: Path, embed: Json) -> int:
    """Check one embed; returns how much text it has."""
    total = form.text((*path, "title"), embed.get("title"), TITLE)
    total += form.text((*path, "description"), embed.get("description"), DESCRIPTION)
    form.url((*path, "url"), embed.get("url"))
    form.number((*path, "color"), embed.get("color"), 0, WHITE)
    if (moment := embed.get("timestamp")) is not None and not _is_moment(moment):
        form.add((*path, "timestamp"), "DATE_TIME_TYPE_PARSE", f"Could not parse {moment}. Should be ISO8601.")
    for name in ("image", "thumbnail"):
        picture = form.object((*path, name), embed.get(name))
        if picture:
            form.url((*path, name, "url"), picture.get("url"), WEB_OR_ATTACHMENT)
    footer = form.object((*path, "footer"), embed.get("footer"))
    if footer:
        total += form.text((*path, "footer", "text"), footer.get("text"), FOOTER, required=True)
        form.url((*path, "footer", "icon_url"), footer.get("icon_url"), WEB_OR_ATTACHMENT)
    author = form.object((*path, "author"), embed.get("author"))
    if author:
        total += form.text((*path, "author", "name"), author.get("name"), AUTHOR, required=True)
        form.url((*path, "author", "url"), author.get("url"))
        form.url((*path, "author", "icon_url"), author.get("icon_url"), WEB_OR_ATTACHMENT)
    for place, field in form.objects((*path, "fields"), embed.get("fields"), FIELDS):
        total += form.text((*place, "name"), field.get("name"), FIELD_NAME, required=True)
        total += form.text((*place, "value"), field.get("value"), FIELD_VALUE, required=True)
        form.flag((*place, "inline"), field.get("inline"))
    return total


def _is_moment(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
