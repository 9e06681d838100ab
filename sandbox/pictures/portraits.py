"""Pictures of people, guilds and the bot: a letter, a creature or art, decided by the id."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFont

from sandbox.pictures import figures, palettes
from sandbox.pictures.drawing import OVERSAMPLING, draw_art, png
from sandbox.pictures.paint import Size, mix, slanted

SIZE: Size = (256, 256)
# Found by trying: with this number the guilds of the small community have icons that suit their names.
TASTE = 3646
_T = ("11111", "11111", "00100", "00100", "00100")


def draw_avatar(user_id: int, name: str) -> bytes:
    """A PNG for a user: some people have their initial, some a creature, some a picture they like."""
    rng = random.Random(f"avatar {user_id}")
    taste = rng.random()
    if taste < 0.4:  # noqa: PLR2004 - two in five
        palette = palettes.choose(rng)
        return png(_shrunk(figures.creature(_large(), rng, palette)))
    if taste < 0.7 or not _has_letter(name):  # noqa: PLR2004 - three in ten
        return draw_art(f"liked by {user_id}", size=SIZE)
    return png(_shrunk(_letter(name[0].upper(), rng)))


def draw_icon(name: str) -> bytes:
    """A PNG for a guild."""
    return draw_art(f"icon {TASTE} of {name}", size=SIZE)


def draw_bot() -> bytes:
    """The bot: a T of tiles."""
    rng = random.Random("tessera")
    palette = palettes.PALETTES["lilac"]
    image = slanted(_large(), (mix(palette.dim, palette.deep, 0.2), palette.deep), 30)
    draw = ImageDraw.Draw(image)
    step = image.width / 7
    for row in range(-1, 6):
        for column in range(-1, 6):
            is_letter = 0 <= row < 5 and 0 <= column < 5 and _T[row][column] == "1"  # noqa: PLR2004 - five by five
            ground = rng.choice(
                (palette.dim, mix(palette.dim, palette.middle, 0.25), mix(palette.dim, palette.deep, 0.3))
            )
            color = rng.choice((palette.second, palette.light, palette.accent)) if is_letter else ground
            if is_letter:
                color = mix(color, palette.second, 0.5)
            x, y = (column + 1) * step, (row + 1) * step
            corners = ((0, 0), (1, 0), (1, 1), (0, 1))
            shape = [
                (x + step * (0.06 + 0.88 * a) + rng.uniform(-2, 2), y + step * (0.06 + 0.88 * b) + rng.uniform(-2, 2))
                for a, b in corners
            ]
            draw.polygon(shape, fill=color)
    return png(_shrunk(image))


def _letter(letter: str, rng: random.Random) -> Image.Image:
    palette = palettes.choose(rng)
    one, other = rng.sample((palette.accent, palette.middle, palette.dim, palette.second), 2)
    image = slanted(_large(), (one, mix(one, other, 0.5), other), rng.uniform(0, 360))
    font = ImageFont.load_default(image.width * 0.52)
    middle = (image.width / 2, image.height / 2)
    ImageDraw.Draw(image).text(middle, letter, fill=(255, 255, 255), font=font, anchor="mm")
    return image


def _has_letter(name: str) -> bool:
    """Whether Pillow's own font can write the first letter: it knows Latin only."""
    return name[:1].isascii() and name[:1].isalnum()


def _large() -> Size:
    return SIZE[0] * OVERSAMPLING, SIZE[1] * OVERSAMPLING


def _shrunk(image: Image.Image) -> Image.Image:
    return image.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
