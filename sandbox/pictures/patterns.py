"""Motifs without a horizon: mosaics, circles on a grid, honeycombs, lines, contours."""

# ruff: noqa: PLR2004 - a drawing is made of numbers
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from sandbox.pictures.paint import disc, glow, mix, random_curve, slanted, soft_shadow, vertical

if TYPE_CHECKING:
    import random

    from sandbox.pictures.paint import Color, Size
    from sandbox.pictures.palettes import Palette


def mosaic(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """Hand-set tiles in arcs around a point, as Roman floors have them."""
    width, height = size
    canvas = Image.new("RGB", size, mix(palette.deep, (20, 18, 16), 0.5))
    draw = ImageDraw.Draw(canvas)
    tile = height / 26
    center = (width * rng.uniform(0.4, 0.6), height * rng.uniform(0.45, 0.6))
    petals, turn = rng.choice((5, 6, 8, 10)), rng.uniform(0, math.tau)
    bands = [rng.choice(palette.bright) for _ in range(3)]
    for ring in range(int(math.hypot(width, height) / tile)):
        radius = (ring + 0.5) * tile
        number = max(4, round(math.tau * radius / tile))
        start = rng.uniform(0, math.tau)
        for n in range(number):
            angle = start + n / number * math.tau
            x, y = center[0] + math.cos(angle) * radius, center[1] + math.sin(angle) * radius
            if not (-tile < x < width + tile and -tile < y < height + tile):
                continue
            far = radius / height + 0.075 * math.cos(petals * (angle - turn))
            color = _band(far, palette, bands)
            color = mix(color, rng.choice((palette.light, palette.deep)), rng.uniform(0, 0.2))
            half = tile * rng.uniform(0.4, 0.455)
            draw.polygon(_square((x, y), half, angle + rng.uniform(-0.07, 0.07)), fill=color)
    glow(canvas, (width * 0.25, height * 0.15), height * 0.9, palette.light, 0.16)
    return canvas


def _band(far: float, palette: Palette, bands: list[Color]) -> Color:
    edges = ((0.07, palette.light), (0.16, bands[0]), (0.2, palette.light), (0.31, bands[1]), (0.345, palette.deep))
    for edge, color in edges:
        if far < edge:
            return color
    if far < 0.45:
        return bands[2]
    return palette.middle if int(far * 16) % 3 else palette.dim


def _square(center: tuple[float, float], half: float, angle: float) -> list[tuple[float, float]]:
    return [
        (center[0] + math.cos(angle + turn) * half * 1.41, center[1] + math.sin(angle + turn) * half * 1.41)
        for turn in (math.pi / 4, math.pi * 3 / 4, math.pi * 5 / 4, math.pi * 7 / 4)
    ]


def quarters(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """A grid of quarter and half circles, as tiles of the fifties had them."""
    width, height = size
    canvas = Image.new("RGB", size, palette.light)
    draw = ImageDraw.Draw(canvas)
    side = height / rng.choice((4, 5))
    colors = (palette.deep, palette.middle, palette.accent, palette.second, palette.dim, palette.light)
    for row in range(math.ceil(height / side)):
        for column in range(math.ceil(width / side)):
            left, top = column * side, row * side
            box = (left, top, left + side, top + side)
            ground, shape, dot = rng.sample(colors, 3)
            draw.rectangle(box, fill=ground)
            corner = rng.randrange(4)
            x, y = left + side * (corner in (1, 2)), top + side * (corner in (2, 3))
            kind = rng.random()
            if kind < 0.55:
                draw.pieslice((x - side, y - side, x + side, y + side), corner * 90, corner * 90 + 90, fill=shape)
                draw.pieslice(
                    (x - side / 2, y - side / 2, x + side / 2, y + side / 2), corner * 90, corner * 90 + 90, fill=dot
                )
            elif kind < 0.8:
                disc(draw, (left + side / 2, top + side / 2), side * 0.5, shape)
                disc(draw, (left + side / 2, top + side / 2), side * 0.22, dot)
            else:
                draw.pieslice((left, top - side / 2, left + side, top + side / 2), 0, 180, fill=shape)
                draw.pieslice((left, top + side / 2, left + side, top + side * 1.5), 180, 360, fill=dot)
    return canvas


def honeycomb(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """Cells of a hive, some of them full of light."""
    width, height = size
    canvas = slanted(size, (palette.deep, palette.dim, palette.deep), rng.uniform(0, 180))
    radius = height / 13
    light = (width * rng.uniform(0.3, 0.7), height * rng.uniform(0.3, 0.7))
    lit: list[tuple[float, float, Color]] = []
    draw = ImageDraw.Draw(canvas, "RGBA")
    for row in range(int(height / (radius * 1.5)) + 2):
        for column in range(int(width / (radius * 1.732)) + 2):
            x, y = (column + (row % 2) / 2) * radius * 1.732, row * radius * 1.5
            near = 1 - math.hypot(x - light[0], y - light[1]) / (height * 0.62)
            outline = [
                (x + math.sin(n * math.pi / 3) * radius * 0.92, y + math.cos(n * math.pi / 3) * radius * 0.92)
                for n in range(6)
            ]
            if rng.random() < near * 0.95:
                color = rng.choice((palette.accent, palette.second, palette.second, palette.middle))
                draw.polygon(outline, fill=mix(color, palette.light, max(0.0, near - 0.5) * 0.8))
                lit.append((x, y, color))
            else:
                shade = mix(palette.dim, palette.middle, max(0.0, near) * 0.5 + rng.uniform(0, 0.14))
                draw.polygon(outline, fill=(*shade, 210))
    for x, y, color in lit[:: max(1, len(lit) // 8)]:
        glow(canvas, (x, y), radius * 4, color, 0.55)
    glow(canvas, light, height * 0.6, palette.second, 0.35)
    return canvas


def echoes(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """Lines of sound, one behind the other."""
    width, height = size
    canvas = vertical(size, (mix(palette.deep, palette.dim, 0.5), palette.deep))
    draw = ImageDraw.Draw(canvas)
    lines = 22
    middle, spread = rng.uniform(0.4, 0.6), rng.uniform(0.17, 0.24)
    thick = max(2, int(height * 0.0085))
    for n in range(lines):
        share = n / (lines - 1)
        base = height * (0.26 + 0.64 * share)
        rough, slow = random_curve(rng, 9, 0.9), random_curve(rng, 3)
        points = []
        for x in range(0, width + 7, 6):
            near = math.exp(-(((x / width - middle - 0.1 * slow(share)) / spread) ** 2))
            lift = near * (0.55 + 0.8 * abs(rough(x / height * 2.1))) + 0.04 * rough(x / height * 3)
            points.append((float(x), base - lift * height * 0.17))
        draw.polygon([*points, (width, height), (0, height)], fill=mix(palette.dim, palette.deep, 0.4 + 0.6 * share))
        color = (
            mix(palette.accent, palette.second, share * 2)
            if share < 0.5
            else mix(palette.second, palette.light, share * 2 - 1)
        )
        draw.line(points, fill=color, width=thick, joint="curve")
    return canvas


def contours(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """A map of hills nobody has climbed, with a walk across it."""
    width, height = size
    canvas = Image.new("RGB", size, palette.light)
    draw = ImageDraw.Draw(canvas)
    line = max(2, int(height * 0.003))
    # one curve for all rings of a peak: they must not cross
    peaks = [
        (rng.uniform(0.12, 0.88), rng.uniform(0.12, 0.88), random_curve(rng, 4, 0.5))
        for _ in range(max(3, round(width / height * 3)))
    ]
    for level in range(11):
        share = level / 10
        tone = mix(mix(palette.light, palette.middle, 0.12 + share), palette.accent, max(0.0, share - 0.4) * 1.3)
        for px, py, shape in peaks:
            radius = height * (0.5 - 0.46 * share)
            outline = []
            for turn in range(90):
                place = abs(turn - 45) / 45  # there and back: the outline closes
                reach = radius * (1 + 0.34 * shape(place))
                angle = turn / 90 * math.tau
                outline.append((width * px + math.cos(angle) * reach, height * py + math.sin(angle) * reach))
            draw.polygon(outline, fill=tone, outline=mix(tone, palette.dim, 0.55), width=line)
    path = random_curve(rng, 4)
    for n in range(46):
        x = width * (0.06 + 0.88 * n / 45)
        disc(draw, (x, height * (0.52 + 0.3 * path(n / 45))), height * 0.0075, palette.deep)
    end = (width * 0.94, height * (0.52 + 0.3 * path(1.0)))
    pin = Image.new("L", size)
    disc(ImageDraw.Draw(pin), end, height * 0.03, 255)
    soft_shadow(canvas, pin, height * 0.01, 120)
    disc(ImageDraw.Draw(canvas), end, height * 0.026, palette.deep)
    disc(ImageDraw.Draw(canvas), end, height * 0.012, palette.second)
    return canvas
