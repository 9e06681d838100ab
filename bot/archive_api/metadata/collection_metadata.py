"""What the metadata of a collection says, in the forms that Loopring, GameStop and OpenSea write: a name and pictures.

Nothing else in it is believed, as nobody has checked who wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from bot.archive.known_collections import FoundCollection
from bot.sources import wire
from bot.text import safe_pages

# Loopring's API, GameStop's files, ERC-7572 and OpenSea's own keys; an empty string is not a value.
_AVATARS = ("avatar", "avatarUri", "avatar_uri", "tileUri", "tile_uri", "thumbnail", "thumbnailUri", "thumbnail_uri")
_IMAGES = ("image", "imageUrl", "image_url")
_BANNERS = ("banner", "bannerUri", "banner_uri", "banner_image", "banner_image_url")
# The keys of one form; a file with those of several would be somebody's joke.
_MOST_PICTURES = 4


def read_collection_metadata(content: bytes) -> FoundCollection:
    """What a file says; nothing, where it is not JSON."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return FoundCollection()
    if not isinstance(body, dict):
        return FoundCollection()
    written = body.get("name")
    name = wire.text(written).strip() if isinstance(written, str) else ""
    # Of signs that nobody sees, there is nothing to show.
    is_visible = bool(safe_pages(name, wire.MAX_NAME, plain=True))
    return FoundCollection(
        name if is_visible else "",
        _pictures(body, (*_AVATARS, *_IMAGES)),
        _pictures(body, _BANNERS),
    )


def _pictures(body: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    return wire.non_empty(*(wire.uri(body.get(key)).strip() for key in keys))[:_MOST_PICTURES]
