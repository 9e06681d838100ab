"""The drawn pictures: the same for the same address, of the promised size, never in the way of the event loop."""

from __future__ import annotations

import asyncio
import io

import pytest
from aiohttp import web
from PIL import Image

from sandbox.community import load_world
from sandbox.fixtures import cid_of
from sandbox.pictures import Pictures
from sandbox.pictures.drawing import MOTIFS, SQUARE, draw_art, style_of
from sandbox.world import APPLICATION_ID
from tests.sandbox.serving import RunningSandbox, serving

CID = cid_of("harbour")


async def fetch(sandbox: RunningSandbox, path: str) -> tuple[int, str, bytes]:
    async with sandbox.session.get(sandbox.address + path) as answer:
        return answer.status, answer.content_type, await answer.read()


def size_of(body: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(body)) as image:
        assert image.format == "PNG"
        return image.size


@pytest.mark.parametrize(
    ("path", "size"),
    [
        (f"/ipfs/{CID}", (512, 512)),
        (f"/ipfs/{CID}/3.png", (512, 512)),
        (f"/ipfs/{CID}/banner.png", (1200, 400)),
        (f"/ipfs/{CID}?img-width=256", (512, 512)),
        ("/cdn/external/https/static.gstop-content.com/6b1f2d7e", (512, 512)),
        ("/cdn/embed/avatars/0.png", (512, 512)),
        ("/cdn/banners/1/abc.png", (1200, 400)),
        ("/cdn/avatars/920001048583001117/0.png?size=64", (256, 256)),
        (f"/cdn/app-icons/{APPLICATION_ID}/0.png", (256, 256)),
        ("/cdn/icons/910000000000000000/0.png", (256, 256)),
        ("/cdn/icons/1/0.png", (256, 256)),
    ],
)
async def test_pictures_are_png_of_the_promised_size(path: str, size: tuple[int, int]) -> None:
    async with serving() as sandbox:
        status, content_type, body = await fetch(sandbox, path)
    assert (status, content_type) == (200, "image/png")
    assert size_of(body) == size


async def test_the_same_address_gives_the_same_picture_and_others_give_others() -> None:
    async with serving() as sandbox:
        first = await fetch(sandbox, f"/ipfs/{CID}")
        variant = await fetch(sandbox, f"/ipfs/{CID}/1.png")
        other = await fetch(sandbox, f"/ipfs/{cid_of('else')}")
    async with serving() as sandbox:
        again = await fetch(sandbox, f"/ipfs/{CID}")
    assert first == again
    assert len({first[2], variant[2], other[2]}) == 3


@pytest.mark.parametrize("cid", ["short", "Qm%2e%2e%2f" + "a" * 40, "<script>" + "a" * 40])
async def test_what_is_no_cid_is_a_client_error(cid: str) -> None:
    async with serving() as sandbox:
        status, _, _ = await fetch(sandbox, f"/ipfs/{cid}")
    assert status == 400


async def test_everyone_in_the_community_has_a_picture_of_their_own() -> None:
    async with serving() as sandbox:
        paths = [f"/cdn/avatars/{user}/0.png" for user in sandbox.world.users]
        bodies = [body for _, _, body in await asyncio.gather(*(fetch(sandbox, path) for path in paths))]
    assert len(set(bodies)) == 40


@pytest.mark.parametrize("motif", MOTIFS)
def test_every_motif_fills_its_picture_with_more_than_one_colour(motif: str) -> None:
    seed = next(seed for n in range(10_000) if style_of(seed := f"{motif} {n}")[0] == motif)
    with Image.open(io.BytesIO(draw_art(seed, size=(128, 128)))) as image:
        colors = image.convert("RGB").getcolors(128 * 128)
    assert colors is not None
    assert len(colors) > 50


async def test_drawing_does_not_hold_up_other_answers() -> None:
    async with serving() as sandbox:
        drawing = asyncio.gather(*(fetch(sandbox, f"/ipfs/{cid_of(str(n))}/banner.png") for n in range(12)))
        answers = 0
        while not drawing.done():
            await sandbox.details(10002)
            answers += 1
        await drawing
    assert answers > 24  # on the event loop there would be about one between two pictures


async def test_at_most_the_allowed_bytes_are_cached_and_one_picture_is_drawn_once() -> None:
    one = len(draw_art(CID, "", SQUARE))
    pictures = Pictures(load_world(), cache_bytes=int(one * 1.5))
    app = web.Application()
    pictures.add_routes(app)
    async with serving(app=app) as sandbox:
        together = await asyncio.gather(*(fetch(sandbox, f"/ipfs/{CID}") for _ in range(5)))
        cached = await fetch(sandbox, f"/ipfs/{CID}")
        await fetch(sandbox, f"/ipfs/{cid_of('other')}")
        again = await fetch(sandbox, f"/ipfs/{CID}")
    assert {body for _, _, body in together} == {cached[2]} == {again[2]}
    assert pictures.size <= int(one * 1.5)
    assert pictures.drawn == 3
