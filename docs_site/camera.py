"""Pictures of a page in light and in dark, as small files and never taller than a screen."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.async_api import FloatRect, Locator, Page, ViewportSize

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
TALLEST = 800
# Of the page: what is above and below its messages is no part of a picture of one.
SCREEN: ViewportSize = {"width": 1240, "height": TALLEST + 160}
_COLOURS = 256
# Only the list itself is scrolled: `scrollIntoView` would move the page around it too.
_LIST = """
const listOf = (element) => {
  for (let one = element.parentElement; one; one = one.parentElement)
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  return document.documentElement;
};
"""
_SCROLL = f"""(element, toEnd) => {{ {_LIST}
  const list = listOf(element), [inner, outer] = [element, list].map((one) => one.getBoundingClientRect());
  list.scrollTop += toEnd ? inner.bottom - outer.bottom : inner.top - outer.top;
}}"""
_PICTURES_ARE_THERE = "() => [...document.images].every((image) => image.complete)"
_IN_SIGHT = f"""(element) => {{ {_LIST}
  const [inner, outer] = [element, listOf(element)].map((one) => one.getBoundingClientRect());
  const top = Math.max(inner.top, outer.top);
  return [inner.left, top, inner.width, Math.min(inner.bottom, outer.bottom) - top];
}}"""


class Camera:
    """Takes the pictures of one page.

    Args:
        page: What is looked at.
        folder: Where pictures are saved.
    """

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self._folder = folder

    async def save(self, name: str, shown: Locator | None = None) -> None:
        """Save what is shown, or all that is in sight, as `<name>-light.png` and `<name>-dark.png`."""
        for scheme, picture in (await self.take(shown)).items():
            write_small(picture, self._folder / f"{name}-{scheme}.png")

    async def take(self, shown: Locator | None = None) -> Mapping[Scheme, Image.Image]:
        """The picture of what is shown, or of all that is in sight, in each colour scheme."""
        pictures: dict[Scheme, Image.Image] = {}
        for scheme in SCHEMES:
            await self.page.emulate_media(color_scheme=scheme)
            await self.page.wait_for_function(_PICTURES_ARE_THERE)
            clip = await self._clip_of(shown) if shown else None
            pictures[scheme] = await self._picture(clip)
        return pictures

    async def _picture(self, clip: FloatRect | None) -> Image.Image:
        taken = await self.page.screenshot(clip=clip, animations="disabled")
        return Image.open(io.BytesIO(taken)).convert("RGB")

    async def scroll_to(self, shown: Locator, *, to_end: bool = False) -> None:
        """Scroll the list that a message is in, until the message begins at its top, or ends at its bottom."""
        await shown.evaluate(_SCROLL, to_end)

    async def _clip_of(self, shown: Locator) -> FloatRect:
        """The part of it that fits on a screen, from its top."""
        await self.scroll_to(shown)
        x, y, width, height = await shown.evaluate(_IN_SIGHT)
        return {"x": x, "y": y, "width": width, "height": min(height, TALLEST)}


def write_small(picture: Image.Image, path: Path) -> None:
    """Write a picture as a PNG of few colours, which is a third of its size."""
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
