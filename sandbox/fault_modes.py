"""The ways in which a response can fail; each takes the request, the handler of the right response, and options."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from sandbox.services import service_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
    Options = Mapping[str, Any]
    FaultMode = Callable[[web.Request, Handler, Options], Awaitable[web.StreamResponse]]

HUGE_BYTES = 3 * 1024 * 1024
BOMB_BYTES = 64 * 1024 * 1024
_EMPTY_PAGES = {
    "loopring": b'{"collections":[],"totalNum":0}',
    "blockscout": b'{"items":[],"next_page_params":null}',
}
# Every parameter by which one of Blockscout's lists is paged.
_PAGING_KEYS = ("token_contract_address_hash", "token_id", "token_type", "address_hash", "value", "unique_token")
PARKING_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>This domain is parked</title></head>
<body><h1>This domain is for sale</h1><p>Related searches: <a href="#">loop ring</a></p></body></html>
"""


async def slow(request: web.Request, handler: Handler, options: Options) -> web.StreamResponse:
    """The right answer, `seconds` late."""
    await asyncio.sleep(float(options["seconds"]))
    return await handler(request)


async def status(_request: web.Request, _handler: Handler, options: Options) -> web.StreamResponse:
    """Another `status`, with `body` (text, or JSON) and `headers` as given; a text may claim another `content_type`."""
    body = options.get("body", "")
    is_text = isinstance(body, str)
    media = options.get("content_type", "text/plain" if is_text else "application/json")
    return web.Response(
        status=int(options["status"]),
        body=body.encode() if is_text else orjson.dumps(body),
        content_type=str(media),
        headers=dict(options.get("headers") or {}),
    )


async def lost(request: web.Request, handler: Handler, options: Options) -> web.StreamResponse:
    """The request takes effect, but its answer does not arrive: 500, or `status`; with `reset` true no response."""
    await handler(request)
    if options.get("reset"):
        return await reset(request, handler, options)
    return web.Response(status=int(options.get("status", 500)), text="internal error")


async def ignored(_request: web.Request, _handler: Handler, options: Options) -> web.StreamResponse:
    """204, or `status`, as if it had been done; nothing was."""
    return web.Response(status=int(options.get("status", 204)))


async def html(_request: web.Request, _handler: Handler, _options: Options) -> web.StreamResponse:
    """200 and an HTML page: what a parked domain or a captive portal answers."""
    return web.Response(text=PARKING_PAGE, content_type="text/html")


async def reset(request: web.Request, _handler: Handler, _options: Options) -> web.StreamResponse:
    """The connection is reset without a response."""
    transport = request.transport
    if transport is not None:
        # No lingering: the kernel sends RST and not FIN
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


async def torn(request: web.Request, handler: Handler, _options: Options) -> web.StreamResponse:
    """Half of the right answer under its full Content-Length, then the connection closes."""
    whole = await handler(request)
    body = _body(whole) or b"{}"
    response = web.StreamResponse(status=whole.status)
    response.content_type = whole.content_type
    response.content_length = len(body)
    response.force_close()
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    return response


async def drip(request: web.Request, handler: Handler, options: Options) -> web.StreamResponse:
    """The right answer byte by byte, `seconds` apart: the connection lives, and nothing ever arrives whole."""
    whole = await handler(request)
    response = web.StreamResponse(status=whole.status)
    response.content_type = whole.content_type
    body = _body(whole) or b"{}"
    response.content_length = len(body)
    await response.prepare(request)
    for place in range(len(body)):
        await response.write(body[place : place + 1])
        await asyncio.sleep(float(options["seconds"]))
    return response


async def garbage(_request: web.Request, _handler: Handler, _options: Options) -> web.StreamResponse:
    """200 and application/json, but no JSON."""
    return web.Response(
        body=b'{"collections":[{"collection":{"id":254,"name":"Harb\xff\xfe\x00', content_type="application/json"
    )


async def throttle(request: web.Request, _handler: Handler, options: Options) -> web.StreamResponse:
    """429, with `Retry-After` when `retry_after` is given; Discord's has its body and comes through its proxy.

    Blockscout says it in milliseconds, in `x-ratelimit-reset`.
    """
    retry_after, service = options.get("retry_after"), service_of(request.path)
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if service in ("loopring", "ethereum"):
        return web.Response(status=429, text="Too Many Requests", headers=headers)
    body: dict[str, Any] = {"message": "Too Many Requests"}
    if service == "blockscout":
        headers = {"x-ratelimit-remaining": "0"}
        if retry_after is not None:
            headers["x-ratelimit-reset"] = str(round(float(retry_after) * 1000))
    else:
        body = {"message": "You are being rate limited.", "retry_after": float(retry_after or 1), "global": False}
        headers["Via"] = "1.1 sandbox"  # without it discord.py takes the response for a ban by the proxy
    return web.Response(status=429, body=orjson.dumps(body), content_type="application/json", headers=headers)


