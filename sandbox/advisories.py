"""A stand-in for an index of advisories with the API of osv.dev: what is known of one version of one package.

Written from the API's documentation (`POST /v1/query`) and the OSV schema 1.x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping


class Advisories:
    """The index.

    Attributes:
        asked: Each package and version that was looked up.
        status: The HTTP status of the answers.
    """

    def __init__(self, known: Mapping[tuple[str, str], str]) -> None:
        """An index in which these packages have the vulnerability with this id, fixed in version 999."""
        self._known = known
        self.asked: list[tuple[str, str]] = []
        self.status = 200

    def make_app(self) -> web.Application:
        """The index over HTTP."""
        app = web.Application()
        app.router.add_post("/v1/query", self._query)
        return app

    async def _query(self, request: web.Request) -> web.Response:
        query = await request.json()
        package = query["package"]
        self.asked.append((package["name"], query["version"]))
        known = self._known.get(self.asked[-1])
        return web.json_response({"vulns": [_entry(known, package)]} if known else {}, status=self.status)


def _entry(known: str, package: Mapping[str, str]) -> dict[str, object]:
    return {
        "schema_version": "1.7.0",
        "id": known,
        "modified": "2026-11-01T00:00:00Z",
        "published": "2026-11-01T00:00:00Z",
        "summary": "Made up.",
        "aliases": [f"CVE-of-{known}"],
        "affected": [
            {
                "package": dict(package),
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999"}]}],
            }
        ],
    }
