"""Sets of colours that go well together: from the deepest to the lightest, then two accents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from sandbox.pictures.paint import Color


@dataclass(frozen=True)
class Palette:
    """Deep, dim, middle and light, and two accents that may stand on any of them."""

    deep: Color
    dim: Color
    middle: Color
    light: Color
    accent: Color
    second: Color

    @property
    def bright(self) -> tuple[Color, Color, Color, Color]:
        """The four that stand out on deep."""
        return self.accent, self.second, self.light, self.middle


def _palette(text: str) -> Palette:
    deep, dim, middle, light, accent, second = (
        (int(word[0:2], 16), int(word[2:4], 16), int(word[4:6], 16)) for word in text.split()
    )
    return Palette(deep, dim, middle, light, accent, second)


PALETTES: dict[str, Palette] = {
    "ember": _palette("1b1230 4b1d52 b5395a ffd9a0 ff8a4c ffc857"),
    "lagoon": _palette("06222e 0b4f5c 1f9a94 d6f5e3 ffb86b ff6f61"),
    "orchard": _palette("14261c 2f5d3a 7fae5a f4efc9 e4572e f3a712"),
    "lilac": _palette("1d1838 46357a 9a7fd1 f4e6ff ff8fb1 ffd166"),
    "harbour": _palette("0a1a33 16406b 3e85b5 eaf4f4 f25f4c ff9f1c"),
    "clay": _palette("2a1712 6e3b2a c2774f f7e3cf 2f7f79 e9b44c"),
    "mint": _palette("10202b 215b63 66c2a5 f1fff8 f78fa7 ffcb77"),
    "noir": _palette("0c0d12 23252f 6c7086 f2f2f5 e63946 ffd400"),
    "coral": _palette("2b0f2e 7a2551 e8566d ffe7d6 36c9c6 ffb238"),
    "heath": _palette("1c1a2b 514663 9d7f95 f3e7dc c8553d 88a096"),
    "aurora": _palette("07142b 103f5c 1fae8f dcffe4 8f6bff 3fe0d0"),
    "honey": _palette("24160a 6b410f d9921e fff3c9 3d6b8c f2545b"),
    "ink": _palette("0f1226 283a6d 6f8fd6 f6f3ea d9443f e8b23a"),
    "moss": _palette("141c12 3f4f2c 8b9a4f f0ecd2 b8562f 5aa9a1"),
}


def choose(rng: random.Random) -> Palette:
    """One of them."""
    return PALETTES[rng.choice(sorted(PALETTES))]
