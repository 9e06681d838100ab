"""The demo's page: looks and behaves like a Discord client, and speaks only to `/_client` and `/_sandbox`.

Plain ES modules and style sheets beside this file; no build step, nothing from outside. Where to look:

    main.js       starts everything             state.js         what the page knows, and who hears of changes
    session.js    who I am, where I look        interactions.js  commands, presses and modals under way
    markdown/     Discord's text to DOM nodes   chat/            messages, embeds, components, modals
    composer/     the command line              frame/           servers, channels, members, the person I am
    panel/        the drawer "Behind the scenes"

Text from a message reaches the page only as DOM text: no module assigns markup, and the policy below forbids it.
"""

from pathlib import Path

from aiohttp import web

_HERE = Path(__file__).parent
_TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FILES = {
    path.relative_to(_HERE).as_posix(): path
    for path in sorted(_HERE.rglob("*"))
    if path.suffix in _TYPES and path.is_file()
}

# Pictures come from this origin alone: the page stands in for Discord's media proxy, so a hostile
# address in an embed is never fetched by the person's browser.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def add_routes(app: web.Application) -> None:
    """Serve the page at `/` and its modules and styles below `/screen/`."""
    app.router.add_get("/", _page)
    app.router.add_get("/screen/{name:.+}", _part)


async def _page(_request: web.Request) -> web.StreamResponse:
    return _answer("index.html")


async def _part(request: web.Request) -> web.StreamResponse:
    return _answer(request.match_info["name"])


def _answer(name: str) -> web.StreamResponse:
    path = _FILES.get(name)  # a lookup, never a path built from the request
    if path is None:
        raise web.HTTPNotFound
    content_type = f"{_TYPES[path.suffix]}; charset=utf-8"
    return web.FileResponse(path, headers={**_HEADERS, "Content-Type": content_type})
