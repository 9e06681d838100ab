"""A server of pictures that mean harm, one kind at each path, and of a few that do not.

/good.png  /good.jpg  /good.webp  /good.gif  /animated.gif        pictures, as they should be
/four-megapixels.png the same, large
/huge.png            20 kB that are 169 megapixels
/wide.png            one row of 100,000 pixels
/endless.png         a body without an end          /large.png       6 MB, as announced
/drip.png            one byte, and then nothing     /silent.png      no answer at all
/redirect            to /secret on this machine     /missing.png     404
/drawing.svg  /svg.png  /page.png  /film.png        other things, also under a picture's name or type
/other.png           a PNG that is called JPEG      /packed.png      compressed once more
/half.png            a PNG that ends in the middle  /cut.png         a body that is shorter than announced
/noise.png           a PNG of which nothing behind the header is one
/cookie.png          sets a cookie                  /secret          what nobody outside may read
"""

from __future__ import annotations

import asyncio
import gzip
import io
import struct
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from PIL import Image

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_SIDE = 13_000  # squared, 169 megapixels
_MEGABYTE = 1024 * 1024


@dataclass
class HostilePictures:
    """The server's routes, and what was asked of it.

    Attributes:
        asked: The path of each request, and its headers, in their order.
        left: Set when a visitor of an endless body, or of one that never comes, is gone.
    """

    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> web.Application:
        """The application, to be served."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.asked.append((path, dict(request.headers)))
        slow = {"endless.png": self._endless, "drip.png": self._drip, "silent.png": self._silent, "cut.png": self._cut}
        if handler := slow.get(path):
            try:
                return await handler(request)
            finally:
                self.left.set()
        if path == "redirect":
            return web.Response(status=302, headers={"Location": "http://127.0.0.1/secret"})
        if path == "cookie.png":
            answer = web.Response(body=picture("PNG"), content_type="image/png")
            answer.set_cookie("seen", "yes")
            return answer
        found = files().get(path)
        if found is None:
            return web.Response(status=404, body=picture("PNG"), content_type="image/png")
        body, content_type, headers = found
        return web.Response(body=body, content_type=content_type, headers=headers)

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "image/png"})
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        await answer.write(picture("PNG"))
        while True:
            await answer.write(bytes(64 * 1024))

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "image/png", "Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b"\x89")
        await asyncio.Event().wait()
        return answer

    async def _silent(self, request: web.Request) -> web.StreamResponse:
        del request
        await asyncio.Event().wait()
        return web.Response()

    async def _cut(self, request: web.Request) -> web.StreamResponse:
        body = picture("PNG")
        answer = web.StreamResponse(headers={"Content-Type": "image/png", "Content-Length": str(len(body))})
        await answer.prepare(request)
        await answer.write(body[: len(body) // 2])
        if request.transport:
            request.transport.close()
        return answer


def files() -> dict[str, tuple[bytes, str, dict[str, str]]]:
    """Body, type and further headers, by path."""
    png, svg = picture("PNG"), b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    return {
        "good.png": (png, "image/png", {}),
        "good.jpg": (picture("JPEG"), "image/jpeg", {}),
        "good.webp": (picture("WEBP"), "image/webp", {}),
        "good.gif": (picture("GIF"), "image/gif", {}),
        "animated.gif": (film(), "image/gif", {}),
        "huge.png": (blank_png(_SIDE, _SIDE), "image/png", {}),
        "four-megapixels.png": (blank_png(2000, 2000), "image/png", {}),
        "wide.png": (blank_png(100_000, 1), "image/png", {}),
        "large.png": (png + bytes(6 * _MEGABYTE), "image/png", {}),
        "drawing.svg": (svg, "image/svg+xml", {}),
        "svg.png": (svg, "image/png", {}),
        "page.png": (png, "text/html", {}),
        "film.png": (b"\x00\x00\x00\x18ftypmp42" + bytes(100), "image/png", {}),
        "other.png": (png, "image/jpeg", {}),
        "packed.png": (gzip.compress(png), "image/png", {"Content-Encoding": "gzip"}),
        "half.png": (png[: len(png) // 2], "image/png", {}),
        "noise.png": (blank_png(64, 64)[:33] + b"not a chunk" * 20, "image/png", {}),
        "secret": (b"what only this machine may read", "image/png", {}),
    }


def picture(image_format: str, size: tuple[int, int] = (320, 240)) -> bytes:
    """A file of one of Pillow's formats: red on the left, blue on the right."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (size[0] // 2, 0, *size))
    return _written(image, image_format)


def film() -> bytes:
    """A GIF of two frames: first green, then black."""
    first, second = (Image.new("RGB", (64, 64), colour) for colour in ((20, 180, 40), (0, 0, 0)))
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=[second], duration=100, loop=0)
    return buffer.getvalue()


def blank_png(width: int, height: int) -> bytes:
    """A whole PNG of one bit a pixel: a thousand times smaller than what it becomes."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + (width + 7) // 8) * height), 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def _written(image: Image.Image, image_format: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format)
    return buffer.getvalue()
