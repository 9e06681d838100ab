"""Motifs with a horizon: seas, hills, towns, moons."""

# ruff: noqa: PLR2004 - a drawing is made of numbers
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from sandbox.pictures.paint import disc, glow, mix, random_curve, soft_shadow, stars, vertical

if TYPE_CHECKING:
    import random

    from sandbox.pictures.paint import Color, Size
    from sandbox.pictures.palettes import Palette


def _ridge(
    size: Size, rng: random.Random, level: float, swing: float, *, waves: int = 4, stretch: float = 1.0
) -> list[tuple[float, float]]:
    """The outline of something that fills the canvas from a wandering line down."""
    width, height = size
    curve = random_curve(rng, waves)
    reach = width / height * stretch
    top = [(x, height * (level + swing * curve(x / width * reach))) for x in range(0, width + 9, 8)]
    return [*top, (width, height), (0, height)]


def sea(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """A low sun over waves, with its path of light."""
    width, height = size
    horizon = rng.uniform(0.52, 0.6)
    canvas = vertical(size, (palette.deep, palette.dim, palette.accent, palette.second, palette.second))
    stars(canvas, rng, 60, palette.light, 0.35)
    sun = (width * rng.uniform(0.3, 0.7), height * (horizon - rng.uniform(0.06, 0.14)))
    radius = height * rng.uniform(0.1, 0.15)
    glow(canvas, sun, height * 0.7, palette.second, 0.8)
    draw = ImageDraw.Draw(canvas, "RGBA")
    disc(draw, sun, radius, mix(palette.second, palette.light, 0.65))
    for n in range(7):
        share = n / 6
        outline = _ridge(size, rng, horizon + share**1.35 * 0.44, 0.008 + 0.022 * share, waves=3, stretch=2.2)
        tone = mix(mix(palette.middle, palette.second, 0.35 * (1 - share)), palette.deep, 0.25 + 0.7 * share)
        draw.polygon(outline, fill=(*tone, 235))
        half = radius * (0.9 + share * 1.1)
        for _ in range(7 - n // 2):
            y = height * (horizon + share**1.35 * 0.44 + rng.uniform(0.01, 0.05))
            x = sun[0] + rng.uniform(-half, half) * 0.7
            length = half * rng.uniform(0.15, 0.5)
            thick = max(2, int(height * 0.004))
            draw.line((x - length, y, x + length, y), fill=(*palette.second, 150 - n * 12), width=thick)
    return canvas


def hills(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """Ridge behind ridge in the mist, and a large pale sun or moon."""
    width, height = size
    canvas = vertical(
        size, (mix(palette.middle, palette.light, 0.35), palette.light, mix(palette.light, palette.second, 0.5))
    )
    center = (width * rng.uniform(0.25, 0.75), height * rng.uniform(0.2, 0.36))
    glow(canvas, center, height * 0.5, palette.light, 0.7)
    draw = ImageDraw.Draw(canvas, "RGBA")
    disc(draw, center, height * rng.uniform(0.09, 0.15), (*palette.accent, 235))
    layers = 6
    for n in range(layers):
        share = n / (layers - 1)
        tone = mix(mix(palette.light, palette.middle, 0.55), palette.deep, share**0.8)
        draw.polygon(_ridge(size, rng, 0.4 + 0.46 * share, 0.12 - 0.05 * share, waves=5), fill=(*tone, 255))
        if n < layers - 1:
            mist = vertical((1, 64), (tone, mix(tone, palette.light, 0.6))).resize((width, height // 3))
            fade = Image.linear_gradient("L").resize((width, height // 3)).point(lambda value: value // 3)
            canvas.paste(mist, (0, int(height * (0.46 + 0.46 * share))), fade)
            draw = ImageDraw.Draw(canvas, "RGBA")
    return canvas


def town(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """Houses at night; some windows are lit."""
    width, height = size
    canvas = vertical(size, (palette.deep, palette.dim, palette.middle, palette.accent))
    stars(canvas, rng, 90, palette.light, 0.5)
    moon = (width * rng.uniform(0.2, 0.8), height * rng.uniform(0.14, 0.26))
    glow(canvas, moon, height * 0.4, palette.light, 0.5)
    draw = ImageDraw.Draw(canvas, "RGBA")
    disc(draw, moon, height * 0.06, palette.light)
    for depth in range(3):
        tone = mix(mix(palette.dim, palette.middle, 0.4), palette.deep, 0.35 + depth * 0.3)
        x = -rng.uniform(0, 0.1) * height
        while x < width:
            broad = height * rng.uniform(0.1, 0.2)
            top = height * (rng.uniform(0.34, 0.56) + depth * 0.13)
            draw.rectangle((x, top, x + broad, height), fill=tone)
            if rng.random() < 0.45:
                draw.polygon([(x, top), (x + broad / 2, top - broad * 0.42), (x + broad, top)], fill=tone)
            _windows(draw, rng, (x, top, broad, height), palette, lit=0.2 + 0.14 * depth)
            x += broad + height * rng.choice((0, 0, 0.02))
    return canvas


def _windows(
    draw: ImageDraw.ImageDraw,
    rng: random.Random,
    house: tuple[float, float, float, float],
    palette: Palette,
    lit: float,
) -> None:
    x, top, broad, bottom = house
    columns = max(2, int(broad / (bottom * 0.042)))
    step = broad / columns
    y = top + step * 0.6
    while y < bottom:
        for column in range(columns):
            if rng.random() < lit:
                left = x + step * (column + 0.28)
                color: Color = rng.choice((palette.second, palette.second, palette.light, palette.accent))
                draw.rectangle((left, y, left + step * 0.44, y + step * 0.56), fill=(*color, rng.randint(150, 255)))
        y += step * 1.15


def moons(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """A cut-paper moon in rings of paper, each with its shadow."""
    width, height = size
    canvas = vertical(size, (palette.dim, palette.deep))
    center = (width * rng.uniform(0.44, 0.56), height * rng.uniform(0.42, 0.5))
    rings = 5
    farthest = math.hypot(width, height) / 2
    for n in range(rings):
        radius = height * 0.27 + (farthest - height * 0.27) * ((rings - n) / rings) ** 1.4
        wobble = random_curve(rng, 3)
        outline = [
            (
                center[0] + math.cos(turn / 60 * math.tau) * radius * (1 + 0.035 * wobble(turn / 60 * 2)),
                center[1] + math.sin(turn / 60 * math.tau) * radius * (1 + 0.035 * wobble(turn / 60 * 2)),
            )
            for turn in range(60)
        ]
        paper = Image.new("L", size)
        ImageDraw.Draw(paper).polygon(outline, fill=255)
        soft_shadow(canvas, paper, height * 0.018, 130)
        ImageDraw.Draw(canvas).polygon(outline, fill=mix(palette.dim, palette.middle, (n + 1) / (rings + 1)))
    stars(canvas, rng, 40, palette.light)
    radius = height * 0.23
    moon = Image.new("L", size)
    disc(ImageDraw.Draw(moon), center, radius, 255)
    soft_shadow(canvas, moon, height * 0.02, 150)
    draw = ImageDraw.Draw(canvas, "RGBA")
    disc(draw, center, radius, palette.light)
    shift = rng.choice((-1, 1)) * radius * rng.uniform(0.35, 0.9)
    shade = Image.new("L", size)
    disc(ImageDraw.Draw(shade), (center[0] + shift, center[1] - radius * 0.12), radius, 255)
    canvas.paste(mix(palette.middle, palette.deep, 0.25), (0, 0), Image.composite(shade, Image.new("L", size), moon))
    return canvas
