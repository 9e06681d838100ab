"""The demo's page: looks and behaves like a Discord client, and speaks only to `/_client` and `/_sandbox`.

Plain ES modules and style sheets beside this file; no build step, nothing from outside. Where to look:

    main.js       starts everything             state.js         what the page knows, and its listeners
    session.js    who I am, where I look        interactions.js  pending commands, presses and modals
    markdown/     Discord's text to DOM nodes   chat/            messages, embeds, components, modals
    composer/     the command line              frame/           servers, channels, members, the person I am
    panel/        the drawer "Behind the scenes"
    clock.js      the time, which can be moved
    menus.js      types of menu commands        file.js          a file that a person chooses
    authorize/    another page: Discord's question whether an application may know who I am

Text from a message reaches the page only as DOM text: no module assigns markup, and the policy below forbids it.
"""

import html
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


def page(name: str) -> web.StreamResponse:
    """A file of this folder, under the policy; 404 for any other name."""
    path = _FILES.get(name)  # a lookup, never a path built from the request
    if path is None:
        raise web.HTTPNotFound
    content_type = f"{_TYPES[path.suffix]}; charset=utf-8"
    return web.FileResponse(path, headers={**_HEADERS, "Content-Type": content_type})


def refusal(sentence: str) -> web.Response:
    """An error page with status 400 that says why the requested page cannot be shown."""
    text = (_HERE / "authorize" / "refused.html").read_text(encoding="utf-8")
    body = text.replace("{sentence}", html.escape(sentence))
    return web.Response(status=400, text=body, content_type="text/html", headers=_HEADERS)


async def _page(_request: web.Request) -> web.StreamResponse:
    return page("index.html")


async def _part(request: web.Request) -> web.StreamResponse:
    return page(request.match_info["name"])
