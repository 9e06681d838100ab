"""Colours of all pictures: a dark card with its own ground, legible on Discord's dark and on its light theme."""

from __future__ import annotations

GROUND = "#24262c"
RAISED = "#30333b"
GRID = "#41454f"
TEXT = "#f2f3f5"
QUIET = "#b9bec8"
# Terracotta, as Tessera's own, and three that differ from it by lightness as well, for those who see few colours.
SERIES = ("#e8835a", "#5cc3b6", "#f0cf65", "#a99cf0")
# From none to all, for cells; text on them is dark or light, by `text_on`.
LOW_CELL, HIGH_CELL = "#333842", "#e8835a"
# Pure, as only with these one of both can be read on every colour.
_ON_LIGHT, _ON_DARK = "#000000", "#ffffff"


def rgb(colour: str | int) -> tuple[int, int, int]:
    """Red, green and blue of `#rrggbb` or `0xRRGGBB`."""
    number = int(colour[1:], 16) if isinstance(colour, str) else colour
    return number >> 16 & 255, number >> 8 & 255, number & 255


def luminance(colour: str | int) -> float:
    """As WCAG 2 defines it, from 0 to 1."""
    parts = [value / 255 for value in rgb(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)  # noqa: PLR2004 - the formula's
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str | int, other: str | int) -> float:
    """As WCAG 2 defines it, from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def text_on(ground: str | int) -> str:
    """The colour of text that can be read on a ground."""
    return max((_ON_LIGHT, _ON_DARK), key=lambda colour: contrast(ground, colour))


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two: 0 is the first."""
    parts = (round(a + (b - a) * share) for a, b in zip(rgb(one), rgb(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)
