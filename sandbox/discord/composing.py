"""From the body of a request to the message as Discord returns it: embeds, components and files completed."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from sandbox.discord.answers import empty_message
from sandbox.discord.component_limits import CONTAINER, FILE, GALLERY, SECTION, SEPARATOR, THUMBNAIL
from sandbox.discord.message_limits import COMPONENTS_V2, EPHEMERAL, LOADING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.discord.answers import Json
    from sandbox.discord.attachments import Attachments, Upload

SUPPRESS_EMBEDS = 1 << 2
SETTABLE_IN_EDITS = SUPPRESS_EMBEDS | COMPONENTS_V2
ATTACHMENT = "attachment://"


class PictureUrls:
    """URLs of the pictures of one message, and of the proxy where a client fetches them.

    Args:
        host: of this server.
        attached: file names of the message, and their addresses.
    """

    def __init__(self, host: str, attached: dict[str, str]) -> None:
        self._here = f"http://{host}/"
        self._attached = attached

    def resolved(self, url: str) -> str:
        """An attachment's own address; any other as it is."""
        return self._attached.get(url.removeprefix(ATTACHMENT), url) if url.startswith(ATTACHMENT) else url

    def proxied(self, url: str) -> str:
        """The address at Discord's media proxy, which fetches for its clients; ours is under /cdn/external."""
        if url.startswith((self._here, ATTACHMENT)):
            return url
        return f"{self._here}cdn/external/{url.replace('://', '/', 1)}"


def apply(message: Json, request: Json, files: dict[int, Upload], *, attachments: Attachments, host: str) -> None:
    """Change a message by the checked body of a request: what the body does not name stays.

    Raises:
        ApiError: 400, code 50006, when nothing would be left to show.
    """
    changed: Json = {}
    flags = message["flags"] & ~LOADING
    if isinstance(request.get("flags"), int):
        flags |= request["flags"] & SETTABLE_IN_EDITS
    changed["flags"] = flags
    if "content" in request:
        changed["content"] = str(request["content"] or "")
    if files or "attachments" in request:
        changed["attachments"] = list(_attached(message, request, files, attachments, host))
    attached = changed.get("attachments") or message["attachments"]
    urls = PictureUrls(host, {one["filename"]: one["url"] for one in attached})
    if "embeds" in request:
        changed["embeds"] = [_embed(embed, urls) for embed in request["embeds"] or []]
    if "components" in request:
        ids = count(1)
        changed["components"] = [_component(one, ids, urls) for one in request["components"] or []]
    after = {**message, **changed}
    if not any(after[key] for key in ("content", "embeds", "components", "attachments")):
        raise empty_message()
    message.update(changed)


def _attached(
    message: Json, request: Json, files: dict[int, Upload], attachments: Attachments, host: str
) -> Iterator[Json]:
    listed = {str(one.get("id")): one for one in request.get("attachments") or []}
    for present in message["attachments"]:
        # Without a list all stay; with one, those that are not on it are removed.
        if "attachments" not in request or present["id"] in listed:
            yield present
    for number, upload in sorted(files.items()):
        described = listed.get(str(number), {}).get("description")
        hidden = bool(message["flags"] & EPHEMERAL)
        yield attachments.store(upload, int(message["channel_id"]), host, described=described, hidden=hidden)


def _embed(embed: Json, urls: PictureUrls) -> Json:
    body: Json = {"type": "rich"}
    for key in ("url", "title", "description", "color", "timestamp", "flags"):
        if embed.get(key) is not None and embed[key] != "":
            body[key] = embed[key]
    for key in ("image", "thumbnail"):
        if embed.get(key) and embed[key].get("url"):
            url = urls.resolved(embed[key]["url"])
            body[key] = {"url": url, "proxy_url": urls.proxied(url)}
    for key, named in (("footer", "text"), ("author", "name")):
        if embed.get(key) and embed[key].get(named):
            part = {name: embed[key][name] for name in (named, "url") if embed[key].get(name)}
            if embed[key].get("icon_url"):
                part["icon_url"] = urls.resolved(embed[key]["icon_url"])
                part["proxy_icon_url"] = urls.proxied(part["icon_url"])
            body[key] = part
    if embed.get("fields"):
        body["fields"] = [
            {"name": str(f["name"]), "value": str(f["value"]), "inline": bool(f.get("inline"))} for f in embed["fields"]
        ]
    return body


def _component(component: Json, ids: Iterator[int], urls: PictureUrls) -> Json:
    """A component with the number that Discord gives it, and the defaults it fills in."""
    body = _without_nulls(component)
    body["id"] = body.get("id") or next(ids)
    if "options" in body:
        body["options"] = [_without_nulls(option) for option in body["options"]]
    if "components" in body:
        body["components"] = [_component(child, ids, urls) for child in body["components"]]
    kind = body["type"]
    if kind == SECTION:
        body["accessory"] = _component(body["accessory"], ids, urls)
    elif kind == CONTAINER:
        body.setdefault("accent_color", None)
        body.setdefault("spoiler", False)
    elif kind == SEPARATOR:
        body.setdefault("spacing", 1)
        body.setdefault("divider", True)
    elif kind == GALLERY:
        body["items"] = [_media(item, "media", ids, urls) for item in body["items"]]
    elif kind == THUMBNAIL:
        body = _media(body, "media", ids, urls)
    elif kind == FILE:
        body = {"name": None, "size": None, **_media(body, "file", ids, urls)}
        del body["description"]
    elif kind in SELECTS_WITH_DEFAULTS:
        body.setdefault("min_values", 1)
        body.setdefault("max_values", 1)
    return body


SELECTS_WITH_DEFAULTS = (3, 5, 6, 7, 8)


def _without_nulls(part: Json) -> Json:
    """A component or an option without its null fields, in its emoji too."""
    body = {key: value for key, value in part.items() if value is not None}
    if "emoji" in body:
        body["emoji"] = {key: value for key, value in body["emoji"].items() if value is not None}
    return body


def _media(holder: Json, key: str, ids: Iterator[int], urls: PictureUrls) -> Json:
    url = urls.resolved(holder[key]["url"])
    media: Json = {
        "id": str(next(ids)),
        "url": url,
        "proxy_url": urls.proxied(url),
        "width": None,
        "height": None,
    }
    return {"description": None, "spoiler": False, **holder, key: media}


def custom_components(components: list[Any]) -> Iterator[Json]:
    """Every component below that has a custom id, however deep."""
    for component in components:
        if component.get("custom_id"):
            yield component
        yield from custom_components(component.get("components", []))
        if component.get("accessory"):
            yield from custom_components([component["accessory"]])
