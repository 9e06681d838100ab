"""The first minute of the demo as one moving picture."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from PIL import Image
from playwright.async_api import ViewportSize, expect

from docs_site.camera import SCHEMES, Camera, Scheme
from docs_site.scenes import open_collection, pictures_are_there

_SIZE: ViewportSize = {"width": 920, "height": 640}
_TYPED = ("/", "col", "lect", "ions", " 100", "01")
_SHORT, _LONG, _LAST = 500, 1600, 3200  # milliseconds
_QUALITY = 70


class Film:
    """Frames, each with how long it is shown."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._frames: dict[Scheme, list[Image.Image]] = defaultdict(list)
        self._milliseconds: list[int] = []

    async def add(self, milliseconds: int) -> None:
        """What is in sight now."""
        for scheme, picture in (await self._camera.take()).items():
            self._frames[scheme].append(picture)
        self._milliseconds.append(milliseconds)

    def save(self, folder: Path, name: str) -> None:
        """Write one file for each colour scheme."""
        for scheme in SCHEMES:
            first, *others = self._frames[scheme]
            path = folder / f"{name}-{scheme}.webp"
            first.save(
                path,
                save_all=True,
                append_images=others,
                duration=self._milliseconds,
                loop=0,
                quality=_QUALITY,
                method=6,
            )


async def first_minute(camera: Camera, folder: Path) -> None:
    """Type a command, read the answer, turn a page, open a collection."""
    page, film = camera.page, Film(camera)
    await page.set_viewport_size(_SIZE)
    await page.get_by_test_id("toggle-members").click()
    await film.add(_LONG)
    await page.get_by_test_id("composer").click()
    for part in _TYPED:
        await page.keyboard.type(part)
        await film.add(_SHORT)
    await page.keyboard.press("Enter")
    answer = page.get_by_test_id("message").last
    await expect(answer.get_by_test_id("embed").first).to_contain_text("Owner")
    await pictures_are_there(answer)
    await camera.scroll_to(answer)
    await film.add(_LONG)
    await camera.scroll_to(answer, to_end=True)
    await film.add(_LONG)
    await answer.locator('[data-custom-id$=":open"]').click()
    await film.add(_LONG)
    await page.get_by_test_id("select-option").nth(1).hover()
    await film.add(_SHORT)
    await page.keyboard.press("Escape")
    await open_collection(page, answer, 1)
    await pictures_are_there(answer)
    await camera.scroll_to(answer)
    await film.add(_LONG)
    await camera.scroll_to(answer, to_end=True)
    await film.add(_LAST)
    await page.get_by_test_id("toggle-members").click()
    film.save(folder, "first-minute")
