"""`python -m docs_site.pictures`: take the pictures of the documentation again, from the demo, in light and dark."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import BrowserContext, async_playwright, expect

from docs_site import scenes
from docs_site.animation import first_minute
from docs_site.camera import SCREEN, Camera
from docs_site.demo import open_demo
from docs_site.drawn_pictures import draw_pictures

FOLDER = Path(__file__).parents[1] / "docs" / "images"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_QUIET = ("--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update")
_PATIENCE = 30_000


@asynccontextmanager
async def open_browser() -> AsyncIterator[BrowserContext]:
    """A fresh profile of this machine's Chromium."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if not program:
        sys.exit("The pictures need Chromium: install it, or name it by CHROMIUM=…")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*_QUIET])
        yield await browser.new_context()
        await browser.close()


async def take_pictures(folder: Path) -> None:
    """Write every picture into a folder."""
    expect.set_options(timeout=_PATIENCE)
    async with open_demo() as demo, open_browser() as context:
        await demo.commands()  # once they are there, the bot answers
        page = await scenes.open_as(context, demo, "ada")
        camera = Camera(page, folder)
        await first_minute(camera, folder)
        await page.set_viewport_size(SCREEN)
        await scenes.holdings(camera)
        await scenes.gate(camera, demo)
        await scenes.holders(camera, demo)
        await scenes.proof(context, camera, folder)
        await scenes.sale(camera, demo)
        await scenes.languages(camera, demo)
        await scenes.alert(camera, demo)


if __name__ == "__main__":
    asyncio.run(draw_pictures(FOLDER))
    asyncio.run(take_pictures(FOLDER))
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} kB")
