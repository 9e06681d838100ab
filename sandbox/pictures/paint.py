"""What every motif paints with: gradients, glows, soft shadows and lines that wander. Pillow does the pixels."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFilter

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

Color = tuple[int, int, int]
Point = tuple[float, float]
Size = tuple[int, int]


def mix(one: Color, other: Color, share: float) -> Color:
    """A colour between two: `share` 0 is the one, 1 the other."""
    share = min(1.0, max(0.0, share))
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def vertical(size: Size, stops: Sequence[Color]) -> Image.Image:
    """A gradient from the first colour at the top to the last at the bottom."""
    column = Image.new("RGB", (1, 256))
    for y in range(256):
        place = y / 255 * (len(stops) - 1)
        below = min(int(place), len(stops) - 2)
        column.putpixel((0, y), mix(stops[below], stops[below + 1], place - below))
    return column.resize(size, Image.Resampling.BICUBIC)


def slanted(size: Size, stops: Sequence[Color], degrees: float) -> Image.Image:
    """The same gradient, turned."""
    side = int(math.hypot(*size)) + 2
    turned = vertical((side, side), stops).rotate(degrees, Image.Resampling.BICUBIC)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def glow(canvas: Image.Image, center: Point, radius: float, color: Color, strength: float = 1.0) -> None:
    """Light around a point, added to what is there; it is gone at `radius`."""
    side = max(2, int(radius * 2))
    left, top = int(center[0] - side / 2), int(center[1] - side / 2)
    falloff = _falloff().resize((side, side)).point(lambda value: int(value * strength))
    light = Image.new("RGB", (side, side))
    light.paste(Image.new("RGB", (side, side), color), (0, 0), falloff)
    # Only the part of the canvas that it reaches: some motifs put up fifty lights
    box = (max(0, left), max(0, top), min(canvas.width, left + side), min(canvas.height, top + side))
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    lit = light.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
    canvas.paste(ImageChops.screen(canvas.crop(box), lit), box[:2])


@cache
def _falloff() -> Image.Image:
    """White in the middle, black from the edge of the circle on."""
    # Pillow's gradient is 255 in the corners, 181 where the circle touches the edges
    straight = Image.radial_gradient("L").point(lambda value: max(0, 181 - value) * 255 // 181)
    return ImageChops.multiply(straight, straight)  # light falls off faster than a straight line


def soft_shadow(canvas: Image.Image, mask: Image.Image, blur: float, dark: int) -> None:
    """Darken the canvas under a shape that is about to be drawn (`mask` is white there; `dark`: 0 to 255)."""
    shade = mask.filter(ImageFilter.GaussianBlur(blur)).point(lambda value: value * dark // 255)
    canvas.paste((0, 0, 0), (0, 0), shade)


def random_curve(rng: random.Random, waves: int = 4, roughness: float = 0.55) -> Callable[[float], float]:
    """A smooth curve through chance: a function from place (0 to 1) to height (about -1 to 1)."""
    parts = [(roughness**n, rng.uniform(0.7, 1.3) * (n + 1) * 2, rng.uniform(0, math.tau)) for n in range(waves)]
    total = sum(height for height, _, _ in parts)

    def curve(place: float) -> float:
        return sum(height * math.sin(place * often * math.pi + start) for height, often, start in parts) / total

    return curve


def stars(canvas: Image.Image, rng: random.Random, number: int, color: Color, bottom: float = 1.0) -> None:
    """Small stars over the upper part of a canvas, some larger than others."""
    draw = ImageDraw.Draw(canvas, "RGBA")
    width, height = canvas.size
    unit = min(width, height) / 512
    for _ in range(number):
        x, y = rng.random() * width, rng.random() ** 1.3 * height * bottom
        radius = unit * rng.choice((0.7, 0.7, 0.7, 1.1, 1.6))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*color, rng.randint(90, 240)))


def disc(
    draw: ImageDraw.ImageDraw, center: Point, radius: float, fill: Color | tuple[int, int, int, int] | int
) -> None:
    """A filled circle."""
    x, y = center
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
