"""Examples of what Tessera draws itself, on the grounds of both of Discord's themes."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from bot.counts import Count, at_least, exact, unknown
from bot.pictures.card_content import CardContent, Tile
from bot.pictures.charts import Heading, Label, Line, TrendChart
from bot.pictures.drawing_process import DrawingProcess
from bot.pictures.fonts import find_font
from bot.pictures.studio import Studio
from sandbox.pictures.drawing import draw_art

GROUNDS = {"dark": (49, 51, 56), "light": (255, 255, 255)}
_MARGIN = 16
_WIDTH = 720
_START = datetime(2026, 9, 1, tzinfo=UTC)
_NAMES = (
    "Harbour Lights",
    "Tesserae",
    "山海拾遗",
    "Neon Apiary",
    "Paper Moons",
    "Kiln Children",
    "Кошки",
    "Night Bus 14",
)
_WITHOUT_AVATAR = (2, 5)
_ACCENT = 0x7C6FF0
_SECONDS = 60


async def draw_pictures(folder: Path) -> None:
    """Write a chart and a card into a folder."""
    process = DrawingProcess(seconds=_SECONDS)
    studio = Studio(process, font=await asyncio.to_thread(find_font))
    try:
        _write(await studio.chart(_chart()), folder, "chart")
        _write(await studio.card(await _card(process)), folder, "card")
    finally:
        await process.close()


def _chart() -> TrendChart:
    all_of_them = [exact(120 + day * 3 - day % 5) for day in range(30)]
    all_of_them[11] = unknown()
    all_of_them[18:20] = [at_least(168), at_least(172)]
    linked = [exact(40 + day) for day in range(30)]
    heading = Heading(Label("Harbour Lights: holders over time"), Label("As of 2026-11-27. A ring: at least so many."))
    return TrendChart(heading, (_line("Holders", all_of_them), _line("Members of this server", linked)))


def _line(name: str, counts: Sequence[Count]) -> Line:
    return Line(Label(name), tuple((_START + timedelta(days=3 * n), count) for n, count in enumerate(counts)))


async def _card(process: DrawingProcess) -> CardContent:
    small = {"draw": "small", "format": "PNG", "side": 192}
    tiles = []
    for place, name in enumerate(_NAMES):
        art = await asyncio.to_thread(draw_art, f"QmExample{place}")
        avatar = None if place in _WITHOUT_AVATAR else await process.draw(small, [art])
        count = Label(f"{12 - place} different NFTs")
        tiles.append(Tile(Label(name, f"loopring:{254 + place}"), count, 0x4F8FC0 if place % 2 else 0x8A5CC0, avatar))
    return CardContent(
        name=Label("Ada"),
        server=Label("The Mosaic Society"),
        summary=Label("30 collections · 94 different NFTs"),
        note=Label("As of 2026-11-27 11:00 UTC."),
        more=Label("and 22 more collections"),
        accent=_ACCENT,
        tiles=tuple(tiles),
    )


def _write(content: bytes, folder: Path, name: str) -> None:
    """A picture as Discord shows it on each theme."""
    drawn = Image.open(io.BytesIO(content)).convert("RGBA")
    drawn.thumbnail((_WIDTH, _WIDTH), Image.Resampling.LANCZOS)
    for scheme, colour in GROUNDS.items():
        ground = Image.new("RGBA", (drawn.width + 2 * _MARGIN, drawn.height + 2 * _MARGIN), (*colour, 255))
        ground.alpha_composite(drawn, (_MARGIN, _MARGIN))
        ground.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT).save(
            folder / f"{name}-{scheme}.png", optimize=True
        )
