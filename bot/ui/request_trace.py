"""What this process sees of discord.py's requests: answers to interactions, and connections to the gateway.

discord.py sends all of them over one session of aiohttp and takes a trace of it (`http_trace`): the one public place
where every answer passes, whichever call sends it, and where a connection to the gateway can wait or be given up before
it is opened.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from types import SimpleNamespace

import aiohttp

from bot.ui.other_process import ALREADY_ACKNOWLEDGED, OtherProcess

_CALLBACK = re.compile(r"/interactions/([0-9]+)/[^/]+/callback$")
_WEBSOCKET = {"ws", "wss"}


def trace_of(
    other: OtherProcess, before_connection: Callable[[], Awaitable[None]], acknowledged: Callable[[int], None]
) -> aiohttp.TraceConfig:
    """A trace that counts answers to interactions and their refusals, and asks before each connection.

    Args:
        other: Gets what is sent, and what Discord refuses as answered already.
        before_connection: Awaited before a connection to the gateway is opened; what it raises ends the attempt.
        acknowledged: Gets the id of each interaction that Discord has taken a response to.
    """

    async def on_start(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        if params.url.scheme in _WEBSOCKET:
            await before_connection()
        elif found := _CALLBACK.search(params.url.path):
            other.sending(int(found[1]))

    async def on_end(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        status, found = params.response.status, _CALLBACK.search(params.url.path)
        if found and params.response.ok:
            acknowledged(int(found[1]))
        if not found or not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return  # it took effect, or a server on the way does not know whether it did
        is_answered = status == HTTPStatus.BAD_REQUEST and await _code_of(params.response) == ALREADY_ACKNOWLEDGED
        (other.refused if is_answered else other.had_no_effect)(int(found[1]))

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(on_start)
    trace.on_request_end.append(on_end)
    return trace


async def _code_of(response: aiohttp.ClientResponse) -> object:
    """The code of Discord's error; what was read once is there for discord.py, too."""
    try:
        body = await response.json(content_type=None)
    except (ValueError, aiohttp.ClientError):
        return None
    return body.get("code") if isinstance(body, dict) else None