async def empty(request: web.Request, handler: Handler, options: Options) -> web.StreamResponse:
    """The right answer without its rows; `totalNum` stays what it was unless `total` says otherwise.

    Blockscout's ends there, as if the address had never been seen; with `more` true it keeps its `next_page_params`.
    """
    content = await _content(request, handler)
    if isinstance(content, list):
        return _json([])
    if isinstance(content, dict):
        content = {key: [] if isinstance(value, list) else value for key, value in content.items()}
        if "total" in options:
            content["totalNum"] = options["total"]
        if "next_page_params" in content and not options.get("more"):
            content["next_page_params"] = None
    return _json(content)


async def repeat(request: web.Request, handler: Handler, _options: Options) -> web.StreamResponse:
    """The first page, whatever the offset or the paging key."""
    first = request.rel_url.update_query(offset="0") if "offset" in request.query else request.rel_url
    if service_of(request.path) == "blockscout":
        first = first.without_query_params(*_PAGING_KEYS)
    return await handler(request.clone(rel_url=first))


async def short(request: web.Request, handler: Handler, options: Options) -> web.StreamResponse:
    """The right answer without the last `rows` (2) of its page; `totalNum` and the next page stay."""
    content = await _content(request, handler)
    drop = int(options.get("rows", 2))
    if isinstance(content, list):
        return _json(content[: max(0, len(content) - drop)])
    if isinstance(content, dict):
        for key, value in content.items():
            if isinstance(value, list):
                content[key] = value[: max(0, len(value) - drop)]
    return _json(content)


async def huge(request: web.Request, handler: Handler, options: Options) -> web.StreamResponse:
    """The right answer behind padding: valid JSON of more than 2 MiB (`size` bytes of padding)."""
    whole = _body(await handler(request)) or b"{}"
    return web.Response(body=b" " * int(options.get("size", HUGE_BYTES)) + whole, content_type="application/json")


async def bomb(request: web.Request, _handler: Handler, _options: Options) -> web.StreamResponse:
    """A small gzip body that becomes 64 MiB of valid JSON: an empty page."""
    end = _EMPTY_PAGES.get(service_of(request.path) or "", b"{}")
    return web.Response(
        body=await asyncio.to_thread(_bomb, end), content_type="application/json", headers={"Content-Encoding": "gzip"}
    )


async def redirect(_request: web.Request, _handler: Handler, options: Options) -> web.StreamResponse:
    """302 to `location`."""
    return web.Response(status=int(options.get("status", 302)), headers={"Location": str(options["location"])})


async def error(request: web.Request, _handler: Handler, options: Options) -> web.StreamResponse:
    """A `resultInfo` error with `code` and `message`; HTTP 400, or `http`.

    Blockscout's has the message alone, an Ethereum node's is JSON-RPC's and comes with HTTP 200.
    """
    service = service_of(request.path)
    if service == "blockscout":
        return _json({"message": options["message"]}, int(options.get("http", 400)))
    if service == "ethereum":
        rpc_error = {"code": options["code"], "message": options["message"]}
        rpc_request = orjson.loads(await request.read())
        number = rpc_request.get("id") if isinstance(rpc_request, dict) else None
        return _json({"jsonrpc": "2.0", "id": number, "error": rpc_error}, int(options.get("http", 200)))
    body = {"resultInfo": {"code": options["code"], "message": options["message"]}}
    return _json(body, int(options.get("http", 400)))


FAULT_MODES: dict[str, FaultMode] = {
    mode.__name__: mode
    for mode in (
        *(slow, drip, status, lost, ignored, html, reset, torn, garbage, throttle),
        *(empty, repeat, short, huge, bomb, redirect, error),
    )
}


@cache
def _bomb(end: bytes) -> bytes:
    return gzip.compress(b" " * BOMB_BYTES + end)


def _body(answer: web.StreamResponse) -> bytes | None:
    body = answer.body if isinstance(answer, web.Response) else None
    return body if isinstance(body, bytes) else None


async def _content(request: web.Request, handler: Handler) -> Any:
    return orjson.loads(_body(await handler(request)) or b"{}")


def _json(content: Any, http_status: int = 200) -> web.Response:
    return web.Response(status=http_status, body=orjson.dumps(content), content_type="application/json")
