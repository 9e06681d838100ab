"""JSON-RPC 2.0: requests and batches to answers; the methods are in a module of their own."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import orjson

Json = dict[str, Any]

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_ERROR = -32000
REVERTED = 3  # geth's own code for a call that ran and was reverted
MOST_IN_A_BATCH = 100


class RpcError(Exception):
    """A request cannot be answered; `data` is what a contract returned with it."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def json(self) -> Json:
        """The error object."""
        error: Json = {"code": self.code, "message": self.message}
        return error if self.data is None else {**error, "data": self.data}


class MethodRunner(Protocol):
    """What runs the methods."""

    async def run(self, method: str, params: list[Any]) -> Any:
        """The result; raises RpcError."""


async def answer(body: bytes, methods: MethodRunner) -> Json | list[Json] | None:
    """The answer to the body of a request; None when it has only notifications, which get none."""
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _failed(None, RpcError(PARSE_ERROR, "parse error"))
    if not isinstance(request, list):
        return await _one(request, methods)
    if not request:
        return _failed(None, RpcError(INVALID_REQUEST, "empty batch"))
    if len(request) > MOST_IN_A_BATCH:
        return _failed(None, RpcError(INVALID_REQUEST, "batch too large"))
    answers = await asyncio.gather(*(_one(each, methods) for each in request))
    return [each for each in answers if each is not None] or None


async def _one(request: Any, methods: MethodRunner) -> Json | None:
    if not isinstance(request, dict) or request.get("jsonrpc") != "2.0" or not isinstance(request.get("method"), str):
        number = request.get("id") if isinstance(request, dict) else None
        return _failed(number, RpcError(INVALID_REQUEST, "invalid request"))
    params = request.get("params", [])
    if not isinstance(params, list):
        return _failed(request.get("id"), RpcError(INVALID_PARAMS, "non-array args"))
    try:
        result = await methods.run(request["method"], params)
    except RpcError as error:
        return _failed(request["id"], error) if "id" in request else None
    return {"jsonrpc": "2.0", "id": request["id"], "result": result} if "id" in request else None


def _failed(number: Any, error: RpcError) -> Json:
    return {"jsonrpc": "2.0", "id": number, "error": error.json()}
