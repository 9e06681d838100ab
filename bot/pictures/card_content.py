"""What the card of a collector shows: a grid of collections with their avatars, counts, and the server's colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.pictures.charts import Label

# Four columns and three rows; what else there is, is counted below.
MOST_TILES = 12


@dataclass(frozen=True, slots=True)
class Tile:
    """A collection on a card.

    Attributes:
        name: Its name; instead: its number or address.
        count: How many, in words.
        colour: Of the tile that is drawn where there is no avatar, as `0xRRGGBB`.
        avatar: A small picture, already decoded once; None: there is none.
    """

    name: Label
    count: Label
    colour: int
    avatar: bytes | None = None


@dataclass(frozen=True, slots=True)
class CardContent:
    """A card.

    Attributes:
        name: Of the member, in the server.
        server: Its name.
        summary: How many in all.
        note: As of when, and what is not known.
        more: How many collections are not on it; an empty text: none.
        accent: The server's colour, as `0xRRGGBB`.
        tiles: The collections, the most important first.
    """

    name: Label
    server: Label
    summary: Label
    note: Label
    more: Label
    accent: int
    tiles: tuple[Tile, ...]

    def content(self) -> tuple[dict[str, Any], Sequence[bytes]]:
        """As the drawing process takes it, with the avatars."""
        files: list[bytes] = []
        tiles = []
        for tile in self.tiles[:MOST_TILES]:
            if tile.avatar is not None:
                files.append(tile.avatar)
            tiles.append(
                {
                    "name": asdict(tile.name),
                    "count": asdict(tile.count),
                    "colour": tile.colour,
                    "avatar": len(files) - 1 if tile.avatar is not None else None,
                }
            )
        texts = {key: asdict(getattr(self, key)) for key in ("name", "server", "summary", "note", "more")}
        return {"draw": "card", **texts, "accent": self.accent, "tiles": tiles}, files
