"""From a seed to a picture: the seed alone decides motif, palette and every stroke."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

from PIL import Image

from sandbox.pictures import figures, landscapes, palettes, patterns

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.pictures.paint import Size
    from sandbox.pictures.palettes import Palette

    Motif = Callable[[Size, random.Random, Palette], Image.Image]

SQUARE = (512, 512)
BANNER = (1200, 400)
OVERSAMPLING = 2  # drawn at twice the size and shrunk: Pillow's edges are hard

MOTIFS: dict[str, Motif] = {
    motif.__name__: motif
    for motif in (
        *(landscapes.sea, landscapes.hills, landscapes.town, landscapes.moons),
        *(patterns.mosaic, patterns.quarters, patterns.honeycomb, patterns.echoes, patterns.contours),
        *(figures.creature, figures.comets, figures.leaves, figures.buttons),
    )
}


def style_of(seed: str) -> tuple[str, str]:
    """The names of the motif and the palette that a seed gets."""
    rng = random.Random(f"style {seed}")
    return rng.choice(sorted(MOTIFS)), rng.choice(sorted(palettes.PALETTES))


def draw_art(seed: str, variant: str = "", size: Size = SQUARE) -> bytes:
    """A PNG.

    Args:
        seed: decides motif and palette, so that all pictures of a collection look related.
        variant: another picture in the same style.
        size: in pixels.
    """
    motif, palette = style_of(seed)
    large = (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING)
    drawn = MOTIFS[motif](large, random.Random(f"{seed} {variant}"), palettes.PALETTES[palette])
    return png(drawn.convert("RGB").resize(size, Image.Resampling.LANCZOS))


def png(image: Image.Image) -> bytes:
    """The image as a file."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()
