"""The page's own files, read once: plain HTML, style and script, served unchanged."""

from __future__ import annotations

from importlib.resources import files

_MEDIA = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


def static_files() -> list[tuple[str, bytes, str]]:
    """Path, content and media type of each file; the page itself is at `/v`."""
    found = []
    for file in sorted(files(__name__).iterdir(), key=lambda each: each.name):
        media = _MEDIA.get("." + file.name.rpartition(".")[2])
        if media:
            found.append(("/v" if file.name == "page.html" else f"/v/{file.name}", file.read_bytes(), media))
    return found
