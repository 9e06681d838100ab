"""Files sent with messages: read from multipart bodies, stored in memory, served under /cdn/attachments."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from sandbox.discord.answers import ApiError, read_json

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.snowflakes import Snowflakes

LARGEST_FILE = 10 * 1024 * 1024
MOST_FILES = 10
MOST_STORED = 500  # files; the oldest go first
BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
PARAMETER = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
FILE_FIELD = re.compile(r"files\[(\d+)\]$")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a request."""

    filename: str
    content: bytes
    content_type: str


async def read_message_body(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    """The JSON of a request and its files by number, from plain JSON or multipart with `payload_json`.

    The body is read whole first: the traffic recorder has read it before, and a stream can be read only once.

    Raises:
        ApiError: 400 when it cannot be read, 413 when a file is too large.
    """
    if request.content_type != "multipart/form-data":
        return await read_json(request), {}
    match = BOUNDARY.search(request.headers.get("Content-Type", ""))
    if match is None:
        raise ApiError(400, 50035, "Invalid Form Body")
    body: Any = {}
    files: dict[int, Upload] = {}
    for name, filename, content, content_type in _parts(await request.read(), match[1].encode()):
        if name == "payload_json":
            try:
                body = orjson.loads(content)
            except orjson.JSONDecodeError as error:
                raise ApiError(400, 50109, "The request body contains invalid JSON.") from error
        elif (number := FILE_FIELD.match(name)) is not None:
            if len(content) > LARGEST_FILE:
                raise ApiError(413, 40005, "Request entity too large")
            files[int(number[1])] = Upload(filename, content, content_type)
    if len(files) > MOST_FILES:
        raise ApiError(400, 30015, f"Maximum number of attachments in a message reached ({MOST_FILES})")
    return body, files


def _parts(raw: bytes, boundary: bytes) -> list[tuple[str, str, bytes, str]]:
    """Name, file name, content and type of each part."""
    found = []
    for part in (b"\r\n" + raw).split(b"\r\n--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        headers = {}
        for line in head.decode("utf-8", "replace").split("\r\n"):
            key, _, value = line.partition(":")
            headers[key.strip().lower()] = value.strip()
        parameters = dict(PARAMETER.findall(headers.get("content-disposition", "")))
        filename = parameters.get("filename", "")
        found.append((parameters.get("name", ""), filename, content, headers.get("content-type", "")))
    return found


class Attachments:
    """The files of all messages."""

    def __init__(self, snowflakes: Snowflakes) -> None:
        self._snowflakes = snowflakes
        self._files: dict[int, Upload] = {}

    def clear(self) -> None:
        """Forget every file."""
        self._files.clear()

    def store(self, upload: Upload, channel_id: int, host: str, *, described: str | None, hidden: bool) -> Json:
        """Store a file; returns its attachment object."""
        file_id = self._snowflakes.next()
        guessed = mimetypes.guess_type(upload.filename)[0] or "application/octet-stream"
        self._files[file_id] = Upload(upload.filename, upload.content, guessed)
        while len(self._files) > MOST_STORED:
            del self._files[next(iter(self._files))]
        url = f"http://{host}/cdn/attachments/{channel_id}/{file_id}/{upload.filename}"
        attachment: Json = {
            "id": str(file_id),
            "filename": upload.filename,
            "size": len(upload.content),
            "url": url,
            "proxy_url": url,
            "content_type": guessed,
        }
        if described:
            attachment["description"] = described
        if hidden:
            attachment["ephemeral"] = True
        return attachment

    async def serve(self, request: web.Request) -> web.Response:
        """The route of the files."""
        upload = self._files.get(int(request.match_info["file"]))
        if upload is None:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=upload.content, content_type=upload.content_type)
