"""What a member holds, as the content of a card: pure. A number that is not known exactly says "at least"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cogs.holdings import card_parts
from bot.holdings import Collection, Holding, Holdings, Order
from bot.messages import Message, Words
from bot.pictures.card_content import MOST_TILES, CardContent, Tile
from bot.pictures.charts import Label
from bot.text import safe_text
from bot.ui.embeds import first_image, short_address

_NFTS = Message("{count:,} NFT", "{count:,} different NFTs")
_AT_LEAST_NFTS = Message("at least {count:,} NFT", "at least {count:,} different NFTs")
_NOT_KNOWN = Message("number not known")
# Below a tile, which is narrow.
_AT_LEAST_ON_TILE = Message("≥ {count:,} NFT", "≥ {count:,} NFTs")
_COLLECTIONS = Message("{count:,} collection", "{count:,} collections")
_AT_LEAST_COLLECTIONS = Message("at least {count:,} collection", "at least {count:,} collections")
_SUMMARY = Message("{collections} · {nfts}")
_MORE = Message("and {count:,} more collection", "and {count:,} more collections")
_AS_OF = Message("As of {time} UTC.")
_AS_OF_INCOMPLETE = Message("As of {time} UTC; not everything could be read, so there may be more.")
_SERVER = Message("This server")
_LINE = Message("{name}: {count}.")
_NAME = 60


@dataclass(frozen=True, slots=True)
class CardRow:
    """A collection on a card.

    Attributes:
        collection: It.
        low: At least so many different NFTs.
        is_exact: Neither more nor fewer, as far as the sources say.
    """

    collection: Collection
    low: int
    is_exact: bool

    @property
    def count(self) -> Words:
        """How many, in words."""
        if self.is_exact:
            return _NFTS(count=self.low)
        return _AT_LEAST_NFTS(count=self.low) if self.low else _NOT_KNOWN()

    @property
    def short_count(self) -> Words:
        """The same, as short as a tile is narrow."""
        return _AT_LEAST_ON_TILE(count=self.low) if self.low and not self.is_exact else self.count

    @property
    def name(self) -> Label:
        """Its name, and what is drawn where no font has its letters."""
        number = self.collection.collection_id
        instead = short_address(number) if number.startswith("0x") else str(self.collection)
        return Label(card_parts.plain_name(self.collection), instead)

    def avatar_url(self, gateways: Sequence[str]) -> str | None:
        """Where its avatar is; None: there is none that may be fetched, or it is that of an advertisement."""
        return None if card_parts.hides_art(self.collection) else first_image(self.collection.avatar_uris, gateways)


@dataclass(frozen=True, slots=True)
class HeldCard:
    """What is on a card, before it is drawn.

    Attributes:
        rows: All collections, the most NFTs first.
        holdings: What was read of each account.
    """

    rows: tuple[CardRow, ...]
    holdings: tuple[Holdings, ...]

    @classmethod
    def of(cls, parts: Sequence[Holdings]) -> HeldCard:
        """What accounts hold together, without what their sources mark as scam."""
        is_whole = all(map(_is_exact, parts))
        held: dict[str, list[Holding]] = {}
        for part in parts:
            for row in part.shown(Order.KINDS, hide_scam=True).rows:
                held.setdefault(str(row.collection), []).append(row)
        rows = [_row(several, is_whole=is_whole) for several in held.values()]
        rows.sort(key=lambda row: (-row.low, row.collection.name.casefold(), str(row.collection)))
        return cls(tuple(rows), tuple(parts))

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return all(map(_is_exact, self.holdings))

    @property
    def summary(self) -> Words:
        """How many in all."""
        collections = (_COLLECTIONS if self.is_whole else _AT_LEAST_COLLECTIONS)(count=len(self.rows))
        is_exact = self.is_whole and all(row.is_exact for row in self.rows)
        nfts = (_NFTS if is_exact else _AT_LEAST_NFTS)(count=sum(row.low for row in self.rows))
        return _SUMMARY(collections=collections, nfts=nfts)

    @property
    def note(self) -> Words:
        """As of when."""
        as_of = min(part.as_of for part in self.holdings)
        return (_AS_OF if self.is_whole else _AS_OF_INCOMPLETE)(time=f"{as_of:%Y-%m-%d %H:%M}")

    def lines(self) -> Sequence[Words]:
        """The collections that are on the card, in words; and how many more there are."""
        lines = [_LINE(name=row.name.text, count=row.count) for row in self.rows[:MOST_TILES]]
        more = len(self.rows) - MOST_TILES
        return [*lines, _MORE(count=more)] if more > 0 else lines

    def content(self, name: Label, server: str, accent: int, avatars: Sequence[bytes | None]) -> CardContent:
        """As it is drawn.

        Args:
            name: Of the member, in that server; and what is drawn where no font has its letters.
            server: Its name, likewise.
            accent: Its colour.
            avatars: Of the first collections; None: there is none.
        """
        more = len(self.rows) - MOST_TILES
        tiles = tuple(
            Tile(row.name, Label.of(row.short_count), card_parts.accent(row.collection).value, avatar)
            for row, avatar in zip(self.rows[:MOST_TILES], avatars, strict=True)
        )
        return CardContent(
            name,
            Label(safe_text(server, _NAME, plain=True), str(_SERVER())),
            Label.of(self.summary),
            Label.of(self.note),
            Label.of(_MORE(count=more)) if more > 0 else Label(""),
            accent,
            tiles,
        )


def _row(several: Sequence[Holding], *, is_whole: bool) -> CardRow:
    """Several accounts may have the same NFTs of a collection: then only the largest number is certain."""
    low = max(row.counted_kinds or 0 for row in several)
    is_exact = is_whole and len(several) == 1 and several[0].is_counted
    return CardRow(several[0].collection, low, is_exact)


def _is_exact(part: Holdings) -> bool:
    return part.complete and part.stale_reason is None
