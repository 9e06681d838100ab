"""Motifs with somebody or something in the middle: creatures of pixels, comets, leaves, buttons."""

# ruff: noqa: PLR2004 - a drawing is made of numbers
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from sandbox.pictures.paint import disc, glow, mix, slanted, soft_shadow, stars, vertical

if TYPE_CHECKING:
    import random

    from sandbox.pictures.paint import Color, Point, Size
    from sandbox.pictures.palettes import Palette

_GRID = 16


def creature(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """A small being of square pixels, the same on both sides, looking at you; on a banner a row of them."""
    width, height = size
    canvas = slanted(size, (palette.accent, mix(palette.accent, palette.second, 0.6), palette.second), 35)
    draw = ImageDraw.Draw(canvas, "RGBA")
    for n in range(9):
        disc(draw, (width * 0.5, height * 0.56), height * (0.9 - n * 0.09), (*palette.light, 13))
    number = max(1, round(width / height))
    for n in range(number):
        _creature(canvas, rng, palette, (width * (n + 0.5) / number, height * 0.5), height)
    return canvas


class _Pixels:
    """A grid of large square pixels around a point."""

    def __init__(self, image: Image.Image, center: Point, step: float) -> None:
        self._draw = ImageDraw.Draw(image)
        self._left, self._top = center[0] - _GRID / 2 * step, center[1] - _GRID / 2 * step
        self._step = step

    def fill(self, x: int, y: int, color: Color | int, grow: float = 0.0) -> None:
        left, top = self._left + x * self._step, self._top + y * self._step
        grow *= self._step
        self._draw.rectangle(
            (left - grow, top - grow, left + self._step + grow - 1, top + self._step + grow - 1), fill=color
        )


def _creature(canvas: Image.Image, rng: random.Random, palette: Palette, center: Point, height: float) -> None:
    body: Color = rng.choice((palette.dim, palette.middle, palette.light))
    spots = mix(body, palette.deep if body == palette.light else palette.light, 0.28)
    cells = _body_cells(rng)
    step = height * 0.8 / _GRID
    mask = Image.new("L", canvas.size)
    shadow, pixels = _Pixels(mask, center, step), _Pixels(canvas, center, step)
    for x, y in cells:
        shadow.fill(x, y + 1, 255)
    soft_shadow(canvas, mask, step * 0.7, 110)
    for x, y in cells:
        pixels.fill(x, y, palette.deep, grow=0.5)
    patch, low = rng.randint(2, 5), rng.randint(8, 10)
    for x, y in cells:
        side = min(x, _GRID - 1 - x)
        color = mix(body, palette.deep, 0.22) if y > low + 2 else body
        if (side * 7 + y * 3) % (patch + 4) == 0 and y < low:
            color = spots
        pixels.fill(x, y, color)
    _face(pixels, rng, palette, body)


def _face(pixels: _Pixels, rng: random.Random, palette: Palette, body: Color) -> None:
    row, apart, middle = rng.choice((6, 7)), rng.choice((2, 3)), _GRID // 2
    dark_body = body == palette.dim
    for x in (middle - apart, middle + apart - 1):
        pixels.fill(x, row, palette.second if dark_body else (255, 255, 255))
        pixels.fill(x, row + 1, palette.light if dark_body else palette.deep)
    for x in range(middle - rng.choice((1, 2)), middle + rng.choice((1, 2))):
        pixels.fill(x, row + 4, palette.accent)
    for x in (middle - apart - 1, middle + apart):
        pixels.fill(x, row + 3, mix(palette.accent, body, 0.45))


def _body_cells(rng: random.Random) -> set[tuple[int, int]]:
    """Head, trunk, ears and feet, mirrored."""
    half: set[tuple[int, int]] = set()
    wide, ears, long = rng.choice((4, 5)), rng.choice(("round", "tall", "horn", "side")), rng.choice((13, 14))
    for y in range(4, long):
        reach = wide if 5 <= y <= 10 else wide - 1
        half |= {(x, y) for x in range(reach)}
    half |= {(x, long) for x in rng.choice(((1, 2), (2, 3), (0, 2)))}
    half |= {
        "round": {(wide - 1, 3), (wide - 2, 3), (wide - 1, 2), (wide - 2, 2)},
        "tall": {(2, y) for y in range(4)} | {(1, y) for y in range(1, 4)},
        "horn": {(wide - 2, 3), (wide - 1, 2), (wide, 1)},
        "side": {(wide, 6), (wide + 1, 6), (wide + 1, 7), (wide, 7), (0, 3), (0, 2)},
    }[ears]
    if rng.random() < 0.5:
        half |= {(wide, 10), (wide + 1, 11)}
    middle = _GRID // 2
    return {(middle + x, y) for x, y in half} | {(middle - 1 - x, y) for x, y in half}


def comets(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """A planet with its rings, or a comet with its tail, in a sky of many stars."""
    width, height = size
    canvas = slanted(size, (palette.deep, mix(palette.deep, palette.dim, 0.8), palette.deep), rng.uniform(20, 70))
    for _ in range(4):
        cloud = (rng.uniform(0, width), rng.uniform(0, height))
        glow(
            canvas,
            cloud,
            height * rng.uniform(0.4, 0.8),
            rng.choice((palette.middle, palette.accent, palette.dim)),
            0.4,
        )
    stars(canvas, rng, int(260 * width / height), palette.light)
    center = (width * rng.uniform(0.38, 0.62), height * rng.uniform(0.4, 0.6))
    if rng.random() < 0.5:
        _planet(canvas, rng, palette, center)
    else:
        _tail(canvas, rng, palette, center)
    return canvas


def _planet(canvas: Image.Image, rng: random.Random, palette: Palette, center: Point) -> None:
    height = canvas.height
    radius = height * rng.uniform(0.2, 0.26)
    glow(canvas, center, radius * 2.2, palette.accent, 0.5)
    side = int(radius * 2)
    ball = slanted(
        (side, side), (palette.light, palette.second, palette.accent, mix(palette.accent, palette.deep, 0.6)), 25
    )
    bands = ImageDraw.Draw(ball, "RGBA")
    for n in range(6):
        y = side * (0.12 + n * 0.15)
        bands.rectangle((0, y, side, y + side * rng.uniform(0.02, 0.07)), fill=(*palette.deep, 38))
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).ellipse((0, 0, side - 1, side - 1), fill=255)
    tilt = rng.uniform(-28, 28)
    for front in (False, True):
        if front:
            canvas.paste(
                ball.rotate(tilt, Image.Resampling.BICUBIC), (int(center[0] - radius), int(center[1] - radius)), mask
            )
        hoop = Image.new("RGBA", (int(radius * 4.4),) * 2)
        draw = ImageDraw.Draw(hoop)
        middle = hoop.width / 2
        for n in range(4):
            across, thick = radius * (1.42 + n * 0.19), int(radius * (0.11 if n % 2 else 0.06))
            box = (middle - across, middle - across * 0.3, middle + across, middle + across * 0.3)
            draw.arc(box, 0 if front else 180, 180 if front else 360, fill=(*palette.light, 210 - n * 40), width=thick)
        hoop = hoop.rotate(tilt, Image.Resampling.BICUBIC)
        canvas.paste(hoop, (int(center[0] - middle), int(center[1] - middle)), hoop)


def _tail(canvas: Image.Image, rng: random.Random, palette: Palette, center: Point) -> None:
    height, angle = canvas.height, rng.uniform(-2.7, -0.5)
    for n in range(46, 0, -1):
        share = n / 46
        x = center[0] + math.cos(angle) * share * height * 0.75
        y = center[1] + math.sin(angle) * share * height * 0.75 - share**2 * height * 0.08
        color = mix(palette.second, palette.accent, share * 1.4) if share < 0.7 else palette.middle
        glow(canvas, (x, y), height * (0.05 + 0.13 * share), color, 0.16 * (1 - share) + 0.03)
    glow(canvas, center, height * 0.2, palette.light, 0.9)
    disc(ImageDraw.Draw(canvas), center, height * 0.028, mix(palette.light, (255, 255, 255), 0.7))


def leaves(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """Stems from below, leaf by leaf, with berries: an endpaper."""
    width, height = size
    canvas = vertical(size, (palette.light, mix(palette.light, palette.second, 0.3)))
    disc(
        ImageDraw.Draw(canvas),
        (width * rng.uniform(0.35, 0.65), height * rng.uniform(0.36, 0.5)),
        height * rng.uniform(0.22, 0.3),
        mix(palette.second, palette.light, 0.25),
    )
    stems = round(width / height * 5)
    for n in range(stems):
        x = width * (n + 0.5 + rng.uniform(-0.2, 0.2)) / stems
        color = rng.choice((palette.dim, palette.deep, palette.middle, palette.dim))
        _stem(canvas, rng, palette, color, (x, height * rng.uniform(1.0, 1.05)))
    return canvas


def _stem(canvas: Image.Image, rng: random.Random, palette: Palette, color: Color, foot: Point) -> None:
    height = canvas.height
    draw = ImageDraw.Draw(canvas)
    lean, bend, tall = rng.uniform(-0.16, 0.16), rng.uniform(-0.22, 0.22), rng.uniform(0.6, 0.94)
    joints = 11
    points = [
        (foot[0] + height * (lean * share + bend * share**2), foot[1] - height * tall * share)
        for share in (n / joints for n in range(joints + 1))
    ]
    draw.line(points, fill=color, width=max(3, int(height * 0.007)), joint="curve")
    has_berries = rng.random() < 0.4
    for n, (x, y) in enumerate(points[2:], 2):
        along = math.atan2(points[n][1] - points[n - 1][1], points[n][0] - points[n - 1][0])
        for side in (-1, 1):
            angle, long = along + side * rng.uniform(0.75, 1.0), height * 0.135 * (1.15 - n / joints * 0.75)
            tone = mix(color, palette.light, rng.uniform(0, 0.18))
            if has_berries and n % 2:
                end = (x + math.cos(angle) * long * 0.6, y + math.sin(angle) * long * 0.6)
                draw.line(((x, y), end), fill=color, width=max(2, int(height * 0.004)))
                disc(draw, end, height * 0.015, palette.accent)
            else:
                _leaf(draw, (x, y), angle, long, tone)


def _leaf(draw: ImageDraw.ImageDraw, foot: Point, angle: float, long: float, color: Color) -> None:
    outline = []
    for side in (-1, 1):
        steps = range(13) if side < 0 else range(12, -1, -1)
        for n in steps:
            share = n / 12
            out = side * long * 0.24 * math.sin(share**0.8 * math.pi)
            x = foot[0] + math.cos(angle) * share * long - math.sin(angle) * out
            y = foot[1] + math.sin(angle) * share * long + math.cos(angle) * out
            outline.append((x, y))
    draw.polygon(outline, fill=color)


def buttons(size: Size, rng: random.Random, palette: Palette) -> Image.Image:
    """A tin of buttons, emptied on the table."""
    width, height = size
    canvas = slanted(size, (palette.dim, palette.deep), 30)
    placed: list[tuple[float, float, float]] = []
    for _ in range(900):
        radius = height * rng.choice((0.045, 0.06, 0.06, 0.08, 0.11, 0.14))
        x, y = rng.uniform(-0.02, 1.02) * width, rng.uniform(-0.02, 1.02) * height
        if all(math.hypot(x - a, y - b) > (radius + r) * 1.04 for a, b, r in placed):
            placed.append((x, y, radius))
    mask = Image.new("L", size)
    for x, y, radius in placed:
        disc(ImageDraw.Draw(mask), (x + radius * 0.12, y + radius * 0.2), radius, 255)
    soft_shadow(canvas, mask, height * 0.012, 140)
    draw = ImageDraw.Draw(canvas)
    for x, y, radius in placed:
        color = rng.choice((palette.accent, palette.second, palette.light, palette.middle, palette.accent))
        disc(draw, (x, y), radius, mix(color, palette.deep, 0.3))
        disc(draw, (x - radius * 0.03, y - radius * 0.05), radius * 0.95, color)
        disc(draw, (x, y), radius * 0.7, mix(color, palette.deep, 0.18))
        disc(draw, (x + radius * 0.02, y + radius * 0.04), radius * 0.66, mix(color, palette.light, 0.18))
        turn, holes = rng.uniform(0, math.pi), rng.choice((2, 4, 4))
        for n in range(holes):
            angle = turn + n / holes * math.tau
            hole = (x + math.cos(angle) * radius * 0.24, y + math.sin(angle) * radius * 0.24)
            disc(draw, hole, radius * 0.1, mix(palette.deep, color, 0.15))
    return canvas
